"""Decision tables: lines of conditions of which exactly one fits, whatever is asked.

A condition is a text as people write it: `*` (anything), `a, b` (one of these), `not a, b`,
`>= 90`, `< 90`, `30..89` (both ends belong to it), `empty` (nothing is known). It is read by the
type of what it judges: dict (codes), string, boolean (yes, no), integer, money or date. Amounts are
written in yuan and judged in fen. Nothing here reads a database, so the compiler judges shipped
tables by the same code as the screen judges those of an office.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import islice, product
from typing import Any, Literal

ANY, EMPTY = "*", "empty"
MOST = 20_000  # combinations that are tried
NAMED, RANGED = ("dict", "string", "boolean"), ("integer", "money", "date")
Kind = Literal["dict", "string", "boolean", "integer", "money", "date"]
BOOLEANS = {"yes": True, "no": False}
OTHER = "\0other"  # stands for every text that no line names
STEPS: dict[str, Any] = {"integer": 1, "money": 1, "date": timedelta(days=1)}
SOME: dict[str, Any] = {"integer": 0, "money": 0, "date": date(2000, 1, 1)}

_BOUND = re.compile(r"(>=|<=|>|<|≥|≤)\s*(.+)\Z")
_SPAN = re.compile(r"(.+?)\s*\.\.\s*(.+)\Z")
_DENIES = re.compile(r"(?:除|非|not\s)\s*(?=[^\s,，、])")
_EXCEPTS = re.compile(r"(?<=\S)\s*(?:外|以外|之外)\Z")
_SIGNS = {"≥": ">=", "≤": "<="}


@dataclass(frozen=True)
class Condition:
    """What one cell lets through."""

    named: frozenset[Any] | None = None  # one of these; None: not told by names
    without: bool = False  # all but the named ones
    low: Any = None  # of a range; both ends belong to it
    high: Any = None
    empty: bool = False  # only what is not known

    @property
    def anything(self) -> bool:
        """Whether it lets everything through, also what is not known."""
        return self.named is None and self.low is None and self.high is None and not self.empty

    def fits(self, value: Any) -> bool:
        """Tell whether a value gets through; what is not known needs a line that says so."""
        if self.anything or value is None or self.empty:
            return self.anything or (self.empty and value is None)
        if self.named is not None:
            return (value in self.named) is not self.without
        above = self.low is None or value >= self.low
        return bool(above and (self.high is None or value <= self.high))


def asked(kind: Kind, value: Any) -> Any:
    """Return a value as a table is asked for it: amounts in whole fen, so that none falls between lines."""
    if kind != "money" or value is None:
        return value
    return int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))


def said(kind: Kind, value: Any) -> Any:
    """Return a value as conditions are written: amounts, which are fen, in yuan."""
    return Decimal(value) / 100 if kind == "money" and isinstance(value, int) else value


@lru_cache(maxsize=4096)
def read(kind: Kind, text: str) -> Condition:
    """Read a condition, once for all who ask; ValueError says in Chinese what is wrong."""
    text = text.strip()
    if text in (ANY, ""):
        return Condition()
    if text == EMPTY:
        return Condition(empty=True)
    if kind in RANGED:
        return _range(kind, text)
    without = text.startswith("not ")
    words = [word.strip() for word in re.split("[,，、]", text.removeprefix("not "))]
    values = [BOOLEANS.get(word, word) if kind == "boolean" else word for word in words if word]
    if not values:
        raise ValueError("没有写明是哪些值")
    if kind == "boolean" and any(not isinstance(value, bool) for value in values):
        raise ValueError("只能写 yes 或 no")
    return Condition(named=frozenset(values), without=without)


def _range(kind: Kind, text: str) -> Condition:
    if found := _SPAN.match(text):
        low, high = (_value(kind, part) for part in found.groups())
        if low > high:
            raise ValueError("起点大于终点")
        return Condition(low=low, high=high)
    if not (found := _BOUND.match(text)):
        only = _value(kind, text)
        return Condition(low=only, high=only)
    sign, bound = _SIGNS.get(found[1], found[1]), _value(kind, found[2])
    one = STEPS[kind]
    if sign[0] == ">":
        return Condition(low=bound if sign == ">=" else bound + one)
    return Condition(high=bound if sign == "<=" else bound - one)


def _value(kind: Kind, text: str) -> Any:
    text = text.strip()
    if kind == "integer":
        if not re.fullmatch(r"-?[0-9]{1,12}", text):
            raise ValueError("应写整数、>= 90 或 30..89")
        return int(text)
    if kind == "money":
        if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,2})?", text):
            raise ValueError("应写以元为单位的金额，如 >= 100000 或 100..999.99")
        return int(Decimal(text) * 100)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("应写日期、>= 2027-01-01 或 2027-01-01..2027-06-30") from None
    if not 1000 < day.year < 9000:
        raise ValueError("日期不在合理的范围内")
    return day


def fitting(lines: Sequence[Sequence[Condition]], values: Sequence[Any]) -> list[int]:
    """Return the numbers of the lines that fit, from 0."""
    return [
        number
        for number, line in enumerate(lines)
        if all(cell.fits(value) for cell, value in zip(line, values, strict=True))
    ]


@dataclass(frozen=True)
class Doubt:
    """A combination for which not exactly one line fits."""

    values: tuple[Any, ...]
    lines: tuple[int, ...]  # none: a gap; several: an overlap


class TooMany(Exception):
    """There are too many combinations to try them all."""


def doubts(
    kinds: Sequence[Kind], lines: Sequence[Sequence[Condition]], codes: Sequence[Sequence[str]]
) -> Iterator[Doubt]:
    """Yield the combinations that no line or several lines fit; `codes` are those of the dictionaries.

    Between the bounds that lines name nothing changes, so trying the bounds and their neighbours
    tries everything.
    """
    samples = [
        _samples(kind, [line[place] for line in lines], codes[place])
        for place, kind in enumerate(kinds)
    ]
    size = 1
    for sample in samples:
        size *= len(sample)
    if size > MOST:
        raise TooMany
    for values in product(*samples):
        found = fitting(lines, values)
        if len(found) != 1:
            yield Doubt(values, tuple(found))


def _samples(kind: Kind, column: Sequence[Condition], codes: Sequence[str]) -> list[Any]:
    unknown = [None] if any(cell.empty for cell in column) else []
    return [*_known(kind, column, codes), *unknown]


def _known(kind: Kind, column: Sequence[Condition], codes: Sequence[str]) -> list[Any]:
    named = {value for cell in column for value in cell.named or ()}
    if kind == "boolean":
        return [True, False]
    if kind == "dict":
        return list(codes) or sorted(named)
    if kind == "string":
        return [*sorted(named), OTHER]
    one = STEPS[kind]
    bounds = {bound for cell in column for bound in (cell.low, cell.high) if bound is not None}
    around = {bound + step for bound in bounds for step in (-one, 0 * one, one)}
    return sorted(around) or [SOME[kind]]


def first(found: Iterator[Doubt], most: int = 3) -> list[Doubt]:
    """Return the first few doubts, a gap or an overlap of the same lines once."""
    seen: dict[tuple[int, ...], Doubt] = {}
    for doubt in islice(found, MOST):
        seen.setdefault(doubt.lines, doubt)
        if len(seen) == most:
            break
    return list(seen.values())


def words(condition: str, kind: Kind, title: Callable[[str], str] = str) -> str:
    """Return a stored condition as people read it."""
    text = condition.strip()
    if text in (ANY, ""):
        return "任意"
    if text == EMPTY:
        return "空"
    if kind in RANGED:
        return text.replace(">=", "≥ ").replace("<=", "≤ ").replace("..", " 至 ").replace("  ", " ")
    without, names = text.startswith("not "), text.removeprefix("not ")
    shown = "、".join(
        {"yes": "是", "no": "否"}.get(name, name) if kind == "boolean" else title(name)
        for name in (part.strip() for part in names.split(","))
    )
    return f"除 {shown} 外" if without else shown


def stored(text: str, kind: Kind, codes: Mapping[str, str]) -> str:
    """Return what people typed as it is stored: titles become codes, Chinese signs plain ones."""
    text = text.strip()
    if text in ("", ANY, "任意"):
        return ANY
    if text in (EMPTY, "空"):
        return EMPTY
    if kind in RANGED:
        plain = re.sub(r"\s*(至|～|~)\s*", "..", text)
        return plain.replace("≥", ">=").replace("≤", "<=").replace("＞", ">").replace("＜", "<")
    known = {"是": "yes", "否": "no"} if kind == "boolean" else codes
    names = _parts(text)
    # A title may itself begin or end with a word that denies: a title is never taken apart.
    denied = None if names[:1] and names[0] in known else _DENIES.match(text)
    if denied:
        names = _parts(text[denied.end() :])
        if names[-1] not in known:
            names[-1] = _EXCEPTS.sub("", names[-1])
    return ("not " if denied else "") + ", ".join(known.get(name, name) for name in names)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split("[,，、]", text) if part.strip()]
