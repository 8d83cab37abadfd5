"""Small pieces of Python source: literals, calls, blocks."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Raw:
    """Source that is written as it is."""

    source: str


def literal(value: Any) -> str:
    """Return the source of a literal. Lists of several lines end in a comma, so that each item has its line."""
    if isinstance(value, Raw):
        return value.source
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Decimal):
        return f'types.Number("{value}")'
    if isinstance(value, tuple):
        inner = ", ".join(literal(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, list):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
        )
    raise TypeError(f"no literal for {type(value).__name__}")


def quote(text: str) -> str:
    """Return a string literal in double quotes, Chinese as it is."""
    pieces = []
    for char in str(text):
        if char in '"\\':
            pieces.append("\\" + char)
        elif char == "\n":
            pieces.append("\\n")
        elif char == "\t":
            pieces.append("\\t")
        elif not char.isprintable():
            pieces.append(f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
        else:
            pieces.append(char)
    return '"' + "".join(pieces) + '"'


def call(name: str, /, *, tall: bool = False, **arguments: Any) -> Raw:
    """Return a call; `tall` puts every argument on a line of its own."""
    parts = [f"{key}={literal(value)}" for key, value in arguments.items() if value is not OMIT]
    return Raw(f"{name}({', '.join(parts)}{',' if tall and parts else ''})")


def rows(items: list[Any]) -> Raw:
    """Return a tuple with one item a line."""
    return Raw("(" + ", ".join(literal(item) for item in items) + ",)") if items else Raw("()")


def table(items: dict[str, Any]) -> Raw:
    """Return a dict with one entry a line."""
    inner = ", ".join(f"{literal(key)}: {literal(value)}" for key, value in items.items())
    return Raw("{" + inner + ",}") if items else Raw("{}")


def tall_list(items: list[Any]) -> Raw:
    """Return a list with one item a line."""
    return Raw("[" + ", ".join(literal(item) for item in items) + ",]") if items else Raw("[]")


class _Omit:
    """Stands for an argument that is left out because it has its default."""


OMIT = _Omit()


def unless(value: Any, default: Any) -> Any:
    """Return the value, or OMIT where it is the default."""
    return OMIT if value == default and not isinstance(value, Raw) else value


def given(value: Any) -> Any:
    """Return a value, or OMIT where there is none."""
    if value is None or value == "" or value == () or value == [] or value == {} or value is False:
        return OMIT
    return value


def docstring(text: str) -> str:
    """Return a one-line docstring."""
    clean = " ".join(str(text).split()).replace("\\", "\\\\").replace('"""', "'''")
    if clean.endswith('"'):
        clean += " "
    return f'"""{clean}"""'


def comment(text: str) -> str:
    """Return text that fits behind `#`."""
    return " ".join(str(text).split())
