"""One step of a flow, and one save with history, beside the same work written by hand.

What a step writes is recorded while it runs; the driver's side sends exactly those statements to
a copy of the database, once after the reads that nobody can do without and once with the lock
alone. The ORM's side is a step written
by hand with SQLAlchemy on another copy. All take turns, step by step, and commit alike.
"""

import statistics
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history
from app.core.db.database import elevated, expect_writes, session, unit_of_work
from app.core.declare import registry
from app.core.records import service as records
from app.flow import engine
from app.flow.models import Case
from app.messaging.models import MessageTemplate
from app.security import request_identity
from tests.app.security.planting import Planter
from tests.bench.by_hand import ByOrm, Driver, Subject, without_listeners
from tests.bench.figures import Figure
from tests.bench.ground import Ground, application
from tests.harness.people import open_person

WRITES = ("INSERT", "UPDATE", "DELETE")
STEPS = 80
WARM = 10
BY_ORM = "手写 SQLAlchemy ORM"
STEP = "流程的一步（权限、校验、加锁、流转、历史、站内信、短信待发、提交）"


def figures(ground: Ground) -> Iterator[Figure]:
    """Measure steps and saves on one kind of database."""
    url = ground.upgraded()
    app = application(url)
    with app.app_context():
        flow, action, state, role = _simplest()
        actor_id = open_person(role)
        _plant(flow, state)
        copies = [ground.copy(url) for _ in range(3)]
        app = application(url)
    with app.app_context():
        actor = request_identity.actor_of(actor_id)
        yield from _steps(ground.kind, copies, flow, action, state, role, actor)
        yield _saves(ground.kind, flow.object)


def _simplest() -> tuple[Any, str, str, str]:
    """Return the longest flow, with a step that a role passes on to the next one."""
    flows = sorted(registry.registry().flows.values(), key=lambda flow: -len(flow.steps))
    for flow in flows:
        for action in flow.actions:
            for route in action.routes:
                names = getattr(flow.step(route.source).by, "names", ())
                if action.kind == "pass" and names and not flow.step(route.target).end:
                    return flow, action.name, route.source, names[0]
    raise LookupError("no flow has a step that a role passes on")


def _plant(flow: Any, state: str) -> None:
    """Plant records at the step, of a unit with one person who is told of every step."""
    planter = Planter("甲", SYSTEM)
    unit = planter.organisation()
    for message in registry.registry().messages.values():  # as an administrator switches SMS on
        if message.object == flow.object:
            with acting_as(SYSTEM), unit_of_work():
                session.add(
                    MessageTemplate(
                        message=message.name, org_key=0, text=message.text, shipped=message.text,
                        sms=True, inbox=True, updated_at=clock.now(),
                    )
                )  # fmt: skip
    applying = [f for f in registry.functions_of(flow.object) if "submit" in f.operations]
    role = next(name for name, grants in applying[0].grants if "submit" in grants)
    open_person(role, org=unit)
    obj = registry.object(flow.object)
    with acting_as(SYSTEM), elevated(), unit_of_work():
        for _ in range(STEPS + WARM + 40):
            engine.retitle(obj, planter._plant(obj, state))


def _subject(flow: Any, source: str, action: str) -> Subject:
    obj = registry.object(flow.object)
    effects = (*flow.step(source).effects, *flow.action(action).effects)
    named = [effect.params["message"] for effect in effects if effect.kind == "notify"]
    return Subject(
        object=obj.name,
        table=obj.model.__tablename__,
        children=tuple(
            (registry.object(child.object).model.__tablename__, child.name)
            for child in obj.children
        ),
        functions=tuple(function.id for function in registry.functions_of(obj.name)),
        message=named[0] if named else "",
    )


def _steps(
    kind: str, copies: list[str], flow: Any, action: str, state: str, role: str, actor: Any
) -> Iterator[Figure]:
    with acting_as(SYSTEM), elevated():
        query = select(Case.id, Case.record_id).where(Case.object == flow.object)
        cases = list(session.execute(query.order_by(Case.id).limit(STEPS + WARM)))
    subject = _subject(flow, state, action)
    full, blind = (Driver(kind, copy, subject) for copy in copies[:2])
    by_orm = ByOrm(copies[2], subject)
    target = flow.step(next(r.target for r in flow.action(action).routes if r.source == state))
    written: list[tuple[str, Any, bool]] = []
    sent = [0]
    listen = _recorder(written, sent)
    event.listen(session.get_bind(), "before_cursor_execute", listen)
    taken: dict[str, list[float]] = {"ours": [], "full": [], "blind": [], "orm": []}
    for pk, record_id in cases:
        written.clear()
        sent[0] = 0
        taken["ours"].append(_step(flow.object, record_id, action, actor))
        part = list(written)
        taken["full"].append(_timed(full.step, pk, part, reads=True))
        taken["blind"].append(_timed(blind.step, pk, part, reads=False))
        with without_listeners():
            taken["orm"].append(_timed(by_orm.step, pk, role, actor, target, "您的申请有新进展"))
    event.remove(session.get_bind(), "before_cursor_execute", listen)
    ours, all_of_it, writes_only, orm = (
        statistics.median(times[WARM:]) for times in taken.values()
    )
    note = f"每步共 {sent[0]} 条语句，其中写 {len(part)} 条"
    yield Figure(kind, STEP, ours, all_of_it, "裸 SQL，读写相同", 2.5, note=note)
    yield Figure(
        kind, STEP, ours, writes_only, "裸 SQL，只加锁和写", 2.5,
        note="更严的比法：对照方不查权限、不读记录与明细，要写的内容事先给它",
    )  # fmt: skip
    yield Figure(kind, STEP, ours, orm, BY_ORM, None)
    yield Figure(
        kind, "同一步，手写 SQLAlchemy ORM", orm, all_of_it, "裸 SQL，读写相同", None, note="对照"
    )


def _recorder(written: list[tuple[str, Any, bool]], sent: list[int]) -> Any:
    def listen(conn: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        sent[0] += 1
        if statement.lstrip().startswith(WRITES):
            written.append((statement, parameters, more[-1]))

    return listen


def _timed(work: Any, *arguments: Any, **named: Any) -> float:
    began = time.perf_counter()
    work(*arguments, **named)
    return (time.perf_counter() - began) * 1000


def _step(name: str, record_id: int, action: str, actor: Any) -> float:
    """Act on the case of a record, as a request that posts a decision does; return the milliseconds."""
    session.remove()
    expect_writes()
    with acting_as(actor):
        began = time.perf_counter()
        case = engine.case_to_act_on(name, record_id)
        checks = engine.flow_of(case).step(case.state).checks
        engine.act(case, action, comment="同意", checks=checks)
        return (time.perf_counter() - began) * 1000


def _saves(kind: str, name: str) -> Figure:
    """A save with the history, and the same with it switched off."""
    obj = registry.object(name)
    model: Any = obj.model
    field = next(f.name for f in obj.fields if type(f.type).__name__ == "String" and not f.value)
    with acting_as(SYSTEM), elevated():
        ids = list(session.scalars(select(model.id).order_by(model.id)))
    taken = {True: 0.0, False: 0.0}
    for number, pk in enumerate(ids[:STEPS]):
        for kept in (True, False) if number % 2 else (False, True):
            _switch(kept)
            session.remove()
            with acting_as(SYSTEM):
                began = time.perf_counter()
                with unit_of_work():
                    record = records.find(obj, pk)
                    raw = {field: f"第{number}次{kept}"}
                    records.save(obj, record, raw, complete=False, engine=True)
                taken[kept] += time.perf_counter() - began
    _switch(True)
    count = min(STEPS, len(ids))
    return Figure(
        kind, "保存一条记录，连同变更记录", taken[True] * 1000 / count, taken[False] * 1000 / count,
        "同一保存，不写变更记录", 1.3,
    )  # fmt: skip


def _switch(kept: bool) -> None:
    from sqlalchemy.orm import Session

    for name, listener in (("after_flush", history._collect), ("before_commit", history._write)):
        there = event.contains(Session, name, listener)
        if kept and not there:
            event.listen(Session, name, listener)
        elif not kept and there:
            event.remove(Session, name, listener)
