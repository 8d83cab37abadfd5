"""Bilingual fields: texts that people type, whose English has a name to itself."""

from generator import bilingual
from generator.check.context import Context
from generator.language import tr
from generator.reader import Name, Word

CODE = "E147"


def check(context: Context) -> None:
    """Check every field that is given in two languages."""
    for entity in context.linked.entities.values():
        own = entity.declared
        for item in own.values():
            if not item.bilingual:
                continue
            word = Word.of(item.node.key("bilingual"))
            kind = context.linked.kind(item)
            if kind and kind not in bilingual.KINDS:
                known = tr(" and ").join(sorted(bilingual.KINDS))
                context.note(
                    CODE,
                    word,
                    tr("no English goes with {kind}", kind=kind),
                    tr("{known} can be bilingual.", known=known),
                )
            if item.value or item.propose:
                what = tr("'{name}' is computed, so nobody gives its English", name=item.name)
                context.note(CODE, word, what, tr("delete the key, and compute a field for it."))
            name = Name(item.name + bilingual.ENGLISH)
            if name in own:
                what = tr(
                    "'{name}' is kept for the English of '{name2}'", name=name, name2=item.name
                )
                context.note(CODE, own[name].name, what, tr("choose another name."))
