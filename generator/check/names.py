"""Names: tables and classes that meet, reserved words, names that a database cuts off."""

import keyword
from pathlib import Path

from generator import handwritten
from generator.check.context import Context
from generator.emit.module import DECLARED
from generator.emit.screens import BASES
from generator.emit.tables import Tables
from generator.language import tr
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
PATHS = frozenset(["dictionaries"])  # of the interface for programs, beside the objects
RESERVED_TABLES = ("sys_", "ab_", "alembic_")  # of the runtime, the framework, the migrations
STOCK = frozenset(  # mapped classes of the framework
    "User Role Group Permission ViewMenu PermissionView RegisterUser ApiKey Model".split()  # noqa: SIM905
)


def check(context: Context) -> None:
    """Check the names of objects, children, fields, materials and functions."""
    tables: dict[str, Entity] = {}
    classes: dict[str, Entity] = {}
    mapped, served = runtime_classes(context.linked.data.base)
    taken = dict.fromkeys(STOCK, "Flask-AppBuilder") | imported() | mapped
    for entity in context.linked.entities.values():
        word = Word.at(entity.name, entity.place, entity.uses)
        _meets(context, word, "table", entity.table, tables, entity)
        _meets(context, word, "class", entity.cls, classes, entity)
        if not entity.runtime:
            _of_the_runtime(context, entity, word, taken, served)
        _fields(context, entity)
        _lengths(context, entity, word)
    for entity in context.linked.entities.values():
        for name, item in entity.fields.items():
            if context.linked.kind(item) == "refs":
                _meets(context, name, "table", f"{entity.table}__{name}", tables, entity)
    _functions(context, served)
    _said_in_expressions(context)


def _of_the_runtime(
    context: Context, entity: Entity, word: Word, taken: dict[str, str], served: dict[str, str]
) -> None:
    """Check that an object takes no name that the runtime or the framework has."""
    api = f"{entity.cls}Api"
    name, where = (api, served) if api in served else (entity.cls, taken)
    if name in where:
        context.note(
            "E103",
            word,
            tr(
                "'{name}' would be the class {name2}, which the runtime has already",
                name=entity.name,
                name2=name,
            ),
            tr("it is defined in {where}.", where=where[name]),
        )
    if entity.table.startswith(RESERVED_TABLES):
        context.note(
            "E103",
            word,
            tr(
                "'{name}' would have the table {table}, and such tables are the runtime's",
                name=entity.name,
                table=entity.table,
            ),
            tr(
                "no table begins with {names}: give the subsystem's folder another name.",
                names=tr(" or ").join(RESERVED_TABLES),
            ),
        )
    if entity.name in PATHS:
        context.note(
            "E103", word, tr("'{name}' would have the address /api/v1/{name}, which the runtime has", name=entity.name),
            tr("choose another name."),
        )  # fmt: skip


def _functions(context: Context, served: dict[str, str]) -> None:
    """Check functions: each becomes a class, in a module with other classes and constants."""
    made = dict.fromkeys(imported(), tr("a name that generated modules import"))
    made |= {name: tr("a page in {path}", path=path) for name, path in served.items()}
    for entity in context.linked.entities.values():
        made[entity.cls] = tr("the class of the object '{name}'", name=entity.name)
        made[f"{entity.cls}Api"] = tr("the interface of the object '{name}'", name=entity.name)
        made[entity.name.upper()] = tr("the constant of the object '{name}'", name=entity.name)
        if entity.flow and entity.flow.name:
            made[entity.flow.name.upper()] = tr(
                "the constant of the flow '{name}'", name=entity.flow.name
            )
        for message in entity.spec.messages if entity.spec else ():
            made[message.upper()] = tr("the constant of the message '{message}'", message=message)
    for item in context.linked.functions.values():
        if item.spec.id in made:
            context.note(
                "E102", item.spec.id, tr("the function '{id}' would have the name of another thing", id=item.spec.id),
                tr("it is {made}; choose another, such as DK01.", made=made[item.spec.id]),
            )  # fmt: skip


def _meets(
    context: Context, word: Word, what: str, name: str, seen: dict[str, Entity], entity: Entity
) -> None:
    first = seen.setdefault(name, entity)
    if first is not entity:
        context.note(
            "E102",
            word,
            tr(
                "'{name}' and '{name2}' would have the same {what} {name3}",
                name=entity.name,
                name2=first.name,
                what=what,
                name3=name,
            ),
            tr("the other is defined at {place}; rename one of them.", place=first.place),
        )


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
    return dict.fromkeys(names, tr("app.core.declare, or another import of generated modules"))


def runtime_classes(base: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the mapped classes and the pages of the hand-written runtime, with their files."""
    mapped: dict[str, str] = {}
    served: dict[str, str] = {}
    for at, module in handwritten.modules(base, "app"):
        mapped |= dict.fromkeys(module.mapped, at)
        served |= dict.fromkeys(module.served, at)
    return mapped, served


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
                tr("'{name}' is a field and a child list", name=name),
                tr("the other is at {place}.", place=first.place),
            )
    for name in entity.fields:
        column = Tables(context.linked).column_name(entity, name)
        if column != name and column in entity.fields:
            context.note(
                "E102",
                entity.fields[Name(column)].name,
                tr(
                    "the field '{column}' would be the column of the reference '{name}' too",
                    column=column,
                    name=name,
                ),
                tr("rename '{column}'.", column=column),
            )


def speakable(context: Context, name: Word) -> bool:
    """Note a name that no expression could say, since it is a word of the language."""
    said = not keyword.iskeyword(name) and name not in LANGUAGE
    if not said:
        what = tr("'{name}' is a word of the expression language", name=name)
        context.note("E103", name, what, tr("choose another name."))
    return said


def _said_in_expressions(context: Context) -> None:
    """Check what stands behind a point in expressions: policies, decisions, attributes, materials, lists."""
    data = context.linked.data
    named: list[Word] = [policy.name for policy in data.policies.values()]
    named += [decision.name for decision in data.decisions.values()]
    for book in data.dictionaries.values():
        named += book.attributes
    for entity in context.linked.entities.values():
        named += entity.spec.materials if entity.spec else ()
    for name in named:
        if keyword.iskeyword(name):  # other words of the language may stand behind a point
            speakable(context, name)


def _reserved(context: Context, name: Name) -> None:
    if name in OWN:
        context.note(
            "E103",
            name,
            tr("'{name}' is a field that every object has", name=name),
            tr("choose another name."),
        )
    elif speakable(context, name) and name in SQL:
        context.note(
            "E103",
            name,
            tr("'{name}' is a reserved word of SQL", name=name),
            tr("choose another name."),
        )


def _lengths(context: Context, entity: Entity, word: Word) -> None:
    if _long(entity.table):
        _too_long(context, word, tr("the table"), entity.table)
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
            _too_long(context, name, tr("a constraint"), made)


def _long(name: str) -> bool:
    return len(name.encode()) > LONGEST


def _too_long(context: Context, word: Word, what: str, name: str) -> None:
    context.note(
        "E104",
        word,
        tr(
            "{what} of '{word}' would be called {name}: {count} bytes",
            what=what,
            word=word,
            name=name,
            count=len(name.encode()),
        ),
        tr("databases take {LONGEST}; choose a shorter name.", LONGEST=LONGEST),
    )
