"""The entries of scores: append-only; a mistake is reversed by another entry."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.database import BigId, UtcDateTime
from app.core.db.entity import Table


class ScoreEntry(Table):
    """Points that one event gave or took, or a correction by a person with its reason."""

    __tablename__ = "sys_score_entry"
    __table_args__ = (Index(None, "score", "period", "target_id"),)

    score: Mapped[str] = mapped_column(String(63))
    target_id: Mapped[int] = mapped_column(BigId)
    period: Mapped[str] = mapped_column(String(10))
    item: Mapped[str] = mapped_column(String(63))  # empty: given by hand
    item_title: Mapped[str] = mapped_column(String(100))
    points: Mapped[int] = mapped_column(Integer)
    full: Mapped[int] = mapped_column(Integer)  # what the event would count without the cap
    object: Mapped[str] = mapped_column(String(63), default="")
    record_id: Mapped[int | None] = mapped_column(BigId)
    subject: Mapped[str] = mapped_column(String(300), default="")  # name of the record then
    event: Mapped[str | None] = mapped_column(String(160), unique=True)  # an event counts once
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("sys_score_entry.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    actor_name: Mapped[str] = mapped_column(String(100))
