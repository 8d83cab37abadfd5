"""What differs between the rows of a record and those that they are compared with, row by row."""

from dataclasses import dataclass
from typing import Any, Literal

from app.core import display, expr, registry
from app.core.declare import Compare, Object


@dataclass(frozen=True)
class Difference:
    """A row that is here only, there only, or otherwise in a field."""

    kind: Literal["added", "missing", "changed"]
    row: str  # how the row is named
    field: str = ""  # changed: what the field is called
    here: str = ""
    there: str = ""


def differences(obj: Object, record: Any, compare: Compare) -> list[Difference]:
    """Return the differences in the order of the rows here, then those that are there only."""
    child = next(child for child in obj.children if child.name == compare.rows)
    own = registry.object(child.object)
    others = {_key(row, compare.key.values()): row for row in expr.each(record, compare.path)}
    found = []
    for row in getattr(record, compare.rows):
        other = others.pop(_key(row, compare.key), None)
        if other is None:
            found.append(Difference("added", display.title_of(row)))
        else:
            found += _changed(own, row, other, compare)
    return [*found, *(Difference("missing", display.title_of(row)) for row in others.values())]


def _changed(own: Object, row: Any, other: Any, compare: Compare) -> list[Difference]:
    there = registry.object_of(type(other))
    assert there is not None
    return [
        Difference(
            "changed", display.title_of(row), own.field(name).title,
            display.text_of(own, row, name), display.text_of(there, other, theirs),
        )
        for name, theirs in compare.fields.items()
        if _value(row, name) != _value(other, theirs)
    ]  # fmt: skip


def _key(row: Any, names: Any) -> tuple[Any, ...]:
    return tuple(_value(row, name) for name in names)


def _value(row: Any, name: str) -> Any:
    value = getattr(row, name)
    return getattr(value, "id", value)
