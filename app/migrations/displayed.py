"""What people read of every stored value, before an upgrade and after it: a rehearsal compares the two.

How values are read is kept in the database with each upgrade, apart from the revisions: where a
revision forgot to convert, the same number is read in two ways and both are told.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.core.audit.value_meanings import write
from app.core.db.database import UtcDateTime
from app.core.reference import dictionaries

KEPT = sa.table("sys_schema", sa.column("snapshot", sa.Text()))
_TYPES = {"Date": sa.Date(), "Boolean": sa.Boolean(), "UtcDateTime": UtcDateTime()}
_TOLD = 3  # records that are named for a column
_OPEN = frozenset({"dict", "tree", "decimal", "money", "integer", "year", "date", "boolean"})
Snapshot = dict[str, Any]


def kept(connection: sa.Connection) -> Snapshot:
    """Return the snapshot of the last upgrade; nothing where no upgrade kept one yet."""
    if not sa.inspect(connection).has_table(KEPT.name):
        return {}
    found: Snapshot = json.loads(connection.scalar(sa.select(KEPT.c.snapshot)) or "{}")
    return found


def keep(connection: sa.Connection, snapshot: Snapshot) -> None:
    """Write down how this release reads the values."""
    if kept(connection) == snapshot:
        return
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS sys_schema (snapshot TEXT NOT NULL)")
    connection.execute(KEPT.delete())
    connection.execute(KEPT.insert(), {"snapshot": json.dumps(snapshot, ensure_ascii=False)})


class Before:
    """Everything that is displayed before an upgrade, in a file of its own."""

    def __init__(self, folder: Path, connection: sa.Connection, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.file = sqlite3.connect(folder / "displayed.db")
        self.file.execute(
            "CREATE TABLE said (name TEXT, id INTEGER, row TEXT, PRIMARY KEY (name, id))"
        )
        for name in snapshot:
            rows = (
                (name, number, json.dumps(row)) for number, row in _rows(connection, name, snapshot)
            )
            self.file.executemany("INSERT INTO said VALUES (?, ?, ?)", rows)

    def compared(
        self, connection: sa.Connection, snapshot: Snapshot, renamed: dict[str, str]
    ) -> list[str]:
        """Return in words which columns are gone and which values are displayed in another way."""
        gone: Counter[str] = Counter()
        differ: dict[str, list[str]] = defaultdict(list)
        count: Counter[str] = Counter()
        for name in self.snapshot:
            table = renamed.get(name, name)
            if table not in snapshot:
                continue  # that a table goes is told with its rows
            now = dict(_rows(connection, table, snapshot))
            query = "SELECT id, row FROM said WHERE name = ? ORDER BY id"
            for number, text in self.file.execute(query, (name,)):
                for column, was in json.loads(text).items():
                    other = renamed.get(f"{table}.{column}", column)
                    place = f"{table}.{other}"
                    if other not in snapshot[table]["columns"]:
                        gone[place] += was is not None
                    elif number in now and not _same(was, now[number].get(other)):
                        count[place] += 1
                        if len(differ[place]) < _TOLD:
                            spec = snapshot[table]["columns"][other]
                            differ[place].append(
                                _example(number, was, now[number].get(other), spec)
                            )
        self.file.close()
        lost = [f"{place}（{number} 个值）" for place, number in sorted(gone.items()) if number]
        return [
            *([f"不再有的列：{'、'.join(lost)}"] if lost else []),
            *(
                f"显示的值有改变：{place} {count[place]} 行（{'；'.join(examples)}）"
                for place, examples in sorted(differ.items())
            ),
        ]


def _rows(
    connection: sa.Connection, name: str, snapshot: Snapshot
) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Return number and displayed values of each row of a table; of columns and tables that are there."""
    if snapshot[name].get("pair") or not sa.inspect(connection).has_table(name):
        return
    there = {column["name"] for column in sa.inspect(connection).get_columns(name)}
    specs = {key: spec for key, spec in snapshot[name]["columns"].items() if key in there}
    columns = [sa.column(key, _TYPES.get(spec["type"])) for key, spec in specs.items()]
    query = sa.select(sa.column("id", sa.BigInteger()), *columns).select_from(sa.table(name))
    for number, *stored in connection.execute(query.order_by(sa.column("id"))):
        yield (
            number,
            {
                key: None if value is None else _said(specs[key], value)
                for key, value in zip(specs, stored, strict=True)
            },
        )


def _said(spec: dict[str, Any], value: Any) -> str:
    kind = spec.get("kind", "")
    if kind in ("decimal", "money"):
        return write(f"decimal({spec.get('scale', 2)})", value)
    if kind in ("dict", "tree"):
        return dictionaries.title(spec.get("of", ""), str(value)) or str(value)
    return write("datetime" if spec["type"] == "UtcDateTime" else kind, value)


def _same(was: str | None, now: str | None) -> bool:
    """Tell whether two texts say the same: zeros behind a point and at midnight say nothing."""
    if was == now:
        return True
    if was is None or now is None:
        return False
    if {f"{was} 00:00", f"{now} 00:00"} & {was, now}:
        return True
    try:
        return Decimal(was) == Decimal(now)
    except InvalidOperation:
        return False


def _example(number: int, was: str | None, now: str | None, spec: dict[str, Any]) -> str:
    """Name a record; its values only where they cannot be a person's data."""
    if spec.get("kind") not in _OPEN:
        return f"记录 {number}"
    return f"记录 {number}：{was or '空'} → {now or '空'}"
