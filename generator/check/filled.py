"""Required fields that nobody types where it must be complete: something fills them before."""

from generator import model
from generator.check.context import Context
from generator.check.filling import asks, before_complete, filled
from generator.emit.objects import at_steps, captured, judged
from generator.language import tr
from generator.reader import Name
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
        _closed_first(context, entity)


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


def _closed_first(context: Context, entity: Entity) -> None:
    """Note what submit asks for and the step at which a case begins does not open to whoever submits it."""
    flow = entity.flow
    if flow is None or not flow.steps:  # none: E209
        return
    first, steps = next(iter(flow.steps.values())), before_complete(flow)
    if not first.edit:
        _nothing_opened(context, entity, first)
    opened = {str(word) for name in steps for word in flow.steps[Name(name)].edit}
    asking = any(asks(flow, action, name) for action in flow.actions.values() for name in steps)
    if "all" in opened or not asking:
        return
    early, _ = filled(context.linked)
    asked = [item.name for item in entity.fields.values() if _asked(item)
             and (entity.name, str(item.name)) not in early and not _untyped(context, entity, item)]  # fmt: skip
    asked += [
        one.name for one in entity.children.values() if one.min and not one.when and not one.rows
    ]
    if "materials" not in opened and entity.spec:
        wanted = entity.spec.materials.values()
        asked += [one.name for one in wanted if one.required is True and not one.when]
    for name in asked:
        if str(name) not in opened:
            what = tr(
                "'{name}' is required on submit, and '{step}', where a case begins, does not open it",
                name=name,
                step=first.name,
            )
            hint = tr(
                "add it to edit of '{step}', or say from where on it is required: required: state == '…'.",
                step=first.name,
            )
            context.note(CODE, name, what, hint)


def _nothing_opened(context: Context, entity: Entity, first: model.Step) -> None:
    """Note functions that let somebody begin a case of which nothing could be filled in."""
    for function in context.linked.functions_of(entity.name):
        for words in function.spec.roles.values():
            for word in words:
                if word == "add":
                    what = tr(
                        "nobody can fill in anything of a new '{name}': '{step}', where a case begins, opens nothing",
                        name=entity.name,
                        step=first.name,
                    )
                    context.note(
                        CODE,
                        word,
                        what,
                        tr(
                            "add edit to '{step}': all, or what is filled in there.",
                            step=first.name,
                        ),
                    )


def _asked(item: model.Field) -> bool:
    """Tell whether somebody must type the field, whatever else stands there."""
    has = item.value or item.propose or item.find or item.node.get("default")
    closed = item.readonly or item.hidden
    return item.required is True and item.when is None and not has and not closed


def _never(context: Context, entity: Entity, item: model.Field) -> None:
    how = "hidden" if item.hidden and not item.readonly else "readonly"
    owner = context.linked.flow_owner(entity)
    lost = tr("submitted") if owner.flow else tr("saved")
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
