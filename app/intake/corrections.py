"""Rows that wait to be corrected: written to a file, read back, and corrected one by one."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select

from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.declare.loads import Migration, SourceColumn
from app.core.errors import Conflict, Fault, Rejected
from app.core.files import delimited_text
from app.intake.models import QUARANTINED, TakenRow
from app.intake.sources import decoded

PART, KEY, WHY = "表", "来源行", "原因"
OBJECT = "migration"  # under which the history keeps corrections


def columns_of(spec: Migration, part: str) -> tuple[SourceColumn, ...]:
    """Return the columns of the records, or of a child list."""
    if not part:
        return spec.columns
    return next((item.columns for item in spec.children if item.name == part), ())


def correctable(spec: Migration, part: str) -> set[str]:
    """Return the columns that may be corrected: not those that tell rows apart or say whose they are."""
    rows = next((item for item in spec.children if item.name == part), None)
    fixed = {*rows.key, rows.of} if rows else set(spec.key)
    return {column.name for column in columns_of(spec, part)} - fixed


def texts_of(row: TakenRow) -> dict[str, str]:
    """Return what a row says, corrections included."""
    return {**json.loads(row.texts or "{}"), **json.loads(row.fixed or "{}")}


def correct(row: TakenRow, texts: Mapping[str, str]) -> bool:
    """Note corrections of a row within the caller's unit of work; False where nothing changes.

    The row is looked at again when the migration is run the next time. Corrections are in the history.
    """
    if row.outcome != QUARANTINED:
        raise Conflict(f"来源行 {row.key} 不在待更正的行中")
    known = correctable(registry.migration(row.migration), row.part)
    before, source = texts_of(row), json.loads(row.texts or "{}")
    changed = {
        name: text
        for name, text in texts.items()
        if name in known and text not in (old := before.get(name, ""), _in_one_line(old))
    }
    if not changed:
        return False
    fixed = {**json.loads(row.fixed or "{}"), **changed}
    fixed = {name: text for name, text in fixed.items() if text != source.get(name, "")}
    row.fixed = json.dumps(fixed, ensure_ascii=False) if fixed else None
    lines = {name: [before.get(name, ""), text] for name, text in changed.items()}
    history.note(OBJECT, row.id, "update", lines)
    return True


def _in_one_line(text: str) -> str:
    """Return what a field of one line makes of a text: whoever leaves it alone corrects nothing."""
    return text.replace("\r", "").replace("\n", "")


def waiting(spec: Migration) -> list[TakenRow]:
    """Return the rows that wait to be corrected."""
    query = select(TakenRow).where(TakenRow.migration == spec.name, TakenRow.outcome == QUARANTINED)
    return list(session.scalars(query.order_by(TakenRow.part, TakenRow.id)))


def write(spec: Migration, place: Path) -> int:
    """Write the rows that wait, with the reasons; return how many. Lists have columns of their own names."""
    rows = waiting(spec)
    parts = sorted({row.part for row in rows})
    headings = list(
        dict.fromkeys(column.heading for part in parts for column in columns_of(spec, part))
    )
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([PART, KEY, WHY, *headings])
        for row in rows:
            texts, why = texts_of(row), json.loads(row.reasons or "[]")
            by_heading = {c.heading: texts.get(c.name, "") for c in columns_of(spec, row.part)}
            said = "；".join(
                f"{title}：{message}" if title else message for title, _, message in why
            )
            values = [plain(by_heading.get(heading, "")) for heading in headings]
            lines.writerow([row.part or spec.table, plain(row.key), said, *values])
    return len(rows)


def plain(text: str) -> str:
    """Keep a spreadsheet from reading a text as a formula or cutting a long number."""
    return f"'{text}" if text.isdigit() and len(text) > 11 else delimited_text.plain(text)


def _lines(place: Path) -> tuple[list[str], list[list[str]]]:
    """Return the headings and the lines of a file."""
    try:
        lines = list(delimited_text.lines(decoded(place.read_bytes())))
    except delimited_text.Unreadable as error:
        raise Conflict(f"文件 {place.name} {error}") from error
    return (lines[0], lines[1:]) if lines else ([], [])


def read(spec: Migration, place: Path) -> int:
    """Take corrections from a file that `write` made and somebody changed; return how many rows changed."""
    if not place.is_file():
        raise Conflict(f"文件 {place} 不存在")
    heads, lines = _lines(place)
    if not {PART, KEY} <= set(heads):
        raise Conflict(f"文件 {place.name} 没有“{PART}”“{KEY}”两列，请用 --bad 导出的文件更正")
    by_key = {(row.part or spec.table, row.key.removeprefix("'")): row for row in waiting(spec)}
    faults, changed = [], 0
    with unit_of_work():
        for number, cells in enumerate(lines, 2):
            if not cells:
                continue
            line = delimited_text.by_heads(heads, cells)
            key = (line.get(KEY) or "").removeprefix("'")
            row = by_key.get((line.get(PART) or "", key))
            if row is None:
                faults.append(Fault("file", f"第 {number} 行：没有待更正的来源行 {line.get(KEY)}"))
                continue
            texts = {
                column.name: (line[column.heading] or "").removeprefix("'")
                for column in columns_of(spec, row.part)
                if column.heading in line
            }
            changed += correct(row, texts)
        if faults:
            words = "；".join(fault.message for fault in faults[:5])
            raise Rejected(faults, f"没有收下任何更正：{words}")
    return changed
