"""What the SMS gateway simulator remembers: messages, receipts and the faults to come."""

import sqlite3
import threading
from datetime import datetime, timedelta, timezone
from typing import Any

BEIJING = timezone(timedelta(hours=8))
FAULTS = {
    "error500": "应答 500，未受理",
    "busy": "应答 429，未受理",
    "slow": "应答缓慢",
    "lost": "已受理，应答丢失",
    "duplicate": "重复发出一条",
    "undelivered": "送达失败",
    "duplicate_receipt": "回执推送两次",
}

SCHEMA = """
create table if not exists message (
    id integer primary key, at text, receiver text, text text, key text);
create index if not exists message_key on message (key);
create table if not exists receipt (
    seq integer primary key, id text, key text, state text, reason text, at text);
"""


class Store:
    """Messages and receipts in one SQLite file; safe to use from several threads."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.row_factory = sqlite3.Row
        self._database.executescript(SCHEMA)
        self._lock = threading.RLock()
        self._faults: dict[str, int] = {}
        self.slow_seconds = 3.0

    def add(self, to: str, text: str, key: str, *, honour_key: bool) -> tuple[int, bool]:
        """Keep a message; return its number and whether it is new."""
        with self._lock, self._database:
            if honour_key:
                found = self._database.execute(
                    "select id from message where key = ? order by id", [key]
                ).fetchone()
                if found:
                    return found["id"], False
            cursor = self._database.execute(
                "insert into message (at, receiver, text, key) values (?, ?, ?, ?)",
                [_now(), to, text, key],
            )
            return int(cursor.lastrowid or 0), True

    def add_receipt(self, message_id: int, *, delivered: bool) -> dict[str, Any]:
        """Say what became of a message."""
        state, reason = ("delivered", "") if delivered else ("failed", "用户关机或空号（模拟）")
        with self._lock, self._database:
            cursor = self._database.execute(
                "insert into receipt (id, key, state, reason, at)"
                " select id, key, ?, ?, ? from message where id = ?",
                [state, reason, _now(), message_id],
            )
            found = self._database.execute(
                "select * from receipt where seq = ?", [cursor.lastrowid]
            ).fetchone()
        return dict(found) if found else {}

    def receipts(self, since: int) -> list[dict[str, Any]]:
        """Return receipts after a sequence number, oldest first."""
        with self._lock:
            rows = self._database.execute(
                "select * from receipt where seq > ? order by seq limit 200", [since]
            )
            return [dict(row) for row in rows]

    def messages(self, search: str = "", before: int | None = None) -> list[dict[str, Any]]:
        """Return the newest messages, below a number if one is given, with the state that the last
        receipt gave them."""
        with self._lock:
            rows = self._database.execute(
                "select m.*, (select state from receipt r where r.id = cast(m.id as text)"
                " order by seq desc limit 1) as state from message m"
                " where (instr(receiver, ?) or instr(text, ?)) and id < coalesce(?, id + 1)"
                " order by id desc limit 500",
                [search, search, before],
            )
            return [dict(row) for row in rows]

    def clear(self) -> None:
        """Forget everything that was sent."""
        with self._lock, self._database:
            self._database.execute("delete from message")
            self._database.execute("delete from receipt")

    def set_fault(self, name: str, times: int) -> None:
        """Make the next requests fail in that way."""
        with self._lock:
            self._faults[name] = max(0, times)

    def take_fault(self, name: str) -> bool:
        """Return whether this request is to fail in that way, and count it."""
        with self._lock:
            left = self._faults.get(name, 0)
            if left:
                self._faults[name] = left - 1
            return left > 0

    def faults(self) -> dict[str, int]:
        """Return how many requests are still to fail in each way."""
        with self._lock:
            return dict(self._faults)


def _now() -> str:
    return datetime.now(BEIJING).isoformat(timespec="seconds")
