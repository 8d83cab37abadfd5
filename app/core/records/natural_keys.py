"""Records found by values of their own, such as a natural key: for a whole batch, never row by row."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from app.core.db.database import session
from app.core.declare import Object
from app.core.records import bulk_lookups, queries, validation

Keys = Collection[tuple[Any, ...]]


def ids(obj: Object, name: str, values: Iterable[Any]) -> dict[Any, list[int]]:
    """Return the ids of the records within reach whose field has one of the values, by the value."""
    model: Any = obj.model
    column = getattr(model, validation.column_of(obj, name))
    found: dict[Any, list[int]] = defaultdict(list)
    for piece in bulk_lookups.pieces(values):
        for pk, value in session.execute(select(model.id, column).where(column.in_(piece))):
            found[value].append(pk)
    return dict(found)


def records(obj: Object, names: Sequence[str], keys: Keys) -> dict[tuple[Any, ...], list[Any]]:
    """Return the records within reach whose fields have one of the keys, to be written; see `locked`."""
    model: Any = obj.model
    columns = [getattr(model, validation.column_of(obj, name)) for name in names]
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for piece in bulk_lookups.pieces(keys):
        for record in locked(obj, bulk_lookups.among(columns, piece)):
            found[tuple(getattr(record, column.key) for column in columns)].append(record)
    return dict(found)


def locked(obj: Object, which: Any) -> Iterable[Any]:
    """Read records with their lists; nobody changes them between that and the transaction's end."""
    model: Any = obj.model
    query = select(model).where(which).order_by(model.id).options(*queries.eager_lists(obj))
    query = query.with_for_update(of=model, key_share=True)
    return session.scalars(query.execution_options(populate_existing=True))


def announce(
    known: bulk_lookups.Batch, obj: Object, names: Sequence[str], asked: Keys, there: Keys
) -> None:
    """Say which of the keys asked for are taken, where they are a unique one, so that no row asks."""
    for group in validation.keys(obj):
        if set(group) == set(names):
            order = [names.index(name) for name in group]
            values, taken = (
                {tuple(key[n] for n in order) for key in some} for some in (asked, there)
            )
            known.forbid_repeats(obj.name, group, values, taken)
