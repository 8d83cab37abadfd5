"""Who changed what, field by field, chained per record so that tampering is found.

Changes are collected while the session flushes and written as one entry per record just before
the commit, in the same transaction. Each entry's `mac` covers its content and the previous
entry's mac under a key that is kept outside the database; rows of a child list belong to the
history of their parent.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    event,
    inspect,
    select,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, SessionTransaction, mapped_column

from app.core import clock, settings
from app.core.access.actor import current_actor, current_function
from app.core.audit import former_names
from app.core.db import abstract_views
from app.core.db.database import BigId, UtcDateTime, insert_all_unless_there, session
from app.core.db.entity import Entity, Table, is_modified
from app.core.declare import registry

QUIET = frozenset(
    {"id", "version", "created_at", "created_by_id", "updated_at", "updated_by_id", "search_text",
     "position", "parent_id"}
)  # fmt: skip


LOOK = "view"  # the kind of an entry that tells who was shown what others see masked
ASKED = "asked"  # and of one that tells who asked why somebody can see the record, or cannot


class Change(Table):
    """One entry of a record's history."""

    __tablename__ = "sys_history"
    __table_args__ = (
        UniqueConstraint("object", "record_id", "seq"),
        Index(None, "actor_id", "at"),
        Index(None, "at"),
    )

    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    actor_name: Mapped[str | None] = mapped_column(String(100))
    function: Mapped[str | None] = mapped_column(String(63))
    ip: Mapped[str | None] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(Text)
    mac: Mapped[str] = mapped_column(String(64))

    @property
    def about(self) -> str:
        """What the object is called today; `object` is what it was called then."""
        return former_names.now(self.object, self.id)


_TABLE = cast(SqlTable, Change.__table__)
_LAST = (
    select(_TABLE.c.seq, _TABLE.c.mac)
    .where(_TABLE.c.object == bindparam("object"), _TABLE.c.record_id == bindparam("record_id"))
    .order_by(_TABLE.c.seq.desc())
    .limit(1)
)


def digest(key: bytes, text: str) -> str:
    """Return the keyed hash of an entry: the one seam where SM3 replaces SHA-256."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Entry:
    """What happened to one record in one transaction."""

    object: str
    record_id: int
    kind: str
    detail: dict[str, Any]


def note(obj: str, record_id: int, kind: str, detail: dict[str, Any]) -> None:
    """Add an entry that is not a change of fields (a step, a view of personal data, a download)."""
    session().info.setdefault("notes", []).append(Entry(obj, record_id, kind, detail))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


def _owner(record: Entity) -> tuple[str, int, str] | None:
    """Return (object, id, place within it) of the record whose history the row belongs to."""
    obj = registry.object_of(type(record))
    if obj is None or not obj.track:
        return None
    if not obj.parent:
        return obj.name, record.id, ""
    parent_id = getattr(record, "parent_id", None)
    parent = registry.object(obj.parent)
    place = next((child.name for child in parent.children if child.object == obj.name), obj.name)
    above: Any = record
    owner_id: int = parent_id or getattr(above.parent, "id", None) or 0
    return parent.name, owner_id, f"{place}#{record.id}"


def _collect(current: Session, flush_context: Any) -> None:
    store = current.info.setdefault("changes", {})
    for kind, records in (
        ("create", current.new),
        ("update", current.dirty),
        ("delete", current.deleted),
    ):
        for record in records:
            if isinstance(record, Entity):
                _collect_one(store, kind, record)


def _collect_one(store: dict[tuple[str, int], dict[str, Any]], kind: str, record: Entity) -> None:
    owner = _owner(record)
    if owner is None:
        return
    changes = _changes(record, kind)
    if kind == "update" and not changes:
        return
    entry = store.setdefault(owner[:2], {"kind": "update", "fields": {}})
    place = owner[2]
    if not place:
        entry["kind"] = kind if entry["kind"] != "create" else "create"
    for name, (old, new) in changes.items():
        path = f"{place}.{name}" if place else name
        first = entry["fields"].get(path, [old])[0]
        entry["fields"][path] = [first, new]
    if place and kind != "update":
        entry["fields"][place] = [None, "+"] if kind == "create" else ["-", None]


def _changes(record: Entity, kind: str) -> dict[str, tuple[Any, Any]]:
    state: Any = inspect(record)
    found = {}
    quiet = abstract_views.keys(type(record))
    columns = state.mapper.column_attrs
    for name in state.committed_state if kind == "update" else columns.keys():
        if name in QUIET or name in quiet or name not in columns:
            continue
        value = state.attrs[name].history
        if not value.has_changes() and kind != "delete":
            continue
        old = _plain(value.deleted[0]) if value.deleted else None
        new = _plain(value.added[0]) if value.added else None
        if kind == "delete":
            old, new = _plain(state.dict.get(name)), None
        if old != new:
            found[name] = (old, new)
    return found


def _write(current: Session) -> None:
    """Write the collected entries; called before every commit of an outermost transaction."""
    current.flush()
    changes: dict[tuple[str, int], dict[str, Any]] = current.info.pop("changes", {})
    entries = [
        Entry(obj, pk, content["kind"], content["fields"])
        for (obj, pk), content in changes.items()
        if content["fields"]
    ]
    entries += current.info.pop("notes", [])
    if not entries:
        return
    entries.sort(key=lambda item: (item.object, item.record_id))
    for _, of_record in groupby(entries, key=lambda item: (item.object, item.record_id)):
        append(current, *of_record)


def write_now() -> None:
    """Write what was collected so far, still within the transaction: a batch need not be held to its end.

    A record that is changed again afterwards gets a second entry.
    """
    _write(session())


def append(current: Session, *entries: Entry) -> None:
    """Write entries of one record behind its last one.

    Who comes to the same place at the same moment (two people look at a record) waits until the
    other one is written, and goes behind that one.
    """
    owner = {"object": entries[0].object, "record_id": entries[0].record_id}
    connection = current.connection()  # below the ORM: this runs with every write there is
    begins = entries[0].kind == "create"  # most likely there is none yet; no need to ask
    rows = _chained(entries, owner, 0, "") if begins else _behind(connection, entries, owner)
    while not insert_all_unless_there(connection, _TABLE, rows):
        rows = _behind(connection, entries, owner)


def _behind(
    connection: Connection, entries: Sequence[Entry], owner: dict[str, Any]
) -> list[dict[str, Any]]:
    last = connection.execute(_LAST, owner).first()
    return _chained(entries, owner, last.seq, last.mac) if last else _chained(entries, owner, 0, "")


def _chained(
    entries: Sequence[Entry], owner: dict[str, Any], before: int, mac: str
) -> list[dict[str, Any]]:
    """Return the rows of entries that stand behind entry number `before`, which has this mac."""
    actor, key, rows = current_actor(), settings.secret("history"), []
    for seq, entry in enumerate(entries, before + 1):
        row = {
            **owner,
            "seq": seq,
            "at": clock.now(),
            "actor_id": actor.user_id,
            "actor_name": actor.name or None,
            "function": current_function(),
            "ip": actor.ip or None,
            "kind": entry.kind,
            "detail": json.dumps(entry.detail, ensure_ascii=False, sort_keys=True, default=str),
        }
        row["mac"] = mac = digest(key, _covered(row, mac))
        rows.append(row)
    return rows


def mac_of(key: bytes, row: dict[str, Any], previous: str) -> str:
    """Return the mac of an entry behind another one (bulk loads write their own chains)."""
    return digest(key, _covered(row, previous))


def _covered(row: dict[str, Any], previous: str) -> str:
    at = row["at"].isoformat(" ", "seconds")
    names = (
        "object",
        "record_id",
        "seq",
        "actor_id",
        "actor_name",
        "function",
        "ip",
        "kind",
        "detail",
    )
    return json.dumps([previous, at, *(row[name] for name in names)], ensure_ascii=False)


def changes_of(obj: str, record_id: int) -> list[Change]:
    """Return the history of a record, oldest first. The caller has found the record within scope."""
    query = select(Change).where(written_for(obj), Change.record_id == record_id)
    return list(session.scalars(query.order_by(order_of(obj))))


def written_for(obj: str) -> ColumnElement[bool]:
    """Return the condition for entries of an object, whatever it was called when they were written."""
    return former_names.written_for(obj, Change.object, Change.id)


def order_of(obj: str) -> InstrumentedAttribute[int]:
    """Return by what the entries of a record are ordered: the chain begins anew under a new name."""
    return Change.seq if len(former_names.spans(obj)) == 1 else Change.id


def latest(obj: str, record_id: int, most: int) -> list[Change]:
    """Return the last changes of a record, the latest first; that somebody looked at it is none."""
    query = select(Change).where(
        written_for(obj), Change.record_id == record_id, Change.kind.not_in((LOOK, ASKED))
    )
    return list(session.scalars(query.order_by(order_of(obj).desc()).limit(most)))


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold."""

    object: str
    record_id: int
    seq: int
    what: str


def _stamp(current: Session, flush_context: Any, instances: Any) -> None:
    """Set who and when on every row that is about to be written."""
    actor = current_actor()
    now = clock.now()
    for record in current.new:
        if isinstance(record, Entity):
            record.created_at = record.created_at or now
            record.created_by_id = record.created_by_id or actor.user_id
            record.updated_at, record.updated_by_id = now, actor.user_id
    for record in current.dirty:
        if isinstance(record, Entity) and is_modified(record, lists=False):
            record.updated_at, record.updated_by_id = now, actor.user_id


_KEPT_ASIDE = "history before savepoints"


def _keep_aside(current: Session, begun: SessionTransaction) -> None:
    """Remember at a savepoint what was collected before it; savepoints are few and short."""
    if begun.nested:
        changes = {
            key: {"kind": content["kind"], "fields": dict(content["fields"])}
            for key, content in current.info.get("changes", {}).items()
        }
        aside = changes, list(current.info.get("notes", []))
        current.info.setdefault(_KEPT_ASIDE, {})[begun] = aside


def _let_go(current: Session, ended: SessionTransaction) -> None:
    if (
        ended.parent is None
    ):  # a savepoint is heard to have ended before it is heard to be rolled back
        current.info.pop(_KEPT_ASIDE, None)


def _forget(current: Session, ended: SessionTransaction) -> None:
    """Drop what was rolled back: of a savepoint what came after it, else all."""
    changes, notes = current.info.get(_KEPT_ASIDE, {}).get(ended, ({}, []))
    current.info["changes"], current.info["notes"] = changes, notes


event.listen(Session, "before_flush", _stamp)
event.listen(Session, "after_flush", _collect)
event.listen(Session, "before_commit", _write)
event.listen(Session, "after_soft_rollback", _forget)
event.listen(Session, "after_transaction_create", _keep_aside)
event.listen(Session, "after_transaction_end", _let_go)
