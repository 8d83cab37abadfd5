"""What a list demands of each function, must by must, and the tests that say they walk it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = "musts"  # pytest.mark.musts("BM24.1")
ID = re.compile(r"[A-Z]{1,4}[0-9]{2,3}\.[1-9][0-9]?")


@dataclass(frozen=True)
class Must:
    """One thing that has to be demonstrable of a function: BM24.1."""

    id: str
    text: str

    @property
    def function(self) -> str:
        """Identifier of its function: BM24."""
        return self.id.partition(".")[0]


def numbered(function: str, texts: list[str]) -> tuple[Must, ...]:
    """Return the musts of a function, numbered in their order from 1."""
    return tuple(Must(f"{function}.{n}", text) for n, text in enumerate(texts, start=1))


@dataclass(frozen=True)
class Walk:
    """A test that says which musts it walks."""

    path: str  # of its file, relative to the project
    line: int
    name: str  # of the function, after its class: TestForm::test_it
    musts: tuple[str, ...]

    @property
    def id(self) -> str:
        """What pytest calls it, without parameters."""
        return f"{self.path}::{self.name}"


def declared(base: Path) -> list[Walk]:
    """Return the tests below tests/ that name musts, read from their decorators without running them."""
    found: list[Walk] = []
    for path in sorted((base / "tests").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if f"mark.{MARK}" in source:
            name = path.relative_to(base).as_posix()
            found += _of_body(name, ast.parse(source), "", ())
    return found


def _of_body(
    path: str, node: ast.Module | ast.ClassDef, prefix: str, above: tuple[str, ...]
) -> Iterator[Walk]:
    named = above + tuple(_of_pytestmark(node.body))
    for item in node.body:
        if isinstance(item, ast.ClassDef):
            own = tuple(_marked(item.decorator_list))
            yield from _of_body(path, item, f"{prefix}{item.name}::", named + own)
        elif isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            musts = tuple(dict.fromkeys((*named, *_marked(item.decorator_list))))
            if musts and item.name.startswith("test"):
                yield Walk(path, item.lineno, prefix + item.name, musts)


def _of_pytestmark(body: list[ast.stmt]) -> Iterator[str]:
    for item in body:
        if isinstance(item, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in item.targets
        ):
            value = item.value
            yield from _marked(value.elts if isinstance(value, ast.List | ast.Tuple) else [value])


def _marked(expressions: list[ast.expr]) -> Iterator[str]:
    for item in expressions:
        if (
            isinstance(item, ast.Call)
            and isinstance(item.func, ast.Attribute)
            and item.func.attr == MARK
        ):
            yield from (str(arg.value) for arg in item.args if isinstance(arg, ast.Constant))
