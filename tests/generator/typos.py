"""Where the projects at hand refer to something by name, and what a slip of the finger makes of it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from generator import reader as reading
from generator.compile import analyse
from generator.problem import Place
from generator.reader import Code, Name, Title, Word
from generator.source import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True)
class Site:
    """A word of a project: in which slot of the language it stands, such as `Field.to`."""

    root: Path
    slot: str
    place: Place
    word: str


def sites(root: Path) -> dict[str, list[Site]]:
    """Return every word of a project that is no new name, title or expression, by its slot."""
    found: dict[str, list[Site]] = defaultdict(list)
    unused = _unused(root)
    stack: list[str] = []
    record, slot = reading.Reader.record, reading.Reader.slot

    def note(name: str, node: Scalar) -> None:
        own = (root / node.place.path).is_file()  # a pattern may be one that all projects have
        own = own and node.place.path not in unused
        if node.place.path.startswith("metadata/") and own and node.value:
            found[name].append(Site(root, name, node.place, node.value))

    def seen_record(self: Any, cls: Any, node: Node, key: Scalar | None = None) -> Any:
        stack.append(cls.__name__)
        try:
            return record(self, cls, node, key)
        finally:
            stack.pop()

    def seen_slot(self: Any, item: Any, node: Node) -> Any:
        name = f"{stack[-1]}.{item.key}"
        if item.read is not None:
            for kind, scalar in _free(node):
                note(name + kind, scalar)
        else:
            for scalar in _words(item.hint, node):
                note(name, scalar)
        return slot(self, item, node)

    reading.Reader.record, reading.Reader.slot = seen_record, seen_slot  # type: ignore[method-assign]
    try:
        analyse(root)
    finally:
        reading.Reader.record, reading.Reader.slot = record, slot  # type: ignore[method-assign]
    return found


def _unused(root: Path) -> set[str]:
    """Return the patterns that no object of a project uses: of those only the form is read."""
    files = {path: path.read_text("utf-8") for path in (root / "metadata").rglob("*.yaml")}
    unused = {path for path in files if path.parent.name == "patterns"}
    while True:
        text = "".join(text for path, text in files.items() if path not in unused)
        found = {path for path in unused if re.search(rf"use:.*\b{path.stem}:", text)}
        if not found:
            return {path.relative_to(root).as_posix() for path in unused}
        unused -= found


def _words(hint: Any, node: Node) -> Iterator[Scalar]:
    """Yield the scalars that are read as words, or as one of a few."""
    origin = get_origin(hint)
    if hint is Word or origin is Literal:
        if isinstance(node, Scalar):
            yield node
        return
    if origin is dict and isinstance(node, Mapping):
        key, item = get_args(hint)
        for name, child in node:
            yield from _words(key, name)
            yield from _words(item, child)
    elif origin is tuple:
        for child in node.items if isinstance(node, Sequence) else (node,):
            yield from _words(get_args(hint)[0], child)
    elif origin is not None:
        for one in get_args(hint):
            if not is_dataclass(one) and one not in (bool, int, type(None), Code, Name, Title):
                yield from _words(one, node)


def _free(node: Node, kind: str = "") -> Iterator[tuple[str, Scalar]]:
    """Yield the words of a value with a notation of its own; effects say which one they are of."""
    if isinstance(node, Scalar):
        yield kind, node
    elif isinstance(node, Sequence):
        for child in node.items:
            yield from _free(child, kind)
    else:
        for key, child in node:
            yield f"{kind} key", key
            if key.value not in ("when", "where"):
                yield from _free(child, kind or f"{kind} {key.value}")


def slip(word: str) -> str:
    """Return the word with one letter in its middle mistyped."""
    at = len(word) // 2
    return word[:at] + ("x" if word[at] != "x" else "q") + word[at + 1 :]
