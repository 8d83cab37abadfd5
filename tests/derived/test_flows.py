"""Every flow, walked along every way; at every step every role is refused what it may not.

A way that the first data leave closed is opened by other data (`ways`); one that nothing opens is
named, and the test fails. What is expected is read from the declarations here, not from the
engine: who a step is for, which function grants the action there, whether the guard lets it through.
"""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.core import captures, clock, records, registry, rules, types
from app.core.actor import acting_as
from app.core.database import session, unit_of_work
from app.core.declare import Applicant, Relation, Roles
from app.core.env import make_env
from app.core.errors import Conflict, UserError
from app.flow import asking, engine, reminding, verdicts, waiting
from app.flow.cases import case_of, flow_of, record_of
from app.flow.models import StepRecord
from app.flow.places import places
from app.flow.steps import last_step
from app.security import who
from tests.derived import evening, taking, values, ways
from tests.derived.brought import brought
from tests.derived.conftest import NOW
from tests.derived.standing import maker_of
from tests.derived.valid import Cannot, own_objects

FLOWS = sorted(obj.name for obj in own_objects() if obj.flow)
MOST = 40  # steps of one walk
ROUNDS = 8  # walks with other data, until every way was gone
LATE = timedelta(days=90)  # beyond any limit of a step


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
    waits = step.wait is not None and action.by is None and not (late and step.by)
    if action.kind == "receipt" or waits:
        return False  # nobody goes on before the receipt, or the limit
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


def take(world, record, action, step, role, target="", refusing=False, typed=True):
    """Take the action as that person, with everything that the step asks for, if it is `typed`."""
    obj = registry.object_of(type(record))
    pk = record.id
    with world.acting(role):
        maker = world.maker(f"{obj.name} {step.name}")
        if typed:
            fill(maker, obj, record, step)
            fill_rows(maker, obj, record, step)
            capture(maker, obj, record, action)
            taking.provide(maker, record, action, step)
        maker.hand_in(obj, record)
        engine.act(
            case_of(record),
            action.name,
            comment="经核对",
            checks=step.checks,
            target=target,
            at=step.name,
            verdicts=judged(obj, record, action, step, refusing),
        )
    cosign(world, obj, pk, action, step)
    session.expire_all()
    return session.get(obj.model, pk)


def cosign(world, obj, pk, action, step):
    """Where people sign and not roles, the others sign too, until the step is passed."""
    if step.signers != "people" or action.kind != "pass":
        return
    others = [world.accounts[name] for name in step.by.names]
    others += [one for name in step.by.names for one in world.colleagues[name]]
    for other in others:
        session.expire_all()
        record = session.get(obj.model, pk)
        here = {place.step.name for place in places(flow_of(case_of(record)), case_of(record))}
        if step.name in here:
            with suppress(Conflict), acting_as(who.actor_of(other)):  # whoever has signed already
                engine.act(
                    case_of(record), action.name, comment="同意", checks=step.checks, at=step.name
                )


def consult(world, record, step, role):
    """Where the decider may ask for a view, they do: nothing is decided before it is given."""
    pk, obj = record.id, registry.object_of(type(record))
    with world.acting(role):
        found = [
            one
            for one in asking.askings(case_of(record), record)
            if one.place.step.name == step.name
        ]
        if not found or not found[0].to:
            return
        person = found[0].to[-1]
        asking.ask(case_of(record), person.id, question="请核", at=step.name)
        passes = next(one for one in flow_of(case_of(record)).actions if one.kind == "pass")
        with pytest.raises(UserError, match="提意见，意见提出或减签后才能办理"):
            engine.act(case_of(record), passes.name, at=step.name, checks=step.checks)
        session.rollback()
    with acting_as(who.actor_of(person.id)):
        asking.advise(case_of(session.get(obj.model, pk)), "remark", "可行")


def judged(obj, record, action, step, refusing):
    """A verdict for every row that is asked about, where the step judges row by row."""
    if step.per is None or action.kind != "pass":
        return None
    options = [code for code, _ in verdicts.options(obj, step.per)]
    codes = [code for code in options if (code in step.per.refuses) is refusing]
    return {row.id: codes[0] for row in verdicts.rows(record, step.per)}


def capture(maker, obj, record, action):
    """What a device would have read, where the action needs it."""
    lacking = [one.capture for one in captures.applicable(obj, record) if not one.counts]
    lacking = lacking if action.needs else []
    names = [name for one in lacking for name in (*one.fill, one.by_hand) if name]
    if names:
        raw = {name: values.of(obj.field(name).type, maker.chance) for name in names}
        records.save(obj, record, raw, complete=False, engine=True)


def fill(maker, obj, record, step):
    """What is asked for at a step that may edit some fields is typed there."""
    names = step.edit if isinstance(step.edit, tuple) else ()
    open_fields = [
        item
        for item in obj.fields
        if item.name in names
        and getattr(record, item.name, "") is None
        and not isinstance(item.type, types.Ref)
    ]
    for _ in range(30):
        raw = {item.name: values.of(item.type, maker.chance) for item in open_fields}
        found = [*records.check(obj, record, raw, complete=True), *demands(obj, record, raw, step)]
        if not any(fault.level == "error" and fault.path in raw for fault in found):
            break
    if raw and None not in raw.values():
        with suppress(UserError):  # whoever may not edit here has nothing to type
            records.save(obj, record, raw, complete=False)


def demands(obj, record, raw, step):
    """What the step demands of the record and the values lack; its rows are filled in by themselves."""
    wanted = [rule for rule in step.rules if not rule.each]
    row = records.bind_over(obj, record, raw, make_env()).row
    return rules.of_step(wanted, row, make_env(), lambda inner: False)


def fill_rows(maker, obj, record, step):
    """Rows that may be changed at a step are filled in until what the step demands of them holds."""
    wanted = [rule for rule in step.rules if rule.each in step.edit]
    for child in obj.children if wanted else ():
        if child.name not in step.edit:
            continue
        typed = [
            item
            for item in registry.object(child.object).fields
            if item.value is None and not item.readonly and not item.propose
            and not isinstance(item.type, (types.Ref, types.Text))
        ]  # fmt: skip
        before = records.raw_of(obj, record)[child.name]
        empty = [item for item in typed if not any(row.get(item.name) for row in before)]
        for attempt in range(80):
            rows = records.raw_of(obj, record)[child.name]
            tried = (
                empty if empty and attempt < 40 else typed
            )  # what was typed before is kept first
            for row in rows:
                row.update((item.name, values.of(item.type, maker.chance)) for item in tried)
            with suppress(UserError):  # whoever may not edit here has nothing to type
                records.save(obj, record, {child.name: rows}, complete=False)
            row = records.bind_stored(obj, record)
            if not rules.of_step(wanted, row, make_env(), lambda inner: False):
                break


def load(obj, pk):
    session.expunge_all()
    with_pk = session.get(obj.model, pk)
    assert with_pk is not None
    return with_pk


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
                    reminding.run()
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
                    key, values = waiting.key_of(case), brought(step)
                    assert waiting.receive(key, action.on or "other", values)
                else:
                    others = {one.on for one in self.flow.actions if one.kind == "receipt"}
                    ends = [end for end in ("done", "rejected", "cancelled") if end not in others]
                    for child in waiting._started(case, step.wait.object):
                        engine.end(record_of(child), action.on or ends[0], last_step(case))
                record = load(self.obj, pk)
                now = {place.step.name for place in places(self.flow, case_of(record))}
                assert step.name not in now, f"{action.name} leads nowhere from {step.name}"
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


def named(name):
    """A walk is a test of every function that works on the object's flow."""
    screens = ("apply", "review", "rework")
    own = [f.id for f in registry.functions_of(name) if f.screen in screens]
    return "-".join([name, *own])


@pytest.mark.timeout(600)  # a case with many ways, on a machine that does other things too
@pytest.mark.parametrize("name", FLOWS, ids=named)
def test_every_action_leads_on_and_every_other_is_refused(world, name):
    walk = Walk(world, registry.object(name))
    with world.trial():
        walk.visit(walk.begin())
    for number in range(ROUNDS):
        if not set(walk.ways()) <= walk.taken:
            with world.trial():
                walk.round(f" {number}" if number % 3 < 2 else "", searching=number > 1)
    closed = {
        way: walk.why.get(way, "nobody may, or no data lead there")
        for way in walk.ways()
        if way not in walk.taken
    }
    assert not closed, f"nothing opens these ways (action, from, to): {closed}"
    steps = {step.name for step in walk.flow.steps if not step.end}
    assert steps <= walk.seen, f"no way leads to {steps - walk.seen}"
    assert walk.refused > len(steps)
    summed = {one.name for one in walk.flow.steps if evening.refuses(one) and one.compare.sums}
    assert summed <= walk.weighed, f"nothing tried what does not add up at {summed - walk.weighed}"
