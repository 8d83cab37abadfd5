"""One action of a flow, taken as a person takes it: with everything typed that the step asks for."""

from contextlib import suppress

import pytest

from app.core import types
from app.core.access.actor import acting_as
from app.core.db.database import session
from app.core.declare import registry
from app.core.devices import captures
from app.core.errors import Conflict, UserError
from app.core.expressions.env import make_env
from app.core.records import service as records
from app.core.records import validation
from app.flow import engine
from app.flow.execution import prompts, row_decisions
from app.flow.execution.cases import case_of, flow_of
from app.flow.execution.places import places
from app.flow.people import consultations
from app.security import request_identity
from tests.derived import taking, values


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
            values=answers(maker, obj, record, action),
        )
    session.flush()  # within an outer unit of work nothing was written yet
    cosign(world, obj, pk, action, step)
    session.expire_all()
    return session.get(obj.model, pk)


def answers(maker, obj, record, action):
    """What is typed into the dialog of an action that asks for values."""
    found = {}
    for item in prompts.fields(obj, record, action):
        kind = item.type
        if isinstance(kind, types.Ref):
            query = validation.choices(registry.object(kind.object), item, make_env(form=record))
            found[item.name] = str(session.scalars(query.limit(1)).one().id)
        else:
            found[item.name] = values.of(kind, maker.chance)
    return found


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
            with (
                suppress(Conflict),
                acting_as(request_identity.actor_of(other)),
            ):  # whoever has signed already
                engine.act(
                    case_of(record), action.name, comment="同意", checks=step.checks, at=step.name
                )


def consult(world, record, step, role):
    """Where the decider may ask for a view, they do: nothing is decided before it is given."""
    pk, obj = record.id, registry.object_of(type(record))
    with world.acting(role):
        found = [
            one
            for one in consultations.askings(case_of(record), record)
            if one.place.step.name == step.name
        ]
        if not found or not found[0].to:
            return
        person = found[0].to[-1]
        consultations.ask(case_of(record), person.id, question="请核", at=step.name)
        passes = next(
            one
            for one in flow_of(case_of(record)).actions
            if one.kind == "pass" and any(route.source == step.name for route in one.routes)
        )
        with pytest.raises(UserError, match="提意见，意见提出或减签后才能办理"):
            engine.act(case_of(record), passes.name, at=step.name, checks=step.checks)
        session.rollback()
    with acting_as(request_identity.actor_of(person.id)):
        consultations.advise(case_of(session.get(obj.model, pk)), "remark", "可行")


def judged(obj, record, action, step, refusing):
    """A verdict for every row that is asked about, where the step judges row by row."""
    if step.per is None or action.kind != "pass":
        return None
    options = [code for code, _ in row_decisions.options(obj, step.per)]
    codes = [code for code in options if (code in step.per.refuses) is refusing]
    return {row.id: codes[0] for row in row_decisions.rows(record, step.per)}


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
    return validation.of_step(wanted, row, make_env(), lambda inner: False)


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
            if not validation.of_step(wanted, row, make_env(), lambda inner: False):
                break


def load(obj, pk):
    session.expunge_all()
    with_pk = session.get(obj.model, pk)
    assert with_pk is not None
    return with_pk
