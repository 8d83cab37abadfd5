"""Tables of messages: in-site messages, text messages, wording that an administrator changed."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db.database import BigId, UtcDateTime
from app.core.db.entity import Table
from app.core.jobs.outbox import OutboxItem

SMS_STATES = {
    "queued": "待发送",
    "sent": "已提交",
    "delivered": "已送达",
    "undelivered": "未送达",
    "failed": "发送失败",
    "uncertain": "结果不明",
}


class InboxMessage(Table):
    """A message that one person reads in the product."""

    __tablename__ = "sys_message"
    __table_args__ = (Index(None, "account_id", "read_at", "created_at"),)

    account_id: Mapped[int] = mapped_column(BigId)
    message: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    object: Mapped[str | None] = mapped_column(String(63))
    record_id: Mapped[int | None] = mapped_column(BigId)
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SmsRecord(Table):
    """A text message with what became of it."""

    __tablename__ = "sys_sms"
    __table_args__ = (Index(None, "state", "created_at"),)

    key: Mapped[str] = mapped_column(String(64), unique=True)
    phone: Mapped[str] = mapped_column(String(30), index=True)
    name: Mapped[str | None] = mapped_column(String(100))
    account_id: Mapped[int | None] = mapped_column(BigId, index=True)
    message: Mapped[str | None] = mapped_column(String(100), index=True)
    text: Mapped[str] = mapped_column(Text)
    private: Mapped[bool] = mapped_column(Boolean, default=False)  # a code or password: never shown
    object: Mapped[str | None] = mapped_column(String(63))
    record_id: Mapped[int | None] = mapped_column(BigId)
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)
    state: Mapped[str] = mapped_column(String(20))
    gateway_id: Mapped[str | None] = mapped_column(String(80), index=True)
    error: Mapped[str | None] = mapped_column(String(500))
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("sys_outbox.id"))
    resent_of_id: Mapped[int | None] = mapped_column(ForeignKey("sys_sms.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    outbox: Mapped[OutboxItem | None] = relationship(OutboxItem)

    @property
    def shown_text(self) -> str:
        """The text as an administrator may see it."""
        return "（验证码或初始密码，不显示）" if self.private else self.text


class MessageTemplate(Table):
    """The wording of a message as an administrator wants it, for everybody or for one organisation."""

    __tablename__ = "sys_message_template"
    __table_args__ = (UniqueConstraint("message", "org_key"),)

    message: Mapped[str] = mapped_column(String(100))
    org_key: Mapped[int] = mapped_column(
        BigId, default=0
    )  # 0 = everybody; NULL would not be unique
    text: Mapped[str] = mapped_column(Text)
    shipped: Mapped[str] = mapped_column(Text)  # the release's text when this was written
    sms: Mapped[bool] = mapped_column(Boolean, default=True)
    inbox: Mapped[bool] = mapped_column(Boolean, default=True)
    shipped_sms: Mapped[bool | None] = mapped_column(Boolean)
    shipped_inbox: Mapped[bool | None] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer, default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(BigId)
    updated_by_name: Mapped[str | None] = mapped_column(String(100))

    __mapper_args__ = {"version_id_col": version}


class SmsCursor(Table):
    """How far the receipts of the gateway have been read."""

    __tablename__ = "sys_sms_cursor"

    gateway: Mapped[str] = mapped_column(String(80), unique=True)
    cursor: Mapped[str] = mapped_column(String(200))
