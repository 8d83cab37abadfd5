"""The effect upsert: a row of another object, found by its key, is written or added."""

from generator.check.context import Context
from generator.language import tr
from generator.reader import Word
from generator.readers import Effect
from generator.source import Mapping, Scalar, Sequence

CODE = "E210"
_KEYS = ("object", "key", "fields", "add")


def check(context: Context, effect: Effect) -> None:
    """Check the object, that the key is one of its unique keys, and the fields."""
    argument = effect.argument
    if not isinstance(argument, Mapping):
        context.note_at(
            CODE, argument, tr("upsert takes {object: …, key: […], fields: {field: expression}}"),
            tr("without a key a row is always added."),
        )  # fmt: skip
        return
    for given, _ in argument:
        context.known(CODE, Word.of(given), _KEYS, tr("upsert does not know"), "key")
    about, fields = argument.get("object"), argument.get("fields")
    if not isinstance(about, Scalar) or not isinstance(fields, Mapping):
        context.note_at(
            CODE,
            argument,
            tr("upsert needs an object and the fields that it writes"),
            tr("upsert: {object: OBJECT, key: [FIELD], fields: {FIELD: expression}}."),
        )
        return
    word = Word.of(about)
    if not context.known("E107", word, context.linked.entities, tr("there is no object"), "object"):
        return
    target = context.linked.entities[word]
    if not target.plain:
        context.note(
            CODE,
            word,
            tr(
                "'{word}' has a flow or no table of its own, so no row of it can just be written",
                word=word,
            ),
            tr("the effect start opens a case."),
        )
        return
    node = argument.get("key")
    names = node.items if isinstance(node, Sequence) else (node,) if node else ()
    key = {item.value for item in names if isinstance(item, Scalar)}
    groups = [set(map(str, group)) for group in (target.spec.unique if target.spec else ())]
    groups += [{str(name)} for name, item in target.fields.items() if item.unique]
    if key and key not in groups and node is not None:
        context.note_at(
            CODE,
            node,
            tr(
                "the key {names} is none that '{word}' holds to be unique",
                names=", ".join(sorted(key)),
                word=word,
            ),
            tr("write unique: [[{names}]] there.", names=", ".join(sorted(key))),
        )
    written = {name.value for name, _ in fields}
    for name in sorted(key - written):
        context.note_at(
            CODE,
            node or argument,
            tr("the key '{name}' gets no value under `fields`", name=name),
            tr("add {name}: expression.", name=name),
        )
