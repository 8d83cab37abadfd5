"""Full-width marks, the commonest slip of who writes with a Chinese keyboard: which one, where, and what to type.

They are ordinary characters in what users read, so they are refused only where they cannot be meant:
where YAML stops, in keys, names and other words of the language, and around a whole text.
"""

import unicodedata
from collections.abc import Callable, Iterator

from generator.language import tr

CODE = "E017"
MARKS = dict(
    zip(
        "，（）“”‘’＝＞＜！＋－＊／％．：；【】｛｝　、",
        ",()\"\"''=><!+-*/%.:;[]{} ,",
        strict=True,
    )
)
_BREAKING = "：，“”‘’（）【】｛｝　－"  # what YAML would have understood, had it been plain
_QUOTES = {"“": "”", "‘": "’"}
NEAREST = 24  # marks that are tried where YAML stops

Offset = tuple[int, int]  # line and column, from 0


def plain(mark: str) -> str:
    """Return the plain character of a full-width one; the same one where it has none."""
    if mark in MARKS:
        return MARKS[mark]
    return unicodedata.normalize("NFKC", mark) if "！" <= mark <= "～" else mark


def first(text: str) -> int:
    """Return where the first full-width mark stands, -1 where there is none."""
    return next((at for at, mark in enumerate(text) if plain(mark) != mark), -1)


def message(mark: str) -> str:
    """Say which mark it is."""
    return tr("'{mark}' is a full-width mark", mark=mark)


def in_expression(mark: str) -> str:
    """Say what to type instead in an expression."""
    if mark == "\u3000":
        return tr("write {plain}.", plain=tr("a plain space"))
    return tr("write {plain}.", plain=f"'{plain(mark)}'")


def hint(mark: str) -> str:
    """Say what to type instead in YAML."""
    if mark == "：":
        return tr("write ':', in YAML with a space behind it.")
    if mark in "“”‘’":
        return tr("write {plain} where it is to be a quote of YAML.", plain=plain(mark))
    return in_expression(mark)


def wrapped(text: str) -> bool:
    """Whether full-width quotes stand around a whole text, or one is never closed: YAML would keep it as text."""
    close = _QUOTES.get(text[:1])
    return close is not None and len(text) > 1 and close not in text[1:-1]


def joined(text: str) -> bool:
    """Whether an item of a list is rather two, with a full-width comma between; a sentence may have one."""
    return "，" in text and text[-1] not in "。！？"


def cause(text: str, at: Offset, stops: Callable[[str], Offset | None]) -> Offset | None:
    """Return the mark for which YAML stops `at` a place: with a plain one it would read on.

    `stops` tells where YAML stops in a text, None where it reads all of it.
    """
    rows = text.split("\n")
    for line, column in _before(rows, at):
        row = rows[line]
        mark = plain(row[column])
        mark += " " if mark == ":" and row[column + 1 : column + 2].strip() else ""
        rest = row[column + 1 :]
        if close := _QUOTES.get(row[column]):
            rest = rest.replace(close, mark, 1)
        mended = [*rows[:line], row[:column] + mark + rest, *rows[line + 1 :]]
        there = stops("\n".join(mended))
        if (
            there is None
            or there[0] > at[0]
            or (there[0] == at[0] and line == at[0] and there > at)
        ):
            return line, column
    return None


def _before(rows: list[str], at: Offset) -> Iterator[Offset]:
    """Give the marks up to a place, the nearest line first, in a line from its start."""
    given = 0
    for line in range(min(at[0], len(rows) - 1), -1, -1):
        for column, mark in enumerate(rows[line]):
            if mark in _BREAKING and given < NEAREST and "#" not in rows[line][:column]:
                given += 1
                yield line, column
        if given >= NEAREST:
            return
