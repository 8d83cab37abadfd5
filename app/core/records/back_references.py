"""What refers to a record: the fields of all objects that hold its id."""

from typing import Any

from sqlalchemy import func, select

from app.core.db import abstract_views
from app.core.db.database import elevated, session
from app.core.db.entity import Entity
from app.core.declare import Object, registry
from app.core.types import Ref, Refs


def referring(obj: Object, record: Entity) -> list[tuple[str, int]]:
    """Return where the record is referred to, in words, and how often; in one statement."""
    numbers, places = [], []
    for other in registry.registry().objects.values():
        for field in other.fields:
            if not isinstance(field.type, Ref) or field.type.object not in (obj.name, obj.extends):
                continue
            model: Any = other.model
            query = select(func.count()).select_from(model)
            if field.type.object == obj.extends:
                key = abstract_views.key_of(model, field.name, obj)
                query = query.where(getattr(model, key) == record.id)
            elif isinstance(field.type, Refs):
                query = query.where(getattr(model, field.name).any(id=record.id))
            elif hasattr(model, f"{field.name}_id"):
                query = query.where(getattr(model, f"{field.name}_id") == record.id)
            else:
                continue
            places.append(f"{other.title}的{field.title}")
            numbers.append(query.scalar_subquery())
    if not numbers:
        return []
    with elevated():
        counted = session.execute(select(*numbers)).one()
    return [(place, number) for place, number in zip(places, counted, strict=True) if number]
