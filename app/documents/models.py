"""Tables of issued papers: what each says, its files, and everything that was done with it."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from app.core.db.database import BigId, UtcDateTime
from app.core.db.entity import Entity, Table
from app.core.files.attachments import File

STATES = {
    "draft": "待签章",
    "sealing": "签章中",
    "sealed": "待发放",
    "issued": "已发放",
    "void": "已作废",
}
EVENTS = {
    "created": "生成",
    "edited": "修改",
    "uploaded": "上传修改稿",
    "numbered": "编号",
    "sealed": "签章",
    "issued": "发放",
    "viewed": "查看",
    "downloaded": "下载",
    "printed": "打印",
    "voided": "作废",
    "verified": "扫码查验",
}


class IssuedDocument(Entity):
    """A paper that was made for a record."""

    __tablename__ = "sys_document"
    __table_args__ = (Index(None, "object", "record_id"), Index(None, "unit_id", "state"))

    document: Mapped[str] = mapped_column(String(63), index=True)  # name of the declared one
    title: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str | None] = mapped_column(String(300))  # name of the record
    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)
    unit_id: Mapped[int | None] = mapped_column(BigId)
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    revision: Mapped[int] = mapped_column(Integer, default=1)  # counts changes of the content
    values: Mapped[str] = mapped_column(Text)
    generated_values: Mapped[str] = mapped_column(Text)
    public_values: Mapped[str | None] = mapped_column(Text)  # what the QR page shows
    token: Mapped[str] = mapped_column(String(40), unique=True)
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("sys_file.id"))  # an edited .docx
    docx_id: Mapped[int | None] = mapped_column(ForeignKey("sys_file.id"))
    pdf_id: Mapped[int | None] = mapped_column(ForeignKey("sys_file.id"))
    pdf_revision: Mapped[int] = mapped_column(Integer, default=0)
    void_pdf_id: Mapped[int | None] = mapped_column(ForeignKey("sys_file.id"))
    dated_on: Mapped[date | None] = mapped_column(Date)  # the day that is printed
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed_by_id: Mapped[int | None] = mapped_column(BigId)
    sealed_by_name: Mapped[str | None] = mapped_column(String(100))
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(BigId)
    void_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_by_id: Mapped[int | None] = mapped_column(BigId)
    void_by_name: Mapped[str | None] = mapped_column(String(100))
    void_reason: Mapped[str | None] = mapped_column(String(500))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("sys_document.id"))

    upload: Mapped[File | None] = relationship(File, foreign_keys=[upload_id])
    docx: Mapped[File | None] = relationship(File, foreign_keys=[docx_id])
    pdf: Mapped[File | None] = relationship(File, foreign_keys=[pdf_id])
    void_pdf: Mapped[File | None] = relationship(File, foreign_keys=[void_pdf_id])

    @classmethod
    def connect(cls, organisation: Any) -> None:
        """Add `unit`, once the declarations are read that say which model organisations have."""
        if not cls.__mapper__.has_property("unit"):
            cls.unit = relationship(
                organisation,
                primaryjoin=foreign(cls.unit_id) == remote(organisation.id),
                viewonly=True,
            )

    @property
    def content(self) -> dict[str, Any]:
        """The bound values as they stand now."""
        return json.loads(self.values)

    @property
    def generated(self) -> dict[str, Any]:
        """The bound values as the record gave them."""
        return json.loads(self.generated_values)

    @property
    def state_title(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def shown_pdf(self) -> File | None:
        """The PDF that people get, or None while it is being made.

        Never one of an earlier content, and of a void paper only the one that says so.
        """
        if self.state == "void":
            return self.void_pdf if self.sealed_at else self.pdf
        return self.pdf if self.pdf_revision == self.revision else None


class DocumentEvent(Table):
    """Something that was done with a paper: who, when, from where."""

    __tablename__ = "sys_document_event"
    __table_args__ = (Index(None, "document_id", "id"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("sys_document.id"))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    actor_name: Mapped[str] = mapped_column(String(100))
    ip: Mapped[str | None] = mapped_column(String(60))
    detail: Mapped[str | None] = mapped_column(Text)

    @property
    def kind_title(self) -> str:
        """What was done, in words."""
        return EVENTS.get(self.kind, self.kind)
