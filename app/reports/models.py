"""Tables that people put together and saved."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.database import UtcDateTime
from app.core.db.entity import Table


class SavedQuery(Table):
    """A question to a model of reports under a name: its address, never its figures."""

    __tablename__ = "sys_saved_query"
    __table_args__ = (Index(None, "function", "owner_id"), Index(None, "function", "role"))

    function: Mapped[str] = mapped_column(String(31))
    title: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    owner_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(64), default="")  # with whom it is shared
    basis: Mapped[str] = mapped_column(String(16))  # what the figures counted when it was saved
    at: Mapped[datetime] = mapped_column(UtcDateTime)
