"""What an address asks of a report, checked; and the addresses that lead on from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.core.reports import Dimension, Measure, Report, ReportModel
from app.core.types import Date
from app.reports.asking import Asked, key_of, text_of

PREFIX = "f."
MOST_KEYS = 50
MOST_MEASURES = 6
CHARTS = {"bar": "柱形", "line": "折线", "pie": "饼图"}
OWN = frozenset(
    {"report", "rows", "columns", "show", "chart", "from", "to", "of", "page", "model", "saved"}
)


@dataclass(frozen=True)
class Address:
    """A report as an address asks for it; `hints` says what was not understood."""

    asked: Asked
    report: Report | None  # the shipped one that this is, unless rows, columns or measures differ
    chart: str
    hints: tuple[str, ...] = ()

    def arguments(self, **changes: Any) -> list[tuple[str, str]]:
        """Return the arguments of this report, changed; a shipped one is named, not spelled."""
        asked = self.asked
        pairs: list[tuple[str, str]] = []
        if self.report is not None:
            pairs.append(("report", self.report.name))
        else:
            pairs += [("rows", asked.rows.name)] if asked.rows else []
            pairs += [("columns", asked.columns.name)] if asked.columns else []
            pairs += [("show", item.name) for item in asked.show]
        if self.report is None or self.chart != self.report.chart:
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
        only = dict(self.asked.only)
        only |= {item.name: (key,) for item, key in groups if item is not None}
        there = replace(self, asked=replace(self.asked, only=only))
        return "?" + urlencode([*there.arguments(), ("of", measure.name)])

    def without(self, name: str) -> str:
        """Return the query without the condition on a dimension."""
        only = {key: keys for key, keys in self.asked.only.items() if key != name}
        return replace(self, asked=replace(self.asked, only=only)).link()


def read(model: ReportModel, arguments: "MultiDict[str, str]") -> Address:
    """Read an address; what cannot be understood is named and left out."""
    hints: list[str] = []
    report = _report(model, arguments, hints)
    rows, columns, show = _table(model, arguments, report, hints)
    since, until = (_day(arguments.get(name, ""), hints) for name in ("from", "to"))
    if since and until and since > until:
        since, until = until, since
        hints.append("开始日期晚于结束日期，已对调")
    asked = Asked(
        model=model, rows=rows, columns=columns, show=show, since=since, until=until,
        only=_only(model, arguments, hints),
    )  # fmt: skip
    shipped = next((item for item in model.reports if _is(item, asked)), None)
    if report is not None and _is(report, asked):
        shipped = report  # two reports may show the same table
    chart = arguments.get("chart", "")
    if chart not in CHARTS:
        chart = (shipped or report or model.reports[0]).chart
    unknown = [name for name in arguments if name not in OWN and not name.startswith(PREFIX)]
    if unknown:
        hints.append("网址中有不认识的参数：" + "、".join(name[:20] for name in unknown[:3]))
    return Address(asked, shipped, chart, tuple(hints))


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
) -> tuple[Dimension, Dimension | None, tuple[Measure, ...]]:
    first = report or model.reports[0]
    rows = model.dimension(arguments.get("rows", first.rows))
    if rows is None:
        hints.append("没有这个行维度")
        rows = model.dimension(first.rows)
        assert rows is not None
    wanted = arguments.get("columns", first.columns if report else "")
    columns = model.dimension(wanted) if wanted else None
    if wanted and columns is None:
        hints.append("没有这个列维度")
    if columns is rows:
        hints.append("行与列相同，只按行统计")
        columns = None
    names = arguments.getlist("show") or list(first.show)
    show = [item for item in model.measures if item.name in names]
    if len(show) < len(set(names)):
        hints.append("有不认识的指标，已略去")
    show.sort(key=lambda item: names.index(item.name))
    return (
        rows,
        columns,
        _may_be_divided(show[:MOST_MEASURES], (rows, columns), hints)
        or _first(model, rows, columns),
    )


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


def _first(model: ReportModel, rows: Dimension, columns: Dimension | None) -> tuple[Measure, ...]:
    """Return a measure that can be shown, where none was asked for; a count always can."""
    sides = {rows.name, columns.name if columns else ""}
    fitting = [item for item in model.measures if not sides & set(item.not_by)]
    return tuple(fitting[:1]) or model.measures[:1]


def _is(report: Report, asked: Asked) -> bool:
    rows = asked.rows.name if asked.rows else ""
    columns = asked.columns.name if asked.columns else ""
    shown = tuple(item.name for item in asked.show)
    return (report.rows, report.columns, report.show) == (rows, columns, shown)


def _day(text: str, hints: list[str]) -> date | None:
    try:
        found: date | None = Date().parse(text[:20])
    except ValueError as error:
        hints.append(f"日期不正确：{error}")
        return None
    return found


def _only(
    model: ReportModel, arguments: "MultiDict[str, str]", hints: list[str]
) -> dict[str, tuple[Any, ...]]:
    only = {}
    for name in arguments:
        if not name.startswith(PREFIX):
            continue
        item = model.dimension(name.removeprefix(PREFIX))
        if item is None:
            hints.append(f"没有“{name.removeprefix(PREFIX)[:30]}”这个条件")
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
