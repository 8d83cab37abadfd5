"""Abstract objects: a view over the tables of the objects that extend one, and references to it.

A row of the view has the number `id * 100 + mark`, where the mark says which table it is from. A
reference keeps that number and, for the database's own foreign keys, one column for each table;
of these exactly one is filled (a CHECK of the referring table). Views are no part of revisions:
they hold nothing, so they are made anew at every upgrade.
"""

# ruff: noqa: S608 - the names in statements are those of our own tables

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, MetaData, Table, event, inspect

from app.core.db.database import elevated, session
from app.core.db.entity import Entity
from app.core.declare import Object, registry

FACTOR = 100


def parts(table: Table) -> dict[str, tuple[str, int]]:
    """Return table and mark by object of a view; nothing for a real table."""
    found: dict[str, tuple[str, int]] = table.info.get("union", {})
    return found


def views(metadata: MetaData) -> list[Table]:
    """Return the tables of the metadata that are views."""
    return [table for table in metadata.tables.values() if parts(table)]


def drop(connection: Connection, found: Iterable[Table]) -> None:
    """Take the views away, so that the tables below them can be changed."""
    known = set(inspect(connection).get_view_names())
    for table in found:
        if table.name in known:
            connection.exec_driver_sql(f"DROP VIEW {table.name}")


def make(connection: Connection, found: Iterable[Table]) -> None:
    """Make the views, and on each table below one the index by which its rows are found."""
    for table in found:
        selects = []
        for name, (source, mark) in parts(table).items():
            number = f"id * {FACTOR} + {mark}"
            given = {"id": number, "variant": f"'{name}'"}
            columns = ", ".join(f"{given.get(c.name, c.name)} AS {c.name}" for c in table.columns)
            selects.append(f"SELECT {columns} FROM {source}")
            connection.exec_driver_sql(
                f"CREATE UNIQUE INDEX IF NOT EXISTS ux_{source}_union ON {source} (({number}))"
            )
        connection.exec_driver_sql(f"CREATE VIEW {table.name} AS {' UNION ALL '.join(selects)}")


def concrete(obj: Object, number: int) -> tuple[Object, int]:
    """Return the object and id behind a number of a view; the number itself for other objects."""
    for name, (_, mark) in parts(obj.model.__table__).items():  # type: ignore[attr-defined]
        if number % FACTOR == mark:
            return registry.object(name), number // FACTOR
    return obj, number


def number(obj: Object, own: Object, pk: int) -> int:
    """Return the number in an abstract object's list of a record of an object that extends it."""
    _, mark = parts(_table(obj.name))[own.name]
    return pk * FACTOR + mark


def real(record: Any) -> Any:
    """Return the stored record behind a row of a view, which can be written; others as they are."""
    obj = registry.object_of(type(record))
    if obj is None or not obj.variants:
        return record
    own, pk = concrete(obj, record.id)
    with elevated():
        found = session.get(own.model, pk)
    session.expire(record)  # it shows what is written to the other
    return found


def keys(model: type) -> frozenset[str]:
    """Return the columns of a model that only repeat a reference, table by table."""
    return frozenset(key for columns in _references(model).values() for key in columns.values())


def key_of(model: type, field: str, obj: Object) -> str:
    """Return the column in which a reference to an abstract object keeps records of one of them."""
    marks = {name: mark for name, (_, mark) in parts(_table(obj.extends)).items()}
    columns: dict[int, str] = model.__unions__[field]  # type: ignore[attr-defined]
    return columns[marks[obj.name]]


def _table(name: str) -> Table:
    table: Table = registry.object(name).model.__table__  # type: ignore[attr-defined]
    return table


def spread(model: type, row: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the keys, table by table, of the references to abstract objects in a row of a model."""
    found: dict[str, int | None] = {}
    for name, columns in _references(model).items():
        number = row[f"{name}_id"]
        for mark, key in columns.items():
            own = number is not None and number % FACTOR == mark
            found[key] = number // FACTOR if own else None
    return found


def _references(model: type) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = getattr(model, "__unions__", {})
    return found


@event.listens_for(Entity, "before_insert", propagate=True)
@event.listens_for(Entity, "before_update", propagate=True)
def _spread(mapper: Any, connection: Any, record: Any) -> None:
    """Write the number of a reference to the key of the table that it names."""
    model = type(record)
    numbers = {f"{name}_id": getattr(record, f"{name}_id") for name in _references(model)}
    for key, own in spread(model, numbers).items():
        if getattr(record, key) != own:
            setattr(record, key, own)
