"""What a step compares, as checks and generated code both need it."""

from generator import model
from generator.formulas import Where
from generator.reader import Code, Name
from generator.world import Entity, Linked

COUNTED, GROUPED = "计入", "分组"  # what expressions are called that are no field of the row


def sides(
    linked: Linked, entity: Entity, compare: model.Compare, target: str
) -> tuple[Where, Where]:
    """Return whose names the expressions on the two sides read: those of a row, and its parent's."""
    own = str(entity.children[Name(compare.rows)].object)
    there = linked.entities.get(target)
    return (
        Where(this=own, parent=entity.name),
        Where(this=target, parent=there.parent if there else ""),
    )


def title_of(linked: Linked, code: Code, where: Where, else_called: str) -> str:
    """Return what the value of an expression is called: the title of its field."""
    entity = linked.entities.get(where.this)
    item = entity.fields.get(Name(code)) if entity else None
    return str(item.title) if item and item.title else else_called


def path_of(linked: Linked, code: Code, where: Where) -> str:
    """Return the expression where it is a field and nothing more, else ""."""
    entity = linked.entities.get(where.this)
    return str(code) if entity and Name(code) in entity.fields else ""
