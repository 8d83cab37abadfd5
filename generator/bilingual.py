"""`bilingual`: a text that people also give in English, in a field of its own behind it.

NAME_en is a field like any other: forms show it, the quick search finds it where it finds the
text, lists, exports, expressions and documents name it.
"""

from dataclasses import replace

from generator import model
from generator.reader import Name, Title
from generator.source import Mapping

ENGLISH = "_en"
KINDS = frozenset(("string", "text"))


def expanded(fields: dict[Name, model.Field]) -> dict[Name, model.Field]:
    """Return the fields, each bilingual one followed by its English."""
    found: dict[Name, model.Field] = {}
    for name, item in fields.items():
        found[name] = item
        if item.bilingual:
            own = english(item)
            if own.name not in fields:
                found[own.name] = own
    return found


def english(item: model.Field) -> model.Field:
    """Return the field that holds the English of a text; nobody must give it."""
    place, uses = item.name.place, item.name.uses
    former = item.renamed_from
    return replace(
        item,
        name=Name.at(item.name + ENGLISH, place, uses),
        title=Title.at(f"{item.title}（英文）", item.title.place, item.title.uses),
        bilingual=False,
        required=False,
        unique=False,
        default=None,
        help=None,
        renamed_from=type(former).at(former + ENGLISH, former.place, former.uses)
        if former
        else None,
        narrowed=False,
        node=Mapping((), item.node.place, uses),
    )
