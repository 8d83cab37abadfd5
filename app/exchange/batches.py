"""Messages by timetable: once a day, all records that were not sent yet leave in one file.

Collecting, the file's row in the outbox and the note of what it holds are one transaction: a record
leaves in one file and in no other, however often a worker dies. A record that breaks the contract
stays behind, is shown with the reason, and goes with the first file after it has been put right.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.declare.interfaces import Interface, Outgoing
from app.core.expressions.env import make_env
from app.core.jobs import outbox, scheduler
from app.core.plugin import Refused
from app.exchange import contract
from app.exchange.models import HELD, OUT, Exchange, SentRow, mark, set_mark
from app.exchange.outbound import KIND, codec, entry, interfaces

MOST = 10_000  # records of one file; the rest leaves with the next run
PIECE = 400  # records that are looked at together
EVERY = 60  # seconds


def run() -> str | None:
    """Send what is due; return what left, None where nothing did."""
    notes = []
    for interface in interfaces().values():
        for item in interface.messages:
            if item.at and _due(interface, item):
                notes.append(f"{item.title} {collect(interface, item)} 条")
    return "；".join(notes) or None


def _due(interface: Interface, item: Outgoing) -> bool:
    now: datetime = clock.local(clock.now())
    done = mark(_mark(interface, item))
    session.rollback()
    return f"{now:%H:%M}" >= item.at and done < f"{now:%Y-%m-%d}"


def _mark(interface: Interface, item: Outgoing) -> str:
    return f"{interface.name}/{item.name}"


def collect(interface: Interface, item: Outgoing) -> int:
    """Put the records that were not sent yet into one file; return how many it holds."""
    try:
        with unit_of_work(), acting_as(SYSTEM), elevated():
            set_mark(_mark(interface, item), f"{clock.today():%Y-%m-%d}")
            rows: dict[int, dict[str, Any]] = {}
            for records in _records(interface, item):
                rows |= _fitting(interface, item, records, MOST - len(rows))
                if len(rows) == MOST:
                    break
            if rows:
                _put(interface, item, list(rows.values()), list(rows))
            return len(rows)
    except IntegrityError:
        session.rollback()
        return 0  # another worker has collected the same records


def _records(interface: Interface, item: Outgoing) -> Iterator[Sequence[Any]]:
    """Yield all records that were not sent yet, in pieces: those that stay behind hide no others."""
    obj = registry.object(item.object)
    model: Any = obj.model
    sent = and_(
        SentRow.interface == interface.name,
        SentRow.message == item.name,
        SentRow.record_id == model.id,
    )
    query = select(model).where(~select(SentRow.id).where(sent).exists())
    if item.where is not None:
        query = query.where(item.where(model, make_env(SYSTEM)))
    query = query.options(*contract.loading(obj, item.fields)).order_by(model.id).limit(PIECE)
    last = 0
    while found := session.scalars(query.where(model.id > last)).all():
        yield found
        last = found[-1].id


def _fitting(
    interface: Interface, item: Outgoing, records: Sequence[Any], most: int
) -> dict[int, dict[str, Any]]:
    """Return what the first records that keep the contract say, by id; the log has why others do not."""
    obj, env = registry.object(item.object), make_env(SYSTEM)
    keys = {record.id: f"{interface.name}.{item.name}-row-{record.id}" for record in records}
    query = select(Exchange).where(Exchange.key.in_(keys.values()))
    known = {row.key: row for row in session.scalars(query)}
    rows: dict[int, dict[str, Any]] = {}
    for record in records:
        if len(rows) == most:
            break
        values, faults = contract.written(item.fields, contract.said(item.fields, record, env))
        faults = faults or _misfits(interface, item, values)
        key = keys[record.id]
        if not faults:
            rows[record.id] = values
            if key in known:
                session.delete(known[key])
            continue
        held = known.get(key) or entry(interface, item, key, obj, record)
        held.own_state, held.own_error = HELD, "；".join(faults)[:500]
    return rows


def _misfits(interface: Interface, item: Outgoing, values: dict[str, Any]) -> list[str]:
    """Say what of a row the file cannot hold: one value must not keep the other rows back."""
    try:
        codec(interface).encode(contract.columns(item.fields), [values])
    except Refused as error:
        return [str(error)]
    return []


def _put(
    interface: Interface, item: Outgoing, rows: list[dict[str, Any]], records: list[int]
) -> None:
    key = f"{interface.name}.{item.name}-{clock.today():%Y%m%d}-{records[0]}"
    payload = {
        "interface": interface.name,
        "message": item.name,
        "values": {"rows": len(rows)},
        "files": [],
        "rows": rows,
    }
    title = f"{item.title}（{len(rows)} 条）→ {interface.title}"
    left = Exchange(
        direction=OUT,
        interface=interface.name,
        message=item.name,
        key=key,
        title=item.title,
        outbox_id=outbox.put(KIND, payload, key, title=title).id,
        rows=len(rows),
        fingerprint=contract.fingerprint(rows),
        created_at=clock.now(),
    )
    session.add(left)
    session.flush()
    for pk in records:
        session.add(
            SentRow(interface=interface.name, message=item.name, record_id=pk, exchange_id=left.id)
        )
    session.flush()


scheduler.declare(
    scheduler.Job(name="exchange_files", title="按时间表报送接口文件", run=run, every=EVERY)
)
