"""Amounts of a resource that cases keep for themselves: never more than there is.

The resource's row is locked while its stored `used` changes, so two cases cannot both take the
last place; the hold follows the case when its amount or its resource changes, and ends with it.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from app.core import clock, display, records, registry
from app.core.database import elevated, session
from app.core.declare import Hold, Object
from app.core.env import make_env
from app.core.errors import Fault, Rejected
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


def amount_of(obj: Object, record: Any, hold: Hold) -> int:
    """Return how much the record holds now of the resource that it refers to."""
    row = row_of(obj, record, hold)
    if row is None or row.released_at is not None:
        return 0
    same = row.resource_id == getattr(record, f"{hold.field}_id")
    return row.amount if same else 0


def place(obj: Object, record: Any, hold: Hold) -> None:
    """Take or adjust what the record needs; Rejected if the resource has less (and may not go over)."""
    resource_id = getattr(record, f"{hold.field}_id")
    row = row_of(obj, record, hold)
    if row is not None and row.released_at is None and row.resource_id != resource_id:
        _change(row.resource_object, row.resource_id, hold, -row.amount, obj)
        row.released_at = clock.now()
    if resource_id is None:
        return
    amount = int(hold.amount(record, make_env()) or 0)
    held = row.amount if row is not None and row.released_at is None else 0
    target = obj.field(hold.field).type.object  # type: ignore[attr-defined]
    _change(target, resource_id, hold, amount - held, obj)
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
    _change(row.resource_object, row.resource_id, hold, -row.amount, obj)
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


def _change(object_name: str, pk: int, hold: Hold, delta: int, holder: Object) -> None:
    """Add to what is used of the resource. Its version stays: a hold is no change of the record."""
    if delta == 0:
        return
    obj = registry.object(object_name)
    model: Any = obj.model
    with elevated():
        locked = select(model).where(model.id == pk).with_for_update(of=model)
        resource = session.scalars(locked.execution_options(populate_existing=True)).one()
        used = (getattr(resource, hold.used) or 0) + delta
        changes = records.recomputed(obj, resource, {hold.used: used})
        left = changes.get(hold.capacity, getattr(resource, hold.capacity))
        if delta > 0 and left is not None and left < 0 and hold.over == "error":
            text = (
                f"“{display.title_of(resource)}”剩余 {left + delta}，本次需要 {delta}，超出 {-left}"
            )
            raise Rejected([Fault(hold.field, text)])
        _write(resource, changes)
        if obj.parent:  # sums over the rows follow
            parent = resource.parent
            _write(parent, records.recomputed(registry.object(obj.parent), parent, {}))


def _write(record: Any, changes: dict[str, Any]) -> None:
    if not changes:
        return
    table = type(record).__table__
    session.execute(update(table).where(table.c.id == record.id).values(**changes))
    for name, value in changes.items():
        set_committed_value(record, name, value)
