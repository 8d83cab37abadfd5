"""What was typed and not yet saved: kept per person, function and record, and taken up again."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.actor import current_actor
from app.core.database import BigId, UtcDateTime, session
from app.core.entity import Table

LARGEST = 2 * 1024 * 1024  # characters of one scratch copy


class Scratch(Table):
    """A form as it was left; `record_id` 0 stands for a new one."""

    __tablename__ = "sys_autosave"
    __table_args__ = (UniqueConstraint("user_id", "function", "record_id"),)

    user_id: Mapped[int] = mapped_column(BigId)
    function: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    version: Mapped[int | None] = mapped_column(Integer)  # of the record that was being edited
    content: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SentForm(Table):
    """A new record that a form has made: sending the same form again leads to it."""

    __tablename__ = "sys_sent_form"
    __table_args__ = (Index(None, "at"),)

    token: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigId)
    function: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Kept:
    """A scratch copy that was found."""

    raw: dict[str, Any]
    files: dict[str, list[int]] | None
    version: int | None
    at: datetime


def _row(function: str, record_id: int) -> Scratch | None:
    return session.scalars(
        select(Scratch).where(
            Scratch.user_id == current_actor().user_id,
            Scratch.function == function,
            Scratch.record_id == record_id,
        )
    ).first()


def keep(
    function: str,
    record_id: int,
    raw: dict[str, Any],
    files: dict[str, list[int]] | None,
    version: int | None,
) -> datetime | None:
    """Keep a form as it stands; None if it is too large to be kept."""
    content = json.dumps({"raw": raw, "files": files}, ensure_ascii=False)
    actor = current_actor()
    if len(content) > LARGEST or actor.user_id is None:
        return None
    row = _row(function, record_id)
    if row is None:
        row = Scratch(user_id=actor.user_id, function=function, record_id=record_id)
        session.add(row)
    row.content, row.version, row.at = content, version, clock.now()
    session.flush()
    return row.at


def find(function: str, record_id: int) -> Kept | None:
    """Return what this person left unsaved, None if nothing."""
    row = _row(function, record_id)
    if row is None:
        return None
    content = json.loads(row.content)
    return Kept(content.get("raw") or {}, content.get("files"), row.version, row.at)


def drop(function: str, record_id: int) -> None:
    """Forget the scratch copy: its content was saved, or is not wanted."""
    row = _row(function, record_id)
    if row is not None:
        session.delete(row)
        session.flush()


def made_by(token: str) -> int | None:
    """Return the record that the form of this token has already made."""
    return session.scalar(
        select(SentForm.record_id).where(
            SentForm.token == token, SentForm.user_id == current_actor().user_id
        )
    )


def remember(token: str, function: str, record_id: int) -> bool:
    """Note which record the form has made; False if another request was first."""
    actor = current_actor()
    row = SentForm(
        token=token[:64],
        user_id=actor.user_id or 0,
        function=function,
        record_id=record_id,
        at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True
