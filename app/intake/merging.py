"""Rows that are there already: the record is found by its natural key and completed from the row.

What is asked of the database is asked for a whole batch of rows.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.core.db.database import elevated, session
from app.core.declare import Object
from app.core.declare.loads import Migration
from app.core.errors import Fault, UserError
from app.core.expressions.env import make_env
from app.core.records import bulk_lookups, natural_keys, validation
from app.core.records import service as records
from app.core.types import Code
from app.intake.differences import TAKE, Difference, Differing, decision
from app.intake.models import TAKEN, TakenRow
from app.intake.row_parsing import Line

EDITED = "记录载入后已有人在本系统中修改，不再由来源改写"


def find(
    obj: Object, match: tuple[str, ...], keys: Collection[tuple[Any, ...]]
) -> dict[Any, list[Any]]:
    """Return the records that have one of the keys; cases that came to nothing count too."""
    with elevated():
        return natural_keys.records(obj, match, keys)


def before(obj: Object, known: Sequence[TakenRow]) -> dict[int, Any]:
    """Return the records that rows became before, by id; those that are gone are not among them."""
    model: Any = obj.model
    found: dict[int, Any] = {}
    for piece in bulk_lookups.pieces({row.record_id for row in known} - {None}):
        with elevated():
            found.update((one.id, one) for one in natural_keys.locked(obj, model.id.in_(piece)))
    return found


def edited(obj: Object, records: Iterable[Any]) -> set[int]:
    """Return which records that were taken have been changed by somebody since."""
    versions: dict[int, set[int | None]] = defaultdict(set)
    now = {record.id: record.version for record in records}
    for piece in bulk_lookups.pieces(now):
        query = select(TakenRow.record_id, TakenRow.version).where(
            TakenRow.object == obj.name, TakenRow.record_id.in_(piece), TakenRow.part == ""
        )
        for pk, version in session.execute(query):
            if pk is not None:
                versions[pk].add(version)
    return {pk for pk, some in versions.items() if now[pk] not in some}


def merge(spec: Migration, obj: Object, record: Any, line: Line, *, by_hand: bool) -> list[Fault]:
    """Complete a record from a row as the migration and the decisions say; return why it cannot be.

    `by_hand`: somebody has changed the record since it was taken. What the record holds otherwise and
    keeps is noted with the line.
    """
    assert line.bound
    weighed = _Weighed(spec, line, by_hand)
    raw = _changes(weighed, obj, record, line)
    raw |= _lists(weighed, obj, record, line)
    if weighed.open:
        line.differing = Differing(record.id, weighed.open)
        if spec.same == "refuse":
            line.by_hand = by_hand
            return []
    if not raw:
        line.by_hand = by_hand
        return []
    if by_hand and not weighed.decided:
        return [Fault(spec.match[0], EDITED)]
    if spec.file:
        return _save(obj, record, raw, line)
    bound = records.bind_over(obj, record, raw, make_env())
    faults = [fault for fault in bound.faults if fault.level == "error"]
    faults = faults or validation.must_hold(bound.row)
    if not faults:
        records.rewrite(obj, record, bound.row)
        _know_rows(record, line)
    return faults


def faults_of(error: UserError) -> list[Fault]:
    """Return why a row was refused while it was written; of it nothing is left."""
    faults = [fault for fault in error.faults if fault.level == "error"]
    return faults or [Fault("", error.message)]


@dataclass
class _Weighed:
    """Value against value: what a row may write, and what differs and stays as it is."""

    spec: Migration
    line: Line
    by_hand: bool
    open: list[Difference] = field(default_factory=list)  # that nobody has decided
    decided: bool = False  # somebody has said that a value is to be taken

    def takes(self, place: str, held: str, said: str) -> bool:
        """Tell whether what a row says replaces what is held; note it where it does not."""
        one = Difference(place, held, said)
        word = decision(self.line.known, one)
        if word:
            self.decided |= word == TAKE
            return word == TAKE
        same = self.spec.same
        if same == "update" or (not held and same != "keep" and not self.by_hand):
            return True
        self.open.append(one)
        return False


def _save(obj: Object, record: Any, raw: dict[str, Any], line: Line) -> list[Fault]:
    """Write what somebody handed in as that person's own change: the rules of today and the step hold."""
    try:
        with (
            session.begin_nested()
        ):  # of a row that is refused after it was written nothing is left
            records.save(obj, record, raw, complete=True)
    except UserError as error:
        return faults_of(error)
    _know_rows(record, line)
    line.changed = True
    return []


def _changes(weighed: _Weighed, obj: Object, record: Any, line: Line) -> dict[str, Any]:
    assert line.bound
    stored = records.bind_stored(obj, record)._values
    raw = {}
    for mapped in weighed.spec.fields:
        kind = obj.field(mapped.field).type
        new, old = line.bound.row._values.get(mapped.field), stored.get(mapped.field)
        if isinstance(kind, Code) or new in (None, "", []) or new == old:
            continue
        if weighed.takes(mapped.field, kind.dump(old), kind.dump(new)):
            raw[mapped.field] = line.raw.get(mapped.field, "")
    return raw


def _lists(weighed: _Weighed, obj: Object, record: Any, line: Line) -> dict[str, Any]:
    """Return the child lists that become others; rows that are there already know their record.

    A row stands for one of the source, so rows that say the same are as many as there. One that was
    taken before is changed in its place.
    """
    found = {}
    lists = records.raw_of(obj, record) if line.children else {}
    for name, inner in line.children.items():
        have: list[dict[str, Any]] = lists[name]
        free, rest, changed = {int(row["id"]): row for row in have}, [], False
        for number, one in enumerate(inner):
            own = free.pop(_own(one), None)
            if own is None:
                rest.append((number, one))
                continue
            one.record = _row(record, name, int(own["id"]))
            values = _values(line, name, number)
            fresh = {
                f: v
                for f, v in values.items()
                if v and (old := own.get(f) or "") != v and weighed.takes(_place(one, f), old, v)
            }
            changed |= bool(fresh)
            own |= fresh
        more = []
        for number, one in rest:
            values = _values(line, name, number)
            same = (pk for pk, row in free.items() if _says(row, values))
            pk = next(same, None)
            if pk is None:
                more.append(dict(one.raw))
            else:
                del free[pk]
                one.record = _row(record, name, pk)
        if more and not _adds(weighed, name, have, more):
            more = []
        if more or changed:
            found[name] = [*have, *more]
    return found


def _own(one: Line) -> int:
    """Return the id of the row that a row of the source became before, 0 where it became none."""
    return (one.known.record_id or 0) if one.known and one.known.outcome in TAKEN else 0


def _values(line: Line, name: str, number: int) -> dict[str, str]:
    """Return what a row of a list says, as its form would hold it."""
    assert line.bound
    inner, bound = line.children[name][number], line.bound.row._children[name][number]
    return {
        mapped.field: inner.shape.field(mapped.field).type.dump(bound._values.get(mapped.field))
        for mapped in inner.shape.fields
    }


def _place(one: Line, name: str) -> str:
    return f"{one.part}.{one.key}.{name}"


def _adds(weighed: _Weighed, name: str, have: list[Any], more: list[Any]) -> bool:
    """Tell whether rows that the record lacks are added: as what is empty is filled."""
    if weighed.spec.same != "keep" and not weighed.by_hand:
        return True
    said = json.dumps(more, ensure_ascii=False, sort_keys=True)
    mark = hashlib.sha256(said.encode()).hexdigest()[:8]
    return weighed.takes(name, f"{len(have)} 行", f"另有 {len(more)} 行（{mark}）")


def _says(row: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    return all((row.get(name) or "") == value for name, value in values.items())


def _row(record: Any, name: str, pk: int) -> Any:
    return next((row for row in getattr(record, name) if row.id == pk), None)


def _know_rows(record: Any, line: Line) -> None:
    """Let the rows that were added know what they became; they stand last, in their order."""
    for name, inner in line.children.items():
        waiting = [one for one in inner if one.record is None]
        if waiting:
            for one, row in zip(waiting, getattr(record, name)[-len(waiting) :], strict=True):
                one.record = row
