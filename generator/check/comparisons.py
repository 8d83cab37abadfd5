"""Steps that compare the rows of a case with rows elsewhere, one by one or added up."""

from generator import comparisons, model
from generator.check.context import Context
from generator.check.objects import template
from generator.expression import Type
from generator.formulas import Where
from generator.language import tr
from generator.reader import Code, Name
from generator.world import Entity

CODE = "E142"
NUMBERS = ("integer", "decimal", "money")


def check(context: Context) -> None:
    """Check what every step compares."""
    for entity in context.linked.entities.values():
        for step in entity.flow.steps.values() if entity.flow else ():
            if step.compare is not None:
                _compare(context, entity, step.compare)


def _compare(context: Context, entity: Entity, compare: model.Compare) -> None:
    _shape(context, entity, compare)
    if not context.known(
        CODE, compare.rows, entity.children, tr("it compares the unknown list"), "list"
    ):
        return
    own = context.linked.entities[str(entity.children[Name(compare.rows)].object)]
    compiled = context.formulas.compile(compare.other, Where(this=entity.name))
    if compiled is None:
        return
    plain = all(part.isidentifier() for part in compare.other.split("."))
    if not compiled.type.many or not compiled.type.target or not plain:
        what = tr("'{other}' leads to no rows", other=compare.other)
        context.note(
            CODE, compare.other, what, tr("a path to a list of rows, such as order.lines.")
        )
        return
    where = comparisons.sides(context.linked, entity, compare, compiled.type.target)
    for pair in compare.key.items():
        _key(context, pair, where)
    for pair in compare.sums.items():
        _sum(context, pair, where)
    there = context.linked.entities.get(compiled.type.target)
    for name, word in compare.fields.items():
        context.known(
            CODE, name, own.fields, tr("a row of '{rows}' has no", rows=compare.rows), "field"
        )
        if there is not None:
            context.known(
                CODE,
                word,
                there.fields,
                tr("a row of '{other}' has no", other=compare.other),
                "field",
            )


def _shape(context: Context, entity: Entity, compare: model.Compare) -> None:
    if not compare.key and not compare.sums:
        what = tr("nothing says which rows belong together")
        hint = tr("add key: {OWN: THERE}, or sums: {OWN: THERE} for what both add up to.")
        context.note_at(CODE, compare.node, what, hint)
    for name in list(compare.fields)[:1] if compare.sums else ():
        hint = tr("several rows may have one key: write either fields or sums.")
        context.note(CODE, name, tr("rows that are added up have no one '{name}'", name=name), hint)
    template(context, CODE, entity, compare.error, ())


def _key(context: Context, pair: tuple[Code, Code], where: tuple[Where, Where]) -> None:
    here, there = (_type(context, *side) for side in zip(pair, where, strict=True))
    for code, found in zip(pair, (here, there), strict=True):
        if found is not None and found.many:
            hint = tr("a key is one value of a row.")
            context.note(CODE, code, tr("'{code}' is a {found}", code=code, found=found), hint)
            return
    if here is None or there is None or _kin(here) == _kin(there):
        return
    what = tr(
        "'{pair}' is a {here}, '{pair2}' a {there}: no two rows are the same",
        pair=pair[0],
        here=here,
        pair2=pair[1],
        there=there,
    )
    context.note(CODE, pair[1], what, tr("both sides of a key have one type."))


def _sum(context: Context, pair: tuple[Code, Code], where: tuple[Where, Where]) -> None:
    here, there = (_type(context, *side) for side in zip(pair, where, strict=True))
    wrong = False
    for code, found in zip(pair, (here, there), strict=True):
        if found is not None and (found.kind not in NUMBERS or found.many):
            hint = tr("what is added up is {names}.", names=tr(" or ").join(NUMBERS))
            context.note(
                CODE,
                code,
                tr("'{code}' is a {found}, it cannot be added up", code=code, found=found),
                hint,
            )
            wrong = True
    if wrong or here is None or there is None or _kin(here) == _kin(there):
        return
    what = tr(
        "'{pair}' adds up to {here}, '{pair2}' to {there}: they are never equal",
        pair=pair[0],
        here=here,
        pair2=pair[1],
        there=there,
    )
    context.note(CODE, pair[1], what, tr("both sides of a sum have one type."))


def _type(context: Context, code: Code, where: Where) -> Type | None:
    compiled = context.formulas.compile(code, where)
    return compiled.type if compiled else None


def _kin(found: Type) -> tuple[str, str, str, int]:
    """What must be the same of two values that can be equal; any two texts can."""
    kind = "string" if found.kind == "text" else found.kind
    return kind, found.target, found.dictionary, found.scale
