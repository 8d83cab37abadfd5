"""What became of each row of a source: the ledger by which no row is taken twice and none is lost."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.database import BigId, UtcDateTime
from app.core.db.entity import Table

LOADED, MERGED, QUARANTINED, LEFT_OUT = "loaded", "merged", "quarantined", "left_out"
CONFLICT = "conflict"  # it differs from the record that is there, and nobody has decided yet
OUTCOMES = {
    LOADED: "已载入", MERGED: "已合并", CONFLICT: "有冲突", QUARANTINED: "待更正", LEFT_OUT: "未载入",
}  # fmt: skip
TAKEN = (LOADED, MERGED)


class TakenRow(Table):
    """One row of a source. `part` is the child list that it belongs to, empty for records themselves.

    `digest` covers what the source and the corrections said when it was last looked at. The texts of
    the source are kept only as long as the row waits to be corrected.
    """

    __tablename__ = "sys_taken_row"
    __table_args__ = (
        UniqueConstraint("migration", "part", "key"),
        Index(None, "migration", "outcome", "id"),
        Index(None, "object", "record_id"),
    )

    migration: Mapped[str] = mapped_column(String(63))
    part: Mapped[str] = mapped_column(String(63), default="")
    key: Mapped[str] = mapped_column(String(200))
    belongs: Mapped[str | None] = mapped_column(String(200))  # of a part: key of the row above it
    digest: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(20))
    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int | None] = mapped_column(BigId)
    version: Mapped[int | None] = mapped_column(
        Integer
    )  # of the record, when it was last written here
    reasons: Mapped[str | None] = mapped_column(Text)  # JSON: [[column, text, message], …]
    texts: Mapped[str | None] = mapped_column(Text)  # JSON: what the source says, by column
    fixed: Mapped[str | None] = mapped_column(Text)  # JSON: what was corrected, by column
    # JSON of `differing.Differing`: what the record holds otherwise, and was not taken from the row
    differs: Mapped[str | None] = mapped_column(Text)
    decided: Mapped[str | None] = mapped_column(Text)  # JSON: {place: [held, said, decision]}
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    batch: Mapped[int | None] = mapped_column(BigId)  # what was handed in, by which it was taken
    changed: Mapped[int | None] = mapped_column(BigId)  # the last one that rewrote its record


class HandedIn(Table):
    """One file that somebody handed in and that was taken."""

    __tablename__ = "sys_handed_in"
    __table_args__ = (Index(None, "function", "user_id", "id"),)

    source: Mapped[str] = mapped_column(String(63))
    function: Mapped[str] = mapped_column(String(63))
    user_id: Mapped[int] = mapped_column(BigId)
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500), default="")  # what became of its rows, in words
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
