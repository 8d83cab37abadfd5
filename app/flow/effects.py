"""What a step does besides moving the case: handlers by name, run in the step's own transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.core import drafts, materials, records, registry
from app.core.database import elevated, session
from app.core.declare import Effect, Object
from app.core.env import Env, make_env
from app.flow import holds
from app.flow.models import Case, StepRecord


@dataclass(frozen=True)
class Context:
    """All that a handler may need."""

    obj: Object
    record: Any
    case: Case
    step: StepRecord
    env: Env
    params: dict[str, Any] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """Return what messages may name besides the record's fields."""
        return {
            "comment": self.step.comment or "",
            "action": self.step.action_title,
            "step": self.step.target_title,
            "actor": self.step.actor_name,
            "code": self.case.code or "",
        }


Handler = Callable[[Context], None]
_handlers: dict[str, Handler] = {}


def register(kind: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of an effect."""

    def wrap(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return wrap


def run(effect: Effect, context: Context) -> None:
    """Carry out one effect if its condition holds."""
    if effect.when is not None and not effect.when(context.record, context.env):
        return
    try:
        handler = _handlers[effect.kind]
    except KeyError:
        raise RuntimeError(f"no handler for effect {effect.kind!r}") from None
    handler(
        Context(context.obj, context.record, context.case, context.step, context.env, effect.params)
    )


@register("set")
def _set(context: Context) -> None:
    """`set: {path: formula}`: write values to the record or to what it refers to."""
    for path, formula in context.params.items():
        *way, last = path.split(".")
        target = context.record
        for name in way:
            target = getattr(target, name)
        if target is None:
            continue
        value = formula(context.record, context.env) if callable(formula) else formula
        value = getattr(value, "id", value)
        obj = registry.object_of(type(target))
        name = (
            last if hasattr(type(target), last) and not _is_reference(obj, last) else f"{last}_id"
        )
        setattr(target, name, value)
        if obj is not None:
            records.recompute(obj, target)
    session.flush()


def _is_reference(obj: Object | None, name: str) -> bool:
    from app.core.types import File, Ref

    return obj is not None and any(
        item.name == name and isinstance(item.type, (Ref, File)) for item in obj.fields
    )


@register("apply")
def _apply(context: Context) -> None:
    """`apply: FIELD`: write the change draft back to the record that it is a copy of."""
    drafts.apply(context.obj, context.record)
    assert context.obj.draft
    target = getattr(context.record, context.obj.draft.target)
    inner = drafts.target_object(context.obj)
    holds.refresh(inner, target)
    from app.flow import engine

    engine.retitle(inner, target)


@register("rehold")
def _rehold(context: Context) -> None:
    """`rehold: PATH`: let the holds of a related record follow its change."""
    target = getattr(context.record, context.params["of"])
    obj = registry.object_of(type(target))
    assert obj
    holds.refresh(obj, target)


@register("drop")
def _drop(context: Context) -> None:
    """`drop: PATH`: end the case of a related record as cancelled; what it held is given back."""
    from app.flow import engine

    target = getattr(context.record, context.params["of"])
    engine.end(target, "cancelled", context.step)


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
    from app.flow import engine

    obj = registry.object(context.params["object"])
    values = {
        name: formula(context.record, context.env) if callable(formula) else formula
        for name, formula in context.params.get("fields", {}).items()
    }
    if context.params.get("once") and engine.started(context.case, obj.name):
        return
    raw = {
        name: obj.field(name).type.dump(getattr(value, "id", value))
        for name, value in values.items()
    }
    with elevated():
        record = records.save(obj, None, raw, complete=False, engine=True)
        child = engine.case_of(record)
        child.parent_id = context.case.id
        child.entry = context.params.get("entry")
        child.parent_ends = context.params.get("parent_ends")
        child.applicant_id = context.case.applicant_id
        child.org_id = child.org_id or context.case.org_id


def context_of(obj: Object, record: Any, case: Case, step: StepRecord) -> Context:
    """Return the surroundings of the effects of a step."""
    return Context(obj, record, case, step, make_env())
