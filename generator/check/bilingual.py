"""Bilingual fields: texts that people type, whose English has a name to itself."""

from generator import bilingual
from generator.check.context import Context
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
                known = " and ".join(sorted(bilingual.KINDS))
                context.note(
                    CODE, word, f"no English goes with {kind}", f"{known} can be bilingual."
                )
            if item.value or item.propose:
                what = f"'{item.name}' is computed, so nobody gives its English"
                context.note(CODE, word, what, "delete the key, and compute a field for it.")
            name = Name(item.name + bilingual.ENGLISH)
            if name in own:
                what = f"'{name}' is kept for the English of '{item.name}'"
                context.note(CODE, own[name].name, what, "choose another name.")
