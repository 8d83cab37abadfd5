"""Who may do what to a case, and whose todo it is; everything that is not granted is refused."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from app.core import registry
from app.core.actor import Actor
from app.core.database import elevated, session
from app.core.declare import Action, Actors, Applicant, Flow, Function, Relation, Roles, Step
from app.core.env import make_env
from app.flow.models import Case, Task


def may_act(actor: Actor, flow: Flow, case: Case, action: Action, record: Any) -> str:
    """Return "" if the person may take the action now, else why not."""
    if actor.everything:
        return ""
    if not _granted(actor, flow, case, action):
        return "您没有这项操作的权限"
    who = deciders(flow, case, action)
    if not is_one_of(actor, who, case, record):
        return "这一环节不由您办理"
    decides = action.kind in ("pass", "reject") and not action.self_approval
    if decides and isinstance(who, Roles) and case.applicant_id == actor.user_id:
        return "不能审批本人提交的申请"
    return ""


def deciders(flow: Flow, case: Case, action: Action) -> Actors | None:
    """Return whom the action is for: those of the step, but whoever applied calls a case back."""
    if action.by is None and action.kind == "recall":
        return Applicant()
    return action.by or flow.step(case.state).by


def _granted(actor: Actor, flow: Flow, case: Case, action: Action) -> bool:
    return any(
        actor.may(action.name, function.id) and (not function.steps or case.state in function.steps)
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
    """Tell whether the function's `where` lets the record in."""
    if function.where is None or record is None or record.id is None:
        return True
    model = type(record)
    with elevated():
        query = select(exists().where(model.id == record.id, function.where(model, make_env())))
        return bool(session.scalar(query))


def todo_clause(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the open tasks that this person may deal with (joined with Case)."""
    if actor.user_id is None:
        return false()
    mine: list[ColumnElement[bool]] = [Task.assignee_id == actor.user_id]
    for role in sorted(actor.roles):
        clause = _reach_clause(actor, actor.role_reach.get(role, ""))
        if clause is not None:
            mine.append(and_(Task.assignee_id.is_(None), Task.role == role, clause))
    applicants: list[ColumnElement[bool]] = [Case.applicant_id == actor.user_id]
    if actor.org_id is not None:
        applicants.append(Task.org_id == actor.org_id)
    mine.append(and_(Task.role.is_(None), Task.assignee_id.is_(None), or_(*applicants)))
    functions = sorted(actor.functions)
    return and_(Task.done_at.is_(None), Task.function.in_(functions), or_(*mine))


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
    functions = [item for item in registry.functions_of(flow.object) if _takes(item, record)]
    if isinstance(step.by, Applicant):
        kinds = ("rework", "apply") if returned else ("apply",)
        for kind in kinds:
            for function in functions:
                if function.screen == kind:
                    return function
        return None
    return next((f for f in functions if f.screen == "review" and step.name in f.steps), None)
