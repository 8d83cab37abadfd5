"""Slips of the pen for which YAML stops only a line or more behind: a colon, a space, a quote or a bracket left out.

Each is tried where it may have happened: if YAML reads on with it, that was the cause, and its line is shown.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generator.language import tr

MOST_OPEN = 8  # brackets that one line may lack
NEAREST = 24  # lines that are tried before the place where YAML stops
Offset = tuple[int, int]  # line and column, from 0
_KEY = re.compile(r"(\s*(?:- )?)([A-Za-z_]\w*)(?::(?=\S)|(?= |$))")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_CLOSES = {"{": "}", "[": "]"}


@dataclass(frozen=True)
class Slip:
    """What is missing, where, and what to write; `mended` is the line with it."""

    at: Offset
    mended: str
    what: str
    hint: str


def cause(text: str, at: Offset, stops: Callable[[str], Offset | None]) -> Slip | None:
    """Return the slip for which YAML stops `at` a place.

    `stops` tells where YAML stops in a text, None where it reads all of it.
    """
    rows = text.split("\n")
    tried = 0
    for line in range(min(at[0], len(rows) - 1), -1, -1):
        for slip in _slips(line, rows[line]):
            tried += 1
            there = stops("\n".join([*rows[:line], slip.mended, *rows[line + 1 :]]))
            if there is None or there[0] > at[0] or (line == at[0] == there[0] and there > at):
                return slip
        if tried >= NEAREST:
            return None
    return None


def _slips(line: int, row: str) -> Iterator[Slip]:
    """Give what may be missing in a line."""
    if not row.strip() or row.lstrip().startswith("#"):
        return
    if found := _KEY.match(row):
        start, key, rest = found[1], found[2], row[found.end() :]
        mended = f"{start}{key}:{rest}" if not rest or rest[0] == " " else f"{start}{key}: {rest}"
        at = (line, len(start) + len(key))
        if found[0].endswith(":"):
            what = tr("there is no space behind '{key}:'", key=key)
            yield Slip(at, mended, what, tr("write {key}: and a space.", key=key))
        else:
            what = tr("there is no colon behind '{key}'", key=key)
            yield Slip(at, mended, what, tr("write {key}: and a space.", key=key))
    bare = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), row)
    end = len(row.rstrip())
    for quote in "\"'":
        if bare.count(quote) == 1 and bare[: bare.index(quote)].rstrip()[-1:] in (
            ":",
            "-",
            "[",
            ",",
            "{",
        ):
            what = tr("the text that begins here is not closed")
            yield Slip(
                (line, bare.index(quote)),
                row + quote,
                what,
                tr("write {quote} behind it.", quote=quote),
            )
    lacking = _open(bare)
    if 0 < len(lacking) <= MOST_OPEN:
        what = tr("'{brackets}' is missing at the end of this line", brackets=lacking)
        yield Slip((line, end - 1), row.rstrip() + lacking, what, tr("close what is open here."))


def _open(bare: str) -> str:
    """Return the brackets that close what a line opens."""
    waiting: list[str] = []
    for mark in bare:
        if mark in _CLOSES:
            waiting.append(_CLOSES[mark])
        elif waiting and mark == waiting[-1]:
            waiting.pop()
    return "".join(reversed(waiting))
