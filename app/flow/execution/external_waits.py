"""Cases that rest for something: a receipt from outside, or the end of the cases they started.

Nobody acts at such a step until its limit has passed; then it becomes the todo of its people, who
go on by hand. A receipt counts once, however often it is sent, and one that comes after the case
has gone on is kept but moves nothing.
"""

import json
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db import abstract_views
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import Action, Flow, Object, Step, registry
from app.core.errors import Fault, NotFound, Rejected
from app.core.records import service as records
from app.flow.execution import actions, cases, receipts, steps, termination, transitions
from app.flow.execution.places import Place, open_tasks, places
from app.flow.models import Awaited, Case

WITHDRAW = "withdraw"
_LONGEST = 2000  # what a step's comment may have; the receipt itself is kept whole


def key_of(case: Case) -> str:
    """Return the key by which the receipt that the case waits for is recognised, "" if for none."""
    query = (
        select(Awaited.key)
        .where(Awaited.case_id == case.id, Awaited.received_at.is_(None))
        .order_by(Awaited.id.desc())
    )
    return session.scalar(query.limit(1)) or ""


def receive(
    key: str, outcome: str, values: dict[str, Any] | None = None, comment: str = ""
) -> bool:
    """Take in a receipt; False where it came before, or too late to move the case.

    Raises NotFound for a key that nobody waits for, Rejected for an outcome that leads nowhere.
    """
    with unit_of_work(), acting_as(SYSTEM), elevated():
        query = select(Awaited).where(Awaited.key == key).with_for_update()
        row = session.scalars(query.execution_options(populate_existing=True)).first()
        if row is None:
            raise NotFound("没有等待这一回执的办理件")
        case = session.get_one(Case, row.case_id)
        case = cases.lock(case)
        session.refresh(row)
        if row.received_at is not None:
            return False
        flow = cases.flow_of(case)
        here = next((p for p in places(flow, case) if p.step.name == row.step), None)
        waits = here is not None and any(t.since == row.since for t in open_tasks(case, here))
        row.received_at, row.outcome = clock.now(), outcome[:63]
        row.payload = json.dumps(values or {}, ensure_ascii=False, default=str)
        row.used = waits
        if not waits or here is None:
            return False
        action = _action(flow, here, outcome)
        if action is None:
            raise Rejected([Fault("outcome", f"回执结果“{outcome}”没有对应的办理")])
        left = _fill(case, here, values or {})
        said = "；".join(filter(None, (comment, *left)))
        actions.act(case, action.name, at=here.step.name, comment=said[:_LONGEST])
        return True


def _fill(case: Case, here: Place, values: dict[str, Any]) -> list[str]:
    """Write what a receipt brings to the record, or to what it refers to, judged like what is typed.

    Rows that it brings find those of a list by their key; lists of the step that follow others, or
    these rows, follow as if somebody had saved the record here. Returns what could not be placed.
    """
    wait, obj = here.step.wait, registry.object(case.object)
    record = cases.record_of(case)
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for path, name in wait.fill.items() if wait else ():
        if values.get(name) is not None:
            *before, last = path.split(".")
            value = values[name]
            brought = value if isinstance(value, list) else str(value)
            found.setdefault(tuple(before), {})[last] = brought
    lists = _placed(obj, record, here.step, found.get((), {}))
    if found:
        rows = {name: one.rows for name, one in lists.items()}
        found[()] = _lists(obj, record, here.step) | found.get((), {}) | rows
    for way, raw in found.items():
        target: Any = record
        for part in way:
            target = getattr(target, part, None)
        target = abstract_views.real(target) if way and target is not None else target
        if not way:
            follows = frozenset(_following(obj, here.step))
            with receipts.numbered(lists):
                records.save(obj, record, raw, complete=False, engine=True, follows=follows)
        elif target is not None:
            own = registry.object_of(type(target))
            assert own
            target = records.find(own, target.id, lock=True)
            whole = records.raw_of(own, target) | raw
            records.save(own, target, whole, complete=False, engine=True)
    children = {child.name: child for child in obj.children}
    return [receipts.told(children[name], one.strangers) for name, one in lists.items()]


def _placed(
    obj: Object, record: Any, step: Step, brought: dict[str, Any]
) -> dict[str, receipts.Placed]:
    """Return what brought rows mean for each list that they are for."""
    found = {}
    for child in obj.children:
        if isinstance(brought.get(child.name), list):
            adds = (
                child.rows.others if child.rows else bool(step.wait and child.name in step.wait.add)
            )
            rows = brought[child.name]
            receipts.refuse_verdicts(obj, child, rows)
            found[child.name] = receipts.place(child, record, rows, adds=adds)
    return found


def _following(obj: Object, step: Step) -> list[str]:
    """Return the lists that follow others and may be changed at a step."""
    return [c.name for c in obj.children if c.rows and (step.edit == "all" or c.name in step.edit)]


def _lists(obj: Object, record: Any, step: Step) -> dict[str, Any]:
    """Return the lists that follow others at a step, as a form of it holds them."""
    wanted = _following(obj, step)
    raw = records.raw_of(obj, record) if wanted else {}
    return {name: raw[name] for name in wanted}


def _action(flow: Flow, here: Place, outcome: str) -> Action | None:
    """Return what a receipt takes: the action for its outcome, else the one for any."""
    found = [
        action
        for action in flow.actions
        if action.kind == "receipt" and any(r.source == here.step.name for r in action.routes)
    ]
    exact = next((action for action in found if action.on == outcome), None)
    return exact or next((action for action in found if not action.on), None)


def _follow(case: Case) -> None:
    """After every move: a case that waits for others may go on, and others that wait for it."""
    if case.ended_at is None:
        _settle(case)
        return
    _withdraw_children(case)
    if case.parent_id is not None:
        parent = session.get_one(Case, case.parent_id)
        if parent.ended_at is None:
            _settle(cases.lock(parent))


def _settle(case: Case) -> None:
    """Let a case go on that waits for cases of an object, when all of them have ended."""
    flow = cases.flow_of(case)
    for place in places(flow, case):
        wait = place.step.wait
        if wait is None or not wait.object:
            continue
        started = _started(case, wait.object)
        outcome = _outcome(started)
        action = _action(flow, place, outcome) if outcome else None
        if action is not None:
            for child in started:
                child.counted = True
            with acting_as(SYSTEM):
                actions.act(case, action.name, at=place.step.name)
            return  # whatever it waits for next was looked at by that


def _started(case: Case, object_name: str) -> list[Case]:
    """Return the cases that this one waits for: those started since it last went on, else the last."""
    query = select(Case).where(Case.parent_id == case.id, Case.object == object_name)
    known = list(session.scalars(query.order_by(Case.id)))
    return [child for child in known if not child.counted] or known[-1:]


def _outcome(started: list[Case]) -> str:
    """Return how the started cases ended, "" while one of them is under way."""
    ends = set()
    for child in started:
        if child.ended_at is None:
            return ""
        ends.add(cases.flow_of(child).step(child.state).end)
    if "rejected" in ends:
        return "rejected"
    return "done" if "done" in ends or not ends else "cancelled"


def _withdraw_children(case: Case) -> None:
    """Cancel what was started on the condition that this case ends well."""
    if cases.flow_of(case).step(case.state).end == "done":
        return
    query = select(Case).where(
        Case.parent_id == case.id, Case.parent_ends == WITHDRAW, Case.ended_at.is_(None)
    )
    cause = steps.last_step(case)
    for child in session.scalars(query.order_by(Case.id)).all():
        flow = cases.flow_of(child)
        ends = [step.end for step in flow.steps]
        if cause is not None:
            termination.end(
                cases.record_of(child), "cancelled" if "cancelled" in ends else "rejected", cause
            )


transitions.followers.append(_follow)
