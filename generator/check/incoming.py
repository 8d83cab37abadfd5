"""What counterparts send on their own: rows written to fields that there are, cases that come to somebody."""

from generator import model
from generator.check import taken
from generator.check.contents import CONTRACT, UNKNOWN, content
from generator.check.context import Context
from generator.interfaces import Incoming
from generator.language import tr
from generator.reader import Name
from generator.world import Entity


def incoming(context: Context, item: Incoming) -> None:
    """What comes is written to fields that there are, by a key that is said."""
    what = tr("'{name}' is written to the unknown object", name=item.name)
    own = [n for n, one in context.linked.entities.items() if not one.parent and not one.abstract]
    if not context.known(UNKNOWN, item.object, own, what, "object"):
        return
    entity = context.linked.entities[str(item.object)]
    _begins(context, entity, item)
    _lacking(context, entity, item)
    for word in item.key:
        context.known(UNKNOWN, word, item.fields, tr("'{name}' has no", name=item.name), "value")
    for one in item.fields.values():
        content(context, one, item.name)
        if one.value:
            context.note(
                CONTRACT,
                one.value,
                tr("'{name}' comes from outside", name=one.name),
                tr("delete `value`."),
            )
        path = one.to or one.name
        if (
            context.member(UNKNOWN, entity, path, tr("'{name}' is written to", name=one.name))
            is None
        ):
            continue
        head, _, rest = path.partition(".")
        field = entity.fields.get(Name(head))
        refers = field is not None and context.linked.kind(field) == "ref"
        if "." in rest or field is None or bool(rest) != refers:
            context.note(
                CONTRACT,
                path,
                tr(
                    "'{path}' is neither a field nor REFERENCE.FIELD, so nothing is found by it",
                    path=path,
                ),
                tr("write to: {head}.FIELD, by which its record is found.", head=head)
                if refers and not rest
                else tr("such as code, or room.door."),
            )
        elif not rest and one.name not in item.key:  # a key only finds the record
            taken.written(context, entity, path, tr("filled in"))


def _begins(context: Context, entity: Entity, item: Incoming) -> None:
    """A row of an object with a flow begins a case, which comes to somebody."""
    if entity.flow is None:
        for key, word in (("action", item.action), ("entry", item.entry)):
            if word:
                what = tr(
                    "'{object}' has no flow, so `{key}` means nothing", object=item.object, key=key
                )
                context.note(CONTRACT, word, what, tr("delete the key."))
        return
    flow, first = entity.flow, next(iter(entity.flow.steps.values()))
    if item.entry:
        what = tr("the flow of '{name}' has no", name=entity.name)
        context.known(UNKNOWN, item.entry, flow.entries, what, "entry")
    elif flow.entries:
        what = tr(
            "a case of '{name}' begins by one of several ways, and '{name2}' says none",
            name=entity.name,
            name2=item.name,
        )
        context.note(CONTRACT, item.object, what, tr("add entry: WAY."))
    _leaves(context, entity.name, flow, item)
    returns = [one for one in flow.actions.values() if first.name in [t.step for t in one.targets]]
    scope = entity.spec.scope if entity.spec else None
    if "applicant" in first.by and returns and (scope is None or scope.kind != "unit"):
        what = tr(
            "'{action}' leads back to the applicant, and a case that came from outside has none",
            action=returns[0].name,
        )
        context.note(
            CONTRACT,
            item.object,
            what,
            tr("give the object scope: unit, so that its unit gets the case back."),
        )


def _leaves(context: Context, name: str, flow: model.Flow, item: Incoming) -> None:
    """A case that has no applicant does not rest where one is waited for."""
    first = next(iter(flow.steps.values()))
    if item.action:
        what = tr("the flow of '{name}' has no action", name=name)
        if context.known(UNKNOWN, item.action, flow.actions, what, "action"):
            action = flow.actions[Name(item.action)]
            if first.name not in action.sources:
                what = tr(
                    "'{action}' does not start at '{step}', where a case begins",
                    action=item.action,
                    step=first.name,
                )
                context.note(
                    CONTRACT, item.action, what, tr("name an action from: {step}.", step=first.name)
                )
    elif "applicant" in first.by:
        what = tr(
            "a case of '{name}' begins with the applicant, and one that comes from outside has none",
            name=name,
        )
        context.note(
            CONTRACT,
            item.object,
            what,
            tr("add action: submit, by which it leaves '{step}'.", step=first.name),
        )


def _lacking(context: Context, entity: Entity, item: Incoming) -> None:
    """Note what every new row would be refused for: nothing that comes fills it, and nobody is asked first."""
    if _rests(entity, item):
        return
    brought = {str(one.to or one.name).partition(".")[0] for one in item.fields.values()}
    for name in tuple(brought):  # what a reference brings along
        reference = entity.fields.get(Name(name))
        brought |= {str(one) for one in reference.fill} if reference else set()
    for name, field in entity.fields.items():
        free = field.value or field.propose or field.node.get("default") or field.readonly
        always = field.required is True and field.when is None
        if always and not free and str(name) not in brought:
            context.note(
                CONTRACT,
                item.object,
                tr(
                    "'{name}' requires '{name2}', and no value of '{name3}' brings it",
                    name=entity.name,
                    name2=name,
                    name3=item.name,
                ),
                tr("add a value that fills '{name}'.", name=name),
            )
    _apart(context, entity, item)


def _apart(context: Context, entity: Entity, item: Incoming) -> None:
    """Note files and rows that must be there: a message brings values only."""
    lists = [one for one in entity.children.values() if one.rows is None and one.when is None]
    papers = entity.spec.materials.values() if entity.spec else ()
    asked = [
        *(one.name for one in papers if one.required is True and one.when is None),
        *(one.name for one in lists if isinstance(one.min, int) and one.min > 0),
    ]
    if asked:
        names = "', '".join(asked)
        context.note(
            CONTRACT,
            item.object,
            tr(
                "'{name}' requires '{name2}', and what comes by '{name3}' has neither files nor rows",
                name=entity.name,
                name2=names,
                name3=item.name,
            ),
            tr("let the case rest at a first step of the office's, or give '{name}' a condition.", name=names),
        )  # fmt: skip


def _rests(entity: Entity, item: Incoming) -> bool:
    """Tell whether a case waits at its first step for people who are asked there for what it lacks."""
    if entity.flow is None or item.action:
        return False
    first = next(iter(entity.flow.steps.values()))
    return bool(first.by and first.edit) and not first.wait and not first.branches
