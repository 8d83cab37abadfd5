"""Everything that must hold before a record counts as complete."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.core.db.database import elevated, session
from app.core.declare import Child, Field, Hold, Level, Object, Rule, registry
from app.core.errors import Fault
from app.core.expressions.env import Env
from app.core.records import bulk_lookups, display, exclusivity, materials, proposals
from app.core.records.typed_row import Row, applies, own_env, stored_ids
from app.core.reference import policies
from app.core.types import Code, DraftOf, File, Ref, Refs


def _nothing(obj: Object, record: Any, hold: Hold, resource: Any) -> int:
    return 0


# Flows put in here how much a record holds already of a resource.
held: Callable[[Object, Any, Hold, Any], int] = _nothing


def references(
    row: Row,
    env: Env,
    prefix: str = "",
    taken: Collection[str] = (),
    only: Collection[str] | None = None,
) -> list[Fault]:
    """Check that each newly chosen reference exists within reach, may be used and may be chosen here.

    What is `taken` over from a source was chosen there, and not by whoever sees it here. `only` names
    the fields of the record itself that are asked about; rows are not, then.
    """
    faults = []
    own = own_env(row, env)
    for item in row._object.fields:
        chosen = item.value is None and not item.find and item.name not in taken
        chosen = chosen and (only is None or item.name in only)
        if isinstance(item.type, Ref) and chosen:
            fault = _check_reference(row, item, own, prefix + item.name)
            faults += [fault] if fault else []
    for child in row._object.children if only is None else ():
        for index, inner in enumerate(row._children.get(child.name, ())):
            follows = child.rows is not None and not proposals.is_added(inner)
            fill = child.rows.fill if child.rows and follows else ()
            faults += references(inner, env, f"{prefix}{child.name}.{index}.", fill)
    return faults


def _check_reference(row: Row, item: Field, env: Env, path: str) -> Fault | None:
    value = row._values[item.name]
    wanted = list(value or ()) if isinstance(item.type, Refs) else [value] if value else []
    stored = stored_ids(item, row._record)
    fresh = [pk for pk in wanted if pk not in stored]
    if not fresh:
        return None
    assert isinstance(item.type, Ref)
    target = registry.object(item.type.object)
    query = choices(target, item, env)
    if bulk_lookups.current() is None and not isinstance(item.type, Refs):
        found = session.scalars(query.where(target.model.id == value)).first()  # type: ignore[attr-defined]
        if found is not None:
            row.know(item.name, found)  # it is within reach: nobody need read it again
            return None
    elif set(fresh) <= _choosable(target, query, fresh):
        return None
    among = f"（只能选{item.among}）" if item.among else ""
    return Fault(
        path, f"所选{target.title}不存在、不可选用或不在您的范围内{among}，请从列表中重新选择"
    )


def _choosable(target: Object, query: Any, ids: list[int]) -> set[int]:
    known = bulk_lookups.current()
    if known is not None:
        return known.choosable(target.name, query, ids)
    model: Any = target.model
    return set(session.scalars(query.where(model.id.in_(ids)).with_only_columns(model.id)))


def choices(target: Object, item: Field, env: Env) -> Any:
    """Return the select of the records that a reference field may take, in the target's order."""
    model: Any = target.model
    query = select(model)
    if target.usable is not None:
        query = query.where(target.usable(model, env))
    if item.choose is not None:
        query = query.where(item.choose(model, env))
    if item.once:
        query = query.where(exclusivity.free(target, item, getattr(env.parent, "id", None)))
    if target.dated:
        query = query.where(model.disabled.isnot(True))
    return query


def complete(row: Row, env: Env) -> list[Fault]:
    """Check required fields, child lists, uniqueness, rules, holds and materials."""
    faults = _required(row, env, "")
    faults += _rules(row, env)
    faults += exceeded(row, env)
    faults += unique(row)
    if row._object.materials:
        pk = row._record.id if row._record is not None else None
        faults += materials.missing(row._object, pk, row, own_env(row, env))
        if pk is not None:
            faults += materials.unmet(row._object, pk)
    return faults


def must_hold(row: Row, prefix: str = "") -> list[Fault]:
    """Check what the tables themselves refuse: columns that may not be empty, keys that are taken.

    Whatever else is required or ruled today is not asked of records that another system has made.
    """
    model: Any = row._object.model
    table = model.__table__
    faults = []
    for item in row._object.fields:
        if isinstance(item.type, Refs) or (item.value is not None):
            continue
        column = table.columns[column_of(row._object, item.name)]
        if not column.nullable and row._values.get(item.name) in (None, ""):
            faults.append(Fault(prefix + item.name, f"请填写{item.title}"))
    for child in row._object.children:
        for index, inner in enumerate(row._children.get(child.name, ())):
            faults += must_hold(inner, f"{prefix}{child.name}.{index}.")
    return faults if prefix else [*faults, *unique(row)]


def blocks(row: Row, env: Env) -> list[Fault]:
    """Check that no row of another object stands against this record; its words say the way out."""
    found = []
    for block in row._object.blocks:
        by = registry.object(block.object)
        model: Any = by.model
        own = replace(env, form=row, parent=None)
        query = select(model).where(block.when(model, own)).order_by(model.id).limit(1)
        with elevated():  # what blocks need not be within the person's reach
            hit = session.scalars(query).first()
            if hit is not None:
                found.append(Fault(block.at, display.render(block.error, by, hit, masked=True)))
    return found


def _required(row: Row, env: Env, prefix: str) -> list[Fault]:
    own = own_env(row, env)
    faults = []
    for item in row._object.fields:
        needed = item.required(row, own) if callable(item.required) else item.required
        empty = row._values.get(item.name) in (None, "", [])
        generated = isinstance(item.type, Code) or item.value is not None or item.find
        if needed and empty and not generated and applies(item, row, own):
            faults.append(Fault(prefix + item.name, f"{_asks(item)}{item.title}"))
    for child in row._object.children:
        if applies(child, row, own):
            faults += _child(row, child, own, prefix)
            for index, inner in enumerate(row._children.get(child.name, ())):
                faults += _required(inner, env, f"{prefix}{child.name}.{index}.")
    return faults


def asked(row: Row, env: Env, names: frozenset[str]) -> list[Fault]:
    """Return a fault for each of these fields that applies and is empty: whoever acts is asked for all."""
    own = own_env(row, env)
    return [
        Fault(item.name, f"{_asks(item)}{item.title}")
        for item in row._object.fields
        if item.name in names
        and row._values.get(item.name) in (None, "", [])
        and applies(item, row, own)
    ]


def _asks(item: Field) -> str:
    """Return what people are asked to do with a field."""
    if isinstance(item.type, File):  # pictures too
        return "请上传"
    chosen = isinstance(item.type, Ref) or item.type.widget in ("dict", "tree", "boolean")
    return "请选择" if chosen else "请填写"


def least_of(child: Child, row: Row, env: Env) -> int:
    """Return how many rows a list must have as the record stands; `env` is the record's own."""
    return int(child.min(row, env) or 0) if callable(child.min) else child.min


def _child(row: Row, child: Child, env: Env, prefix: str) -> list[Fault]:
    rows = row._children.get(child.name, [])
    least = least_of(child, row, env)
    faults = []
    if len(rows) < least:
        faults.append(Fault(prefix + child.name, f"“{child.title}”至少填写 {least} 行"))
    if child.max is not None and len(rows) > child.max:
        faults.append(
            Fault(prefix + child.name, f"“{child.title}”最多 {child.max} 行，现有 {len(rows)} 行")
        )
    seen: set[tuple[Any, ...]] = set()
    for index, inner in enumerate(rows):
        key = tuple(inner._values.get(name) for name in child.unique)
        if child.unique and None not in key:
            if key in seen:
                name = child.unique[0]
                text = display.text_of(inner._object, inner, name)
                faults.append(Fault(f"{prefix}{child.name}.{index}.{name}", f"“{text}”重复了"))
            seen.add(key)
    return faults


def _rules(row: Row, env: Env) -> list[Fault]:
    faults: list[Fault] = []
    for rule in row._object.rules:
        if rule.each:
            for index, inner in enumerate(row._children.get(rule.each, ())):
                faults += _rule(rule, inner, own_env(inner, env), f"{rule.each}.{index}.")
        else:
            faults += _rule(rule, row, own_env(row, env), "")
    for child in row._object.children:
        for index, inner in enumerate(row._children.get(child.name, ())):
            for rule in inner._object.rules:
                faults += _rule(rule, inner, own_env(inner, env), f"{child.name}.{index}.")
    return faults


def of_step(wanted: Sequence[Rule], row: Row, env: Env, out: Callable[[Row], bool]) -> list[Fault]:
    """Check the rules of a step; rows that are out are not asked about."""
    faults: list[Fault] = []
    for rule in wanted:
        if not rule.each:
            faults += _rule(rule, row, own_env(row, env), "")
            continue
        for index, inner in enumerate(row._children.get(rule.each, ())):
            if not out(inner):
                faults += _rule(rule, inner, own_env(inner, env), f"{rule.each}.{index}.")
    return faults


def _rule(rule: Rule, this: Row, env: Env, prefix: str) -> list[Fault]:
    if rule.when is not None and not rule.when(this, env):
        return []
    verdict = rule.check(this, env)
    if (
        verdict or verdict is None
    ):  # what is not known yet cannot be wrong; required fields say the rest
        return []
    level, source = _strictness(rule, env)
    text = display.render(rule.error, this._object, this)
    return [Fault(prefix + rule.at if rule.at else prefix.rstrip("."), text, level, source)]


def _strictness(rule: Rule, env: Env) -> tuple[Level, str]:
    if not rule.policy:
        return rule.level, ""
    found = policies.level_of(rule.policy, env.policy.on, env.policy.known)
    note = f"（{found.profile}，{found.valid_from} 起）" if found.valid_from else ""
    return found.level, found.source + note


def verdicts(row: Row, env: Env) -> list[Fault]:
    """Return what the policies say of the form as it stands: warnings and refusals with their source."""
    return [fault for fault in _rules(row, env) if fault.source]


def exceeded(row: Row, env: Env) -> list[Fault]:
    """Return a fault for each resource of which the record wants more than is left."""
    faults = []
    for hold in row._object.holds:
        fault = _hold(hold, row, own_env(row, env))
        faults += [fault] if fault else []
    return faults


def _hold(hold: Hold, row: Row, env: Env) -> Fault | None:
    resource = getattr(row, hold.field)
    if resource is None:
        return None
    amount = hold.amount(row, env) or 0
    left = (getattr(resource, hold.capacity) or 0) + held(row._object, row._record, hold, resource)
    if amount <= left:
        return None
    title = display.title_of(resource)
    return Fault(
        hold.field, f"“{title}”剩余 {left}，本次需要 {amount}，超出 {amount - left}", hold.over
    )


def unique(row: Row) -> list[Fault]:
    """Check the declared unique keys against all rows, also those outside the person's reach."""
    return [fault for group in keys(row._object) if (fault := _unique(row, group))]


def keys(obj: Object) -> list[tuple[str, ...]]:
    """Return the unique keys of an object: groups of fields that no two records share."""
    single = ((item.name,) for item in obj.fields if item.unique)
    return list(dict.fromkeys(tuple(group) for group in (*obj.unique, *single)))


def _unique(row: Row, group: tuple[str, ...]) -> Fault | None:
    obj = row._object
    values = [row._values.get(name) for name in group]
    if any(value is None for value in values):
        return None
    known = bulk_lookups.current()
    taken = known.taken(obj.name, group, tuple(values)) if known and row._record is None else None
    if taken is None:
        taken = _is_taken(row, group, values)
    if not taken:
        return None
    label = "、".join(display.label_of(obj, name) for name in group)
    return Fault(group[0], f"{label}已被登记过，不能重复")


def _is_taken(row: Row, group: tuple[str, ...], values: list[Any]) -> bool:
    obj = row._object
    model: Any = aliased(obj.model)
    clauses = [
        getattr(model, column_of(obj, name)) == value
        for name, value in zip(group, values, strict=True)
    ]
    if row._record is not None and row._record.id is not None:
        clauses.append(model.id != row._record.id)
    with elevated():
        return bool(session.scalar(select(exists().where(*clauses, *_counts(obj, model)))))


def taken_keys(obj: Object, group: tuple[str, ...], values: list[tuple[Any, ...]]) -> set[Any]:
    """Return which values of a unique key are taken, also outside the person's reach."""
    model: Any = aliased(obj.model)
    columns = [getattr(model, column_of(obj, name)) for name in group]
    found: set[Any] = set()
    for piece in bulk_lookups.pieces(values):
        query = select(*columns).where(bulk_lookups.among(columns, piece), *_counts(obj, model))
        with elevated():
            found.update(tuple(row) for row in session.execute(query))
    return found


def _counts(obj: Object, model: Any) -> list[Any]:
    """Drafts and cases that came to nothing do not take a key."""
    flow = registry.flow_of(obj.name)
    if flow is None:
        return []
    gone = [step.name for step in flow.steps if step.end in ("rejected", "cancelled")]
    return [model.state.notin_([flow.steps[0].name, *gone])]


def column_of(obj: Object, name: str) -> str:
    """Return the attribute in which a field is stored: of a reference its key."""
    kind = obj.field(name).type
    return f"{name}_id" if isinstance(kind, Ref) and not isinstance(kind, DraftOf) else name
