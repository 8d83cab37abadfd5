"""When the points of a record were, and when the rest is to be expected, in working days.

Expected is what was, else the later of the planned day and so many working days after the point
before it; nothing is expected in the past. What was planned at first is worked out the same way
from planned days alone, so that a delay shows where it arose and not at every point after it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import func, select

from app.core import clock
from app.core.db.database import session
from app.core.declare import Object
from app.core.declare.timelines import Node, Timeline, Warn
from app.core.expressions.env import Env, make_env
from app.core.reference import workdays
from app.core.types import Date
from app.flow.execution.routing import FORWARDS
from app.flow.models import Case, StepRecord


@dataclass(frozen=True)
class Point:
    """One point: when it was planned, when it was, when it is expected."""

    title: str
    planned: date | None
    actual: date | None
    expected: date | None
    state: Literal["done", "late", "next", "open"]
    days: int = 0  # working days behind (or, if negative, ahead of) the plan


@dataclass(frozen=True)
class Told:
    """A record's timeline: its points and what is to be warned of."""

    points: tuple[Point, ...]
    warnings: tuple[str, ...]
    late: tuple[tuple[str, str], ...] = ()  # (node, text) of what has effects besides


def told(obj: Object, record: Any) -> Told | None:
    """Return the timeline of a record; None where its object has none. One statement at most."""
    spec = obj.timeline
    if spec is None:
        return None
    env, today = make_env(), clock.today()
    passed = _passed(obj, spec, record)
    planned: dict[str, date | None] = {}
    expected: dict[str, date | None] = {}
    points: list[Point] = []
    for node in spec.nodes:
        actual = passed.get(node.passed) if node.passed else _day(node.actual, record, env)
        plan = _day(node.planned, record, env)
        takes = int(node.takes(record, env) or 0) if node.takes else None
        planned[node.name] = _later(plan, _after(planned.get(node.after), takes))
        coming = _later(plan, _after(expected.get(node.after), takes))
        expected[node.name] = actual or (max(coming, today) if coming else None)
        points.append(_point(node, planned[node.name], actual, expected[node.name], points))
    warned = _warnings(spec, expected, record, env)
    late = tuple((warn.reach, text) for warn, text in warned if warn.effects)
    return Told(tuple(points), tuple(text for _, text in warned), late)


def _point(
    node: Node,
    planned: date | None,
    actual: date | None,
    expected: date | None,
    before: list[Point],
) -> Point:
    days = workdays.between(planned, expected) if planned and expected else 0
    if actual:
        return Point(node.title, planned, actual, expected, "done", days)
    if days > 0:
        return Point(node.title, planned, None, expected, "late", days)
    first = all(point.actual for point in before)
    return Point(node.title, planned, None, expected, "next" if first else "open", days)


def _warnings(
    spec: Timeline, expected: dict[str, date | None], record: Any, env: Env
) -> list[tuple[Warn, str]]:
    found = []
    for warn in spec.warn:
        day, by = expected.get(warn.reach), warn.by(record, env)
        if day is not None and by is not None and day > by:
            text = warn.text.replace("{day}", Date().show(day)).replace("{by}", Date().show(by))
            found.append((warn, text))
    return found


def _day(formula: Any, record: Any, env: Env) -> date | None:
    return formula(record, env) if formula else None


def _after(day: date | None, takes: int | None) -> date | None:
    return workdays.add(day, takes) if day is not None and takes is not None else None


def _later(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _passed(obj: Object, spec: Timeline, record: Any) -> dict[str, date]:
    """Return the day on which the case last went on from each step that a node names."""
    steps = {node.passed for node in spec.nodes if node.passed}
    if not steps or not obj.flow:
        return {}
    query = (
        select(StepRecord.source, func.max(StepRecord.at))
        .join(Case, Case.id == StepRecord.case_id)
        .where(
            Case.object == obj.name,
            Case.record_id == record.id,
            StepRecord.source.in_(steps),
            StepRecord.kind.in_((*FORWARDS, "receipt")),
            StepRecord.partial.is_(False),
        )
        .group_by(StepRecord.source)
    )
    return {source: clock.local(at).date() for source, at in session.execute(query)}
