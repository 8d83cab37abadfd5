"""A project as an editor has it: what its files and the open texts say together."""

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.compile import analyse
from generator.editor.outline import Outline, outline
from generator.load import BUILTIN, FRAMEWORK, ROOT, load
from generator.problem import Problem, Problems
from generator.source import Source
from generator.world import Linked, link


@dataclass(frozen=True)
class Judged:
    """What checking said about one state of the texts, and the names that it knows."""

    problems: list[Problem] = field(default_factory=list)
    linked: Linked | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)


def judge(base: Path, opened: Mapping[str, str], right: dict[str, str]) -> Judged:
    """Check a project with the texts that are open.

    A text that cannot be read as YAML gives no names, so those of its last one that could be stand
    in for it; `right` keeps these, by path.
    """
    found = analyse(base, opened)
    linked, broken = found.linked, {}
    for path, text in opened.items():
        source = found.data.sources.get(path)
        if source is not None and source.root is not None:
            right[path] = text
        elif path in right:
            broken[path] = right[path]
    if broken:
        linked = link(load(base, Problems(), {**opened, **broken}), Problems())
    _ = linked.world  # made here, so that no request waits for it
    gc.collect()  # the commands of the compiler run without; see __main__
    return Judged(found.problems, linked, found.data.sources)


@dataclass
class Project:
    """One folder with metadata/, and what is known of it."""

    base: Path
    opened: dict[str, str] = field(default_factory=dict)  # text by path from the project
    right: dict[str, str] = field(default_factory=dict)
    judged: Judged = field(default_factory=Judged)
    outlines: dict[str, tuple[str, Outline]] = field(default_factory=dict)

    @property
    def linked(self) -> Linked | None:
        """The names that are known; None before anything was read."""
        return self.judged.linked

    def text(self, path: str) -> str:
        """Return the text of a file as the editor has it, else as it was read."""
        source = self.judged.sources.get(path)
        return self.opened.get(path, source.text if source else "")

    def outline(self, path: str) -> Outline:
        """Return the outline of a file."""
        text, known = self.text(path), self.outlines.get(path)
        if known is None or known[0] != text:
            known = self.outlines[path] = text, outline(text)
        return known[1]

    def file(self, path: str) -> Path:
        """Return where a file stands; patterns and objects may be those that every project has."""
        own = self.base / path
        if own.is_file() or path in self.opened:
            return own
        for folder in (BUILTIN.parent.parent, FRAMEWORK, BUILTIN):
            if (folder / path).is_file():
                return folder / path
        return own

    def path(self, file: Path) -> str:
        """Return the path of a file of metadata/ from the project, "" for any other."""
        try:
            parts = file.relative_to(self.base).parts
        except ValueError:
            return ""
        return "/".join(parts) if len(parts) > 1 and parts[0] == ROOT else ""


def folder_of(file: Path) -> Path | None:
    """Return the project that a YAML file belongs to, None if it stands below no metadata/."""
    if file.suffix not in (".yaml", ".yml"):
        return None
    return next((one.parent for one in file.parents if one.name == ROOT), None)
