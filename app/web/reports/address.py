"""What an address asks of a report, checked; and the addresses that lead on from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.core.declare.reports import Dimension, Measure, Report, ReportModel
from app.core.types import Date
from app.reports.arguments import Asked, key_of, text_of
from app.reports.table import Room

PREFIX = "f."  # of a condition
CELL = "at."  # of a group that a figure stands in, in the address of the records behind it
LARGEST = "largest"
MOST_KEYS = 50
MOST_MEASURES = 6
CHARTS = {"bar": "柱形", "line": "折线", "pie": "饼图"}
ADDED = frozenset({"count", "sum"})  # ways to take a number whose groups are parts of a whole
OWN = frozenset(
    {
        "report", "rows", "inner", "columns", "show", "draw", "chart", "from", "to", "of", "page",
        "model", "saved", "by", "order",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Address:
    """A report as an address asks for it; `hints` says what was not understood.

    `free` is one of several models that people choose from: its address names the model and spells
    out the table. `cell` is the group of the figure whose records are asked for.
    """

    asked: Asked
    report: Report | None  # the shipped one that this is, unless rows, columns or measures differ
    chart: str
    hints: tuple[str, ...] = ()
    free: bool = False
    draw: str = ""  # the measure in the picture, unless it is the first one
    largest: bool = False  # the rows that have most of it come first
    cell: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def drawn(self) -> Measure:
        """The measure in the picture."""
        show = self.asked.show
        return next((item for item in show if item.name == self.draw), show[0])

    def room(self, room: Room) -> Room:
        """Return a room with the order that was asked for."""
        place = self.asked.show.index(self.drawn)
        return replace(room, largest=True, by=place) if self.largest else room

    @property
    def stacked(self) -> bool:
        """Whether the columns are parts of a row, so that bars may stand upon each other."""
        columns = self.asked.columns
        parts = columns is not None and not columns.many
        return parts and self.drawn.take in ADDED

    @property
    def charts(self) -> dict[str, str]:
        """The forms that the picture can have, with their titles."""
        ring = not no_ring(self.asked, self.drawn)
        return {name: words for name, words in CHARTS.items() if ring or name != "pie"}

    @property
    def heading(self) -> str:
        """What the table is called: by its name where people chose it by name, else by what stands in it."""
        if self.report is not None and not self.free:
            return self.report.title
        return self.asked.named("、".join(item.title for item in self.asked.show))

    def inside(self) -> "Address":
        """Return the address whose conditions leave only the facts of the cell."""
        only = {**self.asked.only, **self.cell}
        return replace(self, asked=replace(self.asked, only=only), cell={})

    def arguments(self, **changes: Any) -> list[tuple[str, str]]:
        """Return the arguments of this report, changed; a shipped one is named, not spelled."""
        asked = self.asked
        pairs: list[tuple[str, str]] = [("model", asked.model.name)] if self.free else []
        named_only = self.report is not None and not self.free
        if named_only and self.report is not None:
            pairs.append(("report", self.report.name))
        else:
            pairs += [("rows", asked.rows.name)] if asked.rows else []
            pairs += [("inner", asked.inner.name)] if asked.inner else []
            pairs += [("columns", asked.columns.name)] if asked.columns else []
            pairs += [("show", item.name) for item in asked.show]
            pairs += [("draw", self.draw)] if self.draw else []
            pairs += [("order", LARGEST)] if self.largest else []
        if not named_only or self.report is None or self.chart != self.report.chart:
            pairs.append(("chart", self.chart))
        pairs += self.limits()
        named = {name for name, _ in pairs}
        pairs += [(name, str(value)) for name, value in changes.items() if name not in named]
        pairs = [(name, str(changes.get(name, value))) for name, value in pairs]
        return [(name, value) for name, value in pairs if value]

    def limits(self) -> list[tuple[str, str]]:
        """Return the arguments that limit the facts."""
        asked = self.asked
        pairs = [("from", asked.since.isoformat())] if asked.since else []
        pairs += [("to", asked.until.isoformat())] if asked.until else []
        for name, keys in asked.only.items():
            pairs += [(PREFIX + name, text_of(key)) for key in keys]
        return pairs

    def link(self, **changes: Any) -> str:
        """Return the query of this report with something changed."""
        return "?" + urlencode(self.arguments(**changes))

    def bare(self) -> str:
        """Return the query of this report without any condition."""
        return replace(self, asked=replace(self.asked, since=None, until=None, only={})).link()

    def behind(self, measure: Measure, *groups: tuple[Dimension | None, Any]) -> str:
        """Return the query that asks for the records behind a figure."""
        cell = self.cell | {item.name: (key,) for item, key in groups if item is not None}
        pairs = [(CELL + name, text_of(key)) for name, keys in cell.items() for key in keys]
        return "?" + urlencode([*self.arguments(), *pairs, ("of", measure.name)])

    def without(self, name: str) -> str:
        """Return the query without the condition on a dimension."""
        only = {key: keys for key, keys in self.asked.only.items() if key != name}
        return replace(self, asked=replace(self.asked, only=only)).link()


def read(model: ReportModel, arguments: "MultiDict[str, str]", *, free: bool = False) -> Address:
    """Read an address; what cannot be understood is named and left out."""
    hints: list[str] = []
    report = _report(model, arguments, hints)
    rows, inner, columns, show = _table(model, arguments, report, hints)
    since, until = (_day(arguments.get(name, ""), hints) for name in ("from", "to"))
    if since and until and since > until:
        since, until = until, since
        hints.append("开始日期晚于结束日期，已对调")
    asked = Asked(
        model=model, rows=rows, inner=inner, columns=columns, show=show, since=since, until=until,
        only=_only(model, arguments, PREFIX, hints),
    )  # fmt: skip
    shipped = next((item for item in model.reports if _is(item, asked)), None)
    if report is not None and _is(report, asked):
        shipped = report  # two reports may show the same table
    chart = arguments.get("chart", "")
    if chart not in CHARTS:
        if chart:
            hints.append("没有这种图形")
        chart = (shipped or report or model.reports[0]).chart
    unknown = [
        name for name in arguments if name not in OWN and not name.startswith((PREFIX, CELL))
    ]
    if unknown:
        hints.append("网址中有不认识的参数：" + "、".join(name[:20] for name in unknown[:3]))
    draw = arguments.get("draw", "")
    if draw and model.measure(draw) is None:
        hints.append("没有要画成图的这个指标")
    if draw not in {item.name for item in show[1:]}:
        draw = ""  # the first one, or one that is not shown: nothing is lost
    order = arguments.get("order", "")
    if order not in ("", LARGEST):
        hints.append("没有这种次序")
    cell = _only(model, arguments, CELL, hints)
    found = Address(asked, shipped, chart, (), free, draw, order == LARGEST, cell)
    if chart not in found.charts:
        hints.append(f"{no_ring(asked, found.drawn)}，已改画柱形")
        found = replace(found, chart="bar")
    return replace(found, hints=tuple(hints))


def no_ring(asked: Asked, drawn: Measure) -> str:
    """Return why a measure of a table cannot be drawn as a ring; empty if it can."""
    if asked.columns is not None:
        return "分了列的表画不成饼图"
    if asked.rows is not None and asked.rows.many:
        return f"一件可以有几个“{asked.rows.title}”，不是整体的各部分，画不成饼图"
    if drawn.take not in ADDED:
        return f"各组的“{drawn.title}”加起来不是整体，画不成饼图"
    return ""


def _report(
    model: ReportModel, arguments: "MultiDict[str, str]", hints: list[str]
) -> Report | None:
    name = arguments.get("report", "")
    if not name and "rows" in arguments:
        return None
    found = next((item for item in model.reports if item.name == name), None)
    if name and found is None:
        hints.append("没有这张报表，已显示第一张")
    return found or model.reports[0]


def _table(
    model: ReportModel, arguments: "MultiDict[str, str]", report: Report | None, hints: list[str]
) -> tuple[Dimension, Dimension | None, Dimension | None, tuple[Measure, ...]]:
    first = report or model.reports[0]
    rows = model.dimension(arguments.get("rows", first.rows))
    if rows is None:
        hints.append("没有这个行维度")
        rows = model.dimension(first.rows)
        assert rows is not None
    inner = _side(model, arguments.get("inner", ""), "没有这个第二层行维度", hints)
    columns = _side(
        model, arguments.get("columns", first.columns if report else ""), "没有这个列维度", hints
    )
    if inner is rows:
        hints.append("两层行维度相同，只分一层")
        inner = None
    if columns is not None and columns in (rows, inner):
        hints.append("行与列相同，只按行统计")
        columns = None
    names = arguments.getlist("show") or list(first.show)
    show = [item for item in model.measures if item.name in names]
    if len(show) < len(set(names)):
        hints.append("有不认识的指标，已略去")
    if len(show) > MOST_MEASURES:
        hints.append(f"最多同时看 {MOST_MEASURES} 个指标，其余已略去")
    show.sort(key=lambda item: names.index(item.name))
    shown = _may_be_divided(show[:MOST_MEASURES], (rows, inner, columns), hints)
    if shown:
        return rows, inner, columns, shown
    return _fitting(model, rows, inner, columns, hints)


def _side(model: ReportModel, name: str, unknown: str, hints: list[str]) -> Dimension | None:
    found = model.dimension(name) if name else None
    if name and found is None:
        hints.append(unknown)
    return found


def _may_be_divided(
    show: Sequence[Measure], sides: Sequence[Dimension | None], hints: list[str]
) -> tuple[Measure, ...]:
    names = {item.name: item.title for item in sides if item is not None}
    kept = []
    for item in show:
        wrong = [title for name, title in names.items() if name in item.not_by]
        if wrong:
            hints.append(f"“{item.title}”不能按“{wrong[0]}”划分（会重复计算），已略去")
        else:
            kept.append(item)
    return tuple(kept)


def _fitting(
    model: ReportModel, rows: Dimension, inner: Dimension | None, columns: Dimension | None,
    hints: list[str],
) -> tuple[Dimension, Dimension | None, Dimension | None, tuple[Measure, ...]]:  # fmt: skip
    """Return a table with a measure that may stand in it; if there is none, one that is divided less."""
    for sides in ((rows, inner, columns), (rows, None, columns), (rows, None, None)):
        names = {item.name for item in sides if item is not None}
        found = [item for item in model.measures if not names & set(item.not_by)]
        if found:
            if sides != (rows, inner, columns):
                hints.append("没有指标可以这样划分，已减少维度")
            return (*sides, (found[0],))
    first = model.reports[0]
    kept, columns = model.dimension(first.rows), model.dimension(first.columns)
    assert kept is not None  # the compiler checks the reports
    hints.append(f"没有指标可以按“{rows.title}”划分，已显示“{first.title}”")
    shown = tuple(item for item in map(model.measure, first.show) if item is not None)
    return kept, None, columns, shown


def _is(report: Report, asked: Asked) -> bool:
    rows = asked.rows.name if asked.rows else ""
    columns = asked.columns.name if asked.columns else ""
    shown = tuple(item.name for item in asked.show)
    same = (report.rows, report.columns, report.show) == (rows, columns, shown)
    return same and asked.inner is None


def _day(text: str, hints: list[str]) -> date | None:
    try:
        found: date | None = Date().parse(text[:20])
    except ValueError as error:
        hints.append(f"日期不正确，没有按它统计：{text[:20]}（{error}）")
        return None
    return found


def _only(
    model: ReportModel, arguments: "MultiDict[str, str]", prefix: str, hints: list[str]
) -> dict[str, tuple[Any, ...]]:
    only = {}
    for name in arguments:
        if not name.startswith(prefix):
            continue
        item = model.dimension(name.removeprefix(prefix))
        if item is None:
            hints.append(f"没有“{name.removeprefix(prefix)[:30]}”这个条件")
            continue
        keys = []
        for text in [value for value in arguments.getlist(name) if value][:MOST_KEYS]:
            try:
                keys.append(key_of(item, text.replace("\x00", "")[:200]))
            except ValueError:
                hints.append(f"“{item.title}”没有这个值")
        if keys:
            only[item.name] = tuple(keys)
    return only
