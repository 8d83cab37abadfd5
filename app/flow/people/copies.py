"""Copies of cases (抄送): who was given a case to read, and whether they have read it.

A copy goes to people whose role reaches the case. It shows them the case in the functions that they
have on such records, from then on, and stands in their list; it is no todo and gives no other right.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from app.core import clock
from app.core.access import row_security
from app.core.access.actor import Actor, current_actor
from app.core.db.database import elevated, session
from app.core.declare import Action, Flow, Object, Step, registry
from app.core.errors import Fault, Rejected
from app.core.records import granted_rows
from app.flow.execution import cases, directory, routing
from app.flow.execution.directory import Person
from app.flow.execution.steps import Turn
from app.flow.models import Case, CopyRow, StepRecord
from app.flow.people import notifications

SIZE = 10


def choices(action: Action, case: Case) -> list[Person]:
    """Return whom the decider may choose to give a copy; no statement where the action offers none."""
    own = current_actor().user_id
    return [one for one in _holders(action.copy_choice, case) if one.id != own]


def chosen(turn: Turn, ids: Sequence[int]) -> list[Person]:
    """Return the people who were chosen; Rejected where one of them may not be."""
    if not ids:
        return []
    known = {one.id: one for one in choices(turn.action, turn.case)}
    if any(pk not in known for pk in ids):
        raise Rejected([Fault("copy_to", "请选择可以抄送的人员")])
    return [known[pk] for pk in dict.fromkeys(ids)]


def named(flow: Flow, action: Action, step: Step, target: Step) -> tuple[str, ...]:
    """Return the roles that get a copy of an action: its own, and on the way on the step's."""
    forwards = action.kind in routing.FORWARDS or (
        action.kind == "receipt" and routing.leads_on(flow, step.name, target.name)
    )
    return (*action.copy_to, *(step.copy_to if forwards else ()))


def send(turn: Turn, taken: StepRecord, target: Step, picked: Sequence[Person]) -> None:
    """Give copies to those whom the flow names and the decider has picked, and tell them.

    Whoever decides gets none; a copy that somebody has already is new to them again. A signature
    that does not yet decide gives only what whoever signed has picked.
    """
    roles = () if taken.partial else named(turn.flow, turn.action, turn.step, target)
    found = {one.id: one for one in (*_holders(roles, turn.case), *picked)}
    found.pop(current_actor().user_id or 0, None)
    if not found:
        return
    query = select(CopyRow).where(CopyRow.case_id == turn.case.id)
    known = {row.person_id: row for row in session.scalars(query)}
    for pk, person in found.items():
        row = known.get(pk) or CopyRow(case_id=turn.case.id, person_id=pk)
        row.person_name, row.sender_name = person.name, taken.who
        row.action_title, row.at, row.read_at = taken.action_title, taken.at, None
        session.add(row)
    session.flush()
    said = json.loads(taken.opinions or "{}") | {
        "抄送": "、".join(one.name for one in found.values())
    }
    taken.opinions = json.dumps(said, ensure_ascii=False)
    words = {"actor": taken.who, "step": turn.step.title, "action": taken.action_title}
    notifications.tell_people("copied", turn.record, turn.case, list(found), words)


def _holders(roles: Iterable[str], case: Case) -> list[Person]:
    found: dict[int, Person] = {}
    for role in roles:
        for one in directory.source.holders(role, case):
            found.setdefault(one.id, one)
    return list(found.values())


# --- reading ----------------------------------------------------------------------------------------


def gives(flow: Flow) -> bool:
    """Tell whether a flow gives copies at all."""
    return any(one.copy_to or one.copy_choice for one in flow.actions) or any(
        step.copy_to for step in flow.steps
    )


def shown_to(obj: Object, actor: Actor) -> ColumnElement[bool] | None:
    """Return what holds of the records of which a person has a copy; None where the flow gives none."""
    flow = registry.flow_of(obj.name)
    if flow is None or not gives(flow):
        return None
    model: Any = obj.model
    query = select(CopyRow.id).join(Case, Case.id == CopyRow.case_id)
    query = query.where(Case.object == obj.name, Case.record_id == model.id)
    return query.where(CopyRow.person_id == actor.user_id).exists()


def is_unread(case: Case) -> bool:
    """Tell whether the person has a copy of the case that they have not read."""
    if not gives(cases.flow_of(case)):
        return False
    query = select(CopyRow.id).where(CopyRow.case_id == case.id, CopyRow.read_at.is_(None))
    return session.scalar(query.where(CopyRow.person_id == current_actor().user_id)) is not None


def read(case: Case) -> None:
    """Note that the person has read their copy, if they have one."""
    session.execute(
        update(CopyRow)
        .where(CopyRow.case_id == case.id, CopyRow.person_id == current_actor().user_id)
        .where(CopyRow.read_at.is_(None))
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class Mine:
    """A page of a person's copies: those that are unread first."""

    rows: tuple[tuple[CopyRow, Case], ...]
    total: int
    unread: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // SIZE)


def mine(actor: Actor, page: int = 1) -> Mine | None:
    """Return a person's copies of what they still see; None, without a statement, if nothing can be."""
    objects = {
        flow.object
        for flow in registry.registry().flows.values()
        if gives(flow) and actor.may_on("view", flow.object)
    }
    if not objects:
        return None
    seen = (_seen(registry.object(name), actor) for name in sorted(objects))
    own = (CopyRow.person_id == actor.user_id, or_(*seen))
    count = select(func.count(CopyRow.id), func.count(CopyRow.id).filter(CopyRow.read_at.is_(None)))
    with elevated():  # the scope is said above: on the workbench, that of the page is none
        total, unread = session.execute(
            count.join(Case, Case.id == CopyRow.case_id).where(*own)
        ).one()
        page = max(1, min(page, -(-total // SIZE)))
        query = select(CopyRow, Case).join(Case, Case.id == CopyRow.case_id).where(*own)
        query = query.order_by(CopyRow.read_at.is_not(None), CopyRow.at.desc(), CopyRow.id.desc())
        rows = session.execute(query.offset((page - 1) * SIZE).limit(SIZE)).tuples().all()
    return Mine(tuple(rows), total, unread, page)


def _seen(obj: Object, actor: Actor) -> ColumnElement[bool]:
    """The cases of an object whose record the person still sees: they may have moved since."""
    model: Any = obj.model
    query = select(model.id).where(model.id == Case.record_id)
    reach = actor.reach(granted_rows.widest(obj.name, "view", actor) or "")
    within = row_security.criterion(model, actor, reach)
    for reached in (granted_rows.clause(obj, "view", actor), within):
        query = query if reached is None else query.where(reached)
    return and_(Case.object == obj.name, query.exists())
