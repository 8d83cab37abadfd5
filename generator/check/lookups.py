"""References that are found by exact values: what is typed has the type of what it is compared with."""

from generator import model
from generator.check import masks
from generator.check.context import Context
from generator.language import tr
from generator.reader import Name, Word
from generator.world import Entity

CODE = "E134"
_EXACT = frozenset({"string", "code", "resident_id", "credit_code", "phone", "date", "integer"})


def check(context: Context, entity: Entity, item: model.Field) -> None:
    """Check what a reference is found by."""
    if not item.find:
        return
    target = context.linked.entities.get(str(item.to))
    for key in ("choose", "value", "default"):
        if item.node.get(key) is not None:
            context.note(
                CODE, Word.of(item.node.key(key)),
                tr("'{name}' is found by what was typed, so it takes no '{key}'", name=item.name, key=key),
                tr("write a rule for what must hold of the record."),
            )  # fmt: skip
    for name, path in item.find.items():
        own = None
        if context.known(
            CODE,
            name,
            entity.fields,
            tr("'{name}' is found by the unknown", name=item.name),
            "field",
        ):
            own = entity.fields[Name(name)]
        member = (
            context.member(CODE, target, path, tr("'{name}' is found by", name=item.name))
            if target
            else None
        )
        if own is None or member is None or target is None:
            continue
        masks.copied(context, target, path, entity, str(name))
        kind = context.linked.kind(own)
        if kind not in _EXACT or member.type not in _EXACT:
            context.note(
                CODE,
                name,
                tr(
                    "'{name}' cannot be compared exactly with '{path}', a {type}",
                    name=name,
                    path=path,
                    type=member.type,
                ),
                tr("numbers, codes, short texts and dates can."),
            )
        elif own.required is not True:
            context.note(
                CODE, name, tr("'{name}' is found by '{name2}', which may be left empty", name=item.name, name2=name),
                tr("write required: true there."),
            )  # fmt: skip
