"""What stands in one record that is under way stands in no other: rows that are picked, or follow, once.

What may be picked leaves out what is taken, and rows that follow do without it. Whatever writes a
row (form, import, effect, receipt, a list that follows) or lets a record come back from its end is
asked once more after it was written, with what it takes locked: of two at once the second is refused.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, event, exists, inspect, select
from sqlalchemy.orm import Session

from app.core.db import abstract_views
from app.core.db.database import elevated, session
from app.core.declare import Child, Field, Object, registry
from app.core.declare.registry import Registry
from app.core.errors import Fault, Rejected
from app.core.records.typed_row import Row, stored_ids

_GONE = ("rejected", "cancelled")  # records that came to nothing let go of what they had taken


@dataclass(frozen=True)
class Place:
    """Where something stands once: a reference in the rows of a list."""

    owner: Object
    child: Child
    item: Field

    def gone(self) -> list[str]:
        """Return the states in which a record holds nothing any more."""
        flow = registry.flow_of(self.owner.name)
        return [step.name for step in flow.steps if step.end in _GONE] if flow else []

    def tables(self) -> tuple[Any, Any, Any]:
        """Return rows, records and the column of the reference, as tables.

        Tables and no models: what stands in a record out of somebody's reach is taken all the same.
        """
        row: Any = _table(registry.object(self.child.object)).alias()
        return row, _table(self.owner).alias(), row.c[self.column]

    @property
    def column(self) -> str:
        """The column that holds what stands there."""
        return f"{self.item.name}_id"

    @property
    def target(self) -> Object:
        """What stands there."""
        return registry.object(self.item.type.object)  # type: ignore[attr-defined]


def _table(obj: Object) -> Table:
    model: Any = obj.model
    found: Table = model.__table__
    return found


@cache
def _indexed(known: Registry) -> dict[str, Place]:
    found = {}
    for owner in known.objects.values():
        for child in owner.children:
            for item in known.objects[child.object].fields:
                if item.once:
                    found[child.object] = Place(owner, child, item)
    return found


def place_of(rows: str) -> Place | None:
    """Return where the rows of a list hold what stands there once, None if they hold no such thing."""
    return _indexed(registry.registry()).get(rows)


def free(target: Object, item: Field, own: int | None) -> ColumnElement[bool]:
    """Return the condition that no other record under way than this one holds a row of the target."""
    model: Any = target.model
    place = place_of(item.once)
    assert place
    row, parent, picked = place.tables()
    return ~exists().where(picked == model.id, *_under_way(place, row, parent, own))


def _under_way(place: Place, row: Any, parent: Any, own: int | None) -> list[ColumnElement[bool]]:
    clauses = [row.c.parent_id == parent.c.id]
    gone = place.gone()
    if gone:
        clauses.append(parent.c.state.notin_(gone))
    if own is not None:
        clauses.append(parent.c.id != own)
    return clauses


def taken(place: Place, ids: Collection[int], own: int | None) -> set[int]:
    """Return which of these stand in another record under way."""
    row, parent, picked = place.tables()
    query = select(picked).where(picked.in_(sorted(ids)), *_under_way(place, row, parent, own))
    with elevated(), session.no_autoflush:
        return set(session.scalars(query)) if ids else set()


def hold(row: Row) -> None:
    """Keep what is taken anew to this transaction, so that two people cannot take it at once."""
    for child in row._object.children:
        place = place_of(child.object)
        if place is None:
            continue
        wanted = set()
        for inner in row._children.get(child.name, ()):
            value = inner._values.get(place.item.name)
            if value and value not in stored_ids(place.item, inner._record):
                wanted.add(value)
        _lock(session(), place.target, wanted)


def _lock(current: Session, target: Object, ids: Collection[int]) -> None:
    """Lock records in the order of their ids, as a change of them would."""
    real: dict[str, list[int]] = {}
    for number in ids:
        obj, pk = abstract_views.concrete(target, number)
        real.setdefault(obj.name, []).append(pk)
    for name, pks in sorted(real.items()):
        model: Any = registry.object(name).model
        query = select(model.id).where(model.id.in_(sorted(pks))).order_by(model.id)
        with elevated():
            current.execute(query.with_for_update(of=model, key_share=True)).all()


# --- whatever writes it -------------------------------------------------------------------------


def _after_flush(current: Session, context: Any) -> None:
    places = _indexed(registry.registry())
    for place in places.values():
        found = _written(current, place)
        if found:
            _refuse_doubles(current, place, found)


def _written(current: Session, place: Place) -> dict[int, set[int]]:
    """Return what records have taken in this flush: record: what stands in it now."""
    rows: Any = registry.object(place.child.object).model
    found: dict[int, set[int]] = {}
    for record in _of(current, rows):
        value = getattr(record, place.column)
        if value and _changed(record, place.column):
            found.setdefault(record.parent_id, set()).add(value)
    gone = place.gone()
    back = [one for one in _of(current, place.owner.model) if gone and _comes_back(one, gone)]
    if back:
        row, _, picked = place.tables()
        query = select(row.c.parent_id, picked).where(
            row.c.parent_id.in_([one.id for one in back]), picked.isnot(None)
        )
        with elevated():
            for owner, value in current.execute(query):
                found.setdefault(owner, set()).add(value)
    return found


def _of(current: Session, model: Any) -> Iterable[Any]:
    return [one for one in (*current.new, *current.dirty) if type(one) is model]


def _changed(record: Any, name: str) -> bool:
    return bool(inspect(record).attrs[name].history.has_changes())


def _comes_back(record: Any, gone: list[str]) -> bool:
    """Tell whether a record that came to nothing is under way again."""
    before = inspect(record).attrs["state"].history.deleted
    return bool(before and before[0] in gone and record.state not in gone)


def _refuse_doubles(current: Session, place: Place, found: dict[int, set[int]]) -> None:
    """Raise Rejected where something of what was taken stands in another record under way, too."""
    ids = set[int]().union(*found.values())
    _lock(current, place.target, ids)
    row, parent, picked = place.tables()
    query = select(picked, parent.c.id, row.c.position).where(
        picked.in_(sorted(ids)), *_under_way(place, row, parent, None)
    )
    holders: dict[int, dict[int, int]] = {}
    with elevated():
        for value, owner, position in current.execute(query):
            holders.setdefault(value, {})[owner] = position
    faults = []
    for owner, values in sorted(found.items()):
        for value in sorted(values):
            positions = holders.get(value, {})
            if owner in positions and len(positions) > 1:
                path = f"{place.child.name}.{positions[owner]}.{place.item.name}"
                faults.append(Fault(path, _told(place, positions[owner])))
    if faults:
        raise Rejected(faults)


def _told(place: Place, position: int) -> str:
    what = f"“{place.child.title}”第 {position + 1} 行的{place.target.title}"
    return f"{what}已列入另一件办理中的“{place.owner.title}”，同一时间只能在一件里"


event.listen(Session, "after_flush", _after_flush)
