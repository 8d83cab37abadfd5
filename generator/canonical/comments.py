"""Comments and empty lines: what they belong to, so that they travel with it."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Lines = dict[int, list[str]]
_BEHIND_SIGN = re.compile(r"[|>][-+1-9]*[ \t]+(#.*)")  # of a text of several lines


@dataclass(frozen=True)
class Comment:
    """A comment: its line and column from 0; `alone` where nothing else stands on the line."""

    line: int
    column: int
    text: str  # "" is an empty line
    alone: bool


@dataclass(frozen=True)
class Entry:
    """A key of a mapping or an item of a list, each on a line of its own."""

    line: int
    column: int
    id: int  # of its node
    value: int  # the line on which the value begins, if that has no entries


@dataclass
class Notes:
    """What stands above, behind and below the entries of a file, by the id of their nodes.

    `head` and `foot` are of the file: they stay where they are, whatever becomes the first or last entry.
    """

    head: list[str] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)
    above: Lines = field(default_factory=lambda: defaultdict(list))
    behind: Lines = field(default_factory=lambda: defaultdict(list))
    below: Lines = field(default_factory=lambda: defaultdict(list))


def comments(text: str) -> list[Comment]:
    """Return the comments of a text, and its empty lines, in their order."""
    found: list[Comment] = []
    end = 0
    for token in yaml.scan(text, Loader=Loader):
        found += _between(text, end, token.start_mark.index)
        end = max(end, token.end_mark.index)
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            found += _behind_sign(text, token.start_mark)
    return found


def _behind_sign(text: str, start: yaml.Mark) -> Iterator[Comment]:
    """Yield the comment behind | or >: it is a part of the token, yet not of its text."""
    if sign := _BEHIND_SIGN.match(text, start.index):
        column = start.column + sign.start(1) - sign.start()
        yield Comment(start.line, column, sign[1].rstrip(), alone=False)


def _between(text: str, start: int, stop: int) -> Iterator[Comment]:
    """Yield what stands between two tokens: nothing but comments can."""
    rows = text[start:stop].split("\n")
    line, begin = text.count("\n", 0, start), text.rfind("\n", 0, start) + 1
    for number, row in enumerate(rows):
        at = start - begin if number == 0 else 0
        body = row.strip()
        if body:
            column = at + len(row) - len(row.lstrip())
            yield Comment(
                line + number, column, body, alone=not text[begin : begin + at].strip(" -")
            )
        elif at == 0 and number + 1 < len(rows):
            yield Comment(line + number, 0, "", alone=True)


def attach(root: yaml.Node, found: list[Comment]) -> Notes:
    """Say to which entry each comment belongs.

    What stands alone belongs to the entry below it, unless it is indented like the one above. What
    stands behind something belongs to the entry that began last.
    """
    notes = Notes()
    entries = list(_entries(root))
    starts = [entry.line for entry in entries]
    for one in found:
        begun, next_ = bisect_right(starts, one.line), bisect_left(starts, one.line)
        if begun and not one.alone:
            notes.behind[entries[begun - 1].id].append(one.text)
        elif begun and one.text and one.line < entries[begun - 1].value:
            notes.above[entries[begun - 1].id].append(one.text)  # between a key and its value
        elif next_ == 0:
            notes.head.append(one.text)
        elif next_ == len(entries) and one.column == 0:
            notes.foot.append(one.text)
        else:
            _place(one, entries[:next_], entries[next_:], notes)
    return notes


def _place(one: Comment, above: list[Entry], below: list[Entry], notes: Notes) -> None:
    """Note what stands alone with the entry above or below that is indented most nearly as it is."""
    near = [entry for entry in below if entry.line == below[0].line and entry.column <= one.column]
    before = [entry for entry in above if entry.column <= one.column]
    after = near[-1] if near else below[0] if below else None
    if after is not None and (not near or not before or after.column >= before[-1].column):
        notes.above[after.id].append(one.text)
    elif one.text:
        notes.below[(before or above)[-1].id].append(one.text)


def _entries(node: yaml.Node) -> Iterator[Entry]:
    if not isinstance(node, yaml.CollectionNode) or node.flow_style:
        return
    for part in node.value:
        start, value = part if isinstance(node, yaml.MappingNode) else (part, part)
        in_list = isinstance(node, yaml.SequenceNode)
        column = node.start_mark.column if in_list else start.start_mark.column
        below = list(_entries(value))
        line = start.start_mark.line
        yield Entry(line, column, id(start), line if below else value.start_mark.line)
        yield from below


def unfold(node: yaml.Node, found: list[Comment]) -> None:
    """Let what stands in brackets and has a comment inside stand on lines of its own."""
    if not isinstance(node, yaml.CollectionNode):
        return
    start, end = node.start_mark, node.end_mark
    if node.flow_style and any(
        (start.line, start.column) < (one.line, one.column) < (end.line, end.column)
        for one in found
        if one.text
    ):
        node.flow_style = False
    for part in node.value:
        for inner in part if isinstance(node, yaml.MappingNode) else (part,):
            unfold(inner, found)
