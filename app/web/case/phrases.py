"""Common phrases for opinions: those that everybody has, and a person's own."""

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.access.actor import current_actor
from app.core.db.database import BigId, session
from app.core.db.entity import Table
from app.core.errors import Fault, NotFound, Rejected
from app.core.reference import dictionaries

SHARED = (
    "phrase"  # a dictionary that an administrator keeps; its entries' attribute `kind` narrows them
)
SHIPPED = (
    "同意。",
    "材料齐全，同意。",
    "同意，请按规定办理。",
    "材料不全，请按标注补充。",
    "内容与材料不一致，请核对后重新提交。",
)
MOST = 50


class Phrase(Table):
    """A phrase that a person keeps."""

    __tablename__ = "sys_phrase"
    __table_args__ = (Index(None, "user_id"),)

    user_id: Mapped[int] = mapped_column(BigId)
    text: Mapped[str] = mapped_column(String(200))


def phrases() -> tuple[tuple[str, str, bool], ...]:
    """Return (id, text, own): a person's own first, then the shared ones."""
    actor = current_actor()
    query = select(Phrase).where(Phrase.user_id == actor.user_id).order_by(Phrase.id).limit(MOST)
    own = tuple((str(row.id), row.text, True) for row in session.scalars(query))
    shared = [entry.title for entry in dictionaries.entries(SHARED)] or list(SHIPPED)
    return own + tuple(("", text, False) for text in shared)


def add(text: str) -> Phrase:
    """Keep a phrase for this person."""
    text = " ".join(text.split())
    actor = current_actor()
    if not text or len(text) > 200:
        raise Rejected([Fault("text", "常用语应为 1 至 200 个字")])
    query = select(Phrase).where(Phrase.user_id == actor.user_id)
    known = list(session.scalars(query))
    for row in known:
        if row.text == text:
            return row
    if len(known) >= MOST:
        raise Rejected([Fault("text", f"最多保存 {MOST} 条常用语，请先删除不用的")])
    row = Phrase(user_id=actor.user_id or 0, text=text)
    session.add(row)
    session.flush()
    return row


def remove(pk: int) -> None:
    """Drop one of this person's phrases."""
    row = session.get(Phrase, pk)
    if row is None or row.user_id != current_actor().user_id:
        raise NotFound("没有这条常用语")
    session.delete(row)
