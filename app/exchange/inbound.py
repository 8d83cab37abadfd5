"""What counterparts send on their own: rows that are judged like those of an import and become records.

A message that was taken counts once, by the key that the counterpart gave it; one that was refused may
come again under it. Its rows are one unit of work: all of them are written, or none; where the
interface says `mode: good`, those that are wrong are left out. A row of an object with a flow begins a case,
once: a case that is known is its office's, and no message changes it. What was not taken is in the log with
the reason, row by row.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import Object, registry
from app.core.declare.interfaces import Incoming, Interface
from app.core.errors import UserError
from app.core.plugin import Arrival, NotTaken, PluginError
from app.core.records import bulk_lookups
from app.core.records import service as records
from app.exchange import contract
from app.exchange.models import IN, REFUSED, TAKEN, Exchange
from app.exchange.outbound import codec
from app.exchange.reference_lookup import Own, Records, Targets
from app.flow.execution import actions, cases, transitions

LONGEST_KEY = 160  # characters of a key in the log


class _Wrong(Exception):
    """Rows are wrong and nothing is to be written; the words say which."""


def take(interface: Interface, came: Arrival) -> int:
    """Take in a message; return how many rows were written."""
    key = _key(interface, came.key)
    if _known(key, TAKEN):
        return 0
    item = next((one for one in interface.takes if one.name == came.message), None)
    seen = contract.fingerprint([dict(came.values), [name for name, _ in came.files]])
    if item is None:
        named = contract.stored(came.message)
        reason = f"没有约定名为“{named[:40]}”的报文"
        _refused(interface, named, key, reason, seen, reason)
        return 0
    try:
        found = _rows(interface, item, came)
        with unit_of_work(), acting_as(SYSTEM), elevated():
            faults = _write(item, found)
            if faults and item.mode == "all":
                raise _Wrong(contract.numbered(faults))
            written, said = len(found) - len(faults), contract.numbered(faults)
            state = TAKEN if written or not found else REFUSED
            _add(interface, item.name, key, item.title, seen, state=state, why=said, rows=written)
            return written
    except (_Wrong, PluginError, UserError) as error:
        session.rollback()
        _refused(interface, item.name, key, item.title, seen, str(error))
        return 0


def note(interface: Interface, came: NotTaken) -> None:
    """Write into the log that something came and could not be read."""
    what, number = f"{came.name}-{came.fingerprint[:16]}", 1
    while _known(key := _key(interface, f"{what}-{number}")):  # brought again, refused again
        number += 1
    _refused(interface, "", key, contract.stored(came.name), came.fingerprint, came.reason)


def _key(interface: Interface, theirs: str) -> str:
    """Return the key of the log for one that they gave; one too long is told by its digest."""
    key = f"{interface.name}-{contract.stored(theirs)}"
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"{key[: LONGEST_KEY - 33]}-{digest}"


def _known(key: str, *states: str) -> bool:
    query = select(Exchange.id).where(Exchange.key == key)
    query = query.where(Exchange.own_state.in_(states)) if states else query
    return session.scalar(query) is not None


def _rows(interface: Interface, item: Incoming, came: Arrival) -> list[Mapping[str, Any]]:
    if not came.files:
        return [came.values]
    if not interface.codec:
        raise _Wrong("这一接口没有约定文件格式")
    columns = contract.columns(item.fields)
    return [row for _, content in came.files for row in codec(interface).decode(columns, content)]


def _write(item: Incoming, found: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Write the rows; return what is wrong by the number of the row, from 1."""
    obj, faults = registry.object(item.object), dict[int, str]()
    read = dict(enumerate((contract.read(item.fields, values) for values in found), start=1))
    with bulk_lookups.batch() as known:
        raws = [raw for raw, wrong in read.values() if not wrong]
        targets = Targets(obj, item, raws, known)
        owns = {number: _own(targets, item, *one) for number, one in read.items()}
        known_records = Records(
            obj, item, [own for own, wrong in owns.values() if not wrong], known
        )
        for number, (own, wrong) in owns.items():
            wrong = wrong or _saved(obj, item, own, known_records)
            if wrong:
                faults[number] = "、".join(wrong)
    return faults


def _own(
    targets: Targets, item: Incoming, raw: dict[str, str], wrong: list[str]
) -> tuple[Own, list[str]]:
    try:
        return ({} if wrong else targets.own(item, raw, wrong)), wrong
    except ValueError as error:  # no value of the field by which something is found
        return {}, [str(error)]


def _saved(obj: Object, item: Incoming, own: Own, known: Records) -> list[str]:
    """Write one row; return what is wrong with it, and then nothing of it is written."""
    try:
        record = known.get(own)
        if record is not None and obj.flow:
            return [f"已有同一件{obj.title}，不再另起一件，也不改动它"]
        whole = records.raw_of(obj, record) | own if record is not None else own
        with session.begin_nested():
            record = records.save(
                obj, record, whole,
                complete=not _rests(obj, item), engine=True, entry=item.entry,
                chosen=frozenset(own),
            )  # fmt: skip
            if obj.flow:
                _begin(item, record)
        known.know(own, record)
    except UserError as error:
        return [fault.message for fault in error.faults] or [error.message]
    except ValueError as error:  # a key that is no value of its field
        return [str(error)]
    return []


def _rests(obj: Object, item: Incoming) -> bool:
    """Tell whether a case waits at its first step for people who are asked there for what it lacks."""
    flow = registry.flow_of(obj.name)
    if flow is None or item.action:
        return False
    first = flow.steps[0]
    return first.by is not None and bool(first.edit) and first.wait is None and not first.branches


def _begin(item: Incoming, record: Any) -> None:
    """Let a case that a row began leave its first step, under the rules of its flow."""
    case = cases.case_of(record)
    case.entry = item.entry or None
    if item.action:
        actions.act(case, item.action, comment=f"由“{item.title}”报送")
    else:
        transitions.follow(case)  # its first step may send something, or wait for nobody


def _refused(interface: Interface, message: str, key: str, title: str, seen: str, why: str) -> None:
    with unit_of_work():
        _add(interface, message, key, title, seen, state=REFUSED, why=why, rows=0)


def _add(
    interface: Interface,
    message: str,
    key: str,
    title: str,
    seen: str,
    *,
    state: str,
    why: str,
    rows: int,
) -> None:
    row = session.scalars(select(Exchange).where(Exchange.key == key)).first()
    if row is None:
        row = Exchange(direction=IN, interface=interface.name, message=message[:60], key=key)
        session.add(row)
    row.title, row.own_state, row.own_error = title[:200], state, why[:500] or None
    row.rows, row.fingerprint, row.created_at = rows, seen or None, clock.now()
    session.flush()
