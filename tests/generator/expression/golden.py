"""What is compiled and what is said, written down whole: spelled.txt and faults.txt.

After a change that is meant, look at the difference made by: python -m tests.generator.expression.golden
"""

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from generator.expression import CONDITION, ExpressionError, compile_expression
from tests.generator.expression.world import WORLD

FOLDER = Path(__file__).parent
SCOPE = WORLD.scope("job", form="job")


def cases(name: str) -> Iterator[tuple[str, str | None]]:
    """Yield the expressions of a file and what is expected of each; `? ` marks a condition."""
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line and not line.startswith((" ", "#", "^")):
            yield line.removeprefix("? "), CONDITION if line.startswith("? ") else None


def spelled(text: str, expect: str | None) -> str:
    """Return what an expression becomes."""
    made = compile_expression(text, SCOPE, expect)
    sql = made.sql if made.sql is not None else f"none: {made.why_no_sql}"
    kind = "" if expect else f"    {made.type}\n"
    return f"{kind}    py   {made.python}\n    sql  {sql}\n"


def fault(text: str, expect: str | None) -> str:
    """Return what is said about an expression that is wrong."""
    try:
        compile_expression(text, SCOPE, expect)
    except ExpressionError as error:
        before, marked = text[: error.offset], text[error.offset : error.offset + error.length]
        shift = _width(before) + (2 if expect else 0)
        hint = f"    hint: {error.hint}\n" if error.hint else ""
        return f"{' ' * shift}{'^' * max(1, _width(marked))}\n    {error.message}\n{hint}"
    return "    nothing is wrong\n"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)


def rendered(name: str, render: Callable[[str, str | None], str]) -> str:
    """Return a file as it should be, from its own expressions."""
    head = "".join(
        f"{line}\n"
        for line in (FOLDER / name).read_text("utf-8").splitlines()
        if line.startswith("#")
    )
    parts = (
        f"{'? ' if expect else ''}{text}\n{render(text, expect)}" for text, expect in cases(name)
    )
    return head + "\n" + "\n".join(parts)


FILES = {"spelled.txt": spelled, "faults.txt": fault}

if __name__ == "__main__":
    for file, how in FILES.items():
        (FOLDER / file).write_text(rendered(file, how), "utf-8")
