"""Which organisation a record belongs to, by the scope of its object."""

from typing import Any

from app.core import registry
from app.core.declare import Object


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


def _own_organisation(obj: Object) -> str:
    """Rows that everybody sees, or only who made them, may still name an organisation."""
    organisation = registry.project().organisation
    for field in obj.fields:
        if getattr(field.type, "object", "") == organisation:
            return f"{field.name}_id"
    return "id" if obj.name == organisation else ""
