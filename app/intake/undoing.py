"""What was handed in, taken back: the records it made are removed, where nobody has built on them."""

from typing import Any

from sqlalchemy import delete, or_, select

from app.core import clock, display, history, records, registry
from app.core.database import session, unit_of_work
from app.core.errors import Conflict, Fault, NotFound, Rejected
from app.intake import handed, merging
from app.intake.handing import OBJECT
from app.intake.models import LOADED, TAKEN, HandedIn, TakenRow

MOST_NAMED = 20


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
        made = {(row.object, row.record_id) for row in rows if _made(row, batch.id)}
        faults = [Fault("", words) for row in rows if (words := _hindered(row, batch.id, made))]
        removed = 0 if faults else _remove(rows, batch.id, faults)
        if faults:
            raise Rejected(faults[:MOST_NAMED], _words(faults))
        session.execute(delete(TakenRow).where(TakenRow.batch == batch.id))
        batch.undone_at = clock.now()
        history.note(OBJECT, batch.id, "delete", {"file": batch.name, "removed": removed})
    return removed


def _rows(batch: HandedIn) -> list[TakenRow]:
    """Return the lines of a batch, those that others of its file refer to last."""
    order = {spec.name: number for number, spec in enumerate(handed.maps(batch.source))}
    query = select(TakenRow).where(
        or_(TakenRow.batch == batch.id, TakenRow.changed == batch.id),
        TakenRow.part == "", TakenRow.outcome.in_(TAKEN),
    )  # fmt: skip
    return sorted(session.scalars(query), key=lambda row: (-order.get(row.migration, 0), -row.id))


def _made(row: TakenRow, batch: int) -> bool:
    return row.batch == batch and row.outcome == LOADED


def _hindered(row: TakenRow, batch: int, made: set[Any]) -> str:
    """Return why a row cannot be taken back; empty where it can."""
    if (row.object, row.record_id) not in made:
        return f"来源行 {row.key} 改写了原有的记录" if row.changed == batch else ""
    if not _made(row, batch):
        return ""
    record = _record(row)
    if record is None:
        return ""  # somebody removed it already
    later = select(TakenRow.id).where(
        TakenRow.object == row.object, TakenRow.record_id == row.record_id,
        TakenRow.changed != batch,
    )  # fmt: skip
    if session.scalars(later.limit(1)).first() is not None:
        return f"{_name(record)}后来由另一个文件改写"
    if getattr(record, "version", None) != row.version:
        return f"{_name(record)}载入后已有人修改"
    return ""


def _record(row: TakenRow) -> Any:
    return merging.before(registry.object(row.object), [row]).get(row.record_id or 0)


def _remove(rows: list[TakenRow], batch: int, faults: list[Fault]) -> int:
    """Remove the records through the ordinary door; what it refuses is added to the faults."""
    removed = 0
    for row in rows:
        if not _made(row, batch):
            continue
        obj = registry.object(row.object)
        model: Any = obj.model
        if _record(row) is None:
            continue
        record = session.scalars(select(model).where(model.id == row.record_id)).first()
        if record is None:
            faults.append(Fault("", f"来源行 {row.key} 的记录不在您的范围内"))
            continue
        try:
            records.remove(obj, record)
            removed += 1
        except Conflict as error:
            faults.append(Fault("", f"{_name(record)}：{error.message}"))
    return removed


def _name(record: Any) -> str:
    return f"“{display.title_of(record)}”"


def _words(faults: list[Fault]) -> str:
    more = f"；共 {len(faults)} 处" if len(faults) > 5 else ""
    return "不能撤回，没有改动任何数据：" + "；".join(one.message for one in faults[:5]) + more
