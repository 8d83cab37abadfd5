"""Reads YAML into nodes that know their file, line and column; nothing is guessed from a scalar's look."""

from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from generator import fullwidth, slips
from generator.language import tr
from generator.problem import Place, Problems

LARGEST = 512 * 1024  # bytes of one file
DEEPEST = 40
_MANY = 1000  # levels that surely can be composed
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Scalar:
    """A text as written. `plain` tells whether it stood without quotes."""

    value: str
    place: Place
    plain: bool = True
    uses: tuple[Place, ...] = ()

    def at(self, offset: int) -> Place:
        """Return the place of one character: of a text with escapes or of several lines that of the whole."""
        before = 0 if self.plain else 1  # its quote
        if self.place.length == len(self.value) + 2 * before:
            column = self.place.column + before + offset
            return replace(self.place, column=column, length=1)
        return self.place

    @property
    def null(self) -> bool:
        """Whether nothing stands here."""
        return self.plain and self.value in ("", "~", "null")


@dataclass(frozen=True)
class Sequence:
    """A list of nodes."""

    items: tuple["Node", ...]
    place: Place
    uses: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """Keys and nodes in the order of the file."""

    pairs: tuple[tuple[Scalar, "Node"], ...]
    place: Place
    uses: tuple[Place, ...] = ()
    index: dict[str, "Node"] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.index.update({key.value: node for key, node in self.pairs})

    def get(self, key: str) -> "Node | None":
        """Return the node under a key, or None."""
        return self.index.get(key)

    def key(self, name: str) -> Scalar:
        """Return the node of the key itself."""
        return next(key for key, _ in self.pairs if key.value == name)

    def __iter__(self) -> Iterator[tuple[Scalar, "Node"]]:
        return iter(self.pairs)


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True)
class Source:
    """One YAML file. `root` is None where it could not be read."""

    path: str  # relative to the project, with slashes
    text: str
    root: Mapping | None


def read_file(
    base: Path, path: str, problems: Problems, opened: Table[str, str] | None = None
) -> Source:
    """Read one file; what is wrong with its encoding or YAML is noted, never raised.

    Of a file that is `opened` in an editor the text there counts, by its path from the project.
    """
    start = Place(path)
    text = opened.get(path) if opened else None
    try:
        data = (base / path).read_bytes() if text is None else text.encode(errors="replace")
    except OSError as fault:
        problems.add(
            "E001",
            start,
            tr("the file cannot be read: {strerror}", strerror=fault.strerror),
            tr("let whoever runs this read the file."),
        )
        return Source(path, "", None)
    if len(data) > LARGEST:
        size = f"{len(data) // 1024} kB"
        problems.add(
            "E002", start, tr("the file has {size}; the limit is {LARGEST} kB", size=size, LARGEST=LARGEST // 1024),
            tr("split it; one object stands in one file."),
        )  # fmt: skip
        return Source(path, "", None)
    text = decode(data, path, problems)
    if text is None:
        return Source(path, data.decode("utf-8", "replace").replace("\x00", "\ufffd"), None)
    return Source(path, text, parse(text, path, problems))


def decode(data: bytes, path: str, problems: Problems) -> str | None:
    """Return the text of UTF-8 bytes, or note where they are not UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        problems.add("E003", Place(path), tr("the file is UTF-16"), tr("save it as UTF-8."))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        problems.add(
            "E003", Place(path, line, column),
            tr("byte 0x{data:02x} is not UTF-8", data=data[fault.start]), tr("save the file as UTF-8."),
        )  # fmt: skip
        return None


def parse(text: str, path: str, problems: Problems) -> Mapping | None:
    """Return the mapping that a text consists of, or None after noting what is wrong.

    `watch` keeps the process: a file that was right and is as it was is not parsed again.
    """
    known = _parsed.get(path)
    if known and known[0] == text:
        return known[1]
    found = Problems()
    root = _parse(text, path, found)
    problems.take(found)
    if root is not None and not found:
        _parsed[path] = text, root
    return root


_parsed: dict[str, tuple[str, Mapping]] = {}


def _parse(text: str, path: str, problems: Problems) -> Mapping | None:
    try:
        root = None if (deep := _too_deep(text)) else yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as fault:
        _note_yaml(fault, text, path, problems)
        return None
    except RecursionError:
        root, deep = None, True
    if deep:
        problems.add(
            "E004",
            Place(path),
            tr("the file is nested too deeply"),
            tr("divide it into more files, or write it flatter."),
        )
        return None
    if root is None:
        problems.add(
            "E005",
            Place(path),
            tr("the file is empty"),
            tr("write a first key, or delete the file."),
        )
        return None
    node = _Converter(path, text.split("\n"), problems).node(root, 0)
    if not isinstance(node, Mapping):
        place = node.place if node else Place(path)
        problems.add(
            "E005",
            place,
            tr("the file must consist of keys and values"),
            tr("such as object: room."),
        )
        return None
    return node


def _too_deep(text: str) -> bool:
    """Tell whether composing would need more of the stack than there is: a process ends of that."""
    if sum(text.count(mark) for mark in "[{-?") < _MANY:
        return False
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MANY:
            return True
    return False


def _note_yaml(fault: yaml.YAMLError, text: str, path: str, problems: Problems) -> None:
    stopped = _where(fault, text)
    place = Place(path, stopped[0] + 1, stopped[1] + 1)
    if found := fullwidth.cause(text, stopped, _stops):
        mark = text.split("\n")[found[0]][found[1]]
        at = Place(path, found[0] + 1, found[1] + 1)
        problems.add(fullwidth.CODE, at, fullwidth.message(mark), fullwidth.hint(mark))
        return
    if slip := slips.cause(text, stopped, _stops):
        at = Place(path, slip.at[0] + 1, slip.at[1] + 1)
        problems.add("E004", at, tr("this is not YAML: {what}", what=slip.what), slip.hint)
        return
    what = getattr(fault, "problem", None) or getattr(fault, "reason", None) or tr("cannot be read")
    hint = _yaml_hint(str(what))
    context = getattr(fault, "context_mark", None)
    if context is not None and context.line + 1 != place.line:
        hint += tr(" What is open here began in line {line}.", line=context.line + 1)
    problems.add("E004", place, tr("this is not YAML: {what}", what=tr(str(what))), hint)


def _where(fault: yaml.YAMLError, text: str) -> fullwidth.Offset:
    """Return the line and column where a text cannot be read on; never behind its end."""
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    if mark is None:
        where = min(getattr(fault, "position", 0) or 0, len(text))
        before = text[:where]
        return before.count("\n"), where - (before.rfind("\n") + 1)
    rows = text.split("\n")
    if mark.line >= len(rows):  # the text breaks off: shown where it does
        return len(rows) - 1, len(rows[-1])
    return mark.line, mark.column


def _stops(text: str) -> fullwidth.Offset | None:
    """Return where YAML stops in a text."""
    try:
        yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as fault:
        return _where(fault, text)
    return None


def _yaml_hint(what: str) -> str:
    if "mapping values are not allowed" in what:
        return tr("put the text in quotes where it contains ': ', or check the indentation.")
    if "\\t" in what or "tab" in what:
        return tr("indent with spaces, not with tabs.")
    if "flow" in what or "expected ',' or" in what:
        return tr("a bracket or brace is not closed, or a text with , : { } [ ] needs quotes.")
    return tr("check indentation, quotes and brackets at this place.")


class _Converter:
    """Turns composed YAML into our nodes and refuses what the language does not use."""

    def __init__(self, path: str, rows: list[str], problems: Problems) -> None:
        self.path = path
        self.rows = rows
        self.problems = problems
        self.seen: set[int] = set()

    def place(self, node: Any) -> Place:
        start, end = node.start_mark, node.end_mark
        row = self.rows[start.line] if start.line < len(self.rows) else ""
        stop = end.column if end.line == start.line else len(row.rstrip())
        return Place(self.path, start.line + 1, start.column + 1, max(1, stop - start.column))

    def node(self, node: Any, depth: int) -> Node | None:
        place = self.place(node)
        if id(node) in self.seen:
            self.problems.add(
                "E006", place, tr("an alias (*name) is not part of the language"),
                tr("write it out, or make a pattern in metadata/patterns/."),
            )  # fmt: skip
            return None
        self.seen.add(id(node))
        if depth > DEEPEST:
            self.problems.add(
                "E004",
                place,
                tr("nested more than {DEEPEST} deep", DEEPEST=DEEPEST),
                tr("write it flatter."),
            )
            return None
        if node.tag not in _TAGS:
            self.problems.add(
                "E006",
                place,
                tr("the tag {tag} is not part of the language", tag=node.tag),
                tr("write the value without the tag."),
            )
            return None
        if isinstance(node, yaml.ScalarNode):
            scalar = Scalar(node.value, place, node.style in (None, ""))
            if scalar.plain and fullwidth.wrapped(scalar.value):
                self.full_width(scalar, 0)
            for brace in set("｛｝") & set(scalar.value):  # {field} in a text: never meant
                self.full_width(scalar, scalar.value.index(brace))
            return scalar
        if isinstance(node, yaml.SequenceNode):
            for item in node.value if node.flow_style else ():
                if (
                    isinstance(item, yaml.ScalarNode)
                    and not item.style
                    and fullwidth.joined(item.value)
                ):
                    self.full_width(Scalar(item.value, self.place(item)), item.value.index("，"))
            items = [self.node(item, depth + 1) for item in node.value]
            return Sequence(tuple(item for item in items if item is not None), place)
        return self.mapping(node, place, depth)

    def full_width(self, scalar: Scalar, at: int) -> None:
        """Note a full-width mark that YAML takes for a part of a text."""
        mark = scalar.value[at]
        self.problems.add(
            fullwidth.CODE, scalar.at(at), fullwidth.message(mark),
            tr("{hint} If the mark is meant, put the whole text in quotes.", hint=fullwidth.hint(mark)),
        )  # fmt: skip

    def mapping(self, node: Any, place: Place, depth: int) -> Mapping:
        pairs: list[tuple[Scalar, Node]] = []
        first: dict[str, Place] = {}
        for key_node, value_node in node.value:
            key, value = self.node(key_node, depth + 1), self.node(value_node, depth + 1)
            if not isinstance(key, Scalar):
                if key is not None:
                    self.problems.add(
                        "E006",
                        key.place,
                        tr("a key must be a word"),
                        tr("a list or a map can only stand behind the colon."),
                    )
                continue
            if key.value in first:
                line = first[key.value].line
                self.problems.add(
                    "E007", key.place, tr("the key '{value}' stands here twice", value=key.value),
                    tr("it first stands in line {line}; YAML would silently keep only the last.", line=line),
                )  # fmt: skip
                continue
            first[key.value] = key.place
            if value is not None:
                pairs.append((key, value))
        return Mapping(tuple(pairs), place)


def used_at(node: Node, use: Place) -> Node:
    """Return the node as a copy that says where its pattern is used."""
    uses = (*node.uses, use)
    if isinstance(node, Scalar):
        return replace(node, uses=uses)
    if isinstance(node, Sequence):
        items = tuple(used_at(item, use) for item in node.items)
        return Sequence(items, node.place, uses)
    pairs = tuple((replace(key, uses=(*key.uses, use)), used_at(item, use)) for key, item in node)
    return Mapping(pairs, node.place, uses)
