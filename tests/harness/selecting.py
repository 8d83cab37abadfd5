"""A page of an object's rows within a person's reach, as lists, exports and REST put it together."""

from collections.abc import Sequence

from app.core.declare import Object
from app.core.records import queries
from app.core.records.queries import Filter, Rows


def select_rows(
    obj: Object,
    *,
    filters: Sequence[Filter] = (),
    search_for: str = "",
    states: Sequence[str] = (),
    order: Sequence[str] = (),
    columns: Sequence[str] = (),
    limit: int = 20,
) -> Rows:
    """Return the first rows."""
    found = queries.query(obj, filters=filters, search_for=search_for, states=states)
    return queries.page(found, obj, queries.order_by(obj, order), columns, offset=0, limit=limit)
