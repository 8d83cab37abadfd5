"""Conditions of a list: which can be set, how an address says them, how they read as chips."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.declare import Flow, Function, Object, registry
from app.core.errors import NotFound
from app.core.records import display
from app.core.records import service as records
from app.core.records.display import variables
from app.core.records.queries import Filter
from app.core.reference import dictionaries
from app.core.types import Boolean, Date, DateTime, Dict, DraftOf, File, Ref, Type
from app.web.views.columns import MOMENTS, date_part, field_at, is_entry, known, shipped

PREFIX = "f."
LONGEST = 100  # characters of a text that is searched for
MOST_CHOICES = 50


@dataclass(frozen=True)
class Condition:
    """One way to narrow a list. kind: choice dates range text yes ref"""

    path: str
    title: str
    kind: str
    type: Type
    options: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """The name of its argument in an address."""
        return PREFIX + self.path


@dataclass(frozen=True)
class Chip:
    """A condition that is set: what it says, and the arguments that it is made of."""

    key: str
    title: str
    text: str


@dataclass
class Reading:
    """What the arguments of an address say: filters for the query, chips for the page, what was ignored."""

    filters: list[Filter] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)  # for the form, by argument
    arguments: list[tuple[str, str]] = field(default_factory=list)  # to link on with
    ignored: list[str] = field(default_factory=list)


def conditions_of(function: Function, obj: Object, flow: Flow | None) -> tuple[Condition, ...]:
    """Return the conditions of a function: those it names, else those that its columns offer."""
    paths = [path for path in function.filters if known(obj, path)]
    if not paths:
        paths = [path for path in shipped(function, obj) if path in MOMENTS or field_at(obj, path)]
    paths += [
        date_part(obj, chart.by)[0] for chart in function.charts
    ]  # a figure leads to its rows
    made = (_condition(obj, flow, path) for path in dict.fromkeys(paths))
    return tuple(item for item in made if item is not None)


def _condition(obj: Object, flow: Flow | None, path: str) -> Condition | None:
    title = display.label_of(obj, path)
    if path == "state":
        flow = flow or registry.states_of(obj)
        steps = tuple((step.name, step.title) for step in flow.main) if flow else ()
        return Condition(path, title, "choice", Type(), steps) if steps else None
    if is_entry(obj, path) and (flow := registry.flow_of(obj.name)):
        ways = tuple((way.name, way.title) for way in flow.entries)
        return Condition(path, title, "choice", Type(), ways)
    found = field_at(obj, path)
    kind = found.type if found else MOMENTS.get(path)
    if kind is None or isinstance(kind, (DraftOf, File)):
        return None
    if isinstance(kind, Dict):
        entries = tuple(
            (item.code, f"{item.title}（已停用）" if item.disabled else item.title)
            for item in dictionaries.all_entries(kind.of)
        )
        return Condition(path, title, "choice", kind, entries)
    if isinstance(kind, (Date, DateTime)):
        return Condition(path, title, "dates", kind)
    if isinstance(kind, Boolean):
        return Condition(path, title, "yes", kind, (("1", "是"), ("0", "否")))
    if isinstance(kind, Ref):
        return Condition(path, title, "ref", kind)
    return Condition(path, title, "range" if kind.numeric else "text", kind)


def read(conditions: Sequence[Condition], arguments: MultiDict[str, str]) -> Reading:
    """Read the conditions of an address; what cannot be understood is named, never an error."""
    reading = Reading()
    by_path = {item.path: item for item in conditions}
    for key in arguments:
        if not key.startswith(PREFIX):
            continue
        path = key.removeprefix(PREFIX)
        for ending in (".from", ".to", ".is"):
            path = path.removesuffix(ending)
        if path not in by_path:
            reading.ignored.append(f"没有“{path[:30]}”这个条件")
    for condition in conditions:
        _READERS[condition.kind](condition, arguments, reading)
    return reading


def _read_choice(condition: Condition, arguments: MultiDict[str, str], reading: Reading) -> None:
    asked = [value for value in arguments.getlist(condition.key) if value][:MOST_CHOICES]
    if not asked:
        return
    titles = dict(condition.options)
    values = [value for value in asked if value in titles]
    if len(values) < len(asked):
        reading.ignored.append(f"“{condition.title}”没有这个选项")
    if not values:
        return
    stored = [value == "1" for value in values] if condition.kind == "yes" else values
    op, value = ("eq", stored[0]) if len(stored) == 1 else ("in", tuple(stored))
    text = "、".join(titles[value] for value in values)
    _set(reading, condition, [Filter(condition.path, op, value)], text)
    reading.values[condition.key] = values
    reading.arguments += [(condition.key, value) for value in values]


def _read_span(condition: Condition, arguments: MultiDict[str, str], reading: Reading) -> None:
    filters, texts = [], []
    for op, ending in (("from", ".from"), ("to", ".to")):
        raw = arguments.get(condition.key + ending, "").strip()
        texts.append("")
        if not raw:
            continue
        try:
            value, texts[-1] = _bound(condition, raw, op)
        except ValueError as error:
            reading.ignored.append(f"“{condition.title}”：{error}")
            continue
        if value is None:
            continue
        filters.append(Filter(condition.path, op, value))
        reading.values[condition.key + ending] = texts[-1]
        reading.arguments.append((condition.key + ending, texts[-1]))
    if filters:
        low, high = texts
        text = f"{low} 至 {high}" if low and high else (f"{low} 起" if low else f"至 {high}")
        _set(reading, condition, filters, text)


def _bound(condition: Condition, raw: str, op: str) -> tuple[Any, str]:
    kind = condition.type
    if isinstance(kind, DateTime):
        day = Date().parse(raw)
        return _edge(day, op), day.isoformat() if day else ""
    value = kind.parse(raw)
    return value, kind.dump(value)


def _edge(day: date | None, op: str) -> datetime | None:
    """The first or the last second of a day of the office, as the database stores moments."""
    if day is None:
        return None
    start = datetime.combine(day, time.min, clock.ZONE)
    moment = start if op == "from" else start + timedelta(days=1, seconds=-1)
    return DateTime().parse(moment)


def _read_text(condition: Condition, arguments: MultiDict[str, str], reading: Reading) -> None:
    text = " ".join(arguments.get(condition.key, "").split())[:LONGEST]
    if text:
        _set(reading, condition, [Filter(condition.path, "contains", text)], text)
        reading.values[condition.key] = text
        reading.arguments.append((condition.key, text))


def _read_ref(condition: Condition, arguments: MultiDict[str, str], reading: Reading) -> None:
    """By text that the target's name contains, or by one record that a figure was drilled by."""
    kind = condition.type
    target = registry.registry().objects.get(getattr(kind, "object", ""))
    if target is None:
        return
    pk = arguments.get(f"{condition.key}.is", "")
    if pk:
        try:
            record = records.find(target, pk)
        except NotFound:
            reading.ignored.append(f"“{condition.title}”没有这条记录")
        else:
            path = f"{condition.path}.id"
            _set(reading, condition, [Filter(path, "eq", record.id)], display.title_of(record))
            reading.arguments.append((f"{condition.key}.is", str(record.id)))
            return
    text = " ".join(arguments.get(condition.key, "").split())[:LONGEST]
    names = [path for path in variables(target.display) if "." not in path]
    named = next(
        (n for n in names if (f := field_at(target, n)) and not isinstance(f.type, Ref)), ""
    )
    if text and named:
        path = f"{condition.path}.{named}"
        _set(reading, condition, [Filter(path, "contains", text)], text)
        reading.values[condition.key] = text
        reading.arguments.append((condition.key, text))


def _set(reading: Reading, condition: Condition, filters: list[Filter], text: str) -> None:
    reading.filters += filters
    reading.chips.append(Chip(condition.key, condition.title, text))


_READERS = {
    "choice": _read_choice,
    "yes": _read_choice,
    "dates": _read_span,
    "range": _read_span,
    "text": _read_text,
    "ref": _read_ref,
}
