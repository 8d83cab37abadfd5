"""Messages: variables that resolve, people that exist, names that do not meet."""

import re

from generator import model
from generator.check.context import Context
from generator.check.effects import effects_of
from generator.check.flows import people
from generator.check.objects import template
from generator.language import tr
from generator.reader import Word
from generator.variables import BUILTIN
from generator.world import Entity

RELATIVE = re.compile("今[天日]|明[天日]|昨[天日]|后天|前天")


def check(context: Context) -> None:
    """Check the messages of every object."""
    for entity in context.linked.entities.values():
        for item in entity.spec.messages.values() if entity.spec else ():
            _message(context, entity, item)


def _message(context: Context, entity: Entity, item: model.Message) -> None:
    template(context, "E309", entity, item.text, BUILTIN)
    said = RELATIVE.search(str(item.text))
    if said:
        context.note(
            "E224",
            item.text,
            tr(
                "'{day}' is another day for whoever reads the message later, or gets it late",
                day=said[0],
            ),
            tr("name the day: a date field in braces, such as {due_on}."),
        )
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
    elif item.sms != item.inbox and not item.one_channel:
        off = "inbox" if item.sms else "sms"
        context.note(
            "E222",
            item.name,
            tr(
                "'{name}' goes by one channel only ({off}: false), and nothing says why",
                name=item.name,
                off=off,
            ),
            tr(
                "delete '{off}': results and reminders go both ways; or say why by one_channel: REASON.",
                off=off,
            ),
        )
    elif item.sms and item.inbox and item.one_channel:
        context.note(
            "E222",
            item.one_channel,
            tr("the message '{name}' goes both ways, and says why it does not", name=item.name),
            tr("delete one_channel."),
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
