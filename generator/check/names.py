"""Names: tables and classes that meet, reserved words, names that a database cuts off."""

import keyword
import re
from pathlib import Path

from generator.check.context import Context
from generator.emit.module import DECLARED
from generator.emit.screens import BASES
from generator.emit.tables import Tables
from generator.reader import Name, Word
from generator.world import Entity

LONGEST = 63  # bytes of an identifier in PostgreSQL and its kin

OWN = frozenset(
    [
        "id",
        "version",
        "created_at",
        "created_by_id",
        "updated_at",
        "updated_by_id",
        "state",
        "search_text",
        "parent",
        "parent_id",
        "position",
        "valid_from",
        "disabled",
        "metadata",
        "registry",
        "query",
    ]
)
LANGUAGE = frozenset(
    "this form me today policy true false null none empty case row env cls material".split()  # noqa: SIM905
)
SQL = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "constraint",
        "create",
        "current_date",
        "current_role",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "from",
        "grant",
        "group",
        "having",
        "in",
        "initially",
        "intersect",
        "into",
        "lateral",
        "leading",
        "limit",
        "localtime",
        "localtimestamp",
        "not",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "placing",
        "primary",
        "references",
        "returning",
        "select",
        "session_user",
        "some",
        "symmetric",
        "table",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "variadic",
        "when",
        "where",
        "window",
        "with",
    ]
)
_MAPPED = re.compile(r"^class (\w+)\((?:Table|Model|Entity|User|Role)\b", re.MULTILINE)


def check(context: Context) -> None:
    """Check the names of objects, children, fields and materials."""
    tables: dict[str, Entity] = {}
    classes: dict[str, Entity] = {}
    taken = imported() | runtime_classes(context.linked.data.base)
    for entity in context.linked.entities.values():
        word = Word.at(entity.name, entity.place, entity.uses)
        _meets(context, word, "table", entity.table, tables, entity)
        _meets(context, word, "class", entity.cls, classes, entity)
        if entity.cls in taken and not entity.runtime:
            context.note(
                "E103", word, f"'{entity.name}' would be the class {entity.cls}, which the runtime has already",
                f"it is defined in {taken[entity.cls]}.",
            )  # fmt: skip
        _fields(context, entity)
        _lengths(context, entity, word)


def _meets(
    context: Context, word: Word, what: str, name: str, seen: dict[str, Entity], entity: Entity
) -> None:
    first = seen.setdefault(name, entity)
    if first is not entity:
        context.note(
            "E102", word, f"'{entity.name}' and '{first.name}' would have the same {what} {name}",
            f"the other is defined at {first.place}; rename one of them.",
        )  # fmt: skip


def imported() -> dict[str, str]:
    """Return what generated modules import: a model of that name would take its place there."""
    common = [
        "Entity",
        "Mapped",
        "ForeignKey",
        "BigInteger",
        "Boolean",
        "Date",
        "DateTime",
        "Integer",
        "String",
        "Text",
        "Table",
        "Column",
        "UniqueConstraint",
        "Index",
        "UtcDateTime",
        "BigId",
        "File",
        "DataInterface",
        "ObjectApi",
    ]
    names = [*DECLARED, *common, *BASES.values()]
    return dict.fromkeys(names, "app.core.declare, or another import of generated modules")


def runtime_classes(base: Path) -> dict[str, str]:
    """Return the mapped classes of the hand-written runtime with their files."""
    found: dict[str, str] = {}
    for path in sorted((base / "app").rglob("*.py")):
        if "generated" in path.parts or "static" in path.parts:
            continue
        for cls in _MAPPED.findall(path.read_text(encoding="utf-8")):
            found[cls] = path.relative_to(base).as_posix()
    return found


def _fields(context: Context, entity: Entity) -> None:
    if entity.runtime:
        return
    names: dict[str, Name] = {}
    for name in (*entity.fields, *entity.children):
        _reserved(context, name)
        first = names.setdefault(str(name), name)
        if first is not name:
            context.note(
                "E102",
                name,
                f"'{name}' is a field and a child list",
                f"the other is at {first.place}.",
            )
    for name, item in entity.fields.items():
        column = Tables(context.linked).column_name(entity, name)
        if column != name and column in entity.fields:
            context.note(
                "E102", entity.fields[Name(column)].name,
                f"the field '{column}' would be the column of the reference '{name}' too", f"rename '{column}'.",
            )  # fmt: skip
        if item.name != name:
            context.note("E011", name, f"'{name}' is not the field's name", "delete the key name.")


def _reserved(context: Context, name: Name) -> None:
    if name in OWN:
        context.note(
            "E103", name, f"'{name}' is a field that every object has", "choose another name."
        )
    elif keyword.iskeyword(name) or name in LANGUAGE:
        context.note(
            "E103", name, f"'{name}' is a word of the expression language", "choose another name."
        )
    elif name in SQL:
        context.note("E103", name, f"'{name}' is a reserved word of SQL", "choose another name.")


def _lengths(context: Context, entity: Entity, word: Word) -> None:
    if _long(entity.table):
        _too_long(context, word, "the table", entity.table)
        return
    tables = Tables(context.linked)
    for name, item in entity.fields.items():
        kind = context.linked.kind(item)
        made = f"fk_{entity.table}_{tables.column_name(entity, name)}"
        if kind == "refs":
            made = f"fk_{entity.table}__{name}_{entity.name}_id"
        elif kind not in ("ref", "file", "image"):
            made = str(name)
        if _long(made):
            _too_long(context, name, "a constraint", made)


def _long(name: str) -> bool:
    return len(name.encode()) > LONGEST


def _too_long(context: Context, word: Word, what: str, name: str) -> None:
    context.note(
        "E104", word, f"{what} of '{word}' would be called {name}: {len(name.encode())} bytes",
        f"databases take {LONGEST}; choose a shorter name.",
    )  # fmt: skip
