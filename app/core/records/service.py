"""The one door through which forms, REST, Excel and change drafts read and write records."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.access import row_security
from app.core.access.actor import current_actor
from app.core.aggregates import settlement
from app.core.db import search_text
from app.core.db.database import session
from app.core.db.entity import Entity
from app.core.declare import Flow, Material, Object, registry
from app.core.errors import Conflict, Fault, NotFound, Refused, Rejected, Stale
from app.core.expressions.env import Env, make_env
from app.core.records import (
    child_rows,
    derived_values,
    display,
    exclusivity,
    form_binding,
    lookups,
    materials,
    persistence,
    typed_row,
    validation,
)
from app.core.records.back_references import referring
from app.core.records.typed_row import Row
from app.core.reference import reference_data
from app.core.types import Code, DraftOf, File, Ref, Refs

# The flow engine puts itself in here when it is imported; without it nothing in a flow can change.
# Hooks get the step at which a record rests that another system has made; "" where it begins here.
making: list[Callable[[Object, Entity, str], None]] = []  # before a new record is first written
created: list[Callable[[Object, Entity, str], None]] = []
edit_policy: Callable[[Object, Entity | None], frozenset[str] | None]


@dataclass(frozen=True)
class Copies:
    """How the editable copy of another record inside a record is bound and checked."""

    bind: Callable[[Row, Any], list[Fault]]
    check: Callable[[Row, bool], list[Fault]]


made_by: list[
    Copies
] = []  # `app.core.records.change_drafts` puts itself in here: it reads and writes records itself


def copies() -> Copies:
    """Return how copies are handled; nobody may write one unchecked because a module is missing."""
    if not made_by:
        raise RuntimeError("app.core.records.change_drafts was not imported")
    return made_by[0]


def _nothing(obj: Object, record: Entity | None) -> frozenset[str] | None:
    return frozenset()


edit_policy = _nothing


def find(obj: Object, pk: Any, *, lock: bool = False) -> Any:
    """Return the record within the person's reach; NotFound otherwise."""
    try:
        number = int(pk)
    except (TypeError, ValueError):
        raise NotFound() from None
    model: Any = obj.model
    query = select(model).where(model.id == number)
    if lock:
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    record = session.scalars(query).first() if abs(number) < 2**62 else None
    if record is None:
        raise NotFound()
    return record


def raw_of(obj: Object, record: Any) -> dict[str, Any]:
    """Return what a form of the record holds: texts, and children as lists of dicts with their id."""
    raw: dict[str, Any] = {}
    for item in obj.fields:
        if isinstance(item.type, DraftOf):
            continue
        if isinstance(item.type, Refs):
            value: Any = [target.id for target in getattr(record, item.name)]
        elif isinstance(item.type, (Ref, File)):
            value = getattr(record, f"{item.name}_id")
        else:
            value = getattr(record, item.name)
        raw[item.name] = item.type.dump(value)
    for child in obj.children:
        inner = registry.object(child.object)
        raw[child.name] = [
            {"id": str(row.id), **raw_of(inner, row)} for row in child_rows.read(record, child)
        ]
    return raw


def _bind(
    obj: Object,
    record: Any,
    raw: dict[str, Any],
    only: frozenset[str] | None,
    env: Env,
    engine: bool = False,
    follows: Collection[str] = (),
    named: Collection[str] | None = None,
) -> form_binding.Bound:
    bound = form_binding.bind(
        obj, record, raw, only=only, env=env, engine=engine, follows=follows, named=named
    )
    if obj.draft:
        given = raw.get(obj.draft.field) if isinstance(raw, dict) else None
        bound.faults += copies().bind(bound.row, given)
    return bound


def _faults(
    obj: Object,
    bound: form_binding.Bound,
    env: Env,
    complete: bool,
    engine: bool = False,
    chosen: Collection[str] = (),
) -> list[Fault]:
    faults = list(bound.faults)
    if chosen:  # by somebody outside, whoever writes it here
        faults += validation.references(bound.row, env, only=chosen)
    if not engine:  # what a flow refers to was not chosen by a person
        faults += validation.references(bound.row, env)
        if complete or bound.row._record is None:
            faults += validation.blocks(bound.row, env)
    if obj.draft:
        faults += copies().check(bound.row, complete)
    if complete:
        known = {fault.path for fault in faults}
        faults += [
            fault
            for fault in validation.complete(bound.row, env)
            if fault.path not in known or not fault.path
        ]
    return faults


def check(
    obj: Object,
    record: Any,
    raw: dict[str, Any],
    *,
    complete: bool,
    only: frozenset[str] | None = None,
    env: Env | None = None,
) -> list[Fault]:
    """Say what is wrong with the values, and what policies warn of; nothing is written.

    Incomplete checks look at types and references only, as a saved draft does.
    """
    env = env or make_env()
    with session.no_autoflush:
        return _faults(obj, _bind(obj, record, raw, only, env), env, complete)


def opened_first(obj: Object, preset: Collection[str] = ()) -> frozenset[str] | None:
    """Return what may be filled in of a new record, None = all; `preset` is what a function gives itself."""
    opened = edit_policy(obj, None) if obj.flow else None
    return None if opened is None else opened | frozenset(preset)


def bind_new(
    obj: Object, raw: dict[str, Any], env: Env, only: frozenset[str] | None = None
) -> form_binding.Bound:
    """Parse the values of a new record: the first half of `check`, for many rows at once."""
    with session.no_autoflush:
        return _bind(obj, None, raw, only, env)


def bind_stored(obj: Object, record: Any) -> Row:
    """Return a record as the rules read it."""
    with session.no_autoflush:
        return _bind(obj, record, {}, None, make_env()).row


def refresh(obj: Object, record: Any) -> None:
    """Write what is proposed now, where nobody has overridden it, and what follows others to this step."""
    derived_values.renew(obj, record)
    objects = (obj, *(registry.object(child.object) for child in obj.children))
    if any(item.propose for one in objects for item in one.fields):
        row = bind_stored(obj, record)
        with session.no_autoflush:
            persistence.write(row, record)
        session.flush()


def judge(obj: Object, bound: form_binding.Bound, env: Env, *, complete: bool) -> list[Fault]:
    """Say what is wrong with values that were bound: the second half of `check`."""
    with session.no_autoflush:
        missed = lookups.resolve(bound.row)
        if any(item.find for item in obj.fields):
            form_binding.settle(
                bound.row, env, bound.faults
            )  # what is computed from a record that was found just now
        return [*missed, *_faults(obj, bound, env, complete)]


@dataclass(frozen=True)
class Preview:
    """What a form that is being filled in should show."""

    values: dict[str, str]  # computed and emptied values by path, as texts of the form
    texts: dict[str, str]  # how computed values read
    hidden: tuple[str, ...]  # fields, child lists and materials that do not apply
    required: tuple[str, ...]
    faults: tuple[Fault, ...]  # of policies and of what has been entered so far
    materials: tuple[tuple[Material, bool], ...]
    row: Row


def preview(obj: Object, record: Any, raw: dict[str, Any]) -> Preview:
    """Compute what depends on what was typed so far, without writing anything."""
    env = make_env()
    with session.no_autoflush:
        bound = _bind(obj, record, raw, None, env, named=_named(obj, record))
        values, texts, hidden, required = {}, {}, [], []
        for path, item, row in walk(bound.row, ""):
            own = typed_row.own_env(row, env)
            if not typed_row.applies(item, row, own):
                hidden.append(path)
            elif item.required is True or (callable(item.required) and item.required(row, own)):
                required.append(path)
            if item.value is not None or item.propose or item.total is not None:
                values[path] = item.type.dump(row._values[item.name])
                texts[path] = display.text_of(row._object, row, item.name)
        for child in obj.children:
            if not typed_row.applies(child, bound.row, env):
                hidden.append(child.name)
        asked = materials.applicable(obj, bound.row, typed_row.own_env(bound.row, env))
        faults = [
            *bound.faults,
            *validation.blocks(bound.row, env),
            *validation.verdicts(bound.row, env),
            *validation.exceeded(bound.row, env),
        ]
    return Preview(
        values, texts, tuple(hidden), tuple(required), tuple(faults), tuple(asked), bound.row
    )


def walk(row: Row, prefix: str) -> Any:
    """Yield (path, field, row) of every field of a form, child lists included."""
    for item in row._object.fields:
        yield prefix + item.name, item, row
    for child in row._object.children:
        for index, inner in enumerate(row._children.get(child.name, ())):
            yield from walk(inner, f"{prefix}{child.name}.{index}.")


def save(
    obj: Object,
    record: Any | None,
    raw: dict[str, Any],
    *,
    complete: bool,
    version: int | None = None,
    only: frozenset[str] | None = None,
    engine: bool = False,
    entry: str = "",
    follows: Collection[str] = (),
    chosen: Collection[str] = (),
) -> Any:
    """Write the values to a new or existing record and flush; the caller commits.

    Raises Rejected with every fault, Stale if the record is not the one that was opened, Refused
    if the person may not write such a record. `engine` is for the flow's own writes: it skips
    the question whether this person may edit at this step; of a new record this is what its flow's
    first step opens, unless `only` says what a function opens there; the lists that `follows` names
    follow their source, as they do when a person saves. `entry` is the way by which another
    case begins this one. `chosen` names references that `engine` brings from outside: they are judged
    like those that a person chooses.
    """
    actor = current_actor()
    if record is not None:
        _refuse_stale(record, version)
        if settlement.is_moved(obj):  # what others add to it just now must not be overwritten
            settlement.lock(obj, [record.id])
            _refuse_stale(record, version)
        if not engine:
            only = _editable(obj, record, only)
    elif not engine and only is None:
        only = opened_first(obj)
    env = replace(make_env(actor), draws=True)
    with session.no_autoflush:
        bound = _bind(obj, record, raw, only, env, engine, follows)
        missed = lookups.resolve(bound.row)
        form_binding.settle(bound.row, env, bound.faults)
        exclusivity.hold(bound.row)
        faults = [*missed, *_faults(obj, bound, env, complete or not obj.flow, engine, chosen)]
        if any(fault.level == "error" for fault in faults):
            raise Rejected(faults)
        fresh = record is None
        target = _put(obj, record, bound.row, entry)
    session.flush()
    derived_values.settled(target)
    if not engine and not row_security.in_scope(target, actor):
        raise Refused("不能为其他单位填报")
    if fresh:
        for hook in created:
            hook(obj, target, "")
    return target


def answer(obj: Object, record: Any, raw: dict[str, Any]) -> list[Fault]:
    """Write values that an action of the record's flow asks for, and all of them; return what is wrong, else [].

    They are judged as those of a form are: types, what may be chosen, the rules that stand at them. Whether
    the person may change the record otherwise is not asked: who may take the action may answer it.
    """
    names, env = frozenset(raw), make_env()
    with session.no_autoflush:
        bound = _bind(obj, record, raw, names, env, engine=True)
        faults = [*bound.faults, *validation.references(bound.row, env)]
        wrong = {fault.path for fault in faults}
        judged = [*validation.asked(bound.row, env, names), *validation.complete(bound.row, env)]
        faults += [fault for fault in judged if fault.path not in wrong]
        faults = [one for one in faults if one.level == "error" and one.path in names]
        if faults:
            return list({one.path: one for one in faults}.values())
        persistence.write(bound.row, record)
    session.flush()
    return []


@dataclass(frozen=True)
class TakenOver:
    """Records that another system has made: they keep their numbers and rest at this step, if any."""

    at: str = ""


def insert(obj: Object, rows: Sequence[Row], taken: TakenOver | None = None) -> list[Any]:
    """Write new records that were bound and judged good in this very transaction, all in one flush.

    Refused if the person may not write one of them; the caller commits, or rolls all of them back.
    """
    at = taken.at if taken else ""
    with session.no_autoflush:
        targets = [_put(obj, None, row, at=at) for row in rows]
        for target, row in zip(targets, rows, strict=True) if taken else ():
            for item in obj.fields:
                if isinstance(item.type, Code):
                    setattr(target, item.name, row._values.get(item.name))
    session.flush()
    for target in targets:
        derived_values.settled(target)
    if not row_security.all_in_scope(targets):
        raise Refused("不能为其他单位填报")
    for target in targets:
        for hook in created:
            hook(obj, target, at)
    return targets


def bind_over(obj: Object, record: Any, raw: dict[str, Any], env: Env) -> form_binding.Bound:
    """Parse values over those of a stored record, also such that nobody may type."""
    with session.no_autoflush:
        return _bind(obj, record, raw, None, env, engine=True)


def rewrite(obj: Object, record: Any, row: Row) -> None:
    """Write values that were bound over a stored record and judged good in this very transaction."""
    with session.no_autoflush:
        _put(obj, record, row)
    session.flush()
    derived_values.settled(record)


def _way_in(flow: Flow, entry: str) -> str:
    """Return by which way a case comes in: the one that another case named, else the one by hand."""
    found = next((way.name for way in flow.entries if way.by_hand), "")
    if not entry and not found:
        raise Refused(f"{flow.title}由其他事项发起，不能自行申报")
    return entry or found


def _put(obj: Object, record: Any | None, row: Row, entry: str = "", at: str = "") -> Any:
    """Write a row's values to its record; where a new one begins, its flow says."""
    target = persistence.write(row, record)
    if record is None:
        for hook in making:
            hook(obj, target, at)
        flow = registry.flow_of(obj.name)
        if flow and flow.entries:
            target.entry = _way_in(flow, entry)
        session.add(target)
    if hasattr(target, "search_text"):
        target.search_text = search_text.search_text(obj, row)
    return target


def _named(obj: Object, record: Any | None) -> frozenset[str]:
    """Return the columns of rows that are open by their names where the record is."""
    rows = [registry.object(child.object) for child in obj.children]
    if not obj.flow or not any(f.at_steps for one in rows for f in one.fields):
        return frozenset()
    return edit_policy(obj, record) or frozenset()


def _editable(obj: Object, record: Any, only: frozenset[str] | None) -> frozenset[str] | None:
    only = _narrow(only, edit_policy(obj, record) if obj.flow else None)
    if only == frozenset():
        raise Conflict("记录在当前环节不能修改")
    return only


def _narrow(first: frozenset[str] | None, second: frozenset[str] | None) -> frozenset[str] | None:
    if first is None or second is None:
        return second if first is None else first
    return first & second


def _refuse_stale(record: Any, version: int | None) -> None:
    if version is not None and record.version != version:
        when = f"{clock.local(record.updated_at):%H:%M}" if record.updated_at else "刚才"
        raise Stale(f"您打开之后，这条记录已在 {when} 被他人修改，请核对后再保存")


def remove(obj: Object, record: Any) -> None:
    """Delete a draft that was never submitted, or a row of reference data that nothing refers to.

    Anything else is cancelled or disabled, not deleted; so is what every upgrade would bring back.
    """
    if obj.flow:
        flow = registry.flow(obj.flow)
        if record.state != flow.steps[0].name or getattr(record, "code", None):
            raise Conflict("已提交过的申请不能删除，可以申请取消")
    elif not obj.parent:
        _check_unused(obj, record)
    for hook in removed:
        hook(obj, record)
    session.delete(record)
    session.flush()


def _check_unused(obj: Object, record: Any) -> None:
    if reference_data.ships(obj, record):
        raise Conflict("系统预置的资料不能删除，可以停用")
    found = referring(obj, record)
    if found:
        words = "、".join(f"{place}（{number} 处）" for place, number in found[:3])
        raise Conflict(f"已被使用，不能删除，可以停用：{words}")


removed: list[Callable[[Object, Entity], None]] = []


def disable(obj: Object, record: Any, disabled: bool = True) -> None:
    """Take a row of reference data out of use, or back into it; records that refer to it stay."""
    if not obj.dated:
        raise Conflict("这类记录不能停用")
    record.disabled = disabled
    session.flush()


def recomputed(obj: Object, record: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes together with the computed fields that follow from them."""
    env = make_env()
    with session.no_autoflush:
        row = form_binding.bind(obj, record, {}, env=env).row
        row._values.update(changes)
        form_binding.settle(row, env)
        computed = {}
        proposed = {item.name for item in obj.fields if item.propose}
        for item in obj.fields:
            followed = item.propose or item.name.removesuffix("_basis") in proposed
            if item.value is not None or followed:
                place = f"{item.name}_id" if isinstance(item.type, Ref) else item.name
                if getattr(record, place) != row._values[item.name]:
                    computed[place] = row._values[item.name]
    return changes | computed


def recompute(obj: Object, record: Any) -> None:
    """Compute the record's computed fields anew, after the runtime changed what they depend on."""
    for name, value in recomputed(obj, record, {}).items():
        setattr(record, name, value)
