"""Ending a case from outside: because another case decided so (a change, a parent)."""

from typing import Any

from app.core.access.actor import current_actor
from app.core.declare import Action, registry
from app.core.errors import Conflict
from app.flow.execution import archive, steps, transitions
from app.flow.execution.cases import case_of, flow_of, lock
from app.flow.execution.places import Place
from app.flow.execution.steps import Said, Turn
from app.flow.models import StepRecord


def end(record: Any, outcome: str, cause: StepRecord) -> None:
    """End the case of a record with an outcome; nothing happens where the flow has no such end."""
    obj = registry.object_of(type(record))
    assert obj
    case = lock(case_of(record))
    if case.archived_at is not None:
        raise Conflict(archive.REFUSAL)
    flow = flow_of(case)
    target = next((step for step in flow.steps if step.end == outcome), None)
    if target is None or case.state == target.name:
        return
    actor = current_actor()
    action = Action(name=cause.action, title=cause.action_title, kind="cancel", routes=())
    turn = Turn(
        flow=flow,
        obj=obj,
        case=case,
        record=record,
        action=action,
        place=Place(flow.step(case.state)),
        holder=actor,
    )
    taken = steps.write(turn, target, Said(comment=cause.comment or ""))
    transitions.end(turn, target)
    transitions.tell(turn, taken)
