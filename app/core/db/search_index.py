"""The index under the quick search: pairs of neighbouring characters, kept by the database itself.

Chinese words have two characters, which the usual indexes over three cannot find. PostgreSQL
indexes an array of pairs (GIN over a function of the columns, no extension); SQLite keeps a
full-text table of pairs by triggers. Either way the index is right in the transaction of the row,
whoever writes it. A database of another kind searches without an index.
"""

# ruff: noqa: S608 - the names in statements are those of our own tables

import json
from collections.abc import Iterable
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import (
    ARRAY,
    Connection,
    String,
    Table,
    Text,
    bindparam,
    cast,
    column,
    event,
    func,
    inspect,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from app.core.db import abstract_views, search_text
from app.core.db.database import elevated, session
from app.core.db.entity import Table as RuntimeTable
from app.core.declare import Object, registry

MARK = "__pairs"  # in the name of an index, which SQLite stores as tables
_BLOCK = 1000
_VERSION = 1  # of how searchable texts are made; another number makes them anew at the upgrade


class SearchText(RuntimeTable):
    """From what the searchable texts of an object's rows were made."""

    __tablename__ = "sys_search_text"

    object: Mapped[str] = mapped_column(String(63), unique=True)
    made_from: Mapped[str] = mapped_column(Text)


# -- asking


def pairs(word: str) -> list[str]:
    """Return the different pairs of neighbouring characters of a word."""
    return list(dict.fromkeys(word[i : i + 2] for i in range(len(word) - 1)))


def holds(model: Any, word: str) -> ColumnElement[bool] | None:
    """Return the condition, answered by the index, that a row has all pairs of a word.

    None where the index cannot help: a single character, or a database without one.
    """
    wanted = pairs(search_text.normalise(word))
    if not wanted or not hasattr(model, "search_text"):
        return None
    if abstract_views.parts(inspect(model).mapper.local_table):
        return None  # its tables have indexes of their own
    kind = session.get_bind().dialect.name
    if kind == "postgresql":
        code = model.code if hasattr(model, "code") else literal_column("NULL")
        made: Any = func.sys_pairs(model.search_text, code)
        return made.op("@>")(cast(wanted, ARRAY(Text)))
    if kind == "sqlite":
        name = _name(inspect(model).mapper.local_table.name)
        index = table(name, column("rowid"), column(name))
        wanted_all = " AND ".join(_coded(pair) for pair in wanted)
        return model.id.in_(select(index.c.rowid).where(index.c[name].op("MATCH")(wanted_all)))
    return None


def _name(of: str) -> str:
    return f"{of}{MARK}"


def _coded(pair: str) -> str:
    """Return a pair as a word of letters and digits, so that the full-text table takes it whole."""
    return "z".join(f"{ord(sign):x}" for sign in pair)


# -- keeping it

_FUNCTION = """
CREATE OR REPLACE FUNCTION sys_pairs(content text, code text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT one || two), '{}') FROM (
        SELECT sign AS one, lead(sign) OVER (ORDER BY place) AS two
        FROM unnest(string_to_array(coalesce(content, '') || ' ' || lower(coalesce(code, '')), NULL))
            WITH ORDINALITY AS signs (sign, place)
    ) AS neighbours
    WHERE one <> ' ' AND two <> ' '
$$
"""


def install(connection: Connection, tables: Iterable[Table]) -> list[str]:
    """Make the index of every searchable table that lacks one; return the tables it was made for."""
    found = [item for item in tables if "search_text" in item.columns]
    make = {"postgresql": _postgresql, "sqlite": _sqlite}.get(connection.dialect.name)
    if make is None or not found:
        return []
    return [item.name for item in found if make(connection, item)]


def _postgresql(connection: Connection, of: Table) -> bool:
    name = _name(of.name)
    if any(index["name"] == name for index in inspect(connection).get_indexes(of.name)):
        return False
    known = "SELECT 1 FROM pg_proc WHERE proname = 'sys_pairs'"
    if connection.exec_driver_sql(known).first() is None:
        connection.exec_driver_sql(_FUNCTION)
    code = "code" if "code" in of.columns else "NULL"
    connection.exec_driver_sql(
        f"CREATE INDEX {name} ON {of.name} USING gin (sys_pairs(search_text, {code}))"
    )
    return True


def _sqlite(connection: Connection, of: Table) -> bool:
    """Triggers vanish when a migration writes a table anew; then the whole index is made again."""
    name = _name(of.name)
    query = "SELECT name FROM sqlite_master WHERE tbl_name IN (?, ?)"
    there = {row[0] for row in connection.exec_driver_sql(query, (of.name, name))}
    triggers = _triggers(of)
    if {name, *triggers} <= there:
        return False
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {name} USING fts5(pairs, content='', detail='none', columnsize=0)"
    )
    _fill(connection, of, name)
    for trigger, body in triggers.items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        connection.exec_driver_sql(body)
    return True


def _triggers(of: Table) -> dict[str, str]:
    name = _name(of.name)
    columns = ", ".join(part for part in ("search_text", "code") if part in of.columns)
    add = f"INSERT INTO {name} (rowid, pairs) VALUES (new.id, {_pairs_of(of, 'new')});"
    drop = (
        f"INSERT INTO {name} ({name}, rowid, pairs) "
        f"VALUES ('delete', old.id, {_pairs_of(of, 'old')});"
    )
    changed = f"{_text_of(of, 'new')} IS NOT {_text_of(of, 'old')}"
    return {
        f"{name}_added": f"CREATE TRIGGER {name}_added AFTER INSERT ON {of.name} BEGIN {add} END",
        f"{name}_gone": f"CREATE TRIGGER {name}_gone AFTER DELETE ON {of.name} BEGIN {drop} END",
        f"{name}_changed": f"CREATE TRIGGER {name}_changed AFTER UPDATE OF {columns} ON {of.name} "
        f"WHEN {changed} BEGIN {drop} {add} END",
    }


def _text_of(of: Table, row: str) -> str:
    code = f" || ' ' || lower(coalesce({row}.code, ''))" if "code" in of.columns else ""
    return f"(coalesce({row}.search_text, ''){code})"


def _pairs_of(of: Table, row: str) -> str:
    """Return SQL for the coded pairs of a row; plain SQL, so that any program may write the table."""
    return (
        f"(WITH RECURSIVE signs (place, content) AS (SELECT 1, {_text_of(of, row)} "
        "UNION ALL SELECT place + 1, content FROM signs WHERE place + 2 <= length(content)) "
        "SELECT group_concat(printf('%xz%x', unicode(substr(content, place, 1)), "
        "unicode(substr(content, place + 1, 1))), ' ') FROM signs WHERE length(content) > 1)"
    )


def _fill(connection: Connection, of: Table, name: str) -> None:
    """Write the pairs of all rows; in Python, since that is faster than the triggers' SQL."""
    code = "code" if "code" in of.columns else "NULL"
    query = f"SELECT id, search_text, {code} FROM {of.name} WHERE id > ? ORDER BY id LIMIT {_BLOCK}"
    last = 0
    while rows := connection.exec_driver_sql(query, (last,)).all():
        last = rows[-1][0]
        connection.exec_driver_sql(
            f"INSERT INTO {name} (rowid, pairs) VALUES (?, ?)",
            [(pk, _coded_text(content, code)) for pk, content, code in rows],
        )


def _coded_text(content: str | None, code: str | None) -> str:
    text = content or ""
    if code is not None:
        text += " " + code.lower()
    return " ".join(_coded(text[i : i + 2]) for i in range(len(text) - 1))


@event.listens_for(Model.metadata, "after_create")
def _made(target: Any, connection: Connection, tables: Any = None, **_: Any) -> None:
    install(connection, tables or ())


# -- at an upgrade


def renew(connection: Connection) -> list[str]:
    """Make missing indexes, and the texts whose fields another release searches; say what was done."""
    objects = [
        item
        for item in registry.registry().objects.values()
        if hasattr(item.model, "search_text") and not item.variants
    ]
    tables = [item.model.__table__ for item in objects]  # type: ignore[attr-defined]
    anew = [item.title for item in objects if _renew_texts(item)]
    install(connection, tables)
    return [f"更新检索内容：{'、'.join(anew)}"] if anew else []


def _renew_texts(obj: Object) -> bool:
    """Write the searchable texts of an object's rows if they were made from other fields."""
    fields = [item.name for item in obj.fields if item.search]
    made_from = json.dumps([_VERSION, fields])
    known = session.scalars(select(SearchText).where(SearchText.object == obj.name)).first()
    if known is not None and known.made_from == made_from:
        return False
    if known is None:
        known = SearchText(object=obj.name)
        session.add(known)
    known.made_from = made_from
    return _write_texts(obj) > 0


def _write_texts(obj: Object) -> int:
    """Write every row's searchable text; return how many were not as they should be."""
    model: Any = obj.model
    last, changed = 0, 0
    with elevated():
        while True:
            query = select(model).where(model.id > last).order_by(model.id).limit(_BLOCK)
            records = session.scalars(query).unique().all()
            if not records:
                return changed
            last = records[-1].id
            wrong = [
                {"pk": record.id, "text": text}
                for record in records
                if record.search_text != (text := search_text.search_text(obj, record))
            ]
            if wrong:  # past the ORM: nobody's open form becomes stale by this
                table = model.__table__
                statement = update(table).where(table.c.id == bindparam("pk"))
                values: dict[str, Any] = {"search_text": bindparam("text")}
                session.connection().execute(statement.values(values), wrong)
            changed += len(wrong)
            session.expunge_all()
