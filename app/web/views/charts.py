"""Charts over the rows of a list: counts or sums by a dimension, each figure leads to its rows."""

from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlencode

from sqlalchemy import Select, extract, func, select

from app.core.db.database import session
from app.core.declare import Chart, Field, Function, Object, registry
from app.core.records import display
from app.core.reference import dictionaries
from app.core.types import Date, DateTime, Dict, Ref, Refs
from app.web.views.columns import date_part, field_at
from app.web.views.conditions import PREFIX
from app.web.views.list_query import Asked


class Charted(Protocol):
    """A list, as far as its charts need it."""

    @property
    def declared(self) -> Function:
        """The function, with its charts."""

    @property
    def object(self) -> Object:
        """The object that is listed."""

    def statement(self, found: Asked) -> Select[Any]:
        """Return the select of the rows that were asked for."""


NOTHING = "（空）"
ROOM = 12  # groups that one picture has room for
MOST = 30  # groups of one chart; the rest is one figure


@dataclass(frozen=True)
class Figure:
    """One group: its name, its number, and the rows behind it."""

    title: str
    value: int | float
    text: str
    href: str = ""
    drawn: bool = True  # the table shows every figure, the picture those that it has room for


@dataclass(frozen=True)
class Drawn:
    """A chart with its figures."""

    title: str
    kind: str
    measure: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class _Dimension:
    keys: tuple[Any, ...]  # columns to group by
    joins: tuple[Any, ...]
    field: Field | None
    part: str = ""  # month or year of a date


def drawn(view: Charted, found: Asked) -> tuple[Drawn, ...]:
    """Return every chart of the function over the rows that are asked for; one statement each."""
    return tuple(_draw(view, found, chart) for chart in view.declared.charts)


def _draw(view: Charted, found: Asked, chart: Chart) -> Drawn:
    obj = view.object
    model: Any = obj.model
    dimension = _dimension(obj, chart.by)
    chosen = view.statement(found).with_only_columns(model.id).order_by(None)
    summed = field_at(obj, chart.sum) if chart.sum else None
    measure = func.sum(getattr(model, chart.sum)) if summed else func.count(model.id.distinct())
    query = select(*dimension.keys, measure.label("n")).select_from(model)
    for join in dimension.joins:
        query = query.join(join)
    query = query.where(model.id.in_(chosen)).group_by(*dimension.keys)
    dated = bool(dimension.part)
    query = query.order_by(*(dimension.keys if dated else (measure.desc(), *dimension.keys)))
    result = list(session.execute(query))
    if dated:
        result = result[-MOST:]  # the latest periods
    names = _names(dimension, [row[0] for row in result[:MOST]])
    figures = [
        _figure(view, found, chart, dimension, summed, names, tuple(row)) for row in result[:MOST]
    ]
    if not dated:
        figures = [replace(figure, drawn=n < ROOM) for n, figure in enumerate(figures)]
    rest = sum(row[-1] or 0 for row in result[MOST:])
    if rest:
        figures.append(Figure("其他", _number(summed, rest), _text(summed, rest), drawn=False))
    return Drawn(chart.title, chart.kind, summed.title if summed else "件数", tuple(figures))


def _dimension(obj: Object, path: str) -> _Dimension:
    """Follow a path to the columns that it groups by, joining what it leads through."""
    model: Any = obj.model
    joins: list[Any] = []
    path, part = date_part(obj, path)
    parts = path.split(".")
    for index, name in enumerate(parts):
        if name == "state":
            return _Dimension((model.state,), tuple(joins), None)
        child = next((item for item in obj.children if item.name == name), None)
        if child is not None:
            joins.append(getattr(model, name))
            obj = registry.object(child.object)
            model = obj.model
            continue
        field = obj.field(name)
        last = index == len(parts) - 1
        if isinstance(field.type, Refs) or (isinstance(field.type, Ref) and not last):
            joins.append(getattr(model, name))
            obj = registry.object(field.type.object)
            model = obj.model
            if last:
                return _Dimension((model.id,), tuple(joins), field)
        elif isinstance(field.type, Ref):
            return _Dimension((getattr(model, f"{name}_id"),), tuple(joins), field)
        else:
            column = getattr(model, name)
            keys = {
                "": (column,),
                "year": (extract("year", column),),
                "month": (extract("year", column), extract("month", column)),
            }[part]
            return _Dimension(keys, tuple(joins), field, part)
    raise KeyError(path)


def _figure(
    view: Charted,
    found: Asked,
    chart: Chart,
    by: _Dimension,
    summed: Field | None,
    names: dict[Any, str],
    row: tuple[Any, ...],
) -> Figure:
    *keys, number = row
    title, condition = _group(view.object, chart.by, by, names, keys)
    href = ""
    if condition:
        replaced = {name for name, _ in condition}
        kept = [pair for pair in found.arguments(page="", view="") if pair[0] not in replaced]
        href = "?" + urlencode([*kept, *condition])
    return Figure(title, _number(summed, number), _text(summed, number), href)


def _group(
    obj: Object, path: str, by: _Dimension, names: dict[Any, str], keys: list[Any]
) -> tuple[str, list[tuple[str, str]]]:
    """Return how a group reads and the condition that shows its rows."""
    key = keys[0]
    name = PREFIX + path
    if key is None:
        return NOTHING, []
    if path == "state":
        return display.state_title(obj, key), [("tab", key)]
    if by.part:
        return _period(PREFIX + path.rpartition(".")[0], [int(item) for item in keys])
    kind = by.field.type if by.field else None
    if isinstance(kind, Dict):
        return dictionaries.title(kind.of, key), [(name, str(key))]
    if isinstance(kind, Ref):
        return names.get(key, "（不在您的查看范围内）"), [(f"{name}.is", str(key))]
    if isinstance(kind, (Date, DateTime)):
        return kind.show(key), [(f"{name}.from", kind.dump(key)), (f"{name}.to", kind.dump(key))]
    text = display.text_of_value(by.field, key) if by.field else str(key)
    return text, [(name, str(key))]


def _period(name: str, keys: list[int]) -> tuple[str, list[tuple[str, str]]]:
    year, month = keys[0], keys[1] if len(keys) > 1 else 0
    if not month:
        return f"{year} 年", [(f"{name}.from", f"{year}-01-01"), (f"{name}.to", f"{year}-12-31")]
    days = [31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28]
    days += [31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    first, last = f"{year}-{month:02}-01", f"{year}-{month:02}-{days[month - 1]}"
    return f"{year}-{month:02}", [(f"{name}.from", first), (f"{name}.to", last)]


def _names(by: _Dimension, keys: list[Any]) -> dict[Any, str]:
    """Return the names of the records that a chart groups by, in one statement."""
    kind = by.field.type if by.field else None
    if not isinstance(kind, Ref):
        return {}
    obj = registry.object(kind.object)
    model: Any = obj.model
    wanted = [key for key in keys if key is not None]
    found = session.scalars(select(model).where(model.id.in_(wanted)))
    return {record.id: display.title_of(record) for record in found}


def _number(summed: Field | None, value: Any) -> int | float:
    if summed is None or value is None:
        return int(value or 0)
    scale = getattr(summed.type, "scale", 0)
    return float(value) / 10**scale if scale else int(value)


def _text(summed: Field | None, value: Any) -> str:
    return f"{int(value or 0):,}" if summed is None else summed.type.show(value or 0)
