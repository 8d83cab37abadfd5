"""What is written by hand in the Python files of a project and of the framework: read as text, never imported.

A file is read again when it has changed: commands that run once and those that watch ask in the same way.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from generator.load import FRAMEWORK

_MAPPED = re.compile(r"^class (\w+)\((?:Table|Model|Entity|User|Role)\b", re.MULTILINE)
_SERVED = re.compile(r"^class (\w+)\((?:BaseView|BaseApi)\b", re.MULTILINE)
_SCREEN = re.compile(r'^@screen\("(\w+)"\)', re.MULTILINE)
SKIPPED = {"generated", "static", "__pycache__"}


@dataclass(frozen=True)
class Module:
    """What a file declares: mapped classes, pages, and the names of screens."""

    mapped: tuple[str, ...]
    served: tuple[str, ...]
    screens: tuple[str, ...]


def modules(base: Path, *folders: str) -> Iterator[tuple[str, Module]]:
    """Yield the files below these folders of the framework and of the project, by path within either."""
    for root in sorted({FRAMEWORK, base.resolve()}):
        for folder in folders:
            for path, stat in _files(str(root / folder)):
                at = path[len(str(root)) + 1 :].replace(os.sep, "/")
                yield at, _read(path, stat.st_mtime_ns, stat.st_size)


def _files(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    if not os.path.isdir(folder):
        return
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_dir() and entry.name not in SKIPPED:
            yield from _files(entry.path)
        elif entry.name.endswith(".py"):
            yield entry.path, entry.stat()


@lru_cache(maxsize=10_000)
def _read(path: str, changed: int, size: int) -> Module:
    text = Path(path).read_text(encoding="utf-8")
    return Module(*(tuple(kind.findall(text)) for kind in (_MAPPED, _SERVED, _SCREEN)))
