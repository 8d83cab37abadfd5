"""Required fields that nobody types: something fills them, before a record must be complete."""

from generator import model
from generator.check.context import Context
from generator.check.filling import filled
from generator.emit.objects import at_steps, captured, judged
from generator.language import tr
from generator.world import Entity

CODE = "E149"


def check(context: Context) -> None:
    """Check the required fields of every object and list."""
    early, late = filled(context.linked)
    for entity in context.linked.entities.values():
        if entity.runtime or entity.abstract:
            continue
        for item in entity.fields.values():
            key = (entity.name, str(item.name))
            if not item.required or key in early or not _untyped(context, entity, item):
                continue
            always = item.required is True and item.when is None
            if at_steps(context.linked, entity, item):
                if always and not _opened_first(context, entity, item):
                    _too_late(context, item)
            elif key not in late:
                _never(context, entity, item)
            elif always:
                _too_late(context, item)


def _untyped(context: Context, entity: Entity, item: model.Field) -> bool:
    """Tell whether no person gives the field a value, and it has none of its own."""
    has = item.value or item.propose or item.find or item.node.get("default")
    if has or context.linked.kind(item) == "code":
        return False
    closed = judged(context.linked, entity, item) or at_steps(context.linked, entity, item)
    return closed or ((item.readonly or item.hidden) and not captured(entity, item))


def _opened_first(context: Context, entity: Entity, item: model.Field) -> bool:
    """Tell whether the step at which a case begins opens the column, so that it is typed before submit."""
    flow = context.linked.flow_owner(entity).flow
    assert flow
    assert entity.child
    first = next(iter(flow.steps.values()))
    return f"{entity.child.name}.{item.name}" in first.edit


def _never(context: Context, entity: Entity, item: model.Field) -> None:
    how = "hidden" if item.hidden and not item.readonly else "readonly"
    owner = context.linked.flow_owner(entity)
    lost = "submitted" if owner.flow else "saved"
    context.note(
        CODE,
        item.name,
        tr(
            "'{name}' is required and {how}, and nothing fills it: no '{name2}' could be {lost}",
            name=item.name,
            how=how,
            name2=owner.name,
            lost=lost,
        ),
        tr(
            "delete {how} or required, or add value, default, or an effect that sets it before.",
            how=how,
        ),
    )


def _too_late(context: Context, item: model.Field) -> None:
    context.note(
        CODE, item.name,
        tr("'{name}' is required on submit and nobody types it, and the flow fills it only afterwards", name=item.name),
        tr("delete required: what the flow fills is there from then on."),
    )  # fmt: skip
