"""Writes stubs, cases, steps and tasks as rows, in bulk and in the order of the foreign keys."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Sequence, Table, func, insert, select, text
from sqlalchemy.schema import sort_tables

from app.core import settings
from app.core.audit import history
from app.core.audit.history import Change
from app.core.db import abstract_views, search_text
from app.core.db.entity import Model
from app.core.declare import Object, registry
from app.core.files.attachments import File
from app.core.records import display
from app.core.records.materials import MaterialFile
from app.core.records.numbering import Number
from app.core.types import Refs, Text
from app.demo.case_histories import Life
from app.demo.stubs import Store, Stub
from app.flow.models import Case, HoldRow, StepRecord, Task

_BLOCK = 5000
TYPING = timedelta(minutes=12)  # between what an applicant mends and submitting it again
Rows = dict[str, list[dict[str, Any]]]  # by table


def _own_sequence(table: Table) -> str:
    return f"pg_get_serial_sequence('{table.name}', 'id')"


class Writer:
    """Collects rows by table and inserts them at the end."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.rows: Rows = defaultdict(list)
        self._next: dict[str, int] = {}

    def take_id(self, table: str) -> int:
        """Return the next key of a table."""
        if table not in self._next:
            column = Model.metadata.tables[table].c.id
            self._next[table] = (self.connection.scalar(select(func.max(column))) or 0) + 1
        value = self._next[table]
        self._next[table] = value + 1
        return value

    def add(self, table: Any, row: dict[str, Any], *, keyed: bool = True) -> int:
        """Add a row; return its key."""
        name = table.__tablename__ if hasattr(table, "__tablename__") else table.name
        if keyed:
            row = {"id": self.take_id(name), **row}
        self.rows[name].append(row)
        return int(row.get("id", 0))

    def flush(self) -> int:
        """Insert everything; return how many rows."""
        count = 0
        filled = []
        tables = [table for name, table in Model.metadata.tables.items() if self.rows.get(name)]
        for table in sort_tables(tables):
            rows = self.rows.pop(table.name)
            filled.append(table)
            for start in range(0, len(rows), _BLOCK):
                self.connection.execute(insert(table), rows[start : start + _BLOCK])
            count += len(rows)
        self._set_sequences(filled)
        return count

    def _set_sequences(self, tables: Iterable[Table]) -> None:
        """Let PostgreSQL go on counting after the keys that were given here."""
        if self.connection.dialect.name != "postgresql":
            return
        for table in tables:
            column = table.columns.get("id")
            if column is None:
                continue
            sequence = column.default if isinstance(column.default, Sequence) else None
            place = f"'{sequence.name}'" if sequence is not None else _own_sequence(table)
            last = f"(SELECT coalesce(max(id), 1) FROM {table.name})"  # noqa: S608 - own names
            self.connection.execute(text(f"SELECT setval({place}, {last})"))

    # --- records ---

    def records(self, store: Store, lives: Mapping[tuple[str, int], Life]) -> None:
        """Add the rows of all stubs with their lists of references."""
        for name, stubs in store.rows.items():
            obj = registry.object(name)
            table = obj.model.__table__  # type: ignore[attr-defined]
            columns = [column.name for column in table.columns]
            tracked = "search_text" in columns
            for stub in stubs:
                life = lives.get((name, stub.id)) or _life_of_parent(stub, lives)
                row = {column: getattr(stub, column, None) for column in columns}
                row |= abstract_views.spread(obj.model, row)
                row |= _who_and_when(life)
                if obj.dated:
                    row["disabled"] = False
                if tracked:
                    row["search_text"] = search_text.search_text(obj, stub)
                self.rows[table.name].append(row)
            self._next[table.name] = max((stub.id for stub in stubs), default=0) + 1
            self._lists(obj, stubs)

    def _lists(self, obj: Object, stubs: Iterable[Stub]) -> None:
        for item in obj.fields:
            if not isinstance(item.type, Refs):
                continue
            link: Table = obj.model.__mapper__.relationships[item.name].secondary  # type: ignore[attr-defined]
            own, other = list(link.columns)
            for stub in stubs:
                for target in dict.fromkeys(getattr(stub, item.name)):
                    self.rows[link.name].append({own.name: stub.id, other.name: target.id})

    # --- cases ---

    def case(self, stub: Stub, life: Life, org: Stub | None) -> int:
        """Add the case of a record with its steps and tasks; return its key."""
        obj = stub._object
        flow = registry.flow(obj.flow)
        district = getattr(org, registry.project().organisation_district, None) if org else None
        case_id = self.add(Case, {
            "object": obj.name,
            "record_id": stub.id,
            "flow": flow.name,
            "flow_version": flow.version,
            "state": life.state,
            "title": display.title_of(stub)[:300],
            "code": getattr(stub, "code", None),
            "org_id": org.id if org else None,
            "district": district,
            "applicant_id": life.applicant.id,
            "round": life.round,
            "steps": len(life.steps),
            "submitted_at": life.submitted_at,
            "created_at": life.created_at,
            "ended_at": life.ended_at,
            "version": len(life.steps) + 1,
        })  # fmt: skip
        for row in life.steps:
            self.add(StepRecord, {"case_id": case_id, **row})
        place = {"org_id": org.id if org else None, "district": district}
        for row in life.tasks:
            self.add(Task, {"case_id": case_id, **row, **place})
        return case_id

    def hold(self, stub: Stub, field: str, target: Stub, amount: int, since: datetime) -> None:
        """Add what a case keeps of a resource."""
        self.add(HoldRow, {
            "object": stub._object.name,
            "record_id": stub.id,
            "field": field,
            "resource_object": target._object.name,
            "resource_id": target.id,
            "amount": amount,
            "since": since,
            "released_at": None,
        })  # fmt: skip

    def number(self, series: str, last: int) -> None:
        """Add the last number of a series."""
        self.add(Number, {"series": series, "last": last})

    # --- files ---

    def file(self, key: str, name: str, kind: str, size: int, at: datetime, by: int) -> int:
        """Add a file whose content is made when it is first opened."""
        return self.add(File, {
            "sha256": key, "size": size, "kind": kind, "name": name, "created_at": at,
            "created_by_id": by,
        })  # fmt: skip

    def material(self, stub: Stub, name: str, file_id: int, at: datetime, life: Life) -> None:
        """Add a file to a record's checklist."""
        self.add(MaterialFile, {
            "object": stub._object.name,
            "record_id": stub.id,
            "material": name,
            "file_id": file_id,
            "round": 1,
            "uploaded_at": at,
            "uploaded_by_id": life.applicant.id,
            "uploaded_by": life.applicant.name,
        })  # fmt: skip

    # --- history ---

    def histories(self, store: Store, lives: Mapping[tuple[str, int], Life]) -> None:
        """Add the chain of each record: how it was made, and every step."""
        key = settings.secret("history")
        for (name, pk), life in lives.items():
            stub = store.by_id(name, pk)
            if stub is None or not stub._object.track:
                continue
            previous = ""
            for seq, entry in enumerate(_entries(stub, life), 1):
                row = {
                    "object": name, "record_id": pk, "seq": seq, "function": None, "ip": None, **entry,
                }  # fmt: skip
                previous = row["mac"] = history.mac_of(key, row, previous)
                self.add(Change, row)


def _entries(stub: Stub, life: Life) -> Iterable[dict[str, Any]]:
    fields = {
        column.name: [None, _plain(value)]
        for column in stub._object.model.__table__.columns  # type: ignore[attr-defined]
        if column.name not in history.QUIET
        and (value := getattr(stub, column.name, None)) is not None
        and column.name not in ("state", "code")
    }
    mended = _mended(stub) if life.round > 1 else None
    if mended:
        fields[mended[0]] = [None, mended[1]]
    first = {
        "at": life.created_at,
        "actor_id": life.applicant.id,
        "actor_name": life.applicant.name,
    }
    yield {**first, "kind": "create", "detail": _json(fields)}
    last = life.created_at
    for step in life.steps:
        at = step["at"] - TYPING
        if mended and step["kind"] == "submit" and step["round"] > 1 and at > last:
            name, before, after = mended
            who = {"actor_id": step["actor_id"], "actor_name": step["actor_name"]}
            yield {"at": at, **who, "kind": "update", "detail": _json({name: [before, after]})}
            mended = None
        last = step["at"]
        detail = {
            "action": step["action"], "from": step["source"], "to": step["target"],
            "comment": step["comment"] or "",
        }  # fmt: skip
        yield {
            "at": step["at"], "actor_id": step["actor_id"], "actor_name": step["actor_name"],
            "kind": "step", "detail": _json(detail),
        }  # fmt: skip


def _mended(stub: Stub) -> tuple[str, str, str] | None:
    """Return a text that was longer the second time it was submitted: field, before, after."""
    for item in stub._object.fields:
        text = getattr(stub, item.name, None) if isinstance(item.type, Text) else None
        parts = re.split("[，；。]", str(text or "").rstrip("。"))
        if len(parts) > 1:
            return item.name, f"{parts[0]}。", str(text)
    return None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _life_of_parent(stub: Stub, lives: Mapping[tuple[str, int], Life]) -> Life | None:
    return lives.get((stub.parent._object.name, stub.parent.id)) if stub.parent else None


def _who_and_when(life: Life | None) -> dict[str, Any]:
    if life is None:
        return {"version": 1}
    last = life.steps[-1] if life.steps else None
    return {
        "version": 1 + (len(life.steps) > 0),
        "created_at": life.created_at,
        "created_by_id": life.applicant.id,
        "updated_at": last["at"] if last else life.created_at,
        "updated_by_id": last["actor_id"] if last else life.applicant.id,
    }
