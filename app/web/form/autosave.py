"""What was typed and not yet saved: kept per person, function and record, and taken up again."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, bindparam, delete, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import BigId, UtcDateTime, insert_unless_there, session
from app.core.db.entity import Table
from app.core.errors import Conflict

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
    """A new record that a form or a call has made: sending the same again leads to it."""

    __tablename__ = "sys_sent_form"
    __table_args__ = (Index(None, "at"),)

    token: Mapped[str] = mapped_column(String(64), unique=True)  # a hash: `Sent.token`
    user_id: Mapped[int] = mapped_column(BigId)
    function: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[str | None] = mapped_column(String(64))  # the hash of what was sent


@dataclass(frozen=True)
class Sent:
    """What makes a new record and may come twice: a key within a room, with a hash of the content.

    The room is the function of a form or the object of a call: a key means nothing elsewhere, nor
    for another person.
    """

    room: str
    key: str
    content: str = ""

    @property
    def token(self) -> str:
        """What is stored: one hash of person, room and key, however long they are."""
        parts = [current_actor().user_id or 0, self.room, self.key]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


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
    """Forget the scratch copy: it is not wanted any more."""
    session.connection().execute(_FORGET, _left(function, record_id))


_FORGET = delete(Scratch.__table__).where(
    Scratch.user_id == bindparam("left_by"),
    Scratch.function == bindparam("left_in"),
    Scratch.record_id == bindparam("left_on"),
)


def _left(function: str, record_id: int) -> dict[str, Any]:
    return {"left_by": current_actor().user_id, "left_in": function, "left_on": record_id}


def made_by(sent: Sent) -> int | None:
    """Return the record that this person has already made by the same key in the same room.

    Raises OtherContent where it was made of something else.
    """
    query = select(SentForm.record_id, SentForm.content).where(SentForm.token == sent.token)
    row = session.execute(query).first()
    if row is None:
        return None
    if row.content and sent.content and row.content != sent.content:
        raise OtherContent
    return int(row.record_id)


class OtherContent(Exception):
    """The key was used before, with other content."""


class AlreadySent(Conflict):
    """The same form was sent twice, and the other one was first."""


def settle(function: str, record_id: int, made: int, sent: Sent | None) -> None:
    """Forget the scratch copy of a form that was saved, and note which record it has made.

    `record_id` is what the form was opened on, 0 for a new record. Raises AlreadySent if another
    request has sent the same; the caller rolls everything back.
    """
    connection = session.connection()  # below the ORM: nobody else in this request knows these rows
    left = _left(function, record_id)
    if sent is None:
        connection.execute(_FORGET, left)
    elif (
        insert_unless_there(connection, _SENT, _row_of(sent, function, made) | left, _FORGET)
        is None
    ):
        raise AlreadySent(TWICE)


def note(function: str, made: int, sent: Sent) -> None:
    """Note which record a call has made; what the person left unsaved on a page is no part of it.

    Raises AlreadySent as `settle` does.
    """
    if insert_unless_there(session.connection(), _SENT, _row_of(sent, function, made)) is None:
        raise AlreadySent(TWICE)


TWICE = "这张表单已经提交过，请重新打开后再填"
_SENT = cast(SqlTable, SentForm.__table__)


def _row_of(sent: Sent, function: str, made: int) -> dict[str, Any]:
    return {
        "token": sent.token,
        "user_id": current_actor().user_id or 0,
        "function": function,
        "record_id": made,
        "at": clock.now(),
        "content": sent.content or None,
    }
