"""Warnings: what stands over a record as long as a condition holds; told once, cleared by itself.

The worker asks the database every minute which records fulfil a condition that does not stand yet,
and which no longer do. So a change of the record, another day, a new version of a policy and a bulk
import all count, and none of them waits for the effects. Each beginning and end is one transaction
with its effects, on the locked record looked at again. What a timeline expects is worked out in
Python, so its warnings are looked at once a night.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from sqlalchemy import Integer, String, Text, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.audit import history
from app.core.db.database import UtcDateTime, elevated, session, unit_of_work
from app.core.db.entity import Table
from app.core.declare import Effect, Object, registry
from app.core.declare.warnings import Warned
from app.core.expressions.env import make_env
from app.core.jobs import scheduler
from app.core.records import display
from app.flow.deadlines import timelines
from app.flow.execution import cases, effects, unattended

EVERY = 60  # seconds
AT_ONCE = 500
NODE = "timeline."  # before the name of a node that is expected too late


class Standing(Table):
    """A warning that stands over a record; the row goes when it ends."""

    __tablename__ = "sys_warning"
    __table_args__ = (UniqueConstraint("object", "warning", "record_id"),)

    object: Mapped[str] = mapped_column(String(63))
    warning: Mapped[str] = mapped_column(String(80))
    record_id: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    since: Mapped[Any] = mapped_column(UtcDateTime)


def said(obj: Object, record: Any) -> list[str]:
    """Return what the record's page says; no statement where the object warns of nothing."""
    if not obj.warnings:
        return []
    names = [item.name for item in obj.warnings]
    query = select(Standing.text).where(*_about(obj, record.id), Standing.warning.in_(names))
    return list(session.scalars(query.order_by(Standing.since, Standing.id)))


def run() -> str:
    """Begin and end every warning of a condition; return how many did."""
    begun = ended = failed = 0
    for obj in _objects():
        for item in obj.warnings:
            for pk in _fresh(obj, item):
                done = unattended.attempt(partial(_begin, obj, item, pk), "warning", obj, pk)
                begun, failed = begun + (done or 0), failed + (done is None)
            for pk in _over(obj, item):
                done = unattended.attempt(partial(_end, obj, item, pk), "warning", obj, pk)
                ended, failed = ended + (done or 0), failed + (done is None)
    return _note(begun, ended, failed)


def run_timelines() -> str:
    """Begin and end every warning of what is expected too late, and has effects; return how many."""
    begun = ended = failed = 0
    for obj in _objects():
        if obj.timeline is None or not any(one.effects for one in obj.timeline.warn):
            continue
        for pk in _under_way(obj):
            done = unattended.attempt(partial(_expect, obj, pk), "warning", obj, pk)
            more, fewer = done or (0, 0)
            begun, ended, failed = begun + more, ended + fewer, failed + (done is None)
    return _note(begun, ended, failed)


def _note(begun: int, ended: int, failed: int) -> str:
    told = f"新预警 {begun} 项，解除 {ended} 项"
    return told + (f"，{failed} 项未能处理" if failed else "")


def _objects() -> Iterable[Object]:
    return (obj for obj in registry.registry().objects.values() if not obj.variants)


def _about(obj: Object, pk: Any) -> tuple[Any, Any]:
    return Standing.object == obj.name, Standing.record_id == pk


def _fresh(obj: Object, item: Warned) -> list[int]:
    """Return the records for which the condition holds and nothing stands yet."""
    model: Any = obj.model
    with elevated():
        stands = exists().where(*_about(obj, model.id), Standing.warning == item.name)
        query = select(model.id).where(item.when(model, make_env()), ~stands).order_by(model.id)
        found = list(session.scalars(query.limit(AT_ONCE)))
    session.rollback()
    return found


def _over(obj: Object, item: Warned) -> list[int]:
    """Return the records over which the warning stands although its condition does not hold."""
    model: Any = obj.model
    with elevated():
        holds = exists().where(model.id == Standing.record_id, item.when(model, make_env()))
        query = select(Standing.record_id).where(
            Standing.object == obj.name, Standing.warning == item.name, ~holds
        )
        found = list(session.scalars(query.order_by(Standing.record_id).limit(AT_ONCE)))
    session.rollback()
    return found


def _under_way(obj: Object) -> list[int]:
    """Return the records whose case has not ended, and those over which a node's warning stands."""
    model: Any = obj.model
    flow = registry.flow_of(obj.name)
    with elevated():
        stands = exists().where(*_about(obj, model.id), Standing.warning.startswith(NODE))
        query = select(model.id).order_by(model.id)
        if flow is not None:
            ends = [step.name for step in flow.steps if step.end]
            query = query.where(model.state.notin_(ends) | stands)
        found = list(session.scalars(query))
    session.rollback()
    return found


def _standing(obj: Object, pk: int, name: str) -> Standing | None:
    query = select(Standing).where(*_about(obj, pk), Standing.warning == name)
    return session.scalars(query).first()


def _begin(obj: Object, item: Warned, pk: int) -> int:
    with unit_of_work(), elevated():
        record = unattended.lock(obj, pk, item.when(obj.model, make_env()))
        if record is None or _standing(obj, pk, item.name) is not None:
            return 0
        text = display.render(item.text, obj, record, masked=True)  # it stands in lists
        _stand(obj, record, item.name, item.title, text, item.effects)
        return 1


def _end(obj: Object, item: Warned, pk: int) -> int:
    with unit_of_work(), elevated():
        record = unattended.lock(obj, pk)
        standing = _standing(obj, pk, item.name)
        holds = select(obj.model.id).where(  # type: ignore[attr-defined]
            obj.model.id == pk,  # type: ignore[attr-defined]
            item.when(obj.model, make_env()),
        )
        if standing is None or session.scalars(holds).first() is not None:
            return 0
        _fall(obj, record, standing, item.title, item.ended)
        return 1


def _expect(obj: Object, pk: int) -> tuple[int, int]:
    """Begin and end what a record's timeline warns of; return how many began, how many ended."""
    assert obj.timeline is not None
    begun = ended = 0
    with unit_of_work(), elevated():
        record = unattended.lock(obj, pk)
        told = timelines.told(obj, record) if record is not None else None
        if told is None:
            return 0, 0
        case = cases.case_of(record) if obj.flow else None
        late = {} if case is not None and case.ended_at is not None else dict(told.late)
        titles = {node.name: node.title for node in obj.timeline.nodes}
        for warn in obj.timeline.warn:
            if not warn.effects:
                continue
            title = f"{titles[warn.reach]}预计晚于时限"
            standing = _standing(obj, pk, NODE + warn.reach)
            if standing is None and warn.reach in late:
                _stand(obj, record, NODE + warn.reach, title, late[warn.reach], warn.effects)
                begun += 1
            elif standing is not None and warn.reach not in late:
                _fall(obj, record, standing, title, warn.ended)
                ended += 1
    return begun, ended


def _stand(
    obj: Object, record: Any, name: str, title: str, text: str, deeds: tuple[Effect, ...]
) -> None:
    standing = Standing(
        object=obj.name, warning=name, record_id=record.id, text=text, since=clock.now()
    )
    session.add(standing)
    session.flush()
    _do(obj, record, title, text, deeds)
    history.note(obj.name, record.id, "warning", {"warning": title, "text": text})


def _fall(
    obj: Object, record: Any, standing: Standing, title: str, deeds: tuple[Effect, ...]
) -> None:
    text = standing.text
    session.delete(standing)
    session.flush()
    if record is not None:  # it may have been deleted meanwhile
        _do(obj, record, title, text, deeds)
        history.note(obj.name, record.id, "warning", {"warning": title, "text": ""})


def _do(obj: Object, record: Any, title: str, text: str, deeds: tuple[Effect, ...]) -> None:
    context = unattended.context(obj, record, "warning", title, text)
    for deed in deeds:
        effects.run(deed, context)


scheduler.declare(scheduler.Job(name="warnings", title="预警产生与解除", run=run, every=EVERY))
scheduler.declare(
    scheduler.Job(name="timeline_warnings", title="进度预警通知", run=run_timelines, at="06:30")
)
