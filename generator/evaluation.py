"""In which order the fields and lists of a record are worked out: each after what it reads.

A name is that of a field, of a list of rows, or of a field of its rows (`lines.amount`). Only what
is computed, proposed, added up over the record's own rows, or applies on a condition is worked out;
what was typed stands already.
"""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from generator import kept, model, proposals
from generator.expression import Compiled
from generator.formulas import Formulas, Where
from generator.reader import Name
from generator.world import Entity, Linked

Graph = dict[str, set[str]]  # what is worked out: what of that it reads


def graph(formulas: Formulas, entity: Entity) -> Graph:
    """Return what of an object is worked out, with what it reads."""
    reads = {name: set(paths) for name, paths in _own(formulas, entity, "")}
    for child in entity.children.values():
        rows = formulas.linked.entities.get(str(child.object))
        if child.rows or child.when:
            reads[str(child.name)] = set(_list(formulas, entity, child))
        for name, paths in _own(formulas, rows, entity.name) if rows else ():
            reads[f"{child.name}.{name}"] = {
                _seen_from(path, f"this.{child.name}") for path in paths
            } | {f"this.{child.name}"}
    found = {name: _names(entity, reads, paths) for name, paths in reads.items()}
    for child in entity.children.values():  # a list that asks for its own rows finds those it had
        found.get(str(child.name), set()).discard(str(child.name))
    return found


def sequence(formulas: Formulas, entity: Entity) -> tuple[str, ...]:
    """Return the names in an order in which each comes after what it reads."""
    needs = graph(formulas, entity)
    sorter = TopologicalSorter({name: sorted(needs[name]) for name in needs})
    try:
        return tuple(sorter.static_order())
    except CycleError:  # said by the check
        return tuple(needs)


def paths_of(formulas: Formulas, entity: Entity, item: model.Field) -> list[Compiled]:
    """Return the compiled expressions by which a computed field stands."""
    where = Where(this=entity.name, parent=entity.parent)
    found = [formulas.condition(item.when, where) if item.when else None]
    if item.value:
        found.append(formulas.compile(item.value, where, formulas.value_type(item)))
    return [one for one in found if one is not None]


def reads_of(formulas: Formulas, entity: Entity, item: model.Field) -> tuple[str, ...]:
    """Return the paths that a computed value reads."""
    found = [path for one in paths_of(formulas, entity, item) for path in one.reads]
    return walked(found)


def reads_of_rows(
    formulas: Formulas, entity: Entity, child: model.Child, rows: model.Rows
) -> tuple[str, ...]:
    """Return the paths from the record to what its rows take over."""
    return () if rows.of else walked(followed_paths(formulas, entity, child, rows))


def walked(paths: Iterable[str]) -> tuple[str, ...]:
    """Return paths as the runtime walks them, from the record or row itself."""
    found = (path.removeprefix("this.") for path in paths)
    return tuple(dict.fromkeys(path for path in found if path.split(".")[0] not in ("this", "me")))


def leaves(linked: Linked, entity: Entity, path: str) -> str:
    """Return the reference by which a path leaves the record and its rows, "" where it does not."""
    here = entity.name
    steps = path.split(".")
    for place, step in enumerate(steps):
        above = linked.entities.get(here)
        if step == "parent" and above and above.parent:
            here = above.parent
            continue
        member = linked.world.members.get(here, {}).get(step)
        if member is None or not member.target:
            return ""
        if member.type != "child":
            return step if place + 1 < len(steps) and steps[place + 1] != "id" else ""
        here = member.target
    return ""


def _own(formulas: Formulas, entity: Entity, parent: str) -> Iterable[tuple[str, Iterable[str]]]:
    """Yield the fields of a table that are worked out, with the paths that they read."""
    for name, item in entity.fields.items():
        paths = [path for one in paths_of(formulas, entity, item) for path in one.reads]
        if item.propose:
            paths.append(f"this.{name}{proposals.PROPOSED}")
        total = kept.total_of(formulas.linked, entity, item)
        if total and total.rows:
            rows = f"this.{total.rows}"
            condition = kept.condition(formulas, total)
            paths += [rows, *([f"{rows}.{total.value}"] if total.value else [])]
            paths += [_seen_from(path, rows) for path in (condition.reads if condition else ())]
        if item.value or item.when or item.propose or (total and total.rows):
            yield str(name), paths


def _list(formulas: Formulas, entity: Entity, child: model.Child) -> Iterable[str]:
    """Yield the paths that the rows of a list are found by."""
    if child.when and (found := formulas.condition(child.when, Where(this=entity.name))):
        yield from found.reads
    if child.rows:
        yield from followed_paths(formulas, entity, child, child.rows)


def followed_paths(
    formulas: Formulas, entity: Entity, child: model.Child, rows: model.Rows
) -> Iterable[str]:
    """Yield the paths from the record to what its rows take over from rows that they follow."""
    source = formulas.compile(rows.each, Where(this=entity.name)) if rows.each else None
    target = str(rows.of or "") or (source.type.target if source else "")
    way = f"this.{rows.each}" if rows.each else ""
    if way:
        yield way
    where = Where(this=target, parent=entity.name)
    found = [
        formulas.compile(code, where, formulas.path_type(str(child.object), name))
        for name, code in rows.fill.items()
    ]
    if rows.where:
        place = Where(this=target, form=entity.name) if rows.of else where
        found.append(formulas.condition(rows.where, place))
    if rows.sample:
        count = formulas.compile(rows.sample, Where(this=entity.name), "integer")
        yield from count.reads if count else ()
    for compiled in found:
        for path in compiled.reads if compiled else ():
            root, _, rest = path.partition(".")
            if root in ("parent", "form") and rest:
                yield f"this.{rest}"
            elif root == "this" and way and rest:
                yield f"{way}.{rest}"


def _seen_from(path: str, rows: str) -> str:
    """Return a path of a row as one of its record; `parent` of a row is the record."""
    root, _, rest = path.partition(".")
    if root == "this" and rest.startswith("parent."):
        root, rest = "parent", rest.removeprefix("parent.")
    if root == "parent":
        return f"this.{rest}"
    return f"{rows}.{rest}" if root == "this" else path


def _names(entity: Entity, known: Iterable[str], paths: Iterable[str]) -> set[str]:
    """Return which of the names paths lead through."""
    found: set[str] = set()
    for path in paths:
        root, *steps = path.split(".")
        if root != "this" or not steps:
            continue
        child = entity.children.get(Name(steps[0]))
        wanted = [steps[0]]
        if child and len(steps) > 1:
            wanted.append(".".join(steps[:2]))
            if len(steps) > 2 and steps[1] == "parent":
                wanted = [steps[0], steps[2]]
        wanted.append(wanted[-1].removesuffix(proposals.BASIS))  # written with the field itself
        found |= {name for name in wanted if name in known}
    return found
