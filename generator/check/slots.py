"""Slots: the fields that they need, hours that are times and do not overlap."""

import re

from generator.check.context import Context
from generator.language import tr
from generator.reader import Name, Word
from generator.slots import Slots
from generator.world import Entity

SLOTS = "E119"
NEEDS = {
    "day": "date", "hours": "string", "capacity": "integer", "used": "integer",
    "remaining": "integer",
}  # fmt: skip
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])\Z")


def check(context: Context) -> None:
    """Check the slots of every object that has some."""
    for entity in context.linked.entities.values():
        if entity.spec and entity.spec.slots:
            _slots(context, entity, entity.spec.slots)


def _slots(context: Context, entity: Entity, spec: Slots) -> None:
    for name, kind in NEEDS.items():
        item = entity.fields.get(Name(name))
        if item is None or context.linked.kind(item) != kind:
            context.note_at(
                SLOTS, spec.node, tr("slots need the field '{name}' of type {kind}", name=name, kind=kind),
                tr("add mixins: [slotted], which brings all of them."),
            )  # fmt: skip
            return
    if not any(set(map(str, group)) == {"day", "hours"} for group in entity.spec.unique):  # type: ignore[union-attr]
        what = tr("two slots could have the same day and hours")
        context.note_at(SLOTS, spec.node, what, tr("add unique: [[day, hours]]."))
    if entity.flow:
        what = tr("slots are made by themselves, so they have no flow")
        context.note_at(SLOTS, spec.node, what, tr("let the appointment have it."))
    if spec.capacity < 1:
        context.note_at(
            SLOTS,
            spec.node,
            tr("a slot for {capacity} would be of no use", capacity=spec.capacity),
            tr("such as capacity: 10."),
        )
    _hours(context, spec)


def _hours(context: Context, spec: Slots) -> None:
    taken: list[tuple[str, str, Word]] = []
    for word in spec.hours:
        found = _HOURS.match(word)
        if not found or word[:5] >= word[6:]:
            context.note(
                SLOTS,
                word,
                tr("'{word}' is no time of a day", word=word),
                tr("such as 09:00-11:30."),
            )
            continue
        for begins, ends, other in taken:
            if word[:5] < ends and begins < word[6:]:
                context.note(
                    SLOTS,
                    word,
                    tr("'{word}' overlaps '{other}'", word=word, other=other),
                    tr("let one end before the other begins."),
                )
                break
        taken.append((word[:5], word[6:], word))
