"""One step of a flow, and one save with history, beside the bare SQL that writes the same rows.

What a step writes is recorded while it runs; the bare side sends exactly those statements to a
copy of the database with the driver alone, after taking the lock, and commits.
"""

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, func, select

from app.core import history, records, registry
from app.core.actor import SYSTEM, acting_as
from app.core.database import elevated, make_engine, session, unit_of_work
from app.flow import engine
from app.flow.models import Case
from app.security import who
from tests.app.security.planting import Planter
from tests.bench.figures import Figure
from tests.bench.ground import Ground, application
from tests.harness.people import open_person

WRITES = ("INSERT", "UPDATE", "DELETE")
STEPS = 60
BLOCK = 20


def figures(ground: Ground) -> Iterator[Figure]:
    """Measure steps and saves on one kind of database."""
    url = ground.upgraded()
    app = application(url)
    with app.app_context():
        flow, action, state, role = _simplest()
        actor_id = open_person(role)
        _plant(flow, state)
        copy = ground.copy(url)
        app = application(url)
    with app.app_context():
        actor = who.actor_of(actor_id)
        yield _steps(ground.kind, copy, flow, action, actor)
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
    planter = Planter("甲", SYSTEM)
    planter.organisation()
    obj = registry.object(flow.object)
    with acting_as(SYSTEM), elevated(), unit_of_work():
        for _ in range(STEPS + 40):
            planter._plant(obj, state)


def _steps(kind: str, copy: str, flow: Any, action: str, actor: Any) -> Figure:
    with acting_as(SYSTEM), elevated():
        ids = list(session.scalars(select(Case.id).where(Case.object == flow.object)))
    written: list[tuple[str, Any]] = []
    listen = _recorder(written)
    bare = make_engine(copy).raw_connection()
    cursor = bare.cursor()
    mine, other = 0.0, 0.0
    event.listen(session.get_bind(), "before_cursor_execute", listen)
    for block in range(0, STEPS, BLOCK):
        blocks = []
        for pk in ids[block : block + BLOCK]:
            written.clear()
            mine += _step(pk, action, actor)
            blocks.append((pk, list(written)))
        other += sum(_replay(kind, bare, cursor, pk, part) for pk, part in blocks)
    event.remove(session.get_bind(), "before_cursor_execute", listen)
    number = len(blocks[-1][1])
    return Figure(
        kind, "流程的一步（权限、校验、加锁、流转、历史、待发）", mine / STEPS, other / STEPS,
        "同样写入的裸 SQL", 2.5, note=f"每步写 {number} 条语句",
    )  # fmt: skip


def _recorder(written: list[tuple[str, Any]]) -> Any:
    def listen(conn: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if statement.lstrip().startswith(WRITES):
            written.append((statement, parameters))

    return listen


def _step(pk: int, action: str, actor: Any) -> float:
    session.remove()
    with acting_as(actor):
        began = time.perf_counter()
        case = session.get(Case, pk)
        checks = engine.flow_of(case).step(case.state).checks
        engine.act(case, action, comment="同意", checks=checks)
        return (time.perf_counter() - began) * 1000


def _replay(kind: str, bare: Any, cursor: Any, pk: int, part: list[tuple[str, Any]]) -> float:
    began = time.perf_counter()
    if kind == "sqlite":
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("SELECT id FROM sys_case WHERE id = ?", (pk,))
    else:
        cursor.execute("SELECT id FROM sys_case WHERE id = %s FOR UPDATE", (pk,))
    cursor.fetchone()
    for statement, parameters in part:
        many = isinstance(parameters, list)
        (cursor.executemany if many else cursor.execute)(statement, parameters)
        if " RETURNING " in statement and not many:
            cursor.fetchall()
    if kind == "sqlite":
        cursor.execute("COMMIT")
    else:
        bare.commit()
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


__all__ = ["figures", "func"]
