"""Figures as a table: heads in their order with their names, cells, and totals."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.core.db.database import session
from app.core.declare import registry
from app.core.declare.reports import Dimension, Measure
from app.core.records import display
from app.core.reference import dictionaries
from app.core.types import Date, Decimal
from app.reports.arguments import Asked
from app.reports.query import (
    CELL,
    COLUMN,
    INNER,
    INNER_CELL,
    ROW,
    WHOLE,
    Figure,
    digits,
    figures,
)

_STEP = {4: 10, 12: 100}  # quarters are written 20271, months 202701
MOST_ROWS = 200
MOST_COLUMNS = 40
NOTHING = "（空）"
HIDDEN = "（不在您的查看范围内）"


@dataclass(frozen=True)
class Head:
    """A group of a dimension: its key and how it reads."""

    key: Any
    title: str


@dataclass(frozen=True)
class Room:
    """How many groups of a table are shown, and in which order."""

    rows: int = MOST_ROWS
    columns: int = MOST_COLUMNS
    largest: bool = False  # by a measure, also where the dimension has an order
    by: int = 0  # place of that measure among those shown
    unbroken: bool = False  # periods without facts too
    cells: int = 0  # figures in all; 0: as many as there are


@dataclass(frozen=True)
class Line:
    """A row of a table, or with `inner` one of the rows within it: values by column, and of all."""

    row: Head
    inner: Head | None
    cells: tuple[tuple[Any, ...], ...]
    total: tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """A report: heads, and for each row the values of its cells and of the whole row."""

    asked: Asked
    rows: tuple[Head, ...]
    columns: tuple[Head, ...]  # empty: the measures are the columns
    cells: Mapping[tuple[Any, Any], tuple[Any, ...]]
    row_totals: Mapping[Any, tuple[Any, ...]]
    column_totals: Mapping[Any, tuple[Any, ...]]
    whole: tuple[Any, ...]
    empty: tuple[Any, ...]  # of a cell without facts
    rows_cut: int = 0  # groups that have no room
    columns_cut: int = 0
    inner: Mapping[Any, tuple[Head, ...]] = field(default_factory=dict)  # the rows within a row
    inner_cells: Mapping[tuple[Any, Any, Any], tuple[Any, ...]] = field(default_factory=dict)
    inner_totals: Mapping[tuple[Any, Any], tuple[Any, ...]] = field(default_factory=dict)

    def cell(self, row: Any, column: Any) -> tuple[Any, ...]:
        """Return the values of a cell."""
        return self.cells.get((row, column), self.empty)

    def lines(self) -> Iterator[Line]:
        """Return the lines below the heads: each row, and the rows within it."""
        for row in self.rows:
            cells = tuple(self.cell(row.key, side.key) for side in self.columns)
            yield Line(row, None, cells, self.row_totals.get(row.key, self.empty))
            for inner in self.inner.get(row.key, ()):
                key = (row.key, inner.key)
                cells = tuple(
                    self.inner_cells.get((*key, side.key), self.empty) for side in self.columns
                )
                yield Line(row, inner, cells, self.inner_totals[key])


def table(asked: Asked) -> Table:
    """Ask for the figures and put them in their places."""
    return tables([asked], [Room()])[0]


def tables(questions: Sequence[Asked], rooms: Sequence[Room]) -> list[Table]:
    """Ask for the figures of several tables over the same facts: one statement, and one for each
    kind of record whose names are shown.
    """
    found = figures(questions)
    cut = [_Cut(*parts) for parts in zip(questions, rooms, found, strict=True)]
    titles = _titles([side for one in cut for side in one.sides()])
    return [one.table(titles) for one in cut]


class _Cut:
    """The figures of one table, and which of its groups there is room for."""

    def __init__(self, asked: Asked, room: Room, found: Sequence[Figure]) -> None:
        self.asked, self.found = asked, found
        rows = _keyed(found, ROW, lambda one: one.row, room.by)
        columns = _keyed(found, COLUMN, lambda one: one.column, room.by)
        self.columns = _keys(asked.columns, columns, room.columns, room)
        width = (len(self.columns) + 1) * len(asked.show)
        lines = max(room.cells // width, 1) if room.cells else room.rows
        self.rows = _keys(asked.rows, rows, min(room.rows, lines), room)
        self.inner: dict[Any, list[Any]] = {}
        self.rows_cut = len(rows) - len(self.rows)
        self.columns_cut = len(columns) - len(self.columns)
        if asked.inner is not None:
            self._within(room, lines)

    def _within(self, room: Room, lines: int) -> None:
        """Take the rows within each row, as long as there is room for them; then no further row."""
        found: dict[Any, dict[Any, int]] = {}
        for one in self.found:
            if one.level == INNER:
                keyed = found.setdefault(one.row, {})
                keyed[one.inner] = max(keyed.get(one.inner, 0), one.values[room.by] or 0)
        for place, key in enumerate(self.rows):
            if place and lines <= 1:
                self.rows_cut += len(self.rows) - place
                self.rows = self.rows[:place]
                break
            inner = found.get(key, {})
            self.inner[key] = _keys(self.asked.inner, inner, max(lines - 1, 0), room)
            lines -= 1 + len(self.inner[key])
        self.rows_cut += sum(map(len, found.values())) - sum(map(len, self.inner.values()))

    def sides(self) -> list[tuple[Dimension, Sequence[Any]]]:
        """Return the dimensions with the keys whose names are shown."""
        asked = self.asked
        inner = list(dict.fromkeys(key for keys in self.inner.values() for key in keys))
        pairs = ((asked.rows, self.rows), (asked.inner, inner), (asked.columns, self.columns))
        return [(item, keys) for item, keys in pairs if item is not None]

    def table(self, titles: Mapping[str, Mapping[Any, str]]) -> Table:
        """Return the table with the names that were found."""
        asked, found = self.asked, self.found
        empty = tuple(0 if item.take in ("count", "sum") else None for item in asked.show)

        def heads(item: Dimension | None, keys: Sequence[Any]) -> tuple[Head, ...]:
            return tuple(Head(key, titles[item.name][key]) for key in keys) if item else ()

        return Table(
            asked=asked,
            rows=heads(asked.rows, self.rows),
            columns=heads(asked.columns, self.columns),
            cells=_merged(found, CELL, lambda one: (one.row, one.column), empty),
            row_totals=_merged(found, ROW, lambda one: one.row, empty),
            column_totals=_merged(found, COLUMN, lambda one: one.column, empty),
            whole=_merged(found, WHOLE, lambda one: None, empty).get(None, empty),
            empty=empty,
            rows_cut=self.rows_cut,
            columns_cut=self.columns_cut,
            inner={key: heads(asked.inner, keys) for key, keys in self.inner.items()},
            inner_cells=_merged(
                found, INNER_CELL, lambda one: (one.row, one.inner, one.column), empty
            ),
            inner_totals=_merged(found, INNER, lambda one: (one.row, one.inner), empty),
        )


def _titles(sides: Sequence[tuple[Dimension, Sequence[Any]]]) -> dict[str, dict[Any, str]]:
    """Return how the groups of each dimension read; names of one kind of record are asked for once."""
    wanted: dict[str, set[Any]] = {}
    for item, keys in sides:
        if item.kind == "ref":
            wanted.setdefault(item.of, set()).update(keys)
    names = {of: _names(of, sorted(keys - {None})) for of, keys in wanted.items()}
    found: dict[str, dict[Any, str]] = {}
    for item, keys in sides:
        found.setdefault(item.name, {}).update(_read(item, keys, names.get(item.of, {})))
    return found


def _merged(
    found: Sequence[Figure], level: int, key: Callable[[Figure], Any], empty: tuple[Any, ...]
) -> dict[Any, tuple[Any, ...]]:
    """Measures that take different records come in different rows of the answer."""
    merged: dict[Any, list[Any]] = {}
    for one in found:
        if one.level == level:
            values = merged.setdefault(key(one), list(empty))
            for n, value in enumerate(one.values):
                values[n] = value if value is not None else values[n]
    return {name: tuple(values) for name, values in merged.items()}


def _keyed(
    found: Sequence[Figure], level: int, key: Callable[[Figure], Any], place: int
) -> dict[Any, int]:
    """Return the groups of one level with the measure by which names are ordered."""
    merged: dict[Any, int] = {}
    for one in found:
        if one.level == level:
            merged[key(one)] = max(merged.get(key(one), 0), one.values[place] or 0)
    return merged


def _keys(
    dimension: Dimension | None, keyed: Mapping[Any, int], most: int, room: Room
) -> list[Any]:
    if dimension is None:
        return []
    order = {} if room.largest else _order(dimension)
    keys = sorted(
        keyed,
        key=lambda key: (key is None, order.get(key, len(order)), *_within(dimension, key, keyed)),
    )
    if dimension.period and room.unbroken:
        keys = unbroken(dimension, keys)
    if dimension.period and len(keys) > most:
        return [key for key in keys if key is not None][-most:]  # the latest
    return keys[:most]


def unbroken(dimension: Dimension, keys: Sequence[Any]) -> list[Any]:
    """Return all periods from the first to the last one, also those without facts."""
    known = [key for key in keys if key is not None]
    parts = {"year": 1, "quarter": 4, "month": 12}.get(dimension.period)
    if not known or parts is None:
        return known
    places = [
        key if parts == 1 else key // _STEP[parts] * parts + key % _STEP[parts] - 1 for key in known
    ]
    if places[-1] - places[0] > MOST_ROWS:
        return known
    every = range(places[0], places[-1] + 1)
    return [n if parts == 1 else n // parts * _STEP[parts] + n % parts + 1 for n in every]


def _order(dimension: Dimension) -> dict[Any, int]:
    names: Sequence[Any] = ()
    if dimension.kind == "dict":
        names = [item.code for item in dictionaries.all_entries(dimension.of)]
    elif dimension.kind == "state":
        flow = registry.flow_of(dimension.of)
        names = [step.name for step in flow.steps] if flow else ()
    elif dimension.kind == "boolean":
        names = (True, False)
    return {name: place for place, name in enumerate(names)}


def _within(dimension: Dimension, key: Any, keyed: Mapping[Any, int]) -> tuple[Any, ...]:
    if dimension.period or dimension.kind == "number":
        return (key if key is not None else 0,) if not hasattr(key, "year") else (key.toordinal(),)
    return (-keyed[key], str(key))


def titles_of(dimension: Dimension, keys: Sequence[Any]) -> dict[Any, str]:
    """Return how the groups of a dimension read; names of records cost one statement."""
    return _titles([(dimension, keys)])[dimension.name]


def _read(dimension: Dimension, keys: Sequence[Any], names: Mapping[Any, str]) -> dict[Any, str]:
    if dimension.kind == "ref":
        return {key: NOTHING if key is None else names.get(key, HIDDEN) for key in keys}
    return {key: NOTHING if key is None else _title(dimension, key) for key in keys}


def _title(dimension: Dimension, key: Any) -> str:
    match dimension.period:
        case "day":
            return Date().show(key)
        case "month":
            return f"{key // 100}-{key % 100:02}"
        case "quarter":
            return f"{key // 10} 年 {key % 10} 季度"
        case "year":
            return f"{key} 年"
    match dimension.kind:
        case "dict":
            return dictionaries.title(dimension.of, key)
        case "state":
            return display.state_title(registry.object(dimension.of), key)
        case "boolean":
            return "是" if key else "否"
    return str(key)


def _names(name: str, keys: Sequence[Any]) -> dict[Any, str]:
    model: Any = registry.object(name).model
    records = session.scalars(select(model).where(model.id.in_(keys))).unique() if keys else ()
    return {record.id: display.title_of(record, masked=True) for record in records}


def text(measure: Measure, value: Any) -> str:
    """Return how a value reads."""
    if value is None:
        return "—"
    places = digits(measure)
    said = Decimal(scale=places).show(value) if places else f"{value:,}"
    return f"{said}%" if measure.take == "percent" else said


def number(measure: Measure, value: Any) -> int | float | None:
    """Return a value as a number, for charts and workbooks."""
    if value is None:
        return None
    places = digits(measure)
    return float(value) / 10**places if places else int(value)
