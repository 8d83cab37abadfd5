"""The effects range and take: rows of an object without a flow, numbers that are unique, one row for one record."""

from generator.check.context import Context
from generator.formulas import Where
from generator.language import tr
from generator.reader import Code, Name, Word
from generator.readers import Effect
from generator.source import Mapping, Scalar
from generator.world import Entity

CODE = "E210"
KEYS = {
    "range": ("object", "number", "first", "last", "fields"),
    "take": ("object", "as", "where", "order", "fields"),
}


def check(context: Context, entity: Entity, effect: Effect) -> None:
    """Check that every key is there, and what it names."""
    argument, kind = effect.argument, str(effect.kind)
    keys = KEYS[kind]
    if not isinstance(argument, Mapping):
        context.note_at(
            CODE,
            argument,
            tr("{kind} takes {{{names}}}", kind=kind, names=", ".join(keys)),
            tr("write each: {names}: …", names=": …, ".join(keys)),
        )
        return
    for given, _ in argument:
        context.known(CODE, Word.of(given), keys, tr("{kind} does not know", kind=kind), "key")
    missing = [key for key in keys if argument.get(key) is None]
    if missing:
        what = tr("{kind} lacks {names}", kind=kind, names=", ".join(missing))
        context.note_at(
            CODE, argument, what, tr("{kind} takes {{{names}}}.", kind=kind, names=", ".join(keys))
        )
        return
    about = _word(argument, "object")
    if not context.known(
        "E107", about, context.linked.entities, tr("there is no object"), "object"
    ):
        return
    target = context.linked.entities[str(about)]
    if not target.plain:
        what = tr(
            "'{about}' has a flow or no table of its own, so its rows cannot just be written",
            about=about,
        )
        context.note(CODE, about, what, tr("name an object without a flow."))
        return
    if kind == "range":
        _range(context, entity, target, argument)
    else:
        _take(context, entity, target, argument)


def _word(argument: Mapping, key: str) -> Word:
    node = argument.get(key)
    return Word.of(node) if isinstance(node, Scalar) else Word.at("", argument.place)


def _range(context: Context, entity: Entity, target: Entity, argument: Mapping) -> None:
    number = _word(argument, "number")
    if context.known(CODE, number, target.fields, tr("'{name}' has no", name=target.name), "field"):
        item = target.fields[Name(number)]
        if not item.unique or context.linked.kind(item) != "string":
            context.note(
                CODE,
                number,
                tr(
                    "'{number}' could be the same in two rows of '{name}'",
                    number=number,
                    name=target.name,
                ),
                tr("make it a string with unique: true."),
            )
    texts = [name for name, item in entity.fields.items() if context.linked.kind(item) == "string"]
    for key in ("first", "last"):
        context.known(CODE, _word(argument, key), texts, tr("a range has no end"), tr("text field"))


def _take(context: Context, entity: Entity, target: Entity, argument: Mapping) -> None:
    own, order = _word(argument, "as"), _word(argument, "order")
    if context.known(CODE, own, entity.fields, tr("'{name}' has no", name=entity.name), "field"):
        item = entity.fields[Name(own)]
        if context.linked.kind(item) != "ref" or item.to != target.name or not item.unique:
            context.note(
                CODE, own, tr("'{own}' does not keep one row of '{name}' for one record", own=own, name=target.name),
                tr("make it {{type: ref, to: {name}, unique: true}}.", name=target.name),
            )  # fmt: skip
    context.known(CODE, order, target.fields, tr("'{name}' has no", name=target.name), "field")
    node = argument.get("where")
    if isinstance(node, Scalar):
        context.formulas.condition(
            Code.of(node), Where(this=target.name, form=entity.name), sql=True
        )
