"""The rows of a child list, read as plain rows where nobody needs them as records."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import RelationshipProperty

from app.core.db.database import read_plainly
from app.core.declare import Child, Object, registry
from app.core.types import Refs


def read(record: Any, child: Child) -> Sequence[Any]:
    """Return the rows of a record that the caller has found within reach, in their order, to be read only.

    Rows that the session knows are its records. Others are plain rows of the database with the
    columns under the names of their attributes, for a quarter of the work; what waits to be
    written is written before.
    """
    state: Any = inspect(record)
    known = child.name not in state.unloaded or not state.persistent
    if known or not _is_flat(registry.object(child.object)):
        rows: Sequence[Any] = getattr(record, child.name)
        return rows
    model: Any = type(record)
    return read_plainly(_query(model, child.name), parent=record.id).all()


def _is_flat(obj: Object) -> bool:
    return not obj.children and not any(isinstance(item.type, Refs) for item in obj.fields)


@cache
def _query(model: Any, name: str) -> Select[Any]:
    relation: RelationshipProperty[Any] = inspect(model).relationships[name]
    ((_, parent),) = relation.local_remote_pairs or ()
    columns = [item.columns[0].label(item.key) for item in relation.mapper.column_attrs]
    query = select(*columns).where(parent == bindparam("parent"))
    return query.order_by(*(relation.order_by or ()))
