"""Each room imports what the table of docs/architecture.md says that it may, and nothing else of ours."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import ROOT

OURS = ("app", "generator", "plugins", "devices")
TABLE = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("\n## 1. ")[0]
ROOMS = {
    room: set(re.findall(r"`([\w.]+)`", may))
    for room, may in re.findall(r"(?m)^\| `([\w/]+)/` \|.*\| ([^|]*) \|$", TABLE)
    if (ROOT / room).is_dir() and room != "metadata"
}

# What lies flat in app/core: every room stands on it.
GROUND = {f"app.core.{path.stem}" for path in (ROOT / "app" / "core").glob("[a-z]*.py")}


def imports(path: Path) -> Iterator[str]:
    """Yield what a file imports, each name with its module, as a dotted name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_every_room_stands_in_the_table() -> None:
    inner = [path for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()]
    rooms = {f"app/{path.name}" for path in inner} | {"app/core", *OURS[1:]}
    assert rooms - {"app/migrations"} <= set(ROOMS)


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_what_the_table_says(room: str) -> None:
    ground = GROUND if room.startswith("app/") else set()
    allowed = {*ROOMS[room], *ground, room.replace("/", ".")} - {"app"}
    if "app" in ROOMS[room] and room != "devices":
        return  # all of it
    wrong = []
    for path in sorted((ROOT / room).rglob("*.py")):
        for name in imports(path):
            of_ours = name.split(".")[0] in OURS
            if of_ours and not any(f"{name}.".startswith(f"{one}.") for one in allowed):
                wrong.append(f"{path.relative_to(ROOT)}: {name}")
    assert wrong == []
