"""The schema that the metadata asks for, as plain values, and the snapshot of it that is committed."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from generator import abstracts
from generator.emit.tables import Tables, checks, number_of
from generator.kinds import Resolved
from generator.migrate.forms import FieldChange, Forms, forms_of, with_paths
from generator.model import Field
from generator.reader import Name
from generator.world import Entity, Linked

SNAPSHOT = "app/migrations/schema.json"


@dataclass(frozen=True)
class Column:
    """One column. `type` is as SQLAlchemy writes it; `refers` the table of a foreign key."""

    name: str
    type: str
    null: bool = True
    refers: str = ""
    cascade: bool = False
    index: bool = False
    unique: bool = False
    kind: str = (
        ""  # what the values mean: the built-in type of the field; "" where the runtime says it
    )
    scale: int = 0  # decimal, money: digits behind the point
    of: str = ""  # dict, tree: the dictionary; ref to an abstract object: that object
    narrowed: bool = field(default=False, compare=False)  # that a loss was meant
    title: str = field(default="", compare=False)
    was: str = field(default="", compare=False)  # renamed_from
    moved: str = field(
        default="", compare=False
    )  # moved_from: a column of the same table or the parent's
    codes: tuple[str, ...] = field(default=(), compare=False)  # that move here
    left: tuple[str, ...] = field(default=(), compare=False)  # that do not stay where they were
    number: str = field(default="", compare=False)  # SQL that gives it from the keys beside it
    where: str = field(default="", compare=False)  # place in the YAML


@dataclass(frozen=True)
class Table:
    """One table; `unique` are the constraints over several columns."""

    name: str
    columns: tuple[Column, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    checks: tuple[tuple[str, str], ...] = ()  # name and condition
    pair: bool = False  # an association table: both columns are its key
    was: str = field(default="", compare=False)
    where: str = field(default="", compare=False)
    object: str = field(default="", compare=False)  # that its rows, or pairs, are of
    former: str = field(default="", compare=False)  # what the object was called
    renames: tuple[FieldChange, ...] = field(default=(), compare=False)
    forms: Forms | None = field(default=None, compare=False)  # with the fields of its rows

    def column(self, name: str) -> Column | None:
        """Return the column of that name."""
        return next((column for column in self.columns if column.name == name), None)


Schema = dict[str, Table]


def wanted(linked: Linked) -> Schema:
    """Return the tables of all objects, those that others refer to first."""
    tables: Schema = {}
    for entity in linked.entities.values():
        if not entity.runtime and not entity.abstract:
            tables[entity.table] = _table(linked, entity)
            for pair in _pairs(linked, entity):
                tables[pair.name] = pair
    return tables


def _table(linked: Linked, entity: Entity) -> Table:
    writer = Tables(linked)
    columns = _parent(linked, entity)
    for name, item in entity.fields.items():
        resolved = linked.resolve(item)
        if resolved is None or resolved.kind.name == "refs":
            continue
        unique = item.unique and writer.constrained(entity)
        union = linked.union_of(item) if resolved.kind.name == "ref" else None
        columns.append(
            Column(
                name=writer.column_name(entity, name),
                type="BigInteger" if union else _type(resolved),
                null=writer.nullable(entity, item),
                refers="" if union else _refers(linked, resolved, str(item.to or "")),
                index=(resolved.kind.name == "ref" or writer.leads_order(entity, name))
                and not unique,
                unique=unique,
                kind=resolved.kind.name,
                scale=resolved.scale if resolved.kind.name in ("decimal", "money") else 0,
                of=_of(linked, item, union),
                narrowed=item.narrowed,
                title=str(item.title),
                was=_was(str(item.renamed_from or ""), resolved),
                **_moved(linked, entity, item, resolved),
                number=number_of(str(name), linked.concretes(union)) if union else "",
                where=str(item.name.place),
            )
        )
        columns += _union_keys(linked, item, union) if union else []
    columns += _further(entity)
    groups = entity.spec.unique if entity.spec and writer.constrained(entity) else ()
    unique_groups = tuple(
        tuple(writer.column_name(entity, word) for word in group) for group in groups
    )
    former = _former(entity)
    was = f"{entity.file.subsystem}_{former}" if former else ""
    return Table(
        entity.table, tuple(columns), unique_groups, checks=tuple(checks(linked, entity)), was=was,
        where=str(entity.place), object=entity.name, former=former,
        renames=_renames(linked, entity), forms=forms_of(linked, entity),
    )  # fmt: skip


def _renames(linked: Linked, entity: Entity) -> tuple[FieldChange, ...]:
    return tuple(
        _rename(linked, entity, name, item)
        for name, item in entity.fields.items()
        if item.renamed_from
    )


def _rename(linked: Linked, entity: Entity, name: Name, item: Field) -> FieldChange:
    former = str(item.renamed_from)
    forms = with_paths(linked, entity, forms_of(linked, entity), former, str(name))
    return FieldChange(entity.name, former, str(name), forms)


def _union_keys(linked: Linked, item: Field, union: Entity) -> list[Column]:
    """Return a key for each object that extends the abstract one; renamed where field or object is."""
    keys = []
    for one in linked.concretes(union):
        former = one.spec.renamed_from if one.spec else None
        was = ""
        if former or item.renamed_from:
            was = abstracts.key_name(str(item.renamed_from or item.name), str(former or one.name))
        name = abstracts.key_name(str(item.name), one.name)
        keys.append(Column(name, "BigId", refers=one.table, index=True, kind="ref", was=was))
    return keys


def _of(linked: Linked, item: Field, union: Entity | None) -> str:
    if union is not None:
        return union.name
    return str(item.of or "") if linked.kind(item) in ("dict", "tree") else ""


def _was(former: str, resolved: Resolved) -> str:
    stored = resolved.kind.name in ("ref", "file", "image")
    return f"{former}_id" if former and stored else former


def _moved(linked: Linked, entity: Entity, item: Field, resolved: Resolved) -> dict[str, Any]:
    """Return where the values of a new field come from, and which codes move."""
    if not item.moved_from:
        return {}
    found: dict[str, Any] = {"moved": _was(str(item.moved_from), resolved)}
    if not entity.parent:
        books, former = linked.data.dictionaries, entity.fields.get(Name(item.moved_from))
        here, there = books.get(str(item.of)), books.get(str(former.of)) if former else None
        codes = tuple(map(str, here.entries)) if here else ()
        kept = set(map(str, there.entries)) if there else set()
        found |= {"codes": codes, "left": tuple(code for code in codes if code not in kept)}
    return found


def _type(resolved: Resolved) -> str:
    return resolved.column or "BigId"


def _refers(linked: Linked, resolved: Resolved, to: str) -> str:
    if resolved.kind.name in ("file", "image"):
        return "sys_file"
    target = linked.entities.get(to) if resolved.kind.name == "ref" else None
    return target.table if target else ""


def _parent(linked: Linked, entity: Entity) -> list[Column]:
    if not entity.parent:
        return []
    parent = linked.entities[entity.parent]
    return [
        Column("parent_id", "BigId", null=False, refers=parent.table, cascade=True, index=True),
        Column("position", "Integer", null=False),
    ]


def _further(entity: Entity) -> list[Column]:
    columns = []
    if entity.flow:
        columns.append(Column("state", "String(40)", index=True))
        if entity.flow.entries:
            columns.append(Column("entry", "String(40)"))
    if entity.dated:
        columns += [Column("valid_from", "Date"), Column("disabled", "Boolean", null=False)]
    if any(item.search for item in entity.fields.values()):
        columns.append(Column("search_text", "Text"))
    return columns


def _pairs(linked: Linked, entity: Entity) -> list[Table]:
    pairs = []
    for name, item in entity.fields.items():
        target = linked.entities.get(str(item.to))
        if linked.kind(item) != "refs" or target is None:
            continue
        other = str(name) if target is entity else target.name
        former, far_former = _former(entity), _former(target)
        was_other = str(item.renamed_from or "") if target is entity else far_former
        own = Column(
            f"{entity.name}_id", "BigId", null=False, refers=entity.table, cascade=True,
            was=f"{former}_id" if former else "",
        )  # fmt: skip
        far = Column(
            f"{other}_id", "BigId", null=False, refers=target.table,
            was=f"{was_other}_id" if was_other else "",
        )  # fmt: skip
        was = ""
        if former or item.renamed_from:
            was = f"{entity.file.subsystem}_{former or entity.name}__{item.renamed_from or name}"
        table = f"{entity.table}__{name}"
        renames = (_rename(linked, entity, name, item),) if item.renamed_from else ()
        pairs.append(
            Table(
                table, (own, far), pair=True, was=was, where=str(item.name.place),
                object=entity.name, renames=renames,
            )
        )  # fmt: skip
    return pairs


def _former(entity: Entity) -> str:
    """Return the name that an object had before, "" where it keeps its own."""
    own = entity.spec.renamed_from if entity.spec else None
    return str(own or (entity.child.renamed_from if entity.child else None) or "")


def dump(schema: Schema) -> str:
    """Return a schema as JSON, without what only concerns its text."""
    data = {}
    for name, table in sorted(schema.items()):
        columns = {}
        for column in table.columns:
            values = asdict(column)
            for key in ("name", "title", "was", "moved", "codes", "left", "number", "where"):
                values.pop(key)
            default = asdict(Column("", ""))
            columns[column.name] = {
                k: v for k, v in values.items() if k == "type" or v != default[k]
            }
        data[name] = {"columns": columns} | ({"unique": table.unique} if table.unique else {})
        if table.checks:
            data[name]["checks"] = table.checks
        if table.pair:
            data[name]["pair"] = True  # type: ignore[assignment]
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def parse(text: str) -> Schema:
    """Return the schema of a snapshot."""
    data: dict[str, Any] = json.loads(text)
    return {
        name: Table(
            name,
            tuple(Column(name=key, **values) for key, values in table["columns"].items()),
            tuple(tuple(group) for group in table.get("unique", ())),
            checks=tuple((name, condition) for name, condition in table.get("checks", ())),
            pair=bool(table.get("pair")),
        )
        for name, table in data.items()
    }


def committed(base: Path) -> Schema:
    """Return the snapshot of a project; empty where there is none yet."""
    path = base / SNAPSHOT
    return parse(path.read_text(encoding="utf-8")) if path.is_file() else {}
