"""Amounts of a resource that cases keep for themselves: never more than there is.

The resource's row is locked while its stored `used` changes, so two cases cannot both take the
last place; the hold follows the case when its amount or its resource changes, and ends with it.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.core import clock
from app.core.aggregates import reconciliation, settlement
from app.core.aggregates.reconciliation import Difference
from app.core.db.database import elevated, session
from app.core.declare import Hold, Object, registry
from app.core.errors import Fault, Rejected
from app.core.expressions.env import make_env
from app.core.records import change_drafts, derived_values, display, validation
from app.core.records import service as records
from app.core.types import Integer
from app.flow.models import HoldRow


def row_of(obj: Object, record: Any, hold: Hold) -> HoldRow | None:
    """Return the hold that the record has by this declaration, in force or not."""
    if record is None or record.id is None:
        return None
    return session.scalars(
        select(HoldRow).where(
            HoldRow.object == obj.name,
            HoldRow.record_id == record.id,
            HoldRow.field == hold.field,
        )
    ).first()


def amount_of(obj: Object, record: Any, hold: Hold, resource: Any) -> int:
    """Return how much the record holds now of a resource; of another than that it holds nothing."""
    row = row_of(obj, record, hold)
    if row is None or row.released_at is not None:
        return 0
    return row.amount if row.resource_id == resource.id else 0


def lacking(obj: Object, record: Any) -> str:
    """Say of what there is not enough for the record as it stands, or as its change would make it; "" if nothing.

    Whoever only leads it on is told this too, not the last one who signs.
    """
    if not obj.holds and not (obj.draft and change_drafts.target_object(obj).holds):
        return ""
    row = records.bind_stored(obj, record)
    rows = [row, *(one for one in [change_drafts.changed(obj, row)] if one is not None)]
    found = [fault for one in rows for fault in validation.exceeded(one, make_env())]
    return "；".join(fault.message for fault in found if fault.level == "error")


def place(obj: Object, record: Any, hold: Hold) -> None:
    """Take or adjust what the record needs; Rejected if the resource has less (and may not go over)."""
    resource_id = getattr(record, f"{hold.field}_id")
    row = row_of(obj, record, hold)
    if row is not None and row.released_at is None and row.resource_id != resource_id:
        _change(row.resource_object, row.resource_id, hold, -row.amount)
        row.released_at = clock.now()
    if resource_id is None:
        return
    amount = int(hold.amount(record, make_env()) or 0)
    if not Integer().fits(amount):
        raise Rejected([Fault(hold.field, f"占用 {amount}，数值太大，存不下")])
    held = row.amount if row is not None and row.released_at is None else 0
    target = obj.field(hold.field).type.object  # type: ignore[attr-defined]
    _change(target, resource_id, hold, amount - held)
    if row is None:
        row = HoldRow(object=obj.name, record_id=record.id, field=hold.field)
        session.add(row)
    row.resource_object, row.resource_id, row.amount = target, resource_id, amount
    row.since, row.released_at = clock.now(), None
    session.flush()


def release(obj: Object, record: Any, hold: Hold) -> None:
    """Give back what the record holds."""
    row = row_of(obj, record, hold)
    if row is None or row.released_at is not None:
        return
    _change(row.resource_object, row.resource_id, hold, -row.amount)
    row.released_at = clock.now()
    session.flush()


def refresh(obj: Object, record: Any) -> None:
    """Let the holds in force follow a change of the record."""
    for hold in obj.holds:
        row = row_of(obj, record, hold)
        if row is not None and row.released_at is None:
            place(obj, record, hold)


def holders(resource_object: str, resource_id: int) -> list[HoldRow]:
    """Return the holds in force on a resource."""
    query = select(HoldRow).where(
        HoldRow.resource_object == resource_object,
        HoldRow.resource_id == resource_id,
        HoldRow.released_at.is_(None),
    )
    return list(session.scalars(query.order_by(HoldRow.since)))


def _change(object_name: str, pk: int, hold: Hold, delta: int) -> None:
    """Add to what is used of the resource. Its version stays: a hold is no change of the record."""
    if delta == 0:
        return
    obj = registry.object(object_name)
    with elevated():
        (resource,) = settlement.lock(obj, [pk])
        used = (getattr(resource, hold.used) or 0) + delta
        changes = records.recomputed(obj, resource, {hold.used: used})
        left = changes.get(hold.capacity, getattr(resource, hold.capacity))
        if delta > 0 and left is not None and left < 0 and hold.over == "error":
            text = (
                f"“{display.title_of(resource)}”剩余 {left + delta}，本次需要 {delta}，超出 {-left}"
            )
            raise Rejected([Fault(hold.field, text)])
        settlement.write(obj, resource, changes)


def _differing() -> Iterator[Difference]:
    """Yield every resource whose stored `used` is not what its holds take; one statement for each kind."""
    for obj in registry.registry().objects.values():
        for name in sorted({hold.used for other, hold in _on(obj.name)}):
            yield from _wrong(obj, name)


def _on(resource: str) -> list[tuple[Object, Hold]]:
    """Return the holds that are declared on an object, with the objects that declare them."""
    return [
        (obj, hold)
        for obj in registry.registry().objects.values()
        for hold in obj.holds
        if obj.field(hold.field).type.object == resource  # type: ignore[attr-defined]
    ]


def _wrong(obj: Object, name: str) -> Iterator[Difference]:
    model: Any = obj.model
    mine = [
        and_(HoldRow.object == other.name, HoldRow.field == hold.field)
        for other, hold in _on(obj.name)
        if hold.used == name
    ]
    held = select(HoldRow.resource_id.label("k"), func.sum(HoldRow.amount).label("v"))
    held = held.where(
        HoldRow.resource_object == obj.name, HoldRow.released_at.is_(None), or_(*mine)
    )
    found = held.group_by(HoldRow.resource_id).subquery()
    stored, right = func.coalesce(getattr(model, name), 0), func.coalesce(found.c.v, 0)
    query = select(model.id, stored, right).outerjoin(found, found.c.k == model.id)
    with elevated():
        rows = session.execute(query.where(stored != right).order_by(model.id)).all()
    for pk, was, should in rows:
        yield Difference(obj.name, pk, name, was, int(should))


derived_values.followed.append(refresh)
validation.held = amount_of
reconciliation.further.append(_differing)
