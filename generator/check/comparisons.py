"""Steps that compare the rows of a case with rows elsewhere."""

from generator import model
from generator.check.context import Context
from generator.formulas import Where
from generator.reader import Name
from generator.world import Entity

CODE = "E142"


def check(context: Context) -> None:
    """Check what every step compares."""
    for entity in context.linked.entities.values():
        for step in entity.flow.steps.values() if entity.flow else ():
            if step.compare is not None:
                _compare(context, entity, step.compare)


def _compare(context: Context, entity: Entity, compare: model.Compare) -> None:
    if not context.known(
        CODE, compare.rows, entity.children, "it compares the unknown list", "list"
    ):
        return
    own = context.linked.entities[str(entity.children[Name(compare.rows)].object)]
    compiled = context.formulas.compile(compare.other, Where(this=entity.name))
    if compiled is None:
        return
    plain = all(part.isidentifier() for part in compare.other.split("."))
    if not compiled.type.many or not compiled.type.target or not plain:
        what = f"'{compare.other}' leads to no rows"
        context.note(CODE, compare.other, what, "a path to a list of rows, such as order.lines.")
        return
    there = context.linked.entities.get(compiled.type.target)
    for name, word in (*compare.key.items(), *compare.fields.items()):
        context.known(CODE, name, own.fields, f"a row of '{compare.rows}' has no", "field")
        if there is not None:
            context.known(CODE, word, there.fields, f"a row of '{compare.other}' has no", "field")
