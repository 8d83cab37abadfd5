"""Reads YAML that may be half typed: every key and value with its place and the keys that lead to it.

What `generator.source` reads must be right; here a line that is being typed, a bracket that is not
closed yet and a text without its second quote cost nothing but themselves. Indentation decides: a
bracket ends at the latest where a line stands no deeper than the one that opened it.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Literal

LONGEST = 4000  # characters of a line
Step = str | int
Way = tuple[Step, ...]

_KEY = re.compile(
    r"""(?P<key>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#\-?:,\[\]{}"'&*!|>%@`](?:[^:#]|:(?=\S)|(?<=\S)#)*?|-[^\s:]+)\s*:(?=\s|$)"""
)
_PLAIN_END = re.compile(r"\s+#|\s*$")
_FLOW_END = re.compile(r"\s*(?:[,\[\]{}]|:(?=[\s,\[\]{}]|$)|(?<=\s)#|$)")
_BLOCK = re.compile(r"[|>][+\-0-9]*\s*(#.*)?$")


@dataclass(frozen=True)
class Token:
    """A key, a value, or a word of which it is open which of them it becomes.

    `way` leads to the key itself, to what has the value, or to what the word stands in. Lines and columns
    count from 0; of a text in quotes they are those between the quotes.
    """

    role: Literal["key", "value", "word"]
    way: Way
    text: str
    line: int
    column: int
    end: int


@dataclass
class Outline:
    """What a text holds, in its order."""

    tokens: list[Token] = field(default_factory=list)
    keys: dict[Way, list[str]] = field(default_factory=dict)  # what is written below
    values: dict[Way, str] = field(default_factory=dict)

    def at(self, line: int, column: int) -> Token | None:
        """Return what stands at a place, or ends there; None between the words."""
        first = bisect_left(self.tokens, line, key=lambda token: token.line)
        found = None
        for token in self.tokens[first:]:
            if token.line != line or token.column > column:
                break
            if column <= token.end:
                found = token
        return found

    def value(self, *way: Step) -> str:
        """Return what is written at the end of a way, "" where nothing is."""
        return self.values.get(way, "")


def outline(text: str) -> Outline:
    """Return what a text holds; of a line that nobody would type, nothing."""
    reading = _Reading([row if len(row) <= LONGEST else "" for row in text.split("\n")])
    try:
        return reading.read()
    except RecursionError:
        return reading.found


@dataclass
class _Level:
    column: int
    way: Way
    list: bool
    last: Step = ""  # the key or number that was met last
    filled: bool = False  # whether a text stands behind it already


class _Reading:
    def __init__(self, rows: list[str]) -> None:
        self.rows = [row.rstrip("\r") for row in rows]
        self.found = Outline()
        self.levels: list[_Level] = []
        self.line = 0
        self.column = 0

    def read(self) -> Outline:
        while self.line < len(self.rows):
            row = self.rows[self.line]
            self.column = len(row) - len(row.lstrip(" "))
            if self.rest and self.rest[0] not in "#%" and not row.startswith(("---", "...")):
                self._structure()
            self.line, self.column = self.line + 1, 0
        return self.found

    @property
    def rest(self) -> str:
        return self.rows[self.line][self.column :] if self.line < len(self.rows) else ""

    def _structure(self) -> None:
        """Read a line that begins with a dash, a key, or a value of what is above."""
        if re.match(r"-(\s|$)", self.rest):
            level = self._level(list=True)
            level.last, level.filled = (level.last + 1 if isinstance(level.last, int) else 0), False
            skipped = self.rest[1:]
            self.column += 1 + len(skipped) - len(skipped.lstrip())
            if self.rest and self.rest[0] != "#":
                self._structure()
        elif key := _KEY.match(self.rest):
            level = self._level(list=False)
            self._key(level, key)
        else:
            self._continued()

    def _level(self, *, list: bool) -> _Level:
        """Return the level of this column; a new one stands below what was met last."""
        while self.levels and self._left(self.levels[-1], list):
            self.levels.pop()
        if self.levels and self.levels[-1].column == self.column and self.levels[-1].list == list:
            return self.levels[-1]
        self.levels.append(_Level(self.column, self._inner(), list))
        return self.levels[-1]

    def _left(self, level: _Level, list: bool) -> bool:
        if level.column != self.column:
            return level.column > self.column
        return level.list and not list  # a list may stand below its key without being deeper

    def _inner(self) -> Way:
        return (*self.levels[-1].way, self.levels[-1].last) if self.levels else ()

    def _key(self, level: _Level, key: "re.Match[str]") -> None:
        level.last, level.filled = self._note_key(level.way, key["key"], self.column), False
        start = self.column
        skipped = self.rest[key.end() :]
        self.column += key.end() + len(skipped) - len(skipped.lstrip())
        if self.rest and self.rest[0] != "#":
            level.filled = True
            self._value((*level.way, level.last), start)

    def _continued(self) -> None:
        """Read a line without a key: a word to become one, a value below its key, or more of a text."""
        while self.levels and self._left(self.levels[-1], list=False):
            self.levels.pop()
        level = self.levels[-1] if self.levels else None
        if level is None:
            self._scalar((), "word", flow=False)
        elif level.list and level.last != "" and not level.filled:  # behind the dash
            level.filled = True
            self._value((*level.way, level.last), level.column)
        elif level.column == self.column and not level.list:
            self._scalar(level.way, "word", flow=False)
        elif level.column < self.column and not level.filled:
            way = (*level.way, level.last)
            if self.rest[0] in "[{":
                level.filled = True
                self._value(way, level.column)
            else:
                self._scalar(way, "word", flow=False)

    def _value(self, way: Way, start: int) -> None:
        if self.rest[0] in "[{":
            self._flow(way, start)
        elif _BLOCK.match(self.rest):
            self._block(way, start)
        else:
            self._scalar(way, "value", flow=False, start=start)

    def _block(self, way: Way, start: int) -> None:
        """Read the lines of a text behind | or >."""
        while self.line + 1 < len(self.rows):
            row = self.rows[self.line + 1]
            depth = len(row) - len(row.lstrip(" "))
            if row.strip() and depth <= start:
                return
            self.line += 1
            if row.strip():
                self._note("value", way, row.strip(), depth, len(row.rstrip()))

    def _scalar(
        self, way: Way, role: Literal["value", "word"], *, flow: bool, start: int = -1
    ) -> None:
        """Read a text; in quotes it may go on in deeper lines."""
        quote = self.rest[0] if self.rest[0] in "'\"" else ""
        if not quote:
            end = (_FLOW_END if flow else _PLAIN_END).search(self.rest)
            length = end.start() if end else len(self.rest)
            self._note(role, way, self.rest[:length], self.column, self.column + length)
            self.column += length
            return
        self.column += 1
        while True:
            end = re.search(
                r"""(?:[^"\\]|\\.)*?(?=")""" if quote == '"' else r"(?:[^']|'')*?(?='(?!'))",
                self.rest,
            )
            length = end.end() if end else len(self.rest)
            self._note(role, way, self.rest[:length], self.column, self.column + length)
            self.column += length
            if end:
                self.column += 1
                return
            if not self._deeper(start):
                return

    def _deeper(self, start: int) -> bool:
        """Go to the next line if it belongs to what began in column `start`."""
        at = self.line + 1
        while at < len(self.rows) and not self.rows[at].strip():
            at += 1
        if at == len(self.rows):
            return False
        depth = len(self.rows[at]) - len(self.rows[at].lstrip())
        if depth <= start and self.rows[at][depth] not in "]}":
            return False
        self.line, self.column = at, depth
        return True

    def _next(self, start: int) -> str:
        """Go to the next character that counts and return it; "" where a bracket ends for want of it."""
        while True:
            self.column += len(self.rest) - len(self.rest.lstrip())
            if self.rest and self.rest[0] != "#":
                return self.rest[0]
            if not self._deeper(start):
                self.column = len(self.rows[self.line])
                return ""

    def _flow(self, way: Way, start: int) -> None:
        """Read a list or mapping in brackets."""
        closing = "]" if self.rest[0] == "[" else "}"
        self.column += 1
        if closing == "}":
            self.found.keys.setdefault(way, [])
        number = 0
        while mark := self._next(start):
            if mark in "]}":
                self.column += 1
                return
            if mark == ",":
                self.column += 1
                number += 1
                continue
            self._item((*way, number) if closing == "]" else way, closing == "}", start)

    def _item(self, way: Way, keyed: bool, start: int) -> None:
        """Read an item of a list, or a key with its value."""
        if self.rest[0] in "[{":
            self._flow(way, start)
            return
        key = self._flow_key()
        if key is None:
            if self.rest[0] == ":":  # a value without a key
                self.column += 1
            else:
                self._scalar(way, "word" if keyed else "value", flow=True, start=start)
            return
        own = (*way, self._note_key(way, key["key"], self.column))
        self.column += key.end()
        mark = self._next(start)
        if mark and mark in "[{":
            self._flow(own, start)
        elif mark and mark not in ",]}":
            self._scalar(own, "value", flow=True, start=start)

    def _flow_key(self) -> "re.Match[str] | None":
        key = _KEY.match(self.rest)
        if key is None or key["key"][0] in "'\"":
            return key or re.match(r"""(?P<key>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:""", self.rest)
        return None if re.search(r"[,\[\]{}]", key["key"]) else key

    def _note_key(self, way: Way, written: str, column: int) -> str:
        quoted = written[0] in "'\"" and len(written) > 1
        text = written[1:-1] if quoted else written.rstrip()
        at = column + quoted
        self.found.tokens.append(Token("key", (*way, text), text, self.line, at, at + len(text)))
        self.found.keys.setdefault(way, []).append(text)
        return text

    def _note(
        self, role: Literal["value", "word"], way: Way, text: str, column: int, end: int
    ) -> None:
        self.found.tokens.append(Token(role, way, text, self.line, column, end))
        if role == "value":
            self.found.values.setdefault(way, text)
