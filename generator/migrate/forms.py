"""Where forms of an object are kept as texts: a revision that changes a field tells the runtime.

Versions of a record, copies of it that others edit and forms left unsaved are keyed by fields; saved
filters and columns name their paths.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from generator.emit.text import literal, quote
from generator.reader import Name
from generator.world import Entity, FunctionIn, Linked


@dataclass(frozen=True)
class Forms:
    """The object on whose form a field stands: its own, or that of whose rows it is."""

    object: str
    rows: str = ""  # the child list
    functions: tuple[str, ...] = ()
    drafts: tuple[tuple[str, str, tuple[str, ...]], ...] = ()  # table, column, functions
    paths: tuple[tuple[str, str, str], ...] = ()  # of a renamed field: function, former, new

    def code(self) -> str:
        """Return the call that says it in a revision."""
        parts = [quote(self.object)]
        for name in ("rows", "functions", "drafts", "paths"):
            if value := getattr(self, name):
                parts.append(f"{name}={literal(value)}")
        return f"forms.Forms({', '.join(parts)})"


@dataclass(frozen=True)
class FieldChange:
    """A field of an object that is called or meant otherwise from now on."""

    object: str
    former: str
    field: str
    forms: Forms
    was: str = ""
    now: str = ""

    def turned(self) -> "FieldChange":
        """Return the change that takes this one back."""
        paths = tuple((function, new, old) for function, old, new in self.forms.paths)
        forms = replace(self.forms, paths=paths)
        return FieldChange(self.object, self.field, self.former, forms, self.now, self.was)

    def code(self) -> str:
        """Return the statement of a revision."""
        renamed = self.former != self.field
        verb = "rename_field" if renamed else "convert_field"
        more = (self.former, self.field) if renamed else (self.field, self.was, self.now)
        words = (self.object, *more)
        return f"names.{verb}({', '.join(map(quote, words))}, {self.forms.code()})"


def forms_of(linked: Linked, entity: Entity) -> Forms:
    """Return where forms with the fields of an entity are kept."""
    owner = linked.flow_owner(entity)
    rows = next((str(n) for n, c in owner.children.items() if entity.child is c), "")
    drafts = tuple(
        (one.table, str(name), _functions(linked, one))
        for one in linked.entities.values()
        for name, item in one.fields.items()
        if linked.kind(item) == "draft_of" and _copied(one, str(item.of or "")) == owner.name
    )
    return Forms(owner.name, rows, _functions(linked, owner), drafts)


def _functions(linked: Linked, entity: Entity) -> tuple[str, ...]:
    return tuple(str(item.spec.id) for item in linked.functions_of(entity.name))


def _copied(entity: Entity, reference: str) -> str:
    item = entity.fields.get(Name(reference))
    return str(item.to or "") if item else ""


def with_paths(linked: Linked, entity: Entity, forms: Forms, former: str, name: str) -> Forms:
    """Return forms with the paths of lists that lead to a renamed field."""
    found = []
    for item in linked.functions.values():
        start = linked.entities.get(item.object)
        for path in dict.fromkeys(_listed(item, start)) if start else ():
            before = _before(linked, start, path, (entity.name, former, name))
            if before != path:
                found.append((str(item.spec.id), before, path))
    return replace(forms, paths=tuple(found))


def _listed(item: FunctionIn, start: Entity) -> Iterator[str]:
    """Return the paths that a list may show or be narrowed by."""
    declared: Iterable[str] = start.spec.columns if start.spec else ()
    yield from map(str, (*item.spec.filters, *item.spec.columns, *declared))
    yield from map(str, start.fields)


def _before(linked: Linked, start: Entity | None, path: str, change: tuple[str, str, str]) -> str:
    """Return a path as it was before a field was renamed."""
    owner, former, name = change
    steps = path.split(".")
    for place, step in enumerate(steps):
        if start is None:
            break
        item = start.fields.get(Name(step))
        child = start.children.get(Name(step))
        if start.name == owner and step == name:
            steps[place] = former
        target = str(child.object) if child else str(item.to or "") if item else ""
        start = linked.entities.get(target)
    return ".".join(steps)
