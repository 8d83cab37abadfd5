"""`propose`: a value that is computed until somebody overrides it, with what is kept of that.

Beside the field stand NAME_proposed (what is proposed now), NAME_basis (the lines of decisions that
it was taken from, in words) and NAME_reason (why a person chose otherwise). They are fields like
any other, so columns, forms, lists, exports and expressions know them.
"""

from dataclasses import replace

from generator import model
from generator.reader import Code, Name, Title, Word
from generator.source import Mapping

PROPOSED, BASIS, REASON = "_proposed", "_basis", "_reason"
KINDS = frozenset(
    ("dict", "string", "integer", "decimal", "money", "date", "year", "boolean")
)  # what a form can fill in by itself
REASON_LENGTH, BASIS_LENGTH = 200, 1000


def expanded(fields: dict[Name, model.Field]) -> dict[Name, model.Field]:
    """Return the fields, each that is proposed followed by what is kept of its proposal."""
    found: dict[Name, model.Field] = {}
    for name, item in fields.items():
        found[name] = item
        if item.propose:
            for extra in _extra(item, item.propose):
                found.setdefault(extra.name, extra)
    return found


def decides(code: Word) -> bool:
    """Tell whether a proposal asks a decision, so that there is a line to name."""
    return "decide." in code


def _extra(item: model.Field, code: Code) -> list[model.Field]:
    place, uses = item.name.place, item.name.uses
    bare = Mapping((), item.node.place, uses)

    def name(ending: str) -> Name:
        return Name.at(item.name + ending, place, uses)

    def title(text: str) -> Title:
        return Title.at(text, item.title.place, item.title.uses)

    proposed = replace(
        item, name=name(PROPOSED), title=title(f"建议{item.title}"), propose=None, value=code,
        required=False, when=None, default=None, readonly=True, unique=False, search=False,
        help=None, node=bare, renamed_from=_former(item, PROPOSED), narrowed=False,
    )  # fmt: skip
    same = f"{item.name}_proposed is not empty and {item.name} is not empty"
    differs = Code.at(f"{same} and {item.name} != {item.name}_proposed", place, uses)
    reason = model.Field(
        name=name(REASON), type=Word.at("text", place, uses), title=title(f"{item.title}改动原因"),
        length=REASON_LENGTH, required=True, when=differs, section=item.section,
        edit_by=item.edit_by, node=bare, renamed_from=_former(item, REASON),
    )  # fmt: skip
    if not decides(code):
        return [proposed, reason]
    basis = model.Field(
        name=name(BASIS), type=Word.at("text", place, uses), title=title(f"{item.title}建议依据"),
        length=BASIS_LENGTH, readonly=True, section=item.section, node=bare,
        renamed_from=_former(item, BASIS),
    )  # fmt: skip
    return [proposed, basis, reason]


def _former(item: model.Field, ending: str) -> Word | None:
    word = item.renamed_from
    return Word.at(word + ending, word.place, word.uses) if word else None
