"""Which organisation a record belongs to, by the scope of its object; what organisations are called."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.core.db.database import elevated, session
from app.core.declare import Object, registry
from app.core.records import display


def owner_of(record: Any) -> int | None:
    """Return the id of the organisation that owns a record, None where nobody in particular does."""
    obj = registry.object_of(type(record))
    if obj is None:
        return getattr(record, "org_id", None)
    if obj.scope.kind == "parent":
        parent = getattr(record, obj.scope.path or "parent", None)
        return owner_of(parent) if parent is not None else None
    path = obj.scope.path if obj.scope.kind == "org" else _own_organisation(obj)
    value: Any = record
    for part in filter(None, path.split(".")):
        value = getattr(value, part, None)
    return value if path and isinstance(value, int) else None


def titles(ids: Iterable[int | None]) -> dict[int | None, str]:
    """Return the names of organisations by id; who may see a record may see whose it is."""
    wanted = sorted({pk for pk in ids if pk})
    if not wanted:
        return {}
    model: Any = registry.organisation().model
    with elevated():
        found = session.scalars(select(model).where(model.id.in_(wanted))).all()
        return {row.id: display.title_of(row) for row in found}


def _own_organisation(obj: Object) -> str:
    """Rows that everybody sees, or only who made them, may still name an organisation."""
    organisation = registry.organisation().name
    for field in obj.fields:
        if getattr(field.type, "object", "") == organisation:
            return f"{field.name}_id"
    return "id" if obj.name == organisation else ""
