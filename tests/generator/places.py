"""Names the places of the compiler that note a fault which no case shows: `python -m tests.generator.places`.

A place is a call that ends in a problem; it is shown where a case of `cases/` comes through its lines.
Faults of expressions have their own list, `expression/faults.txt`; three faults of files, which no
case can hold, have tests in test_cases.py.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generator import problem
from generator.cli import main
from tests.generator.projects import CASES, HERE, case

COMPILER = HERE.parent.parent / "generator"
NOTING = frozenset({"note", "note_at", "known", "member", "fail", "_note"})
Place = tuple[str, int, int]  # file, first and last line


def places() -> Iterator[Place]:
    """Find the calls that may note a fault."""
    for path in sorted(COMPILER.rglob("*.py")):
        if "expression" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _notes(node.func):
                yield str(path), node.lineno, node.end_lineno or node.lineno


def _notes(func: ast.expr) -> bool:
    if not isinstance(func, ast.Attribute):
        return False
    adds = func.attr == "add" and ast.unparse(func.value).endswith("problems")
    return adds or func.attr in NOTING


def come_through() -> set[tuple[str, int]]:
    """Compile every case; return the lines of the compiler from which a problem was made."""
    lines: set[tuple[str, int]] = set()
    made = problem.Problem.__init__

    def noted(self: problem.Problem, *given: Any, **named: Any) -> None:
        frame = sys._getframe(1)
        while frame.f_back:
            lines.add((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        made(self, *given, **named)

    problem.Problem.__init__ = noted  # type: ignore[method-assign]
    try:
        for one in sorted(CASES.iterdir()):
            with TemporaryDirectory() as folder:
                main(["--root", str(case(Path(folder), one.name)), "check", "--json"])
    finally:
        problem.Problem.__init__ = made  # type: ignore[method-assign]
    return lines


def unshown() -> list[Place]:
    """Return the places that no case shows."""
    lines = come_through()
    return [
        place
        for place in places()
        if not any((place[0], line) in lines for line in range(place[1], place[2] + 1))
    ]


if __name__ == "__main__":
    standard, sys.stdout = sys.stdout, sys.stderr
    found = unshown()
    sys.stdout = standard
    for path, line, _ in found:
        print(f"{Path(path).relative_to(COMPILER.parent)}:{line}")
