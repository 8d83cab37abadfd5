"""Who may take an action at a step, as the declarations say it and not as the engine finds it."""

from app.core.declare import Applicant, Relation, Roles, registry
from app.core.expressions.env import make_env
from app.flow.execution.cases import case_of
from tests.derived import evening


def granted(flow, action, step, role):
    return any(
        name == role and action.name in words and (not item.steps or step.name in item.steps)
        for item in registry.functions_of(flow.object)
        for name, words in item.grants
    )


def is_for(world, action, step, role, record):
    who = action.by or (Applicant() if action.kind == "recall" else step.by)
    actor = world.actor(role)
    case = case_of(record)
    if isinstance(who, Applicant):
        own = actor.org_id is not None and actor.org_id == case.org_id
        return own or actor.user_id == case.applicant_id
    if isinstance(who, Roles):
        reach = registry.role(role).reach
        of_district = actor.district is not None and actor.district == case.district
        near = {
            "district": of_district,
            "all": True,
            "unit": actor.org_id is not None and actor.org_id == case.org_id,
        }
        return role in who.names and near.get(reach, False)
    if isinstance(who, Relation):
        target = record
        for name in who.path.split("."):
            target = getattr(target, name, None)
        return getattr(target, "id", target) == actor.user_id and actor.user_id is not None
    return False


def shut(world, action, step, role, record):
    """Whether the guard of the action refuses the record, or what the step compares does."""
    env = make_env(world.actor(role))
    if action.guard is not None and not action.guard(record, env):
        return True
    compares = action.kind in evening.FORWARDS and evening.refuses(step)
    return compares and evening.differs(registry.object_of(type(record)), record, step)


def allowed(world, flow, action, step, role, record, late=False):
    """Whether the declarations let the role take the action at the step; `late`: after its limit."""
    if not any(route.source == step.name for route in action.routes):
        return False
    if shut(world, action, step, role, record):
        return False
    case = case_of(record)
    gives_up = action.kind in ("reject", "cancel")
    waits = step.wait is not None and action.by is None and not ((late or gives_up) and step.by)
    if action.kind == "receipt" or waits:
        return False  # nobody goes on before the receipt, or the limit; who would go on may give up
    if step.countersign and action.by is None and has_signed(case, step, role):
        return False
    decides = action.kind in ("pass", "reject") and not action.self_approval
    who = action.by or step.by
    if decides and isinstance(who, Roles) and case.applicant_id == world.actor(role).user_id:
        return False
    return granted(flow, action, step, role) and is_for(world, action, step, role, record)


def has_signed(case, step, role):
    """Whether the role has countersigned, and others have not yet."""
    return all(one.done_at for one in case.tasks if (one.step, one.role) == (step.name, role))
