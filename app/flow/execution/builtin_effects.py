"""The effects of the engine's own: writing values, applying changes, starting and ending other cases."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.db import abstract_views
from app.core.db.database import elevated, session
from app.core.declare import Object, registry
from app.core.records import change_drafts, materials
from app.core.records import service as records
from app.core.types import File, Ref
from app.flow.execution import cases, reservations, termination, transitions
from app.flow.execution.effects import Context, register, typed, value_of


@register("set")
def _set(context: Context) -> None:
    """`set: {path: formula}`: write values to the record, to what it refers to, or to each of its rows."""
    lists = {child.name for child in context.obj.children}
    for path, formula in context.params.items():
        *way, last = path.split(".")
        if way and way[0] in lists:
            _set_rows(context, way[0], last, formula)
            continue
        target = context.record
        for name in way:
            target = getattr(target, name)
        if target is not None:
            _write(
                abstract_views.real(target), last, value_of(formula, context.record, context.env)
            )
    session.flush()


def _set_rows(context: Context, rows: str, name: str, formula: Any) -> None:
    """Write to each row what the formula gives for it; rows are flushed before the record adds up."""
    env = replace(context.env, parent=context.record)
    for row in getattr(context.record, rows):
        _write(row, name, value_of(formula, row, env))
    session.flush()
    records.recompute(context.obj, context.record)


def _write(target: Any, name: str, value: Any) -> None:
    obj = registry.object_of(type(target))
    plain = hasattr(type(target), name) and not _is_reference(obj, name)
    setattr(target, name if plain else f"{name}_id", value)
    if obj is not None:
        records.recompute(obj, target)


def _is_reference(obj: Object | None, name: str) -> bool:
    return obj is not None and any(
        item.name == name and isinstance(item.type, (Ref, File)) for item in obj.fields
    )


@register("apply")
def _apply(context: Context) -> None:
    """`apply: FIELD`: write the change draft back to the record that it is a copy of."""
    change_drafts.apply(context.obj, context.record)
    assert context.obj.draft
    target = getattr(context.record, context.obj.draft.target)
    inner = change_drafts.target_object(context.obj)
    reservations.refresh(inner, target)
    cases.retitle(inner, target)


@register("rehold")
def _rehold(context: Context) -> None:
    """`rehold: PATH`: let the holds of a related record follow its change."""
    target = getattr(context.record, context.params["of"])
    obj = registry.object_of(type(target))
    assert obj
    reservations.refresh(obj, target)


@register("drop")
def _drop(context: Context) -> None:
    """`drop: PATH`: end the case of a related record as cancelled; what it held is given back."""
    target = getattr(context.record, context.params["of"])
    termination.end(target, "cancelled", context.step)


@register("merge")
def _merge(context: Context) -> None:
    """`merge: PATH` or `{materials: PATH, as: LINE}`: add the record's files to a related record's."""
    target = getattr(context.record, context.params["materials"])
    obj = registry.object_of(type(target))
    assert obj
    known = {material.name: material for material in obj.materials}
    origin = f"{context.obj.title} {context.case.code or ''}".strip()
    for name, files in materials.current(context.obj, context.record.id).items():
        line = known.get(context.params.get("as") or name, materials.EXTRA)
        for row in files:
            materials.attach(obj, target.id, line, row.file, origin=origin)


@register("start")
def _start(context: Context) -> None:
    """`start: {object: …, fields: {…}}`: open a case of another object."""
    obj = registry.object(context.params["object"])
    if context.params.get("once") and cases.started(context.case, obj.name):
        return
    raw = typed(obj, context.values(context.params.get("fields", {})))
    with elevated():
        entry = context.params.get("entry") or ""
        record = records.save(obj, None, raw, complete=False, engine=True, entry=entry)
        child = cases.case_of(record)
        child.parent_id = context.case.id
        child.entry = context.params.get("entry")
        child.parent_ends = context.params.get("parent_ends")
        child.applicant_id = context.case.applicant_id
        child.org_id = child.org_id or context.case.org_id
        session.flush()
        transitions.follow(child)  # its first step may send something, or wait for nobody


@register("upsert")
def _upsert(context: Context) -> None:
    """`upsert: {object: …, key: […], fields: {…}}`: write the row with that key, or add one."""
    params = context.params
    obj = registry.object(params["object"])
    values = context.values(params["fields"])
    raw = typed(obj, values)
    wanted = [params["key"]] if isinstance(params.get("key"), str) else params.get("key") or []
    with elevated():
        known = _row(obj, {name: values[name] for name in wanted}) if wanted else None
        if known is None and params.get("add", True):
            try:
                with session.begin_nested():
                    records.save(obj, None, raw, complete=True, engine=True)
            except IntegrityError:  # somebody else has just added it
                known = _row(obj, {name: values[name] for name in wanted})
                if known is None:
                    raise
        if known is not None:
            whole = records.raw_of(obj, known)
            records.save(obj, known, whole | raw, complete=True, engine=True)


def _row(obj: Object, key: dict[str, Any]) -> Any:
    """Return the row with that key as it is stored now, locked; None where there is none."""
    model: Any = obj.model
    query = select(model).with_for_update(of=model)
    for name, value in key.items():
        column = f"{name}_id" if _is_reference(obj, name) else name
        query = query.where(getattr(model, column) == value)
    return session.scalars(query.execution_options(populate_existing=True)).first()
