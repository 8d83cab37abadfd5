"""migrations.py: how the rows of other systems become records, with the functions that give each field."""

from typing import Any

from generator.emit.bodies import Bodies
from generator.emit.module import header, listing
from generator.emit.text import OMIT, Raw, call, given, rows, unless
from generator.formulas import Formulas, Where
from generator.kinds import KINDS
from generator.loads import CLEANING, Cleaning, Mapped, MappedRows, Migration, SourceColumn
from generator.reader import Name
from generator.world import Entity, Linked

_CLASSES = ("Migration", "Cleaning", "Mapped", "MappedRows", "SourceColumn")
_LONGEST = 4000  # characters of one value of a source; the field says how many it takes


def migrations(linked: Linked, formulas: Formulas) -> str:
    """Return migrations.py."""
    bodies = Bodies(formulas)
    items = [_migration(linked, bodies, spec) for spec in linked.data.migrations.values()]
    text = listing("migrations", "loads", bodies, items, *_CLASSES)
    return header("Migrations", "metadata/migration/") + "\n" + text


def _migration(linked: Linked, bodies: Bodies, spec: Migration) -> Raw:
    entity = linked.entities[spec.into]
    where = Where(this=spec.scope)
    return call(
        "Migration",
        tall=True,
        name=str(spec.name),
        title=str(spec.title),
        source=str(spec.source),
        table=str(spec.table),
        key=tuple(map(str, spec.key)),
        object=str(spec.into),
        match=tuple(map(str, spec.match)),
        mode=str(spec.mode),
        same=unless(str(spec.same), "refuse"),
        state=given(str(spec.state or "")),
        strict=given(spec.strict or spec.file is not None),
        file=given(str(spec.file or "")),
        columns=rows([_column(item) for item in spec.columns.values()]),
        fields=_fields(bodies, entity, spec.fields, where, str(spec.name)),
        children=given(_children(linked, bodies, entity, spec)),
    )


def _children(linked: Linked, bodies: Bodies, entity: Entity, spec: Migration) -> Any:
    made = [_rows(linked, bodies, entity, spec, item) for item in spec.children.values()]
    return rows(made) if made else OMIT


def _rows(linked: Linked, bodies: Bodies, entity: Entity, spec: Migration, item: MappedRows) -> Raw:
    inner = linked.entities[str(entity.children[Name(item.name)].object)]
    where = Where(this=spec.scope_of(item), parent=spec.scope)
    return call(
        "MappedRows",
        tall=True,
        name=str(item.name),
        table=str(item.table),
        key=tuple(map(str, item.key)),
        of=str(item.of),
        columns=rows([_column(one) for one in item.columns.values()]),
        fields=_fields(bodies, inner, item.fields, where, f"{spec.name}_{item.name}"),
    )


def _column(item: SourceColumn) -> Raw:
    heading = str(item.column or item.name)
    return call(
        "SourceColumn",
        name=str(item.name),
        heading=heading,
        title=str(item.title or heading),
        type=_type(item),
        file=given(item.type == "file"),
        clean=given(tuple(_cleaning(rule) for rule in item.clean)),
    )


def _type(item: SourceColumn) -> Raw:
    told: dict[str, Any] = {}
    if item.type == "file":
        return call(
            "types.String", length=_LONGEST
        )  # the name of a member; it is taken with the row
    if item.type in ("string", "text"):
        told["length"] = _LONGEST
    if item.type == "dict":
        told["of"] = str(item.of)
    if item.scale is not None:
        told["scale"] = item.scale
    if item.type == "money":
        told["min"] = None  # what may be less than nothing is for the field to say
    return call(f"types.{KINDS[item.type].cls}", **told)


def _cleaning(rule: Cleaning) -> Raw:
    takes = CLEANING[rule.name]
    told: dict[str, Any] = {}
    if takes == "texts":
        told["texts"] = tuple(map(str, rule.texts))
    elif takes == "table":
        told["table"] = {str(key): str(value) for key, value in rule.table.items()}
    elif takes == "number":
        told["number"] = int(rule.texts[0])
    return call("Cleaning", name=str(rule.name), **told)


def _fields(
    bodies: Bodies,
    entity: Entity,
    fields: dict[Name, Mapped],
    where: Where,
    name: str,
) -> Raw:
    made = []
    for item in fields.values():
        expect = bodies.formulas.mapped_type(entity, item)
        compiled = bodies.formulas.compile(item.value, where, expect)
        made.append(
            call(
                "Mapped",
                field=str(item.name),
                value=bodies.formula(f"{name}_{item.name}", item.value, where, expect),
                columns=given(compiled.depends if compiled else ()),
                by=given(str(item.by or "")),
                taken=given(str(item.taken or "")),
            )
        )
    return rows(made)
