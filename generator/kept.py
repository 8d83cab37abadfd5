"""What `sum`, `count`, `least`, `most` of a field mean: whose rows, by which reference, which value."""

from dataclasses import dataclass

from generator import model
from generator.expression import Compiled
from generator.formulas import Formulas, Where
from generator.reader import Name
from generator.totals import WORDS, Total
from generator.world import Entity, Linked


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a total means: the rows, the reference by which they belong, the value."""

    word: str  # sum, count, least, most
    spec: Total
    source: Entity
    by: str  # name of the reference; parent
    value: str = ""  # name of the field; none for count
    rows: str = ""  # the child list, where it is one of the record's own

    @property
    def key(self) -> str:
        """The column of a row that names the record."""
        return f"{self.by}_id"


def words_of(item: model.Field) -> dict[str, Total]:
    """Return the totals that a field says it is; more than one is a mistake."""
    found = {word: getattr(item, word) for word in WORDS}
    return {word: total for word, total in found.items() if total is not None}


def source_of(linked: Linked, entity: Entity, total: Total) -> tuple[Entity | None, str, str]:
    """Return whose rows a total is over, the list if it is an own one, and the name of the value."""
    head, _, value = total.of.partition(".")
    child = entity.children.get(Name(head))
    name = str(child.object) if child else head
    return linked.entities.get(name), head if child else "", value


def references(entity: Entity, source: Entity, linked: Linked) -> list[str]:
    """Return the references of a row that may name the record."""
    found = ["parent"] if source.parent == entity.name else []
    for name, item in source.fields.items():
        if linked.kind(item) == "ref" and str(item.to) == entity.name:
            found.append(str(name))
    return found


def total_of(linked: Linked, entity: Entity, item: model.Field) -> Found | None:
    """Return what a field's total means; None where it has none, or one that is wrong."""
    for word, spec in words_of(item).items():
        source, rows, value = source_of(linked, entity, spec)
        if source is None:
            return None
        ways = ["parent"] if rows else references(entity, source, linked)
        by = str(spec.by or (ways[0] if ways else ""))
        return Found(word=word, spec=spec, source=source, by=by, value=value, rows=rows)
    return None


def condition(formulas: Formulas, found: Found) -> Compiled | None:
    """Compile which rows are taken."""
    if not found.spec.where:
        return None
    return formulas.condition(found.spec.where, Where(this=found.source.name), sql=True)


def reads(compiled: Compiled) -> list[str]:
    """Return the paths of the row that a condition reads; what it reads else comes as it is."""
    return sorted(name.removeprefix("this.") for name in compiled.names)
