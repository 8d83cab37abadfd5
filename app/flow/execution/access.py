"""Who may do what to a case, and whose todo it is; everything that is not granted is refused."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from app.core.access.actor import Actor
from app.core.db.database import elevated, session
from app.core.declare import (
    Action,
    Actors,
    Applicant,
    Flow,
    Function,
    Relation,
    Roles,
    Step,
    registry,
)
from app.core.expressions.env import make_env
from app.flow.execution.places import Place, open_tasks
from app.flow.models import Case, Task

ALREADY = "您已经会签过，正在等待其他会签人"
GIVE_UP = ("reject", "cancel")  # kinds of actions that a case which waits for a receipt can take
NO_RIGHT = "您没有这项操作的权限"
NOT_YOURS = "这一环节不由您办理"


def may_act(
    actor: Actor, flow: Flow, case: Case, action: Action, record: Any, place: Place
) -> tuple[Actor, str]:
    """Return in whose right the person may take the action now, and "" or why not.

    A person's own right goes before that of somebody they stand for as deputy.
    """
    reasons = []
    for holder in (actor, *actor.stands_for):
        refusal = _refusal(actor, holder, flow, case, action, record, place)
        if not refusal:
            return holder, ""
        reasons.append(refusal)
    return actor, telling_most(reasons)


def telling_most(reasons: list[str]) -> str:
    """Return the reason that says most: what stands in the way, rather than that it is not granted."""
    order = {NO_RIGHT: 2, NOT_YOURS: 1}
    return min(reasons, key=lambda reason: order.get(reason, 0))


def _refusal(
    actor: Actor,
    holder: Actor,
    flow: Flow,
    case: Case,
    action: Action,
    record: Any,
    place: Place,
) -> str:
    if actor.everything:
        return ""
    if action.kind == "receipt":
        return "这一步由回执推进，不能人工办理"
    if not _granted(holder, flow, action, place.step):
        return NO_RIGHT
    who = deciders(action, place.step)
    if holder is not actor and not isinstance(who, (Roles, Relation)):
        return NOT_YOURS
    if action.by is None and isinstance(who, (Roles, Relation)):
        why = _not_waiting(actor, holder, case, action, place)
    else:
        why = "" if is_one_of(holder, who, case, record) else NOT_YOURS
    if why:
        return why
    decides = action.kind in ("pass", "reject") and not action.self_approval
    if decides and isinstance(who, Roles) and case.applicant_id in (actor.user_id, holder.user_id):
        return "不能审批本人提交的申请"
    return ""


def _not_waiting(actor: Actor, holder: Actor, case: Case, action: Action, place: Place) -> str:
    """Return "" where an open task of the place is the holder's, else why it is not.

    What waits for a receipt is taken further by nobody, but given up by those who would go on with it.
    """
    if has_signed(actor, holder, case, place):
        return ALREADY
    waiting = open_tasks(case, place)
    if any(is_for(task, holder, case) for task in waiting):
        return ""
    if any(task.waits is not None for task in waiting):
        theirs = any(_theirs(task, holder, case) for task in waiting)
        return "" if theirs and action.kind in GIVE_UP else "正在等待回执，未到办理时限"
    others = [t for t in waiting if t.assignee_id is not None and t.role in holder.roles]
    return f"已转由{others[0].assignee_name or '他人'}办理" if others else NOT_YOURS


def has_signed(actor: Actor, holder: Actor, case: Case, place: Place) -> bool:
    """Tell whether the person has countersigned since the case came to the place, for whomever.

    Where people sign and not roles, nobody signs for a holder either in whose name it was done.
    """
    if not place.step.countersign:
        return False
    named = holder.user_id if place.step.signers == "people" else None
    now = open_tasks(case, place)
    since = {(task.since, task.opened_at) for task in now}
    return any(
        (task.done_by_id == actor.user_id or (named is not None and task.assignee_id == named))
        and (task.since, task.opened_at) in since
        for task in case.tasks
        if task.done_at is not None
        and task.view_of is None
        and task.step == place.step.name
        and actor.user_id is not None
    )


def is_for(task: Task, holder: Actor, case: Case) -> bool:
    """Tell whether an open task is a person's: assigned to them, or to a role they hold that reaches it."""
    return holder.everything or (task.waits is None and _theirs(task, holder, case))


def _theirs(task: Task, holder: Actor, case: Case) -> bool:
    if task.assignee_id is not None:
        return task.assignee_id == holder.user_id
    reach = holder.role_reach.get(task.role or "", "")
    return task.role in holder.roles and reaches(holder, reach, case)


def deciders(action: Action, step: Step) -> Actors | None:
    """Return whom the action is for: those of the step, but whoever applied calls a case back."""
    if action.by is None and action.kind == "recall":
        return Applicant()
    return action.by or step.by


def _former(flow: Flow, step: Step) -> bool:
    """Tell whether only a former version of the flow has the step: no queue names it any more."""
    return all(one.name != step.name for one in registry.flow(flow.name).steps)


def _granted(holder: Actor, flow: Flow, action: Action, step: Step) -> bool:
    return any(
        holder.may_self(action.name, function.id)
        and (not function.steps or step.name in function.steps or _former(flow, step))
        for function in registry.functions_of(flow.object)
    )


def is_one_of(actor: Actor, who: Actors | None, case: Case, record: Any) -> bool:
    """Tell whether the person is one of those whom a step is for, as far as this case goes."""
    if isinstance(who, Applicant):
        own = actor.org_id is not None and actor.org_id == case.org_id
        return own or (actor.user_id is not None and actor.user_id == case.applicant_id)
    if isinstance(who, Roles):
        return any(
            role in actor.roles and reaches(actor, actor.role_reach.get(role, ""), case)
            for role in who.names
        )
    if isinstance(who, Relation):
        target = record
        for name in who.path.split("."):
            target = getattr(target, name, None)
        return target is not None and getattr(target, "id", target) == actor.user_id
    return False


def reaches(actor: Actor, reach: str, case: Case) -> bool:
    """Tell whether a reach covers the case."""
    match reach:
        case "all":
            return True
        case "district":
            return actor.district is not None and actor.district == case.district
        case "unit":
            return actor.org_id is not None and actor.org_id == case.org_id
        case "own":
            return actor.user_id is not None and actor.user_id == case.applicant_id
    return False


def _takes(function: Function, record: Any) -> bool:
    """Tell whether the function's `where` lets the record in, as the step has changed it so far.

    Asked of its twin in Python: in the database it would cost a statement, and writing all changes
    before it (a fifth of a step).
    """
    if function.where is None or record is None or record.id is None:
        return True
    if function.takes is None:
        raise RuntimeError(f"function {function.id} has a `where` without its twin `takes`")
    with elevated(), session.no_autoflush:
        return function.takes(record, make_env()) is True


def todo_clause(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the open tasks that this person may deal with (joined with Case).

    What waits for somebody they stand for waits for them too, but never their own application.
    """
    if actor.user_id is None:
        return false()
    mine = _waiting_for(actor)
    for other in actor.stands_for:
        foreign = or_(Case.applicant_id.is_(None), Case.applicant_id != actor.user_id)
        mine.append(and_(or_(*_waiting_for(other)), foreign))
    applicants: list[ColumnElement[bool]] = [Case.applicant_id == actor.user_id]
    if actor.org_id is not None:
        applicants.append(Task.org_id == actor.org_id)
    mine.append(and_(Task.role.is_(None), Task.assignee_id.is_(None), or_(*applicants)))
    functions = sorted(actor.functions)
    return and_(
        Task.done_at.is_(None), Task.waits.is_(None), Task.function.in_(functions), or_(*mine)
    )


def waiting_clause(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of what waits for a person as todo (joined with Case): no drafts."""
    return and_(todo_clause(actor), Case.submitted_at.isnot(None))


def _waiting_for(actor: Actor) -> list[ColumnElement[bool]]:
    mine: list[ColumnElement[bool]] = [Task.assignee_id == actor.user_id]
    for role in sorted(actor.roles):
        clause = _reach_clause(actor, actor.role_reach.get(role, ""))
        if clause is not None:
            mine.append(and_(Task.assignee_id.is_(None), Task.role == role, clause))
    return mine


def _reach_clause(actor: Actor, reach: str) -> ColumnElement[bool] | None:
    match reach:
        case "all":
            return Task.id.isnot(None)
        case "district":
            return Task.district == actor.district if actor.district else None
        case "unit":
            return Task.org_id == actor.org_id if actor.org_id else None
        case "own":
            return Case.applicant_id == actor.user_id
    return None


def function_for(flow: Flow, step: Step, *, returned: bool, record: Any = None) -> Function | None:
    """Return the function in whose queue a case at the step stands: one that takes such records."""
    functions = registry.functions_of(flow.object)
    queues = [function for function in functions if function.screen == "review"]
    found = first_taking([f for f in queues if step.name in f.steps], record)
    if isinstance(step.by, Applicant):
        kinds = ("rework", "apply") if returned else ("apply",)
        return found or first_taking(
            [f for kind in kinds for f in functions if f.screen == kind], record
        )
    if found is None and isinstance(step.by, Roles) and _former(flow, step):
        roles = set(step.by.names)
        found = first_taking([f for f in queues if roles & {role for role, _ in f.grants}], record)
    return found


def first_taking(functions: list[Function], record: Any) -> Function | None:
    """Return the first of the functions that takes the record."""
    return next((function for function in functions if _takes(function, record)), None)
