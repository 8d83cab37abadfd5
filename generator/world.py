"""The linked metadata: every object under its name, with table, class, fields and what refers to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generator import (
    abstracts,
    added,
    bilingual,
    kinds,
    ledgers,
    likeness,
    loads,
    model,
    proposals,
    shared,
)
from generator.expression import Member, PolicySignature, World, members_of_me
from generator.language import tr
from generator.load import Metadata, ObjectFile
from generator.problem import Place, Problems
from generator.reader import Name, Word
from generator.source import Mapping

ACTIONS_OF_SCREEN = {
    "apply": ("view", "add", "edit", "delete", "export", "import"),
    "review": ("view", "edit", "export"),
    "rework": ("view", "edit", "delete", "export"),
    "query": ("view", "export"),
    "catalog": ("view", "add", "edit", "disable", "delete", "export", "import"),
    "issued": ("view", "export", "download", "print", "edit", "seal", "issue", "void"),
    "progress": ("view", "export"),
    "report": ("view", "export"),
    "explore": ("view", "export"),
    "written": ("view", "export"),
    "dashboard": ("view", "export"),
    "score": ("view", "export", "override"),
    "scan": ("view",),
    "intake": ("view", "add", "delete"),
}
FIGURES = frozenset(  # screens of models or files, not of the rows of an object
    ("report", "explore", "dashboard", "written", "score", "intake")
)
# What can be done to any case, beside the actions of its flow: urge its holders, hand a task on.
OF_CASES = {
    "apply": ("urge",),
    "review": ("urge", "reassign"),
    "query": ("urge",),
    "progress": ("urge",),
}


@dataclass(frozen=True, kw_only=True)
class Entity:
    """An object or the rows of a child list: one table."""

    name: str
    title: str
    file: ObjectFile
    place: Place
    uses: tuple[Place, ...]
    fields: dict[Name, model.Field]
    spec: model.Object | None = None  # of an object
    child: model.Child | None = None  # of rows
    parent: str = ""

    @property
    def cls(self) -> str:
        """Name of the model class."""
        if self.spec and self.spec.runtime:
            return self.spec.runtime.rsplit(".", 1)[-1]
        return class_name(self.name)

    @property
    def table(self) -> str:
        """Name of the table."""
        if self.spec and self.spec.table:
            return str(self.spec.table)
        return f"{self.file.subsystem}_{self.name}"

    @property
    def children(self) -> dict[Name, model.Child]:
        """Child lists of an object."""
        return self.spec.children if self.spec else {}

    @property
    def flow(self) -> model.Flow | None:
        """The flow of an object."""
        return self.spec.flow if self.spec else None

    @property
    def runtime(self) -> bool:
        """Whether the model is written by hand."""
        return bool(self.spec and self.spec.runtime)

    @property
    def abstract(self) -> bool:
        """Whether there is no table, but a list over those of the objects that extend it."""
        return bool(self.spec and self.spec.abstract)

    @property
    def states(self) -> tuple[str, ...]:
        """What `state` may be: the steps of its flow, or of those that extend it."""
        flow = self.file.object.flow if self.spec else None
        return tuple(map(str, flow.steps)) if flow else ()

    @property
    def declared(self) -> dict[Name, model.Field]:
        """The fields as they are written, without those that words of the language bring along."""
        source = self.spec or self.child
        return source.fields if source else {}

    @property
    def plain(self) -> bool:
        """Whether its rows can just be written: it has a table of its own and no flow."""
        return not (self.flow or self.abstract or self.parent or self.runtime)

    @property
    def dated(self) -> bool:
        """Whether rows have valid_from and disabled."""
        return bool(self.spec and self.spec.dated)


@dataclass(kw_only=True)
class Linked:
    """The metadata with names resolved."""

    data: Metadata
    entities: dict[str, Entity] = field(default_factory=dict)
    functions: dict[str, "FunctionIn"] = field(default_factory=dict)
    flows: dict[str, Entity] = field(default_factory=dict)

    @property
    def organisation(self) -> str:
        """Name of the object that people and cases belong to."""
        return str(self.data.project.organisation) if self.data.project else ""

    def entity_of(self, file: ObjectFile) -> Entity:
        """Return the object that a file defines."""
        return self.entities[file.object.object]

    def fact(self, path: str) -> Entity | None:
        """Return what OBJECT or OBJECT.LIST names: an object, or the rows of its child list."""
        head, _, rest = path.partition(".")
        entity = self.entities.get(head)
        if entity is None or not rest:
            return entity
        child = entity.children.get(Name(rest))
        return self.entities.get(str(child.object)) if child else None

    def _codes(self, policy: shared.Policy) -> str | None:
        known = not policy.codes or policy.codes in self.data.dictionaries
        return str(policy.codes or "") if known else None

    def rows_on(self, this: str, path: str) -> tuple[str, str] | None:
        """Return the last child list on a path, as path and object of its rows; None if there is none."""
        found, here, way = None, this, []
        for step in path.split("."):
            member = self.world.members.get(here, {}).get(step)
            if member is None:
                return None
            way.append(step)
            here = member.target
            if member.type == "child":
                found = ".".join(way), here
        return found

    def rows_of(self, entity: Entity) -> Iterator[Entity]:
        """Yield the objects of an object's child lists."""
        for child in entity.children.values():
            row = self.entities.get(child.object)
            if row is not None and row.child is child:
                yield row

    def concretes(self, entity: Entity) -> list[Entity]:
        """Return the objects that extend an abstract one, by name."""
        return self._extending.get(entity.name, [])

    @cached_property
    def _extending(self) -> dict[str, list[Entity]]:
        found: dict[str, list[Entity]] = {}
        for name in sorted(self.entities):
            entity = self.entities[name]
            if entity.spec and entity.spec.extends:
                found.setdefault(str(entity.spec.extends), []).append(entity)
        return found

    def functions_of(self, name: str) -> list["FunctionIn"]:
        """Return the functions about an object, in the order of the files."""
        return self._about.get(name, [])

    @cached_property
    def _about(self) -> dict[str, list["FunctionIn"]]:
        found: dict[str, list[FunctionIn]] = {}
        for item in self.functions.values():
            found.setdefault(item.object, []).append(item)
        return found

    def at_home(self, file: ObjectFile | None) -> list["FunctionIn"]:
        """Return the functions that the module of a file holds; of None those that stand apart."""
        return self._homes.get(file.path if file else "", [])

    @cached_property
    def _homes(self) -> dict[str, list["FunctionIn"]]:
        found: dict[str, list[FunctionIn]] = {}
        for item in self.functions.values():
            found.setdefault(item.home.path if item.home else "", []).append(item)
        return found

    def union_of(self, item: model.Field) -> Entity | None:
        """Return the abstract object that a reference names, None where it names another."""
        target = self.entities.get(str(item.to)) if item.to else None
        return target if target is not None and target.abstract else None

    def flow_owner(self, entity: Entity) -> Entity:
        """Return the object whose flow governs: the record of a row, else itself."""
        return self.entities.get(entity.parent, entity) if entity.parent else entity

    def resolve(self, item: model.Field) -> kinds.Resolved | None:
        """Return the built-in type of a field; None if there is none of that name."""
        alias = self.data.types.get(item.type)
        kind = kinds.KINDS.get(alias.base if alias else item.type)
        if kind is None:
            return None
        arguments: dict[str, Any] = {}
        for key in ("length", "pattern", "error", "scale", "min", "max", "mobile"):
            value = getattr(item, key, None)
            if value is None and alias is not None:
                value = getattr(alias, key)
            if value is not None:
                arguments[
                    "max_bytes" if key == "max" and kind.name in ("file", "image") else key
                ] = value
        if item.accept:
            arguments["accept"] = tuple(str(word) for word in item.accept)
        if kind.name in ("dict", "tree") and item.of:
            arguments["of"] = str(item.of)
        if item.to:
            arguments["object"] = str(item.to)
        return kinds.Resolved(kind, tuple(arguments.items()))

    def masked(self, item: model.Field) -> bool:
        """Tell whether lists show only the ends of a field."""
        alias = self.data.types.get(item.type)
        return item.mask or bool(alias and alias.mask)

    def kind(self, item: model.Field) -> str:
        """Return the name of a field's built-in type, or nothing."""
        resolved = self.resolve(item)
        return resolved.kind.name if resolved else ""

    @cached_property
    def world(self) -> World:
        """Return what expressions may name."""
        members = {name: self._members(entity) for name, entity in self.entities.items()}
        project = self.data.project
        organisation = self.entities.get(self.organisation)
        district = Member(type="string")
        if project and organisation and project.organisation_district in organisation.fields:
            item = organisation.fields[Name(project.organisation_district)]
            district = self._member(item) or district
        for migration in self.data.migrations.values():
            members[migration.scope] = self._columns(migration.columns)
            for rows in migration.children.values():
                members[migration.scope_of(rows)] = self._columns(rows.columns)
        members["me"] = members_of_me(self.organisation, district, tuple(self.data.roles))
        members["me"]["name"] = Member(type="string")
        policies = {
            name: PolicySignature(
                returns=str(policy.returns),
                takes=len(policy.by),
                keys=_table_keys(policy),
                covers=_covered(policy),
                codes=self._codes(policy),
            )
            for name, policy in self.data.policies.items()
        }
        decisions = {name: _signature(one) for name, one in self.data.decisions.items()}
        entries = {name: _attributes(book) for name, book in self.data.dictionaries.items()}
        return World(members, policies, decisions, entries)

    def _member(self, item: model.Field) -> Member | None:
        resolved = self.resolve(item)
        if resolved is None:
            return None
        of = str(item.of) if resolved.kind.name in ("dict", "tree") and item.of else ""
        book = self.data.dictionaries.get(of)
        codes = tuple(str(code) for code in book.entries) if book else ()
        return Member(
            type=resolved.kind.name,
            target=str(item.to or ""),
            dictionary=of,
            codes=codes,
            scale=resolved.scale,
            mask=self.masked(item),
        )

    def _columns(self, columns: dict[Name, loads.SourceColumn]) -> dict[str, Member]:
        """Return what expressions know of the columns of a source."""
        books = {
            str(item.of): self.data.dictionaries.get(str(item.of)) for item in columns.values()
        }
        return {
            str(name): Member(
                type="string" if item.type == "file" else str(item.type),
                dictionary=str(item.of or ""),
                codes=tuple(map(str, book.entries)) if (book := books[str(item.of)]) else (),
                scale=2 if item.scale is None else item.scale,
            )
            for name, item in columns.items()
        }

    def _members(self, entity: Entity) -> dict[str, Member]:
        members = {"id": Member(type="integer")}
        for name, item in entity.fields.items():
            member = self._member(item)
            if member:
                members[str(name)] = member
        for name, child in entity.children.items():
            members[str(name)] = Member(type="child", target=str(child.object))
        if entity.states:
            members["state"] = Member(type="dict", codes=entity.states)
        if entity.flow and entity.flow.entries:
            members["entry"] = Member(type="dict", codes=tuple(map(str, entity.flow.entries)))
        if entity.dated:
            members["valid_from"] = Member(type="date")
            members["disabled"] = Member(type="boolean")
        if entity.parent:
            members["parent"] = Member(type="ref", target=entity.parent)
            members["position"] = Member(type="integer")
        for stamp in ("created_at", "updated_at"):
            members.setdefault(stamp, Member(type="datetime"))
        return members


@dataclass(frozen=True, kw_only=True)
class FunctionIn:
    """A function with the place that it is declared in."""

    spec: model.Function
    subsystem: str
    object: str
    file: ObjectFile | None

    @property
    def screen(self) -> str:
        """Name of the screen; `runtime` for all hand-written ones."""
        return "runtime" if self.spec.screen.startswith("runtime.") else str(self.spec.screen)

    @property
    def home(self) -> ObjectFile | None:
        """The file whose module holds it: that of its object; one about another object stands apart."""
        if self.file is None:
            return None
        item = self.file.object
        own = {str(item.object), *(str(child.object) for child in item.children.values())}
        return self.file if self.object in own else None


def _covered(policy: shared.Policy) -> frozenset[str] | None:
    """Return the values that every table of a policy of one argument knows; None: any value."""
    closed = [set(map(str, row.table)) for row in policy.rows if "*" not in row.table]
    if len(policy.by) != 1 or not closed:
        return None
    return frozenset(set.intersection(*closed))


def _attributes(book: shared.Dictionary) -> dict[str, str]:
    """Return the attributes of a dictionary's entries with their types."""
    shown = [entry for entry in book.entries.values() if isinstance(entry, dict)]
    found = {}
    for name in book.attributes:
        values = [entry[name] for entry in shown if entry.get(name) is not None]
        kinds = {type(value) for value in values}
        plain = {frozenset({bool}): "boolean", frozenset({int}): "integer"}
        found[str(name)] = plain.get(frozenset(kinds), "string")
    return found


def class_name(name: str) -> str:
    """Return CamelCase of a name."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def link(data: Metadata, problems: Problems) -> Linked:
    """Put every object, flow and function under its name; doubles are noted."""
    linked = Linked(data=data)
    for file in data.files:
        item = abstracts.listed(data, file.object)
        likeness.complete(item.flow)
        if not item.object:
            continue
        _enter(linked, item.object, problems, Entity(
            name=str(item.object), title=str(item.title), file=file, place=item.object.place,
            uses=item.object.uses, fields=_further(item.fields, item.ledger), spec=item,
        ))  # fmt: skip
        for child in item.children.values():
            if child.object:
                _enter(linked, child.object, problems, Entity(
                    name=str(child.object), title=str(child.title), file=file,
                    place=child.object.place, uses=child.object.uses,
                    fields=added.expanded(_further(child.fields), child.rows),
                    child=child, parent=str(item.object),
                ))  # fmt: skip
    _functions(linked, problems)
    _flows(linked, problems)
    return linked


def _further(
    fields: dict[Name, model.Field], ledger: model.Ledger | None = None
) -> dict[Name, model.Field]:
    """Return the fields with those that words of the language bring along."""
    return ledgers.expanded(proposals.expanded(bilingual.expanded(fields)), ledger)


def _enter(linked: Linked, name: Word, problems: Problems, entity: Entity) -> None:
    first = linked.entities.get(name)
    if first is None:
        linked.entities[str(name)] = entity
        return
    if (
        entity.file.stem == name != first.file.stem
    ):  # the file of that name is the one that is meant
        linked.entities[str(name)], entity, first = entity, first, entity
    problems.add(
        "E101", entity.place, tr("the object '{name}' is defined twice", name=name),
        tr("it is also defined at {place}.", place=first.place), entity.uses,
    )  # fmt: skip


def _functions(linked: Linked, problems: Problems) -> None:
    found: list[FunctionIn] = []
    for file in linked.data.files:
        for spec in file.object.functions.values():
            subsystem = str(spec.subsystem or file.subsystem)
            about = "" if spec.screen in FIGURES else str(spec.object or file.object.object)
            found.append(FunctionIn(spec=spec, subsystem=subsystem, object=about, file=file))
    for folder, spec in linked.data.functions:
        subsystem = str(spec.subsystem or folder)
        found.append(
            FunctionIn(spec=spec, subsystem=subsystem, object=str(spec.object or ""), file=None)
        )
    for function in found:
        spec = function.spec
        first = linked.functions.get(spec.id)
        if first is not None:
            problems.add(
                "E303", spec.id.place, tr("the function {id} is declared twice", id=spec.id),
                tr("it is first declared at {place}.", place=first.spec.id.place), spec.id.uses,
            )  # fmt: skip
            continue
        linked.functions[str(spec.id)] = function


def _flows(linked: Linked, problems: Problems) -> None:
    for entity in linked.entities.values():
        if not entity.flow or not entity.flow.name:
            continue
        first = linked.flows.get(entity.flow.name)
        if first is not None and first.flow:
            problems.add(
                "E101", entity.flow.name.place, tr("the flow '{name}' is defined twice", name=entity.flow.name),
                tr("it is first defined at {place}.", place=first.flow.name.place), entity.flow.name.uses,
            )  # fmt: skip
            continue
        linked.flows[str(entity.flow.name)] = entity


def _signature(decision: shared.Decision) -> PolicySignature:
    """Return what a decision takes; an input that could not be read counts, its type is not known."""
    written = decision.node.get("takes")
    takes = len(written.pairs) if isinstance(written, Mapping) else 0
    kinds = tuple(str(one.type) for one in decision.takes.values())
    return PolicySignature(
        returns="dict",
        takes=max(takes, len(kinds)),
        kinds=kinds if len(kinds) >= takes else (),
        dictionary=str(decision.of),
    )


def _table_keys(policy: shared.Policy) -> tuple[str, ...]:
    """Return the values of the one argument that a policy's tables know by name."""
    if len(policy.by) != 1:
        return ()
    return tuple(dict.fromkeys(str(key) for row in policy.rows for key in row.table if key != "*"))
