"""Abstract objects: somebody extends each, what is shared keeps its type, nothing needs its table."""

from generator import abstracts, model
from generator.check.context import Context
from generator.check.effects import effects_of_flow
from generator.language import tr
from generator.reader import Name, Word
from generator.source import Mapping, Scalar
from generator.world import Entity

CODE = "E130"


def check(context: Context) -> None:
    """Check the abstract objects and what speaks of them."""
    for entity in context.linked.entities.values():
        if entity.abstract:
            _abstract(context, entity)
        elif entity.spec and entity.spec.extends in context.linked.entities:
            _concrete(context, entity, context.linked.entities[str(entity.spec.extends)])
        _references(context, entity)
    for item in context.linked.functions.values():
        about = context.linked.entities.get(item.object)
        if about is not None and about.abstract and item.screen != "query":
            context.note(
                CODE, item.spec.screen,
                tr("'{name}' is abstract, so '{screen}' has no record to work on", name=about.name, screen=item.screen),
                tr("a query lists them all; other screens belong to the objects that extend it."),
            )  # fmt: skip
    for document in context.linked.data.documents.values():
        _needs_table(
            context, document.object, tr("the document '{name}' is made", name=document.name)
        )


def _abstract(context: Context, entity: Entity) -> None:
    spec = entity.file.object
    found = context.linked.concretes(entity)
    if not found:
        context.note(
            CODE, spec.object, tr("no object extends '{name}', so its list is of nothing", name=entity.name),
            tr("write extends: {name} in the objects that it is for.", name=entity.name),
        )  # fmt: skip
    if spec.extends or spec.runtime:
        word = spec.extends or spec.runtime or spec.object
        context.note(
            CODE,
            word,
            tr("'{name}' is abstract, it has nothing below itself", name=entity.name),
            tr("name an object that is not abstract."),
        )
    own = spec.fields.get(Name(abstracts.VARIANT))
    if own is not None:
        context.note(
            CODE, own.name, tr("every abstract object has '{name}': which object a row is of", name=own.name),
            tr("choose another name."),
        )  # fmt: skip
    marks: dict[int, Entity] = {}
    for one in found:
        first = marks.setdefault(abstracts.mark(one.name), one)
        if first is not one and one.spec:
            context.note(
                CODE,
                one.spec.object,
                tr(
                    "'{name}' and '{name2}' would be numbered alike",
                    name=one.name,
                    name2=first.name,
                ),
                tr("choose another name for one of them."),
            )


def _concrete(context: Context, entity: Entity, base: Entity) -> None:
    for name, item in base.file.object.fields.items():
        own = entity.fields.get(name)
        if own is None or base.fields.get(name) is None:
            if own is None:
                word = entity.spec.extends if entity.spec else None
                context.note(
                    CODE,
                    word or base.file.object.object,
                    tr(
                        "'{name}' has no field '{name2}', which all of '{name3}' have",
                        name=entity.name,
                        name2=name,
                        name3=base.name,
                    ),
                    tr("what only some have belongs to them, not to the abstract object."),
                )
            continue
        before, after = context.linked.resolve(item), context.linked.resolve(own)
        if before and after and (before.kind, before.column) != (after.kind, after.column):
            context.note(
                CODE,
                own.type,
                tr(
                    "'{name}' is a {type} of every '{name2}', here a {type2}",
                    name=name,
                    type=item.type,
                    name2=base.name,
                    type2=own.type,
                ),
                tr("keep its type, or give the field another name."),
            )


def _references(context: Context, entity: Entity) -> None:
    linked = context.linked
    for item in entity.fields.values():
        if item.to and linked.union_of(item) is not None and linked.kind(item) == "refs":
            context.note(
                CODE,
                item.to,
                tr(
                    "'{name}' would keep several of '{to}', which has no table",
                    name=item.name,
                    to=item.to,
                ),
                tr("use a child list whose rows refer to it."),
            )
        if linked.kind(item) == "draft_of" and item.of in entity.fields:
            _needs_table(
                context,
                entity.fields[Name(item.of)].to,
                tr("'{name}' copies", name=item.name),
                item.of,
            )
    for hold in entity.spec.holds.values() if entity.spec else ():
        resource = entity.fields.get(hold.field)
        if resource is not None:
            _needs_table(context, resource.to, tr("a hold reserves"), hold.field)
    if entity.flow:
        _flow(context, entity.flow)


def _flow(context: Context, flow: model.Flow) -> None:
    for step in flow.steps.values():
        if step.wait:
            _needs_table(context, step.wait.object, tr("'{name}' waits for", name=step.name))
    for effect in effects_of_flow(flow):
        about = effect.argument
        if effect.kind == "start" and isinstance(about, Mapping):
            about = about.get("object") or about
        if effect.kind == "start" and isinstance(about, Scalar):
            _needs_table(context, Word.of(about), tr("the effect starts"))


def _needs_table(context: Context, name: Word | None, what: str, at: Word | None = None) -> None:
    target = context.linked.entities.get(str(name)) if name else None
    if target is not None and target.abstract and name is not None:
        context.note(
            CODE,
            at or name,
            tr(
                "{what} '{name}', which is abstract and has no record of its own",
                what=what,
                name=name,
            ),
            tr(
                "name one of {names}.",
                names=", ".join(one.name for one in context.linked.concretes(target)),
            ),
        )
