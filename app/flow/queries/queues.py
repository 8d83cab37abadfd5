"""Which cases stand in the queue of a function, and in which order: asked here by list, badge and page.

A function in which a step is decided shows what rests at its steps, and what stood in its queue
before: whoever comes second reads who was first. A function of what was sent back shows its queue.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.core.access.actor import Actor, current_actor
from app.core.declare import Function, Object, registry
from app.core.records import granted_rows
from app.flow.execution import access
from app.flow.models import Case, StepRecord, Task
from app.flow.people import copies


def waiting(function: str, actor: Actor | None = None) -> Select[Any]:
    """Return the ids of the records that wait in a function for a person, in no order."""
    return (
        select(Case.record_id)
        .join(Task, Task.case_id == Case.id)
        .where(access.waiting_clause(actor or current_actor()), Task.function == function)
    )


def queue(function: str, actor: Actor | None = None) -> Select[Any]:
    """Return the ids of the records that wait in a function for a person, in their turn."""
    return waiting(function, actor).group_by(Case.record_id).order_by(*_turn(func.min))


def turn(obj: Object, function: str, actor: Actor | None = None) -> list[ColumnElement[Any]]:
    """Return how a list is ordered such that it has the order of the queue; None: of all persons'."""
    model: Any = obj.model
    open_task = (
        access.waiting_clause(actor) if actor is not None else Task.done_at.is_(None),
        Task.function == function,
    )

    def first(column: Any) -> Any:
        query = select(func.min(column)).join(Case, Case.id == Task.case_id)
        query = query.where(Case.object == obj.name, Case.record_id == model.id, *open_task)
        return query.scalar_subquery()

    return _turn(first)


def _turn(first: Any) -> list[ColumnElement[Any]]:
    """Earliest time limit first; what has none comes last, and of two the one that came first."""
    due = first(Task.due_at)
    return [due.is_(None), due, first(Task.id)]


def resting(obj: Object, function: Function) -> ColumnElement[bool]:
    """Return what holds of the records that rest at the steps of a function, whoever's turn it is."""
    flow = registry.flow_of(obj.name)
    assert flow
    inner = flow.inner  # the state of a record in a branch is the step that divides
    states = {inner[name][0].name if name in inner else name for name in function.steps}
    model: Any = obj.model
    return model.state.in_(sorted(states))


def _decided_in(obj: Object, function: Function, actor: Actor) -> granted_rows.Reasons | None:
    if not function.steps:
        return None
    model: Any = obj.model
    case = select(Case.id).where(Case.object == obj.name, Case.record_id == model.id)
    stood = case.join(Task, Task.case_id == Case.id).where(Task.function == function.id)
    took_part = case.join(StepRecord, StepRecord.case_id == Case.id).where(
        StepRecord.actor_id == actor.user_id
    )
    copied = copies.shown_to(obj, actor)
    return {
        "现在停在这个功能办理的环节": resting(obj, function),
        "曾经是这个功能的待办": stood.exists(),
        "本人办理过其中一步": took_part.exists(),
        **({} if copied is None else {"抄送给了本人": copied}),
    }


def _sent_back(obj: Object, function: Function, actor: Actor) -> granted_rows.Reasons:
    model: Any = obj.model
    waits = model.id.in_(waiting(function.id, actor).where(Case.object == obj.name))
    return {"被退回，正等本人或本单位修改": waits}


granted_rows.shown["review"] = _decided_in
granted_rows.shown["rework"] = _sent_back
