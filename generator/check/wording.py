"""Messages: variables that resolve, people that exist, names that do not meet."""

from generator import model
from generator.check.context import Context
from generator.check.effects import effects_of
from generator.check.flows import people
from generator.check.objects import template
from generator.language import tr
from generator.reader import Word
from generator.variables import BUILTIN
from generator.world import Entity


def check(context: Context) -> None:
    """Check the messages of every object."""
    for entity in context.linked.entities.values():
        for item in entity.spec.messages.values() if entity.spec else ():
            _message(context, entity, item)


def _message(context: Context, entity: Entity, item: model.Message) -> None:
    template(context, "E309", entity, item.text, BUILTIN)
    people(context, entity, item.to, tr("the message '{name}'", name=item.name), phones=True)
    taken = {entity.name, *(row.name for row in context.linked.rows_of(entity))}
    if entity.flow:
        taken.add(str(entity.flow.name))
    if item.name in taken:
        context.note(
            "E102",
            item.name,
            tr("'{name}' is the name of an object or flow in this file", name=item.name),
            tr("rename the message."),
        )
    if not item.sms and not item.inbox:
        context.note(
            "E308",
            Word.at(item.name, item.name.place),
            tr("the message '{name}' is sent nowhere", name=item.name),
            tr("leave sms or inbox at true."),
        )
    if not _sent(entity, item):
        context.note(
            "E308",
            item.name,
            tr("no action sends the message '{name}'", name=item.name),
            tr("add notify: {name} to an action, or delete it.", name=item.name),
        )


def _sent(entity: Entity, item: model.Message) -> bool:
    effects = effects_of(entity)
    if entity.flow is None and not effects:
        return True
    known = entity.spec.messages if entity.spec else {}
    told = [effect.word() for effect in effects if effect.kind == "notify"]
    return item.name in told or any(word not in known for word in told)
