"""Makes projects for tests: the base project of this folder with a few changes."""

import os
import shutil
from pathlib import Path
from typing import Any

import yaml

from generator import output
from generator.compile import Result, compile_all

HERE = Path(__file__).parent
BASE = HERE / "base"
CASES = HERE / "cases"
EXTRA = HERE / "extra"  # files that only some cases have
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))


def make(folder: Path, changes: list[dict[str, Any]] | None = None) -> Path:
    """Copy the base project into a folder, change it, and return the folder."""
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    for change in changes or ():
        apply(folder, change)
    return folder


def apply(folder: Path, change: dict[str, Any]) -> None:
    """Make one change: a file is written, copied, longer, deleted or filled, or one text in it replaced."""
    path = folder / change["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    if "delete" in change:
        path.unlink()
    elif "copy" in change:
        shutil.copy(EXTRA / change["copy"], path)
    elif "append" in change:
        path.write_text(path.read_text(encoding="utf-8") + change["append"], encoding="utf-8")
    elif "text" in change:
        path.write_text(change["text"], encoding="utf-8")
    elif "hex" in change:
        path.write_bytes(bytes.fromhex(change["hex"]))
    elif "fill" in change:
        path.write_text("#" * change["fill"], encoding="utf-8")
    elif "build" in change:
        output.write(folder, compile_all(folder).files)
    elif "generated" in change:
        output.write(folder, compile_all(folder).files)
        path.write_text(change["generated"], encoding="utf-8")
    else:
        text = path.read_text(encoding="utf-8")
        assert text.count(change["old"]) == 1, f"{change['old']!r} must stand once in {path}"
        path.write_text(text.replace(change["old"], change["new"]), encoding="utf-8")


def case(folder: Path, name: str) -> Path:
    """Make the project of a case."""
    text = (CASES / name / "case.yaml").read_text(encoding="utf-8")
    return make(folder, yaml.safe_load(text))


def compiled(folder: Path, *changes: dict[str, Any]) -> Result:
    """Compile the base project with changes."""
    return compile_all(make(folder, list(changes)))


def golden(path: Path, text: str) -> None:
    """Compare a text with a committed file; UPDATE_GOLDEN=1 writes it."""
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    assert path.is_file(), (
        f"{path} is missing; run the test with UPDATE_GOLDEN=1 and read the result"
    )
    known = path.read_text(encoding="utf-8")
    assert text == known, f"differs from {path}; if it is right, run with UPDATE_GOLDEN=1"
