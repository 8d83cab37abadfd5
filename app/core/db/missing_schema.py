"""Reading a database that has not got everything yet that the declarations name.

A draft of the metadata has columns and tables that no upgrade has made. What is missing is read as
empty, so that what is there can be read by the same models.
"""

from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Engine, event, inspect
from sqlalchemy.engine.reflection import ObjectKind
from sqlalchemy.orm import Mapper, configure_mappers, deferred
from sqlalchemy.orm.attributes import set_committed_value

Columns = dict[str, set[str]]


def columns_of(engine: Engine) -> Columns:
    """Return the columns of every table and view of a database by its name."""
    found = inspect(engine).get_multi_columns(kind=ObjectKind.ANY)
    return {key[1]: {column["name"] for column in columns} for key, columns in found.items()}


def read_as_empty(there: Columns) -> list[str]:
    """Let all models leave out what the database has not got; return it as TABLE or TABLE.COLUMN.

    For a process that does nothing else: the models are not what they were.
    """
    configure_mappers()
    missing: set[str] = set()
    for mapper in list(Model.registry.mappers):
        table = mapper.local_table.name
        if table not in there:
            missing.add(table)
            continue
        empty = _columns(mapper, there[table], missing, table)
        empty |= {
            relation.key: [] if relation.uselist else None
            for relation in mapper.relationships
            if relation.target.name not in there
            or (relation.secondary is not None and relation.secondary.name not in there)
        }
        if empty:
            event.listen(mapper.class_, "load", _filler(empty))
    return sorted(missing)


def _columns(mapper: Mapper[Any], known: set[str], missing: set[str], table: str) -> dict[str, Any]:
    empty: dict[str, Any] = {}
    for attribute in list(mapper.column_attrs):
        column = attribute.columns[0]
        if column.name not in known:
            missing.add(f"{table}.{column.name}")
            mapper.add_property(attribute.key, deferred(column))
            empty[attribute.key] = None
    return empty


def _filler(empty: dict[str, Any]) -> Any:
    def fill(record: Any, context: Any) -> None:
        for name, value in empty.items():
            set_committed_value(record, name, list(value) if isinstance(value, list) else value)

    return fill
