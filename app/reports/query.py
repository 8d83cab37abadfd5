"""The one statement of a report, or of all tiles of a dashboard.

The facts are read once (WITH facts …): each with its groups, the records that measures take, their
numbers, and whether a measure's condition holds. Every level of every table is then a query of its
own over them, joined by UNION ALL, instead of sums over cells: the total of distinct records is not
the sum of its parts; a quotient is likewise divided anew at each level. A record that several facts
share counts once in each group: it is counted distinctly, and its number is taken from a query that
names each record once (SELECT DISTINCT).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Select,
    String,
    case,
    cast,
    distinct,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from app.core.db.database import elevated, session
from app.core.declare.reports import Dimension, Measure
from app.core.errors import Refused
from app.reports.arguments import Asked
from app.reports.facts import Facts

MOST = 20_000  # groups of one report
CELL, ROW, COLUMN, WHOLE, INNER, INNER_CELL = range(6)
Group = tuple[int, Any, Any, Any]  # level, row, column, inner
Sides = Mapping[str, Dimension | None]  # r: rows, i: the rows within each, c: columns


class TooMany(Refused):
    """A table would have more groups than anybody can read."""


@dataclass(frozen=True)
class Figure:
    """One group: which level, the keys, and one value for each measure."""

    level: int
    row: Any
    column: Any
    values: tuple[Any, ...]
    inner: Any = None


def figures(questions: Sequence[Asked]) -> list[list[Figure]]:
    """Return every group of each table, of its margins, and the whole; one statement.

    The questions are about the same model, days and conditions.
    """
    branches = list(_Statement(questions).branches())
    statement = branches[0].union_all(*branches[1:]) if len(branches) > 1 else branches[0]
    with elevated():  # the criterion of the facts stands in the statement
        found = session.execute(statement.limit(MOST * len(questions) + 1)).all()
    if len(found) > MOST * len(questions):
        raise TooMany(f"分组超过 {MOST:,} 个，请增加条件或换一个维度")
    groups: list[dict[Group, dict[str, int]]] = [{} for _ in questions]
    for place, level, row, inner, column, *parts in found:
        asked = questions[place]
        sides = (_key(asked.rows, row), _key(asked.columns, column), _key(asked.inner, inner))
        groups[place].setdefault((level, *sides), {}).update(_values(asked, parts))
    return [
        [
            Figure(
                level, row, column, tuple(_shown(asked, item, taken) for item in asked.show), inner
            )
            for (level, row, column, inner), taken in each.items()
        ]
        for asked, each in zip(questions, groups, strict=True)
    ]


class _Statement:
    """Writes the statement: the facts once, and what is asked of them."""

    def __init__(self, questions: Sequence[Asked]) -> None:
        self.questions = questions
        self.facts = Facts(questions[0])
        self.columns: dict[str, ColumnElement[Any]] = {"id": self.facts.cls.id}
        self.keys: dict[str, str] = {}  # of measures: the column with the record that is taken
        sides = {side.name: side for asked in questions for side in asked.sides}
        for side in sides.values():
            if not side.many:
                self.columns[f"by_{side.name}"] = self.facts.value(side)
        for asked in questions:
            for measure in _plain(asked):
                self._measure(measure)
        labelled = [column.label(name) for name, column in self.columns.items()]
        self.read = self.facts.read(*labelled).cte("facts")
        self.several = {
            side.name: self.facts.values(side, self.read).cte(f"each_{side.name}")
            for side in sides.values()
            if side.many
        }
        self.width = max(sum(_width(item) for item in _plain(asked)) for asked in questions)

    def _measure(self, item: Measure) -> None:
        if item.name in self.keys:
            return
        cls, env = self.facts.cls, self.facts.env
        key = item.key(cls, env)
        known = (name for name, column in self.columns.items() if column is key)
        name = next(known, f"key_{item.name}")
        self.columns.setdefault(name, key)
        self.keys[item.name] = name
        if item.value:
            self.columns[f"value_{item.name}"] = item.value(cls, env)
        if item.where:
            self.columns[f"holds_{item.name}"] = case((item.where(cls, env), 1))

    # -- levels

    def branches(self) -> Iterator[Select[Any]]:
        """Return the queries of all tables over the facts."""
        for place, asked in enumerate(self.questions):
            for level, sides in _levels(asked):
                for measures in self._alike(_plain(asked)):
                    yield self._branch(place, level, sides, measures)

    def _alike(self, show: Sequence[Measure]) -> list[list[Measure]]:
        """Measures that can be taken in one query over the facts, the others by their records."""
        together = [item for item in show if item.take == "count" or self.keys[item.name] == "id"]
        groups: dict[Any, list[Measure]] = {}
        for item in show:
            if item not in together:
                groups.setdefault((self.keys[item.name], item.where), []).append(item)
        return [*([together] if together else []), *groups.values()]

    def _branch(self, place: int, level: int, sides: Sides, measures: list[Measure]) -> Select[Any]:
        asked = self.questions[place]
        shared = measures[0].take != "count" and self.keys[measures[0].name] != "id"
        source = self._records(sides, measures) if shared else self._rows(sides, measures)
        inner = source.subquery()
        groups = [inner.c[name] for name, item in sides.items() if item is not None]
        shown = [
            cast(null(), String).label(name) if item is None else _text(inner.c[name]).label(name)
            for name, item in sides.items()
        ]
        taken = [
            part for item in _plain(asked) for part in self._taken(inner, item, item in measures)
        ]
        taken += [cast(null(), BigInteger)] * (self.width - len(taken))
        query = select(literal(place), literal(level), *shown, *taken).select_from(inner)
        return query.group_by(*groups) if groups else query

    def _rows(self, sides: Sides, measures: list[Measure]) -> Select[Any]:
        """Return the facts with the measures' records, each once in each group that it stands in."""
        columns, query = self._joined(sides)
        for item in measures:
            columns.append(self._held(item, self.keys[item.name]).label(f"k_{item.name}"))
            if item.value:
                columns.append(self._held(item, f"value_{item.name}").label(f"v_{item.name}"))
        return query.add_columns(*columns).where(*self._some(measures))

    def _records(self, sides: Sides, measures: list[Measure]) -> Select[Any]:
        """Return each record that measures share, once in each group that it stands in."""
        columns, query = self._joined(sides)
        key = self.read.c[self.keys[measures[0].name]]
        columns.append(key.label("k"))
        for item in measures:
            columns.append(self.read.c[f"value_{item.name}"].label(f"v_{item.name}"))
        return query.add_columns(*columns).where(*self._some(measures)).distinct()

    def _joined(self, sides: Sides) -> tuple[list[Any], Select[Any]]:
        columns, tables = [], []
        for name, item in sides.items():
            if item is None:
                continue
            if item.many:
                each = self.several[item.name].alias()
                tables.append(each)
                columns.append(each.c.v.label(name))
            else:
                columns.append(self.read.c[f"by_{item.name}"].label(name))
        query = select().select_from(self.read)
        for each in tables:
            query = query.outerjoin(each, each.c.id == self.read.c.id)
        return columns, query

    def _held(self, item: Measure, name: str) -> Any:
        column = self.read.c[name]
        return case((self.read.c[f"holds_{item.name}"] == 1, column)) if item.where else column

    def _some(self, measures: list[Measure]) -> list[ColumnElement[bool]]:
        """Leave out the facts of which no measure takes anything: they make no group."""
        if any(not item.where and self.keys[item.name] == "id" for item in measures):
            return []
        return [or_(*(self._held(item, self.keys[item.name]).is_not(None) for item in measures))]

    def _taken(self, inner: Any, item: Measure, mine: bool) -> list[Any]:
        """Return what a measure takes of its records; of other measures' records nothing."""
        if not mine:
            return [cast(null(), BigInteger)] * _width(item)
        if item.take == "count":
            key = inner.c[f"k_{item.name}"]
            once = self.keys[item.name] == "id"
            return [cast(func.count(key if once else distinct(key)), BigInteger)]
        value = inner.c[f"v_{item.name}"]
        if item.take in ("least", "most"):
            best = func.min(value) if item.take == "least" else func.max(value)
            return [cast(best, BigInteger)]
        total = cast(func.coalesce(func.sum(value), 0), BigInteger)
        return [total] if item.take == "sum" else [total, cast(func.count(value), BigInteger)]


def _levels(asked: Asked) -> Iterator[tuple[int, Sides]]:
    """Return what a table is divided by at each of its levels."""
    row, inner, column = asked.rows, asked.inner, asked.columns
    yield WHOLE, {"r": None, "i": None, "c": None}
    if row is None:
        return
    yield ROW, {"r": row, "i": None, "c": None}
    if inner is not None:
        yield INNER, {"r": row, "i": inner, "c": None}
    if column is not None:
        yield CELL, {"r": row, "i": None, "c": column}
        yield COLUMN, {"r": None, "i": None, "c": column}
    if inner is not None and column is not None:
        yield INNER_CELL, {"r": row, "i": inner, "c": column}


def _width(item: Measure) -> int:
    return 2 if item.take == "average" else 1


def _text(column: Any) -> Any:
    """Keys of all types stand in one column of the answer."""
    if isinstance(column.type, Boolean):
        return case((column.is_(True), "1"), (column.is_(False), "0"))
    return cast(column, String)


def _key(item: Dimension | None, text: str | None) -> Any:
    if item is None or text is None:
        return None
    if item.period == "day":
        return date.fromisoformat(text[:10])
    if item.period or item.kind in ("ref", "number"):
        return int(Decimal(text))
    return text == "1" if item.kind == "boolean" else text


def _plain(asked: Asked) -> list[Measure]:
    """Return the measures that are taken of the facts: those shown, and what quotients divide."""
    found: dict[str, Measure] = {}
    for item in asked.show:
        names = item.divides or (item.name,)
        found.update((name, one) for name in names if (one := asked.model.measure(name)))
    return list(found.values())


def _values(asked: Asked, parts: Sequence[Any]) -> dict[str, int]:
    """Return what a row of the answer holds of a group, by measure; what others take is not in it."""
    values, place = {}, 0
    for item in _plain(asked):
        if item.take == "average":
            found = _average(item, parts[place], parts[place + 1])
        else:
            found = None if parts[place] is None else int(parts[place])
        if found is not None:
            values[item.name] = found
        place += _width(item)
    return values


def _shown(asked: Asked, item: Measure, taken: Mapping[str, int]) -> int | None:
    """Return the value of a measure that is shown; None where a quotient would divide by nothing."""
    if not item.divides:
        return taken.get(item.name)
    share, whole = (asked.model.measure(name) for name in item.divides)
    assert share is not None, item.divides  # the compiler checks the names
    assert whole is not None, item.divides
    over, under = taken.get(share.name, 0), taken.get(whole.name, 0)
    places = digits(item) + (2 if item.take == "percent" else 0) + whole.scale
    return _divided(over * 10**places, under * 10**share.scale)


def digits(item: Measure) -> int:
    """Return how many digits of a value stand behind its point; averages of whole numbers have one."""
    return item.scale or {"average": 1, "percent": 1, "ratio": 2}.get(item.take, 0)


def _average(item: Measure, total: Any, number: Any) -> int | None:
    return _divided(int(total or 0) * 10 ** (digits(item) - item.scale), int(number or 0))


def _divided(over: int, under: int) -> int | None:
    """Return a quotient, halves away from zero; None where there is nothing to divide by."""
    if not under:
        return None
    size = (2 * abs(over) + abs(under)) // (2 * abs(under))
    return size if (over >= 0) == (under > 0) else -size
