"""Puts files into the canonical form, all or none, or tells which are not in it."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from generator.canonical import canonical
from generator.language import tr
from generator.load import ROOT
from generator.problem import Place, Problems
from generator.source import Source, read_file


@dataclass
class Formatted:
    """The files that were looked at, by the name that people read, and those that the form changes."""

    sources: dict[str, Source] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # of those that differ, in the form
    problems: Problems = field(default_factory=Problems)


def look(base: Path, paths: Iterable[Path] = ()) -> Formatted:
    """Return what the form makes of files and of those below folders; else of all of metadata/.

    Raises `canonical.Changed` where a file would then say something else.
    """
    found = Formatted()
    for path in paths or [base / ROOT]:
        if not path.exists():
            found.problems.add("E001", Place(str(path)), tr("there is no such file or folder"))
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            if file.exists():
                _look_at(base, file, found)
    return found


def _look_at(base: Path, path: Path, found: Formatted) -> None:
    name, inside = path.as_posix(), path.resolve().is_relative_to(base.resolve())
    if inside:
        name = path.resolve().relative_to(base.resolve()).as_posix()
    before = len(found.problems.items)
    source = read_file(base if inside else Path(), name, found.problems)
    found.sources[name], found.paths[name] = source, path.resolve()
    if source.root is None or len(found.problems.items) > before:
        return
    text = canonical(source.text, name, found.problems)
    if text is not None and text.encode() != path.read_bytes():
        found.texts[name] = text


def write(found: Formatted) -> None:
    """Write what differs; a file is replaced whole."""
    for name, text in found.texts.items():
        path = found.paths[name]
        scratch = path.with_name(path.name + ".new")
        scratch.write_text(text, encoding="utf-8", newline="\n")
        shutil.copymode(path, scratch)
        scratch.replace(path)
