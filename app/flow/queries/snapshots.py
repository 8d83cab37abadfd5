"""Records as they were when a step was decided: read from what the step keeps, for many cases at once.

A step keeps every field and row as text (`StepRecord.seen`). A `Then` answers expressions from it as
the record would have; what was not kept (fields that are newer, records that it refers to) is read
as it is now. Whatever is asked of one is read for the whole batch, so statements do not grow with it.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState, selectinload

from app.core.db.database import session
from app.core.declare import Field, Object, registry
from app.core.expressions.env import make_env
from app.core.records import bulk_lookups
from app.core.types import DraftOf, File, Ref, Refs
from app.flow.models import Case, StepRecord


class Batch:
    """What is kept and stored of some cases of one object; read when it is first asked for."""

    def __init__(self, obj: Object, cases: Iterable[Case]) -> None:
        self.obj = obj
        self.records = {case.id: case.record_id for case in cases}
        self.as_now: set[str] = set()  # what had to be read as it is now
        self._seen: dict[int, Any] | None = None
        self._now: dict[int, Any] | None = None
        self._targets: dict[str, dict[int, Any]] = {}

    def at(self, case_id: int, step: StepRecord | None, state: str) -> "Then":
        """Return the record of a case as a step kept it, None: as it is now; resting at `state`."""
        number = step.id if step is not None else None
        return Then(
            self.obj,
            lambda: self._kept().get(number, {}) if number is not None else {},
            lambda: self._stored().get(self.records[case_id]),
            self,
            {"state": state},
        )

    def target(self, object_name: str, pk: int) -> Any:
        """Return the record that a reference leads to, as it is now; None if it is gone."""
        known = self._targets.setdefault(object_name, {})
        if pk not in known:
            self._find(object_name, {pk, *self._referred(object_name)} - known.keys())
        return known.get(pk)

    def _find(self, object_name: str, numbers: set[int]) -> None:
        model: Any = registry.object(object_name).model
        known = self._targets[object_name]
        known.update(dict.fromkeys(numbers))
        for piece in bulk_lookups.pieces(sorted(numbers)):
            known.update(
                {r.id: r for r in session.scalars(select(model).where(model.id.in_(piece)))}
            )

    def _referred(self, object_name: str) -> set[int]:
        """Return whatever the kept records of the batch refer to in an object, their rows included."""
        found: set[int] = set()
        for raw in self._kept().values():
            _refer(self.obj, raw, object_name, found)
        return found

    def _kept(self) -> dict[int, Any]:
        if self._seen is None:
            query = select(StepRecord.id, StepRecord.seen).where(
                StepRecord.case_id.in_(self.records)
            )
            self._seen = {pk: _parsed(text) for pk, text in session.execute(query).tuples()}
        return self._seen

    def _stored(self) -> dict[int, Any]:
        if self._now is None:
            model: Any = self.obj.model
            query = select(model).where(model.id.in_(self.records.values()))
            self._now = {record.id: record for record in session.scalars(query)}
        return self._now


def _parsed(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def _refer(obj: Object, raw: dict[str, Any], object_name: str, found: set[int]) -> None:
    for item in obj.fields:
        if isinstance(item.type, Ref) and item.type.object == object_name and raw.get(item.name):
            value = _value(item, raw[item.name])
            found.update(value if isinstance(value, list) else [value] if value else [])
    for child in obj.children:
        for row in _rows(raw, child.name) or ():
            _refer(registry.object(child.object), row, object_name, found)


def _rows(raw: dict[str, Any], name: str) -> list[dict[str, Any]] | None:
    rows = raw.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None


def _value(item: Field, raw: Any) -> Any:
    """Return what a kept text stands for; what the type takes no more is nothing."""
    try:
        return item.type.parse(raw)
    except ValueError:
        return [] if isinstance(item.type, Refs) else None


class Then:
    """One record, or one row of it, as it was."""

    def __init__(
        self,
        obj: Object,
        raw: Callable[[], dict[str, Any]],
        now: Callable[[], Any],
        batch: Batch,
        known: dict[str, Any],
    ) -> None:
        self._object, self._kept, self._now, self._batch = obj, raw, now, batch
        self.__dict__.update(known)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value = self.__dict__[name] = self._read(name)
        return value

    def _read(self, name: str) -> Any:
        raw, item = self._kept(), self._object.named.get(name)
        if item is not None and not isinstance(item.type, DraftOf):
            if name in raw:
                return self._reference(item, _value(item, raw[name]))
            if raw and item.value is not None:  # computed, and newer than the step
                return item.computed(self, make_env(parent=self.__dict__.get("parent")))
        rows = _rows(raw, name)
        if rows is not None and any(child.name == name for child in self._object.children):
            return self._children(name, rows)
        base = self._object.named.get(name.removesuffix("_id")) if name.endswith("_id") else None
        if base is not None and base.name in raw and isinstance(base.type, (Ref, File)):
            return _value(base, raw[base.name])
        if item is None and isinstance(raw.get(name), str):  # a field that is no more
            return raw[name] or None
        if raw and name != "id":
            self._batch.as_now.add(f"{self._object.name}.{name}")
        return getattr(self._now(), name, None)

    def _reference(self, item: Field, value: Any) -> Any:
        if isinstance(item.type, Refs):
            found = [self._batch.target(item.type.object, pk) for pk in value or ()]
            return [one for one in found if one is not None]
        if isinstance(item.type, Ref):
            return self._batch.target(item.type.object, value) if value is not None else None
        return value

    def _children(self, name: str, rows: list[dict[str, Any]]) -> list["Then"]:
        obj = registry.object(next(c.object for c in self._object.children if c.name == name))
        return [self._row(obj, name, row) for row in rows]

    def _row(self, obj: Object, name: str, row: dict[str, Any]) -> "Then":
        def stored() -> Any:
            whole = getattr(self._now(), name, None) or ()
            return next((one for one in whole if str(one.id) == str(row.get("id"))), None)

        return Then(obj, lambda: row, stored, self._batch, {"parent": self})


# --- what one record is asked for is read for all -------------------------------------------------


def read_together() -> Callable[[], None]:
    """Let what is behind a stored record be read for all records beside it; return how to end that."""
    asked: set[tuple[type, str]] = set()

    def together(state: ORMExecuteState) -> None:
        owner: Any = state.lazy_loaded_from
        path: Any = state.loader_strategy_path
        if owner is None or not state.is_relationship_load or path is None:
            return
        cls, name = owner.mapper.class_, path.prop.key
        if (cls, name) in asked:
            return  # that is the reading itself
        beside: list[Any] = [
            one
            for one in list(session().identity_map.values())
            if type(one) is cls and name not in one.__dict__
        ]
        if len(beside) < 2:
            return
        asked.add((cls, name))
        try:
            for piece in bulk_lookups.pieces([one.id for one in beside]):
                query = select(cls).where(cls.id.in_(piece))
                session.scalars(query.options(selectinload(getattr(cls, name)))).all()
        finally:
            asked.discard((cls, name))

    event.listen(session, "do_orm_execute", together)
    return lambda: event.remove(session, "do_orm_execute", together)
