"""Every flow, walked along every action; at every step every role is refused what it may not.

What is expected is read from the declarations here, not from the engine: who a step is for, which
function grants the action there, and whether the guard lets it through.
"""

from contextlib import suppress

import pytest

from app.core import records, registry, types
from app.core.database import session, unit_of_work
from app.core.declare import Applicant, Relation, Roles
from app.core.env import make_env
from app.core.errors import UserError
from app.flow import engine
from app.flow.cases import case_of
from tests.derived import values
from tests.derived.valid import own_objects

FLOWS = sorted(obj.name for obj in own_objects() if obj.flow)
MOST = 40  # steps of one walk


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
        near = {"all": True, "unit": actor.org_id is not None and actor.org_id == case.org_id}
        return role in who.names and near.get(reach, False)
    if isinstance(who, Relation):
        target = record
        for name in who.path.split("."):
            target = getattr(target, name, None)
        return getattr(target, "id", target) == actor.user_id and actor.user_id is not None
    return False


def allowed(world, flow, action, step, role, record):
    """Whether the declarations let the role take the action at the step."""
    if not any(route.source == step.name for route in action.routes):
        return False
    if action.guard is not None and not action.guard(record, make_env(world.actor(role))):
        return False
    case = case_of(record)
    decides = action.kind in ("pass", "reject") and not action.self_approval
    who = action.by or step.by
    if decides and isinstance(who, Roles) and case.applicant_id == world.actor(role).user_id:
        return False
    return granted(flow, action, step, role) and is_for(world, action, step, role, record)


def take(world, record, action, step, role, target=""):
    """Take the action as that person, with everything that the step asks for."""
    obj = registry.object_of(type(record))
    pk = record.id
    with world.acting(role):
        maker = world.maker(f"{obj.name} {step.name}")
        fill(maker, obj, record, step)
        maker.hand_in(obj, record)
        engine.act(
            case_of(record), action.name, comment="经核对", checks=step.checks, target=target
        )
    session.expire_all()
    return session.get(obj.model, pk)


def fill(maker, obj, record, step):
    """What is asked for at a step that may edit some fields is typed there."""
    names = step.edit if isinstance(step.edit, tuple) else ()
    raw = {
        item.name: values.of(item.type, maker.chance)
        for item in obj.fields
        if item.name in names
        and getattr(record, item.name, "") is None
        and not isinstance(item.type, types.Ref)
    }
    if raw and None not in raw.values():
        with suppress(UserError):  # whoever may not edit here has nothing to type
            records.save(obj, record, raw, complete=False)


def load(obj, pk):
    session.expunge_all()
    with_pk = session.get(obj.model, pk)
    assert with_pk is not None
    return with_pk


class Walk:
    """Goes from the draft along every action, each once from every step."""

    def __init__(self, world, obj):
        self.world, self.obj = world, obj
        self.flow = registry.flow(obj.flow)
        self.seen = set()
        self.refused = 0

    def begin(self):
        role = self.world.maker_of(self.obj.name)
        with self.world.acting(role), unit_of_work():
            record = self.world.maker(self.obj.name).draft(self.obj)
        return record.id

    def visit(self, pk, depth=0):
        with self.world.acting("system"):
            record = load(self.obj, pk)
            state = record.state
        step = self.flow.step(state)
        if state in self.seen or depth > MOST:
            return
        self.seen.add(state)
        for action in self.flow.actions:
            for role in registry.registry().roles:
                self.try_one(pk, action, step, role, depth)

    def try_one(self, pk, action, step, role, depth):
        """In a block of its own: taken where it may be, and followed; refused without a trace elsewhere."""
        with self.world.trial():
            with self.world.acting("system"):
                record = load(self.obj, pk)
                may = allowed(self.world, self.flow, action, step, role, record)
                before = (record.state, case_of(record).steps)
            if not may:
                self.must_refuse(pk, action, step, role, before)
                return
            targets = {route.target for route in action.routes if route.source == step.name}
            with self.world.acting("system"):
                record = load(self.obj, pk)
                try:
                    taken = take(self.world, record, action, step, role)
                except UserError as fault:
                    raise AssertionError(
                        f"{role} should be able to {action.name} at {step.name}: {fault} "
                        f"{[(f.path, f.message) for f in fault.faults]}"
                    ) from fault
                arrived = taken.state
            self.arrived(step, action, targets, arrived)
            self.visit(pk, depth + 1)

    def must_refuse(self, pk, action, step, role, before):
        with self.world.acting("system"):
            record = load(self.obj, pk)
            with pytest.raises(UserError):
                take(self.world, record, action, step, role)
            session.rollback()
            after = load(self.obj, pk)
            assert (after.state, case_of(after).steps) == before
        self.refused += 1

    def arrived(self, step, action, targets, state):
        """It is where a route leads, or further where steps in between do not apply."""
        if action.kind == "note" or (step.countersign and action.kind == "pass"):
            assert state in targets | {step.name}
        elif state not in targets:
            names = [item.name for item in self.flow.steps]
            back = action.kind == "send_back"
            first = (max if back else min)(names.index(name) for name in targets)
            now = names.index(state)
            assert (now < first) is back, (step.name, action.name, state)
            passed = names[now + 1 : first + 1] if back else names[first:now]
            between = [self.flow.step(name) for name in passed]
            assert all(item.skip or item.branches or item.end for item in between)


def named(name):
    """A walk is a test of every function that works on the object's flow."""
    screens = ("apply", "review", "rework")
    own = [f.id for f in registry.functions_of(name) if f.screen in screens]
    return "-".join([name, *own])


@pytest.mark.parametrize("name", FLOWS, ids=named)
def test_every_action_leads_on_and_every_other_is_refused(world, name):
    walk = Walk(world, registry.object(name))
    with world.trial():
        walk.visit(walk.begin())
    steps = {step.name for step in walk.flow.steps if not step.end}
    unseen = steps - walk.seen - {step.name for step in walk.flow.steps if step.skip}
    assert not unseen, f"no way leads to {unseen}"
    assert walk.refused > len(steps)
