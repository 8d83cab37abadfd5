"""Opening and closing what people have to do at a step."""

from typing import Any

from app.core import clock
from app.core.access.actor import Actor, current_actor
from app.core.db.database import session
from app.core.declare import Applicant, Flow, Relation, Roles, Step
from app.core.errors import Conflict
from app.flow.execution import access, directory
from app.flow.execution.limits import due, next_moment
from app.flow.execution.places import Place, open_tasks, views
from app.flow.execution.returns import Return
from app.flow.models import Awaited, Case, Task

SUPERSEDED = "superseded"
TOO_FEW = (
    "“{step}”须 {least} 人会签，现有 {there} 人可以会签（申请人本人除外），"
    "请联系系统管理员授予岗位后再办理"
)


def open_for(
    flow: Flow,
    case: Case,
    place: Place,
    record: Any,
    *,
    returned: bool = False,
    back: Return | None = None,
) -> None:
    """Open the tasks of a place; what comes straight `back` is for whoever had sent it away."""
    step = place.step
    function = access.function_for(flow, step, returned=returned, record=record)
    now = clock.now()
    common = {
        "function": function.id if function else None,
        "step": step.name,
        "branch": place.branch or None,
        "since": case.steps,
        "org_id": case.org_id,
        "district": case.district,
        "opened_at": now,
        "due_at": (limit := due(step, now)),
        "remind_at": next_moment(step, limit, now),
        "waits": (step.wait.event or step.wait.object) if step.wait is not None else None,
    }
    if step.wait is not None and step.wait.event:
        session.add(
            Awaited(
                case_id=case.id,
                key=f"{step.wait.event}-{case.id}-{case.steps}",
                event=step.wait.event,
                step=step.name,
                since=case.steps,
                opened_at=now,
            )
        )
    who = step.by
    if isinstance(who, Roles):
        person = _returner(case, step, back)
        if person is not None and back is not None:
            case.tasks.append(
                Task(role=back.role, assignee_id=person.id, assignee_name=person.name, **common)
            )
        elif step.signers == "people":
            case.tasks.extend(
                Task(role=role, assignee_id=one.id, assignee_name=one.name, **common)
                for role, one in _signers(flow, case, step, who)
            )
        else:
            case.tasks.extend(Task(role=role, **common) for role in who.names)
    elif isinstance(who, Relation):
        target = record
        for name in who.path.split("."):
            target = getattr(target, name, None)
        case.tasks.append(Task(assignee_id=getattr(target, "id", target), **common))
    else:
        case.tasks.append(Task(**common))


def _signers(flow: Flow, case: Case, step: Step, who: Roles) -> list[tuple[str, directory.Person]]:
    """Return who signs at a step, each person once, however many of its roles they hold.

    Whoever applied does not, unless the flow lets them. Conflict where fewer are left than have
    to sign: nobody could ever pass the step, so the case does not come to it.
    """
    own = any(
        action.self_approval and any(route.source == step.name for route in action.routes)
        for action in flow.actions
    )
    found: dict[int, tuple[str, directory.Person]] = {}
    for role in who.names:
        for one in directory.source.holders(role, case):
            if own or one.id != case.applicant_id:
                found.setdefault(one.id, (role, one))
    least = step.countersign if isinstance(step.countersign, int) else 1
    if len(found) < least:
        raise Conflict(TOO_FEW.format(step=step.title, least=least, there=len(found)))
    return list(found.values())


def _returner(case: Case, step: Step, back: Return | None) -> directory.Person | None:
    """Return who sent the case away, if they still hold the role; several deciders all decide anew."""
    if back is None or step.countersign or not back.role or back.by is None:
        return None
    return next(
        (one for one in directory.source.holders(back.role, case) if one.id == back.by), None
    )


def close(task: Task, outcome: str) -> None:
    """Note that a task is done, by whom and how."""
    task.done_at = clock.now()
    task.done_by_id = current_actor().user_id
    task.outcome = outcome


def close_all(case: Case, place: Place | None, outcome: str, holder: Actor) -> None:
    """Close the tasks of a place, or all: the holder's by the action, the others' as superseded."""
    for task in (*open_tasks(case, place), *(views(case, place) if place else ())):
        mine = access.is_for(task, holder, case) or (
            task.role is None and place is not None and isinstance(place.step.by, Applicant)
        )
        close(task, outcome if mine and task.view_of is None else SUPERSEDED)


def close_own(case: Case, place: Place, outcome: str, holder: Actor) -> bool:
    """Close what a countersigner had to do; tell whether others must decide yet.

    One person decides once, however many of the roles they hold.
    """
    waiting = open_tasks(case, place)
    mine = [task for task in waiting if access.is_for(task, holder, case)]
    if holder.everything:
        mine = mine[:1]
    for task in mine:
        close(task, outcome)
    since = {(task.since, task.opened_at) for task in waiting}
    signed = [
        task
        for task in case.tasks
        if task.step == place.step.name
        and task.view_of is None
        and task.outcome == outcome
        and (task.since, task.opened_at) in since
    ]
    total = len(signed) + len(waiting) - len(mine)
    return len(signed) < needed(place.step, total)


def needed(step: Step, total: int) -> int:
    """Return how many of the deciders must agree."""
    if step.countersign == "all":
        return total
    return 1 if step.countersign == "any" else min(int(step.countersign or 1), total)
