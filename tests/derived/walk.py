"""A walk through a flow: from the draft along every way, and refused by every other.

Every step is tried in a block of its own, taken back afterwards: every way starts from the same record.
"""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import UserError
from app.core.expressions.env import make_env
from app.flow import engine
from app.flow.deadlines import reminders
from app.flow.execution import actions, external_waits
from app.flow.execution.cases import case_of, record_of
from app.flow.execution.places import places
from app.flow.execution.steps import last_step
from app.flow.models import StepRecord
from tests.derived import evening, ways
from tests.derived.acting import consult, load, take
from tests.derived.brought import brought
from tests.derived.conftest import NOW
from tests.derived.permitted import allowed, granted, shut
from tests.derived.standing import maker_of
from tests.derived.valid import Cannot

MOST = 40  # steps of one walk
LATE = timedelta(days=90)  # beyond any limit of a step


def caused(flow, action):
    """Whether the effect `act` of another flow takes the action and no function lets anybody take it."""
    declared = registry.registry()
    pressed = {
        word
        for function in registry.functions_of(flow.object)
        for _, held in function.grants
        for word in held
    }
    effects = [
        effect
        for other in declared.flows.values()
        for part in (*other.steps, *other.actions)
        for effect in part.effects
    ]
    named = {effect.params["action"] for effect in effects if effect.kind == "act"}
    return action.name in named and action.name not in pressed


class Walk:
    """Goes from the draft along every way of every action."""

    def __init__(self, world, obj):
        self.world, self.obj = world, obj
        self.flow = registry.flow(obj.flow)
        self.met, self.seen = set(), set()
        self.taken = set()  # action, source and target, as the history has them
        self.again = False  # not the first time round: nobody is refused any more
        self.searching = False  # the last time round: for data that open what was closed
        self.searched = Counter()
        self.aim = None  # a way by which branches are to be joined
        self.why = {}  # way: what was said when it was tried last
        self.refused = 0
        self.weighed = set()  # steps at which what does not add up was refused

    def begin(self, seed=""):
        role = maker_of(self.obj.name)
        with self.world.acting(role), unit_of_work():
            record = self.world.maker(self.obj.name + seed).draft(self.obj)
        return record.id

    def ways(self):
        """Every way that the flow declares: action, source and target."""
        return [(a.name, r.source, r.target) for a in self.flow.actions for r in a.routes]

    def visit(self, pk, depth=0, late=False):
        with self.world.acting("system"):
            record = load(self.obj, pk)
            case = case_of(record)
            here = [place.step for place in places(self.flow, case)]
            taken = session.scalars(select(StepRecord).where(StepRecord.case_id == case.id))
            self.taken |= {(one.action, one.source, one.target) for one in taken}
            open_to = frozenset((one.step, one.role) for one in case.tasks if one.done_at is None)
        names = frozenset(step.name for step in here)
        if self.aim is not None and (self.aim in self.taken or self.aim[1] not in names):
            self.aim = None
        met = (names, open_to, late, self.aim)
        if met in self.met or depth > MOST:
            return
        self.met.add(met)
        self.seen |= names
        for step in here:
            if evening.refuses(step):
                self.weigh(pk, step)
            for action in self.flow.actions:
                roles = registry.registry().roles
                for role in roles if not self.again else self.one_of(pk, action, step, late):
                    self.try_one(pk, action, step, role, depth, late)
                if action.kind == "receipt" and any(r.source == step.name for r in action.routes):
                    self.receive(pk, action, step, depth)
                if caused(self.flow, action) and any(r.source == step.name for r in action.routes):
                    self.cause(pk, action, step, depth)
            self.open(pk, step, depth, late)
        if not late and any(step.wait is not None and step.by for step in here):
            self.be_late(pk, depth)

    def weigh(self, pk, step):
        """By the smallest amount apart, nobody leads the case forward; that it goes on when even is a way.

        The first time round that way is opened like every other; then what adds up is as usual.
        """
        if self.again:
            with self.world.acting("system"):
                record = load(self.obj, pk)
                maker = self.world.maker(f"{self.obj.name} {step.name} even")
                evening.put(maker, self.obj, record, step, 0)
                session.flush()
        if step.name in self.weighed:
            return
        with self.world.trial():
            with self.world.acting("system"):
                record = load(self.obj, pk)
                maker = self.world.maker(f"{self.obj.name} {step.name} apart")
                if not evening.put(maker, self.obj, record, step, 1):
                    return
                session.flush()
                before = (record.state, case_of(record).steps)
            for action in self.flow.actions:
                ahead = action.kind in evening.FORWARDS
                if ahead and any(route.source == step.name for route in action.routes):
                    for role in registry.registry().roles:
                        with self.world.trial():
                            self.must_refuse(pk, action, step, role, before)
                    self.weighed.add(step.name)

    def one_of(self, pk, action, step, late):
        """The first role that may take the action now: that others are refused was seen before."""
        with self.world.acting("system"):
            record = load(self.obj, pk)
            for role in registry.registry().roles:
                if allowed(self.world, self.flow, action, step, role, record, late):
                    return [role]
        return []

    def round(self, seed, searching=False):
        """Walk once more, with other data: for the ways that were closed."""
        self.again, self.searching = True, searching
        self.met.clear()
        self.searched.clear()
        with suppress(Cannot):  # other data, where chance finds some
            self.visit(self.begin(seed))

    def be_late(self, pk, depth):
        """What was waited for did not come: those of the step go on by hand."""
        with self.world.trial():
            clock.set_clock(lambda: NOW + LATE)
            try:
                with self.world.acting("system"):
                    reminders.run()
                    session.commit()
            finally:
                clock.set_clock(lambda: NOW)
            self.visit(pk, depth + 1, late=True)

    def open(self, pk, step, depth, late):
        """Take the ways from the step that the data left closed, with data that open them."""
        for way in self.ways():
            name, source, target = way
            if way in self.taken or self.searched[way] > 2:
                continue
            action, at = self.flow.action(name), self.flow.step(source)
            if action.kind == "receipt":
                continue
            if source == step.name and not self.joins(action, at):
                self.search(way, ways.Opening(self.world, self.obj, action, at, target), pk, partial(
                    self.go, pk, action, step, way, depth, late
                ))  # fmt: skip
            elif (
                self.again
                and self.flow.inner.get(step.name, ("",))[0] == at
                and self.joins(action, at)
            ):
                for last in self.flow.actions:
                    if last.kind == "pass" and any(r.source == step.name for r in last.routes):
                        opening = ways.Opening(
                            self.world, self.obj, action, at, target, judged=step
                        )
                        goes = partial(self.join, pk, last, step, way, depth, late)
                        self.search(way, opening, pk, goes)

    def joins(self, action, step):
        """Whether the step is one that divides, and passes by itself when its branches are through."""
        roles = registry.registry().roles
        return bool(step.branches) and not any(
            granted(self.flow, action, step, role) for role in roles
        )

    def search(self, way, opening, pk, goes):
        """Show the data to `goes` as they are, then as answers and verdicts make them, at last others."""
        answered = (partial(opening.answered, number=n) for n in (0, 1))
        evened = (opening.evened,) if evening.refuses(opening.step) else ()
        changes = (lambda record: None, *evened, *answered)
        if any(opening.tried(pk, one, goes) for one in changes):
            return
        if opening.judges() and opening.tried(pk, changes[0], goes, refusing=True):
            return
        if self.searching:
            self.searched[way] += 1
            opening.find(pk, goes)

    def join(self, pk, action, step, way, depth, late, refusing):
        """Pass one branch, then the others, until they are joined by the way."""
        self.aim = way
        try:
            return self.go(pk, action, step, way, depth, late, refusing)
        finally:
            self.aim = None

    def go(self, pk, action, step, way, depth, late, refusing):
        """Take an action that the data let through now, and follow it; whether the way was gone then."""
        chosen = way[2] if action.kind == "send_back" else ""
        for role in registry.registry().roles:
            with self.world.acting("system"):
                record = load(self.obj, pk)
                if not allowed(self.world, self.flow, action, step, role, record, late):
                    continue
                try:
                    take(self.world, record, action, step, role, chosen, refusing)
                except UserError as fault:
                    said = [(one.path, one.message) for one in fault.faults] or str(fault)
                    self.why[way] = f"{role}: {said}"
            self.visit(pk, depth + 1)
            return way in self.taken
        return False

    def receive(self, pk, action, step, depth):
        """What the step waits for comes, and leads on."""
        with self.world.trial():
            with self.world.acting("system"):
                case = case_of(load(self.obj, pk))
                if step.wait.event:
                    key, values = external_waits.key_of(case), brought(step)
                    assert external_waits.receive(key, action.on or "other", values)
                else:
                    others = {one.on for one in self.flow.actions if one.kind == "receipt"}
                    ends = [end for end in ("done", "rejected", "cancelled") if end not in others]
                    for child in external_waits._started(case, step.wait.object):
                        engine.end(record_of(child), action.on or ends[0], last_step(case))
                record = load(self.obj, pk)
                now = {place.step.name for place in places(self.flow, case_of(record))}
                assert step.name not in now, f"{action.name} leads nowhere from {step.name}"
            self.visit(pk, depth + 1)

    def cause(self, pk, action, step, depth):
        """A case of another flow takes the action, which nobody may press."""
        with self.world.trial():
            with self.world.acting("system"):
                record = load(self.obj, pk)
                if action.guard is not None and not action.guard(record, make_env()):
                    return
                targets = {route.target for route in action.routes if route.source == step.name}
                case = case_of(record)
                actions.act(case, action.name, comment="经核对", cause=last_step(case))
                arrived = load(self.obj, pk).state
            self.arrived(step, action, targets, arrived)
            self.visit(pk, depth + 1)

    def try_one(self, pk, action, step, role, depth, late):
        """In a block of its own: taken where it may be, and followed; refused without a trace elsewhere."""
        with self.world.trial():
            with self.world.acting("system"):
                record = load(self.obj, pk)
                may = allowed(self.world, self.flow, action, step, role, record, late)
                before = (record.state, case_of(record).steps)
            if not may:
                self.must_refuse(pk, action, step, role, before)
                return
            targets = {route.target for route in action.routes if route.source == step.name}
            with self.world.acting("system"):
                record = load(self.obj, pk)
                if step.ask and action.kind == "pass":
                    consult(self.world, record, step, role)
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
            closed = shut(self.world, action, step, role, record)  # what is typed could open it
            with pytest.raises(UserError):
                take(self.world, record, action, step, role, typed=not closed)
            session.rollback()
            after = load(self.obj, pk)
            assert (after.state, case_of(after).steps) == before
        self.refused += 1

    def arrived(self, step, action, targets, state):
        """It is where a route leads, or further where steps in between do not apply."""
        if step.name in self.flow.inner:
            assert state in targets | {fork.name for fork, _ in self.flow.inner.values()} or all(
                name in self.flow.inner or self.flow.step(name).branches for name in targets
            )
        elif action.kind == "note" or (step.countersign and action.kind == "pass"):
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
