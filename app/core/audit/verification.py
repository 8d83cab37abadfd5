"""Verifying the whole history: its chains and where they end; on screen done once and kept as evidence.

A small history is checked at once, a large one by the worker. What was found stays on record, so
that a later dispute can tell on which day the history was still whole.
"""

import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, settings
from app.core.access.actor import current_actor
from app.core.audit import anchors, history
from app.core.audit.history import Break, Change
from app.core.db.database import BigId, UtcDateTime, session, unit_of_work
from app.core.db.entity import Table
from app.core.jobs import outbox

KIND = "history_check"
AT_ONCE = 100_000  # entries that are checked while the person waits
MOST = 200  # breaks that are kept; more say no more
STATES = {"queued": "等待校验", "done": "已完成", "failed": "未能完成"}


class HistoryCheck(Table):
    """One verification: who asked for it, and what it found."""

    __tablename__ = "sys_history_check"

    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(BigId)
    asked_by: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    checked: Mapped[int | None] = mapped_column(Integer)
    broken: Mapped[int | None] = mapped_column(Integer)
    breaks: Mapped[str] = mapped_column(Text, default="[]")
    error: Mapped[str | None] = mapped_column(String(500))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def found(self) -> list[Break]:
        """The places where the history does not hold."""
        return [Break(**item) for item in json.loads(self.breaks)]


def verify(report: Callable[[int], None] | None = None) -> Iterator[Break]:
    """Walk all chains and yield each place where an entry was edited, inserted, removed or moved.

    What was cut off the end of a chain is told by the anchors, from the last hour on.
    """
    key = settings.secret("history")
    owner, previous, expected = ("", 0), "", 1
    query = select(Change).order_by(Change.object, Change.record_id, Change.seq)
    for count, row in enumerate(session.scalars(query.execution_options(yield_per=2000)), 1):
        if (row.object, row.record_id) != owner:
            owner, previous, expected = (row.object, row.record_id), "", 1
        if row.seq != expected:
            yield Break(row.object, row.record_id, row.seq, f"缺少第 {expected} 条")
        fields = {name: getattr(row, name) for name in (
            "object", "record_id", "seq", "at", "actor_id", "actor_name", "function", "ip", "kind",
            "detail",
        )}  # fmt: skip
        if not hmac.compare_digest(history.mac_of(key, fields, previous), row.mac):
            yield Break(row.object, row.record_id, row.seq, "内容与校验值不符")
        previous, expected = row.mac, row.seq + 1
        if report and count % 10000 == 0:
            report(count)
    yield from anchors.missing()


def latest(most: int = 10) -> list[HistoryCheck]:
    """Return the last verifications, the latest first."""
    query = select(HistoryCheck).order_by(HistoryCheck.id.desc()).limit(most)
    return list(session.scalars(query))


def ask() -> HistoryCheck:
    """Have the history verified; one that is still waiting is not asked for twice."""
    with unit_of_work():
        waiting = session.scalars(
            select(HistoryCheck).where(HistoryCheck.state == "queued").limit(1)
        ).first()
        row = waiting or _begin()
        item = outbox.put(KIND, {"id": row.id}, f"{KIND}:{row.id}", title="校验变更记录")
        item_id = item.id
    if _size() <= AT_ONCE:
        outbox.work_now(item_id, f"screen:{row.id}")
        session.refresh(row)
    return row


def _begin() -> HistoryCheck:
    actor = current_actor()
    row = HistoryCheck(
        asked_at=clock.now(), asked_by_id=actor.user_id, asked_by=actor.name, state="queued"
    )
    session.add(row)
    session.flush()
    return row


def _size() -> int:
    some = select(Change.id).limit(AT_ONCE + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _verify(payload: dict[str, Any], key: str) -> dict[str, Any]:
    checked = session.scalar(select(func.count(Change.id))) or 0
    broken = 0
    kept: list[dict[str, Any]] = []
    for item in verify():
        broken += 1
        if len(kept) < MOST:
            kept.append(asdict(item))
    return {"checked": checked, "broken": broken, "breaks": kept}


def _settle(payload: dict[str, Any], outcome: outbox.Outcome) -> None:
    row = session.get(HistoryCheck, payload["id"])
    if row is None or outcome.state == "pending":
        return
    row.ended_at = clock.now()
    if outcome.state != "sent":
        row.state, row.error = "failed", outcome.error[:500] or None
        return
    row.state = "done"
    row.checked, row.broken = outcome.result["checked"], outcome.result["broken"]
    row.breaks = json.dumps(outcome.result["breaks"], ensure_ascii=False)


outbox.register(outbox.Handler(kind=KIND, title="校验变更记录", deliver=_verify, settle=_settle))
