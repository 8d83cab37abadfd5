"""Captures: devices that can fill what they are said to fill, and be told what they are told."""

from generator import model
from generator.check.context import Context
from generator.check.objects import template
from generator.formulas import Where
from generator.language import tr
from generator.reader import Name, Word
from generator.world import Entity

CODE = "E135"
TOLD = ("string", "integer", "boolean", "dict")  # what JSON carries without a unit
PICTURE = ("width", "height", "largest")  # settings that are measured on what comes
TEXTS = ("string", "text")


def check(context: Context) -> None:
    """Check the captures of every object, and what its actions need of them."""
    for entity in context.linked.entities.values():
        for capture in entity.spec.captures.values() if entity.spec else ():
            _fill(context, entity, capture)
            _settings(context, entity, capture)
            _compare(context, entity, capture)
            _passes(context, entity, capture)
            if entity.flow is None:
                what = tr(
                    "'{name}' has no flow, so nobody ever captures anything", name=entity.name
                )
                context.note(CODE, capture.name, what, tr("add a flow, or delete the capture."))
        for action in entity.flow.actions.values() if entity.flow else ():
            _needs(context, entity, action)


def _fill(context: Context, entity: Entity, capture: model.Capture) -> None:
    for name in capture.fill:
        what = tr("'{name}' fills the unknown", name=capture.name)
        if not context.known(CODE, name, entity.fields, what, "field"):
            continue
        item = entity.fields[Name(name)]
        if context.linked.kind(item) in ("ref", "refs", "draft_of", "code") or item.value:
            context.note(
                CODE, name, tr("no device can fill '{name}', a {type}", name=name, type=item.type),
                tr("devices give texts, numbers, dates and pictures; find: {…} finds a record by them."),
            )  # fmt: skip
    if not capture.fill:
        context.note(
            CODE, capture.name, tr("'{name}' fills nothing", name=capture.name), tr("add fill.")
        )
    if capture.least is not None and not 0 <= capture.least <= 100:
        node = capture.node.get("least") or capture.node
        context.note_at(
            CODE, node, tr("quality is a number from 0 to 100"), tr("such as least: 60.")
        )


def _settings(context: Context, entity: Entity, capture: model.Capture) -> None:
    for name, code in capture.settings.items():
        found = context.formulas.compile(code, Where(this=entity.name))
        if found is None:
            continue
        wanted = ("integer",) if name in PICTURE else TOLD
        if found.type.kind not in wanted or found.type.many:
            context.note(
                CODE, code, tr("'{name}' is told to the device, and cannot be a {type}", name=name, type=found.type),
                tr("tell a device {names}.", names=tr(" or ").join(wanted)),
            )  # fmt: skip


def _compare(context: Context, entity: Entity, capture: model.Capture) -> None:
    if not capture.compare:
        return
    if len(capture.compare) != 2:
        what = tr(
            "'{name}' compares two pictures, not {count}",
            name=capture.name,
            count=len(capture.compare),
        )
        context.note(CODE, capture.name, what, tr("write compare: [PICTURE, PICTURE]."))
    taken = (
        {name for one in entity.spec.captures.values() for name in one.fill} if entity.spec else ()
    )
    pictures = [
        name
        for name, item in entity.fields.items()
        if name in taken and context.linked.kind(item) == "image"
    ]
    for word in capture.compare:
        context.known(CODE, word, pictures, tr("no device takes a picture"), "picture")


def _passes(context: Context, entity: Entity, capture: model.Capture) -> None:
    if capture.passes is None:
        for lone in (capture.error, capture.by_hand):
            if lone:
                context.note(CODE, lone, tr("it goes with passes"), tr("add passes: CONDITION."))
        return
    if capture.error is None:
        what = tr("'{name}' says nothing where it does not pass", name=capture.name)
        context.note(CODE, capture.name, what, tr("add error: what people read then."))
    template(context, CODE, entity, capture.error, ())
    if capture.by_hand:
        _reason(context, entity, capture, capture.by_hand)


def _reason(context: Context, entity: Entity, capture: model.Capture, word: Word) -> None:
    if not context.known(
        CODE, word, entity.fields, tr("the reason stands in the unknown"), "field"
    ):
        return
    item = entity.fields[Name(word)]
    if context.linked.kind(item) not in TEXTS or item.value or word in capture.fill:
        context.note(
            CODE, word, tr("no person can write a reason to '{word}'", word=word),
            tr("name a field of type string or text that nothing else fills."),
        )  # fmt: skip


def _needs(context: Context, entity: Entity, action: model.Action) -> None:
    known = ["all", *(entity.spec.captures if entity.spec else ())]
    for word in action.needs:
        context.known(
            CODE, word, known, tr("'{name}' needs the unknown", name=action.name), "capture"
        )
    if "all" in action.needs and len(known) == 1:
        what = tr(
            "'{name}' has no captures that '{name2}' could need",
            name=entity.name,
            name2=action.name,
        )
        context.note(
            CODE,
            action.needs[0],
            what,
            tr("add captures to '{name}', or take needs away.", name=entity.name),
        )
