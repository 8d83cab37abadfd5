"""References found by exact values, for people who may not list the records they name.

A look is made only when a record is saved, never while somebody types, and all values must fit
exactly one record. So nobody learns anything by trying halves, and each look that finds a
record stands in that record's history, with who looked and for what.
"""

import logging
from typing import Any

from sqlalchemy import select

from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db import abstract_views
from app.core.db.database import elevated, session
from app.core.declare import Field, Object, registry
from app.core.errors import Fault
from app.core.records import display
from app.core.records.queries import Filter, clause
from app.core.records.typed_row import Row
from app.core.types import Ref

logger = logging.getLogger(__name__)


def resolve(row: Row) -> list[Fault]:
    """Find what the row's references name; return what was not found."""
    faults = []
    for item in row._object.fields:
        if item.find:
            fault = _resolve(row, item)
            faults += [fault] if fault else []
    return faults


def _resolve(row: Row, item: Field) -> Fault | None:
    values = {own: row._values.get(own) for own in item.find}
    if any(value in (None, "") for value in values.values()):
        row._values[item.name] = None
        return None  # what is typed is required itself
    record = row._record
    same = record is not None and all(getattr(record, own) == values[own] for own in values)
    if same and row._values.get(item.name) is not None:
        return None
    assert isinstance(item.type, Ref)
    target = registry.object(item.type.object)
    found = _look(target, {item.find[own]: value for own, value in values.items()})
    row._values[item.name] = found
    if found is None:
        logger.info("lookup of %s by %s found nothing", target.name, current_actor().user_id)
        labels = "、".join(display.label_of(row._object, own) for own in values)
        return Fault(
            next(iter(values)), f"没有{labels}与所填完全一致的{target.title}，请核对后再填"
        )
    note(target, found, row._object)
    return None


def _look(target: Object, values: dict[str, Any]) -> int | None:
    model: Any = target.model
    query = select(model.id)
    for path, value in values.items():
        query = query.where(clause(target, model, Filter(path, "eq", value)))
    with elevated():
        ids = list(session.scalars(query.limit(2)))
    return ids[0] if len(ids) == 1 else None


def note(target: Object, pk: int, by: Object) -> None:
    """Write into the history of a record that somebody has found it from outside."""
    own, number = abstract_views.concrete(target, pk)
    history.note(own.name, number, "lookup", {"by": by.title})
