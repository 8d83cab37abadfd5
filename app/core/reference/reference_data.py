"""Reference data that the metadata bring as tables: read at an upgrade, never over what was changed.

`metadata/reference/OBJECT.csv` has field names as its head; a reference is written as
`field.key`. A row is added when no record has the same values in the object's first unique key.
`dictionary.NAME.csv` (code, title, parent) and `workdays.csv` (day, works, title, source) fill
the runtime's own tables.
"""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from app.core.db import search_text
from app.core.db.database import elevated, session
from app.core.declare import Object, registry
from app.core.reference import dictionary_defaults
from app.core.reference.dictionaries import changed
from app.core.reference.policies import PolicyVersion
from app.core.reference.workdays import Workday
from app.core.settings import ROOT
from app.core.types import Ref

FOLDER = ROOT / "metadata" / "reference"


def seed() -> list[str]:
    """Add what is shipped and missing; what nobody changed follows the release."""
    with elevated():
        done = [dictionary_defaults.follow(shipped_entries()), _seed_policies(), _seed_workdays()]
        done += [_seed_object(path) for path in _object_files()]
    return [text for text in done if text]


def read(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table; lines that begin with # say where the data come from.

    A mark of UTF-8 before the first line, as spreadsheets write it, is no part of a name.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def shipped_entries(only: str = "") -> Iterator[tuple[str, int, str, str, str, dict[str, Any]]]:
    """Yield dictionary, position, code, title, parent and attributes of what this release ships."""
    for dictionary in registry.registry().dictionaries.values():
        if only not in ("", dictionary.name):
            continue
        for position, entry in enumerate(dictionary.entries):
            yield dictionary.name, position, entry.code, entry.title, entry.parent, entry.attributes
        path = FOLDER / f"dictionary.{dictionary.name}.csv"
        if path.exists():
            start = len(dictionary.entries)
            for position, row in enumerate(read(path), start):
                yield (
                    dictionary.name,
                    position,
                    row["code"],
                    row["title"],
                    row.get("parent", ""),
                    {},
                )


def _seed_policies() -> str:
    """Add what is shipped; a corrected row is added beside the earlier one, which it takes the place of."""
    query = select(PolicyVersion).where(PolicyVersion.shipped.is_(True)).order_by(PolicyVersion.id)
    known = {(row.policy, row.valid_from, row.profile): row for row in session.scalars(query)}
    count = 0
    for policy in registry.registry().policies.values():
        for row in policy.rows:
            valid_from = date.fromisoformat(row.valid_from)
            content: dict[str, Any] = {"value": row.value}
            if policy.takes:
                content = {"lines": row.lines}
            elif row.table:
                content = {"table": row.table}
            text = json.dumps(content, ensure_ascii=False, default=str)
            before = known.get((policy.name, valid_from, row.profile))
            if before and (before.level, json.loads(before.content)) == (
                policy.level,
                json.loads(text),
            ):
                before.source = row.source
                continue
            session.add(
                PolicyVersion(
                    policy=policy.name,
                    valid_from=valid_from,
                    content=text,
                    level=policy.level,
                    source=row.source,
                    profile=row.profile,
                )
            )
            count += 1
    session.flush()
    return f"新增政策 {count} 条" if count else ""


def _seed_workdays() -> str:
    """Add, change and drop shipped days of the years that this release knows; own ones stay."""
    path = FOLDER / "workdays.csv"
    if not path.exists():
        return ""
    stored = {row.day: row for row in session.scalars(select(Workday))}
    shipped = {day.pop("day"): day for day in map(_workday, read(path))}
    fresh = [{"day": day, **said} for day, said in shipped.items() if day not in stored]
    if fresh:
        session.execute(insert(Workday), fresh)
    years = {day.year for day in shipped}
    count = 0
    for day, row in stored.items():
        said = shipped.get(day)
        if not row.shipped or day.year not in years:
            continue
        if said is None:
            session.delete(row)
        elif any(getattr(row, name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(row, name, value)
        else:
            continue
        count += 1
    if fresh or count:
        session.flush()
        changed()
    return "，".join(
        [f"新增节假日与调休 {len(fresh)} 天"] * bool(fresh)
        + [f"更新节假日与调休 {count} 天"] * bool(count)
    )


def _workday(row: dict[str, str]) -> dict[str, Any]:
    return {
        "day": date.fromisoformat(row["day"]),
        "works": row["works"] == "1",
        "title": row.get("title"),
        "source": row.get("source"),
        "shipped": True,
    }


def _object_files() -> list[Path]:
    names = registry.registry().objects
    files = {path.stem: path for path in sorted(FOLDER.glob("*.csv")) if path.stem in names}
    ordered = sorted(files, key=lambda name: _depth(registry.object(name)))
    return [files[name] for name in ordered]


def _depth(obj: Object, seen: tuple[str, ...] = ()) -> int:
    """How many references lead away from the object: what it refers to is read first."""
    targets = {
        item.type.object
        for item in obj.fields
        if isinstance(item.type, Ref) and item.type.object in registry.registry().objects
    } - {obj.name, *seen}
    return 1 + max(
        (_depth(registry.object(name), (*seen, obj.name)) for name in targets), default=0
    )


def _key(obj: Object) -> tuple[str, ...]:
    return obj.unique[0] if obj.unique else tuple(f.name for f in obj.fields if f.unique)[:1]


def ships(obj: Object, record: Any) -> bool:
    """Tell whether this release brings the record, so that an upgrade would add it again."""
    path = FOLDER / f"{obj.name}.csv"
    if not path.exists():
        return False
    return any(all(_same(obj, record, name, row) for name in _key(obj)) for row in read(path))


def _same(obj: Object, record: Any, name: str, row: dict[str, str]) -> bool:
    """Tell whether a field of a record is what a row of a table says."""
    if name in row:
        return bool(getattr(record, name) == obj.field(name).type.parse(row[name]))
    column = next((column for column in row if column.startswith(f"{name}.")), "")
    target = getattr(record, name)
    if target is None or not column:
        return target is None and not row.get(column)
    return str(getattr(target, column.partition(".")[2])) == row[column]


def _seed_object(path: Path) -> str:
    obj = registry.object(path.stem)
    key = _key(obj)
    model: Any = obj.model
    known = set(session.execute(select(*(getattr(model, name) for name in key))).tuples())
    count = 0
    found: dict[tuple[str, str], Any] = {}
    for row in read(path):
        values = _values(obj, row, found)
        if tuple(values.get(name) for name in key) in known:
            continue
        record = model(**values)
        session.add(record)
        if hasattr(record, "search_text"):
            record.search_text = search_text.search_text(obj, record)
        count += 1
    session.flush()
    return f"新增{obj.title} {count} 条" if count else ""


def _values(obj: Object, row: dict[str, str], found: dict[tuple[str, str], Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, text in row.items():
        head, _, key = name.partition(".")
        field = obj.field(head)
        if not key:
            values[head] = field.type.parse(text)
        elif text:
            if (name, text) not in found:
                model: Any = registry.object(field.type.object).model  # type: ignore[attr-defined]
                found[name, text] = session.scalars(
                    select(model).where(getattr(model, key) == text)
                ).one()
            values[head] = found[name, text]
    return values
