"""Dashboards: the tables of all tiles, one statement for each model and days that they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.core.declare import registry
from app.core.declare.reports import Dashboard, Dimension, Measure, ReportModel, Tile
from app.reports.arguments import Asked
from app.reports.table import Head, Room, Table, tables

ROOM = {"number": 13, "bar": 12, "line": 24, "pie": 8, "ranking": 10, "wordcloud": 20, "heat": 12}
SPANS = {"year": "今年", "twelve": "近 12 个月", "month": "本月", "all": "全部"}
DEPTHS = 6  # steps of the size of a word and the depth of a cell
Limits = tuple[date | None, date | None]


@dataclass(frozen=True)
class Drawn:
    """A tile with its figures."""

    tile: Tile
    model: ReportModel
    measure: Measure
    table: Table

    @property
    def sides(self) -> tuple[Dimension, ...]:
        """The dimensions by which it is divided."""
        asked = self.table.asked
        return tuple(item for item in (asked.rows, asked.columns) if item is not None)

    @property
    def title(self) -> str:
        """Its heading."""
        if self.tile.title:
            return self.tile.title
        title = self.measure.title
        return title if self.tile.form == "number" else self.table.asked.named(title)

    @property
    def whole(self) -> Any:
        """The figure of all facts."""
        return self.table.whole[0]

    @property
    def values(self) -> list[tuple[Head, Any]]:
        """The groups with their figures."""
        return [(head, self.table.row_totals.get(head.key, (0,))[0]) for head in self.table.rows]

    @property
    def cells(self) -> list[tuple[Head, list[tuple[Head, Any]]]]:
        """The groups of two dimensions with their figures."""
        found = self.table
        return [
            (row, [(side, found.cell(row.key, side.key)[0]) for side in found.columns])
            for row in found.rows
        ]

    def depth(self, value: Any) -> int:
        """Return how much a figure is among those shown, 0 (nothing) to DEPTHS."""
        shown = [value for _, value in self.values]
        if len(self.sides) > 1:
            shown = [value for _, cells in self.cells for _, value in cells]
        most = max((one for one in shown if one), default=0)
        return -(-max(value or 0, 0) * DEPTHS // most) if most > 0 else 0


def limits(span: str, today: date) -> Limits:
    """Return the first and last day of a span, reckoned from today; None where there is none."""
    if span == "year":
        return today.replace(month=1, day=1), today.replace(month=12, day=31)
    if span == "all":
        return None, None
    last = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    first = today.replace(day=1)
    if span == "month":
        return first, last
    back = first.year * 12 + first.month - 12
    return first.replace(year=back // 12, month=back % 12 + 1), last


def models(model: ReportModel) -> dict[str, ReportModel]:
    """Return the models that the tiles of a dashboard are about, by their names."""
    names = (tile.model or model.name for tile in _board(model).tiles)
    return {name: registry.report_model(name) for name in names}


def has_numbers(name: str) -> bool:
    """Tell whether the dashboard of a model shows any number by itself."""
    return any(tile.form == "number" for tile in _board(registry.report_model(name)).tiles)


def drawn(model: ReportModel, within: Limits, form: str = "") -> list[Drawn]:
    """Return the tiles of a model's dashboard with their figures, under the row scope.

    form: only the tiles of this form; all of them if it is empty.
    """
    wanted = [tile for tile in _board(model).tiles if form in ("", tile.form)]
    found: dict[str, Drawn] = {}
    groups: dict[tuple[str, bool], list[Tile]] = {}
    for tile in wanted:
        groups.setdefault((tile.model or model.name, tile.undated), []).append(tile)
    for (name, undated), tiles in groups.items():
        about = registry.report_model(name)
        days = (None, None) if undated or not about.date else within
        questions = [_asked(about, tile, days) for tile in tiles]
        rooms = [_room(tile) for tile in tiles]
        for tile, table in zip(tiles, tables(questions, rooms), strict=True):
            found[tile.name] = Drawn(tile, about, table.asked.show[0], table)
    return [found[tile.name] for tile in wanted]


def _board(model: ReportModel) -> Dashboard:
    assert model.dashboard is not None  # the compiler refuses the screen without one
    return model.dashboard


def _asked(model: ReportModel, tile: Tile, within: Limits) -> Asked:
    measure = model.measure(tile.measure)
    assert measure is not None
    sides: Sequence[Dimension | None] = [*(model.dimension(name) for name in tile.by), None, None]
    return Asked(
        model=model, rows=sides[0], columns=sides[1], show=(measure,), since=within[0], until=within[1]
    )  # fmt: skip


def _room(tile: Tile) -> Room:
    most = tile.most or ROOM[tile.form]
    return Room(
        rows=most,
        columns=most,
        largest=tile.form in ("ranking", "wordcloud", "bar", "pie"),
        unbroken=tile.form in ("line", "number"),
    )
