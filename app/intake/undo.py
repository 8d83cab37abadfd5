"""What was handed in, taken back: the records it made are removed, where nobody has built on them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, or_, select

from app.core import clock
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, Fault, NotFound, Rejected
from app.core.records import bulk_lookups, display
from app.core.records import service as records
from app.intake import merging, uploaded_sources
from app.intake.models import LOADED, TAKEN, HandedIn, TakenRow
from app.intake.submissions import OBJECT

MOST_NAMED = 20
Place = tuple[str, int]  # object and number of a record


def undo(batch_id: int, function: str, user_id: int) -> int:
    """Remove what a file of this person made, and return how many records that were.

    Rejected names what hinders: records that were there before and rewritten, that were changed
    since, or that others refer to. Then nothing is removed.
    """
    with unit_of_work():
        batch = session.get(HandedIn, batch_id, with_for_update=True)
        if batch is None or batch.function != function or batch.user_id != user_id:
            raise NotFound("没有这一批，或它不是您交的")
        if batch.undone_at:
            raise Conflict("这一批已经撤回")
        rows = _rows(batch)
        own = [row for row in rows if row.batch == batch.id and row.outcome == LOADED]
        there, later = _records(own), _rewritten(own, batch.id)
        faults = [Fault("", words) for row in own if (words := _hindered(row, there, later))]
        made = {_place(row) for row in own}
        faults += [
            Fault("", f"来源行 {row.key} 改写了原有的记录")
            for row in rows
            if row.changed == batch.id and _place(row) not in made
        ]
        removed = 0 if faults else _remove(own, there, faults)
        if faults:
            raise Rejected(faults[:MOST_NAMED], _words(faults))
        session.execute(delete(TakenRow).where(TakenRow.batch == batch.id))
        batch.undone_at = clock.now()
        history.note(OBJECT, batch.id, "delete", {"file": batch.name, "removed": removed})
    return removed


def _rows(batch: HandedIn) -> list[TakenRow]:
    """Return the lines of a batch, those that others of its file refer to last."""
    order = {spec.name: number for number, spec in enumerate(uploaded_sources.maps(batch.source))}
    query = select(TakenRow).where(
        or_(TakenRow.batch == batch.id, TakenRow.changed == batch.id),
        TakenRow.part == "", TakenRow.outcome.in_(TAKEN),
    )  # fmt: skip
    return sorted(session.scalars(query), key=lambda row: (-order.get(row.migration, 0), -row.id))


def _place(row: TakenRow) -> Place:
    return row.object, row.record_id or 0


def _by_object(rows: Iterable[TakenRow]) -> dict[str, list[TakenRow]]:
    found: dict[str, list[TakenRow]] = defaultdict(list)
    for row in rows:
        found[row.object].append(row)
    return found


def _records(rows: Iterable[TakenRow]) -> dict[Place, Any]:
    """Return the records that rows became, locked; those that somebody removed already are not there."""
    return {
        (name, pk): record
        for name, some in _by_object(rows).items()
        for pk, record in merging.before(registry.object(name), some).items()
    }


def _rewritten(rows: Iterable[TakenRow], batch: int) -> set[Place]:
    """Return which of the records another file has rewritten."""
    found: set[Place] = set()
    for name, some in _by_object(rows).items():
        for piece in bulk_lookups.pieces(row.record_id for row in some):
            query = select(TakenRow.record_id).where(
                TakenRow.object == name, TakenRow.record_id.in_(piece), TakenRow.changed != batch
            )
            found.update((name, pk) for pk in session.scalars(query) if pk)
    return found


def _hindered(row: TakenRow, there: Mapping[Place, Any], later: set[Place]) -> str:
    """Return why the record of a row cannot be taken back; empty where it can."""
    record = there.get(_place(row))
    if record is None:
        return ""
    if _place(row) in later:
        return f"{_name(record)}后来由另一个文件改写"
    if getattr(record, "version", None) != row.version:
        return f"{_name(record)}载入后已有人修改"
    return ""


def _remove(rows: list[TakenRow], there: Mapping[Place, Any], faults: list[Fault]) -> int:
    """Remove the records through the ordinary door; what it refuses is added to the faults."""
    removed, reached = 0, _within_reach(there)
    for row in rows:
        record = there.get(_place(row))
        if record is None or record not in session:  # it went with one before it
            continue
        if _place(row) not in reached:
            faults.append(Fault("", f"来源行 {row.key} 的记录不在您的范围内"))
            continue
        try:
            records.remove(registry.object(row.object), record)
            removed += 1
        except Conflict as error:
            faults.append(Fault("", f"{_name(record)}：{error.message}"))
    return removed


def _within_reach(there: Iterable[Place]) -> set[Place]:
    ids: dict[str, list[int]] = defaultdict(list)
    for name, pk in there:
        ids[name].append(pk)
    found: set[Place] = set()
    for name, some in ids.items():
        model: Any = registry.object(name).model
        for piece in bulk_lookups.pieces(some):
            reached = session.scalars(select(model.id).where(model.id.in_(piece)))
            found.update((name, pk) for pk in reached)
    return found


def _name(record: Any) -> str:
    return f"“{display.title_of(record)}”"


def _words(faults: list[Fault]) -> str:
    more = f"；共 {len(faults)} 处" if len(faults) > 5 else ""
    return "不能撤回，没有改动任何数据：" + "；".join(one.message for one in faults[:5]) + more
