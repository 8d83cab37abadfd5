"""The ledger of a migration: what became of each row, found before a batch and written with it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from app.core import clock
from app.core.db.database import session
from app.core.declare.loads import Migration
from app.core.records import bulk_lookups
from app.intake import differences
from app.intake.models import LEFT_OUT, MERGED, QUARANTINED, TAKEN, TakenRow
from app.intake.row_parsing import Line, Reason, title_of

MOST_REASONS = 20


def by_part(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Return lines and those that belong to them by their part; "" are records themselves."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.part].append(line)
        for name, inner in line.children.items():
            found[name] += inner
    return {part: group for part, group in found.items() if group}


def settled(line: Line) -> bool:
    """Tell whether a row was taken before, says what it said then, and no decision is to be carried out."""
    known = line.known
    return (
        taken_before(line)
        and known is not None
        and known.digest == line.digest
        and not differences.waits(known)
    )


def taken_before(line: Line) -> bool:
    """Tell whether a row became a record before, or part of one."""
    return line.known is not None and line.known.outcome in TAKEN


class Ledger:
    """The lines of one migration in `sys_taken_row`."""

    def __init__(self, spec: Migration, batch: int | None = None) -> None:
        """`batch` is what was handed in: a bad row of it takes nothing back of what was taken before."""
        self._name, self._batch = spec.name, batch
        self.bad = QUARANTINED if spec.mode == "quarantine" else LEFT_OUT

    def know(self, lines: Sequence[Line]) -> None:
        """Find what became of the rows before, and how they were corrected."""
        for part, group in by_part(lines).items():
            by_key = {line.key: line for line in group}
            for piece in bulk_lookups.pieces(by_key):
                query = select(TakenRow).where(
                    TakenRow.migration == self._name, TakenRow.part == part, TakenRow.key.in_(piece)
                )
                for row in session.scalars(query):
                    by_key[row.key].known = row
                    by_key[row.key].fixed = json.loads(row.fixed or "{}")

    def note(self, lines: Sequence[Line]) -> None:
        """Write what became of the rows of a batch."""
        session.flush()
        for line in lines:
            line.outcome = line.outcome or self.bad
            self._enter(line)
            for inner in line.children.values():
                for one in inner:
                    one.outcome = one.outcome or line.outcome
                    self._enter(one, above=line)
        again = [
            line
            for line in lines
            if not line.by_hand and (line.outcome == MERGED or taken_before(line))
        ]
        self._know_versions({line.record.id: line for line in again if line.record is not None})

    def _know_versions(self, lines: Mapping[int, Line]) -> None:
        """Let rows that became the same records before know that these were written by us once more."""
        if not lines:
            return
        session.flush()
        table: Any = TakenRow.__table__
        same = and_(table.c.object == bindparam("named"), table.c.record_id == bindparam("pk"))
        session.connection().execute(
            update(table).where(same).values(version=bindparam("now")),
            [
                {"named": line.shape.object.name, "pk": pk, "now": line.record.version}
                for pk, line in lines.items()
            ],
        )

    def _enter(self, line: Line, above: Line | None = None) -> None:
        bad = line.outcome == self.bad
        if bad and self._batch is not None and taken_before(line):
            return
        row = line.known or TakenRow(migration=self._name, part=line.part, key=line.key)
        if not taken_before(line):
            row.batch = self._batch
        if line.changed:
            row.changed = self._batch
        row.object, row.outcome, row.digest = line.shape.object.name, line.outcome, line.digest
        row.belongs = above.key if above else None
        row.at = clock.now()
        if line.record is not None:
            row.record_id = line.record.id
            if not line.by_hand:  # else it would look as if nobody had changed the record
                row.version = getattr(line.record, "version", None)
        row.differs = line.differing.dump() if line.differing else None
        row.reasons = _json(_listed(line, above)) if bad else None
        row.texts = _json(line.source) if line.outcome == QUARANTINED else None
        if line.known is None:
            session.add(row)


def _listed(line: Line, above: Line | None) -> list[list[str]]:
    """Return why a row was not taken; a good row of a bad one waits with it."""
    found = list(line.reasons)
    for name, inner in line.children.items():
        place = title_of(line.shape, name)
        found += [
            replace(one, title=f"{place}（来源行 {row.key}）{one.title}")
            for row in inner
            for one in row.reasons
        ]
    if not found and above is not None:
        found = [Reason("", "", f"随来源行 {above.key} 一起等待更正")]
    return [[one.title, one.text, one.message] for one in found[:MOST_REASONS]]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
