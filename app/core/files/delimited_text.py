"""Comma-separated text: the lines that somebody sent, or why one cannot be read; texts that go out."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import zip_longest

RISKY = ("=", "+", "-", "@", "\t")  # a spreadsheet would take such a text for a formula


class Unreadable(ValueError):
    """A line is no comma-separated text; the message is Chinese and names the line."""


def lines(text: str, *, strict: bool = False) -> Iterator[list[str]]:
    """Yield the cells of each line; Unreadable where quotes are wrong or a cell is longer than any table's."""
    return lines_of(io.StringIO(text, newline=""), strict=strict)


def lines_of(source: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
    """Yield the cells of each line of a text that is read piece by piece; Unreadable as `lines`."""
    reader = csv.reader(source, strict=strict)
    while True:
        before = reader.line_num + 1
        try:
            line = next(reader, None)
        except csv.Error as error:
            raise Unreadable(_why(error, before)) from error
        if line is None:
            return
        yield line


def by_heads(heads: list[str], cells: list[str]) -> dict[str, str]:
    """Return the cells of a line by their headings: "" where the line is short; further ones are dropped."""
    return dict(zip_longest(heads, cells[: len(heads)], fillvalue=""))


def plain(text: str) -> str:
    """Return a text as a spreadsheet shows it: a quotation mark before it says that it is no formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def _why(error: csv.Error, line: int) -> str:
    if "field larger" in str(error):
        return f"第 {line} 行有一格超过 {csv.field_size_limit():,} 个字符；可能是引号没有成对"
    return f"第 {line} 行读不出来，请检查引号是否成对"
