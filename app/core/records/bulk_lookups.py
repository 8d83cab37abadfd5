"""Looks things up once for many rows: what a batch of records refers to, may choose and must not repeat.

Within `batch()` the checks of `app.core.records.form_binding` and `app.core.records.validation` ask here first, so that
their statements do not grow with the rows. What was not announced is asked of the database as ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Select, and_, or_, select

from app.core.db.database import session
from app.core.declare import registry

PIECE = 400  # values of one IN list


class Batch:
    """What is known of one batch of rows."""

    def __init__(self) -> None:
        self._ids: dict[str, set[int]] = defaultdict(set)
        self._targets: dict[tuple[str, int], Any] = {}
        self._whole: dict[tuple[str, int], Any] = {}
        self._choosable: dict[Any, tuple[set[int], set[int]]] = {}
        self._taken: dict[tuple[str, tuple[str, ...]], tuple[set[Any], set[Any]]] = {}

    def announce(self, object_name: str, ids: Iterable[int]) -> None:
        """Load the records within reach that rows of the batch refer to, together."""
        fresh = [pk for pk in set(ids) if (object_name, pk) not in self._targets]
        self._ids[object_name].update(fresh)
        model: Any = registry.object(object_name).model
        for piece in pieces(fresh):
            found = session.scalars(select(model).where(model.id.in_(piece))).all()
            self._targets.update(((object_name, row.id), row) for row in found)

    def target(self, object_name: str, pk: int) -> Any:
        """Return a record within reach; None where it is out of it."""
        if (object_name, pk) not in self._targets:
            self.announce(object_name, [pk])
            self._targets.setdefault((object_name, pk), None)
        return self._targets[object_name, pk]

    def whole(self, object_name: str, pk: int) -> Any:
        """Return a record whoever asks; the caller has said `elevated`."""
        if (object_name, pk) not in self._whole:
            model: Any = registry.object(object_name).model
            self._whole[object_name, pk] = session.scalars(
                select(model).where(model.id == pk)
            ).first()
        return self._whole[object_name, pk]

    def choosable(self, object_name: str, query: Select[Any], wanted: Sequence[int]) -> set[int]:
        """Return which of the ids the query lets be chosen; rows that ask the same share an answer."""
        model: Any = registry.object(object_name).model
        key: Any = query._generate_cache_key()
        if key is None:
            return _ids(query, model, wanted)
        parts = tuple(_hashable(part.value) for part in key.bindparams)
        asked, allowed = self._choosable.setdefault((object_name, key.key, parts), (set(), set()))
        if not set(wanted) <= asked:
            fresh = (self._ids[object_name] | set(wanted)) - asked
            allowed |= _ids(query, model, sorted(fresh))
            asked |= fresh
        return allowed

    def forbid_repeats(
        self, object_name: str, group: tuple[str, ...], values: set[Any], taken: set[Any]
    ) -> None:
        """Say which of the values of a unique key are taken already."""
        self._taken[object_name, group] = (values, taken)

    def taken(self, object_name: str, group: tuple[str, ...], values: Any) -> bool | None:
        """Tell whether the values of a unique key are taken; None if nobody asked beforehand."""
        asked, taken = self._taken.get((object_name, group), (set(), set()))
        return values in taken if values in asked else None


def _ids(query: Select[Any], model: Any, wanted: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for piece in pieces(wanted):
        found.update(session.scalars(query.where(model.id.in_(piece)).with_only_columns(model.id)))
    return found


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Return the values in lists that a statement can hold."""
    whole = list(values)
    for start in range(0, len(whole), PIECE):
        yield whole[start : start + PIECE]


def among(columns: Sequence[Any], values: Sequence[tuple[Any, ...]]) -> Any:
    """Return the condition that the columns have one of the values."""
    if len(columns) == 1:
        return columns[0].in_([value[0] for value in values])
    return or_(*(and_(*(c == v for c, v in zip(columns, value, strict=True))) for value in values))


_current: ContextVar[Batch | None] = ContextVar("batch", default=None)


def current() -> Batch | None:
    """Return the batch that is being worked on."""
    return _current.get()


@contextmanager
def batch() -> Iterator[Batch]:
    """Work on one batch of rows."""
    made = Batch()
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)
