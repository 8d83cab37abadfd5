"""Settings of screens: what a form sets by itself, and what it advises of what was chosen."""

import csv
import io

from generator.check import taken
from generator.check.context import Context
from generator.emit.screens import BASES
from generator.language import tr
from generator.load import ROOT
from generator.reader import Name, Word
from generator.source import Mapping, Node, Scalar, decode
from generator.world import Entity, FunctionIn

CODE, GUIDE = "E310", "E313"
GUIDES, KEY = "guide", "key"  # the object that the runtime reads guides of, the field of their name
SETTINGS = ("preset", "advise")  # of screens with a form; a runtime screen reads its own


def check(context: Context) -> None:
    """Check `params` of every function whose screen the runtime brings."""
    keys = _guides(context)
    for item in context.linked.functions.values():
        if item.spec.guide:
            _guide(context, item.spec.guide, keys)
        node = item.spec.node.get("params")
        if isinstance(node, Mapping) and item.screen in BASES:
            _params(context, item, node)


def _guides(context: Context) -> list[str] | None:
    """Return the keys of the guides that the project ships; None where it ships none."""
    name = f"{ROOT}/reference/{GUIDES}.csv"
    path = context.linked.data.base / name
    text = decode(path.read_bytes(), name, context.problems) if path.is_file() else None
    if text is None:
        return None
    lines = io.StringIO(text, newline="")
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return [row[KEY] for row in rows if row.get(KEY)]


def _guide(context: Context, word: Word, keys: list[str] | None) -> None:
    entity = context.linked.entities.get(GUIDES)
    if entity is None or KEY not in entity.fields:
        what = tr(
            "there is no object '{GUIDES}' with a field '{KEY}' that could bring the guide '{word}'",
            GUIDES=GUIDES,
            KEY=KEY,
            word=word,
        )
        context.note(GUIDE, word, what, tr("add the object, or delete the key."))
    elif keys is not None:
        context.known(GUIDE, word, keys, tr("there is no guide"), "guide")


def _params(context: Context, item: FunctionIn, node: Mapping) -> None:
    what = tr("the screen {screen} has no setting", screen=item.screen)
    entity = context.linked.entities.get(item.object)
    for key, value in node:
        if not context.known(CODE, Word.of(key), SETTINGS, what, "setting") or entity is None:
            continue
        if not isinstance(value, Mapping):
            said = "{field: value}" if key.value == "preset" else "{object: path}"
            context.note_at(
                CODE,
                value,
                tr("'{value}' takes keys and values", value=key.value),
                tr("such as {said}.", said=said),
            )
        elif key.value == "preset":
            _preset(context, entity, value)
        else:
            _advise(context, entity, value)


def _preset(context: Context, entity: Entity, node: Mapping) -> None:
    for key, value in node:
        what = tr("'{name}' has no field that could be set", name=entity.name)
        if not context.known(CODE, Word.of(key), entity.fields, what, "field"):
            continue
        if not taken.written(context, entity, Word.of(key), "set"):
            continue
        item = entity.fields[Name(key.value)]
        if isinstance(value, Scalar):
            taken.literal(context, item, value)
        book = context.linked.data.dictionaries.get(str(item.of))
        if book is not None and isinstance(value, Scalar):
            context.known(
                CODE, Word.of(value), book.entries, tr("'{of}' has no", of=item.of), "entry"
            )


def _advise(context: Context, entity: Entity, node: Mapping) -> None:
    for key, value in node:
        known = context.linked.entities
        word = Word.of(key)
        if context.known("E107", word, known, tr("there is no object"), "object"):
            _speaks(context, entity, known[word], word, value)


def _speaks(context: Context, entity: Entity, about: Entity, word: Word, value: Node) -> None:
    """Check that the rows refer to what is chosen at the path."""
    if not isinstance(value, Scalar):
        context.note_at(
            CODE, value, tr("this is a path to what is chosen"), tr("such as lines.article.")
        )
        return
    member = context.member(CODE, entity, Word.of(value), tr("advised of"))
    if member is None:
        return
    if not member.target:
        context.note_at(
            CODE,
            value,
            tr("'{value}' is no reference, nothing is chosen there", value=value.value),
            tr("name a field of type ref or dict."),
        )
    elif not any(str(item.to) == member.target for item in about.fields.values()):
        what = tr(
            "'{name}' does not refer to '{target}', so it says nothing of it",
            name=about.name,
            target=member.target,
        )
        context.note(
            CODE, word, what, tr("add a reference to '{target}' there.", target=member.target)
        )
