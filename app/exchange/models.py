"""Tables of the exchange with counterparts."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    func,
    select,
    update,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.database import BigId, UtcDateTime, insert_unless_there, session
from app.core.db.entity import Table
from app.core.jobs import outbox
from app.core.jobs.outbox import OutboxItem

HELD, TAKEN, REFUSED, GIVEN = "held", "taken", "refused", "given"
STATES = {
    **outbox.STATES,
    HELD: "内容不全",
    TAKEN: "已接收",
    REFUSED: "未接收",
    GIVEN: "已提供",
}
OUT, IN = "out", "in"


class Exchange(Table):
    """One message that was sent or came: what it was about and what became of it, not what it said.

    A message that leaves is a row of the outbox, which knows how far it has got; `state` and
    `error` are of messages that have none: held back as incomplete, or come from outside.
    """

    __tablename__ = "sys_exchange"
    __table_args__ = (Index(None, "interface", "message"), Index(None, "object", "record_id"))

    direction: Mapped[str] = mapped_column(String(3))  # out | in
    interface: Mapped[str] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(160), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    object: Mapped[str | None] = mapped_column(String(60))
    record_id: Mapped[int | None] = mapped_column(BigId)
    place: Mapped[str | None] = mapped_column(String(60))  # the step at which it was put out
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("sys_outbox.id"), index=True)
    own_state: Mapped[str | None] = mapped_column(String(20), name="state")
    own_error: Mapped[str | None] = mapped_column(String(500), name="error")
    rows: Mapped[int] = mapped_column(Integer, default=1)
    fingerprint: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of what it says
    answer: Mapped[str | None] = mapped_column(String(63))  # outcome, once it was answered
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SentRow(Table):
    """A record that a file of a message holds: it is not sent by that message again."""

    __tablename__ = "sys_exchange_row"
    __table_args__ = (UniqueConstraint("interface", "message", "record_id"),)

    interface: Mapped[str] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(BigId)
    exchange_id: Mapped[int] = mapped_column(ForeignKey("sys_exchange.id"), index=True)


class Mark(Table):
    """How far something has got: the answers read from a counterpart, a timetable."""

    __tablename__ = "sys_exchange_mark"

    name: Mapped[str] = mapped_column(String(160), unique=True)
    value: Mapped[str] = mapped_column(String(200))


def state_column() -> ColumnElement[Any]:
    """Return the state of an exchange as SQL; join the outbox from outside."""
    return func.coalesce(OutboxItem.state, Exchange.own_state)


def mark(name: str) -> str:
    """Return how far something has got, "" at the beginning."""
    return session.scalar(select(Mark.value).where(Mark.name == name)) or ""


def set_mark(name: str, value: str) -> None:
    """Remember how far something has got, in the caller's transaction; others wait until that ends."""
    session.flush()
    if not _set(name, value):
        table = cast(SqlTable, Mark.__table__)
        row = {"name": name, "value": value}
        if insert_unless_there(session.connection(), table, row) is None:
            _set(name, value)  # somebody else was first, and has committed


def _set(name: str, value: str) -> bool:
    changed = update(Mark).where(Mark.name == name).values(value=value)
    done = session.execute(changed.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]
