"""The tables of the desk."""

from datetime import date

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db.entity import Entity
from app.core.files.attachments import File


class DeskClub(Entity):
    """An organisation."""

    __tablename__ = "desk_group"

    name: Mapped[str | None] = mapped_column(String(100))
    district: Mapped[str | None] = mapped_column(String(40))
    stamp_id: Mapped[int | None] = mapped_column(ForeignKey("sys_file.id"))

    stamp: Mapped[File | None] = relationship(File, foreign_keys=[stamp_id])


class DeskGuest(Entity):
    """Somebody who is known."""

    __tablename__ = "desk_guest"

    group_id: Mapped[int | None] = mapped_column(ForeignKey("desk_group.id"))
    name: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(18))
    post: Mapped[str | None] = mapped_column(String(100))
    valid_from: Mapped[date | None] = mapped_column(Date)
    disabled: Mapped[bool | None] = mapped_column(Boolean, default=False)
    search_text: Mapped[str | None] = mapped_column(Text)

    group: Mapped["DeskClub | None"] = relationship("DeskClub", foreign_keys=[group_id])


class DeskRoom(Entity):
    """A room with so many seats."""

    __tablename__ = "desk_room"

    name: Mapped[str] = mapped_column(String(40))
    seats: Mapped[int | None] = mapped_column(Integer)
    used: Mapped[int | None] = mapped_column(Integer, default=0)
    remaining: Mapped[int | None] = mapped_column(Integer)


class DeskMeeting(Entity):
    """An application for a room."""

    __tablename__ = "desk_meeting"

    group_id: Mapped[int | None] = mapped_column(ForeignKey("desk_group.id"))
    code: Mapped[str | None] = mapped_column(String(60))
    name: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[str | None] = mapped_column(String(40))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("desk_room.id"))
    link: Mapped[str | None] = mapped_column(String(200))
    begin_on: Mapped[date | None] = mapped_column(Date)
    end_on: Mapped[date | None] = mapped_column(Date)
    days: Mapped[int | None] = mapped_column(Integer)
    cost: Mapped[int | None] = mapped_column(BigInteger)
    aim: Mapped[str | None] = mapped_column(Text)
    people: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str | None] = mapped_column(String(40))
    search_text: Mapped[str | None] = mapped_column(Text)

    group: Mapped["DeskClub | None"] = relationship("DeskClub", foreign_keys=[group_id])
    room: Mapped["DeskRoom | None"] = relationship("DeskRoom", foreign_keys=[room_id])
    seats: Mapped[list["DeskSeat"]] = relationship(
        "DeskSeat",
        back_populates="parent",
        order_by="DeskSeat.position",
        cascade="all, delete-orphan",
    )


class DeskSeat(Entity):
    """Somebody who takes part."""

    __tablename__ = "desk_seat"

    parent_id: Mapped[int] = mapped_column(ForeignKey("desk_meeting.id"))
    position: Mapped[int] = mapped_column(Integer, default=0)
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("desk_guest.id"))
    post: Mapped[str | None] = mapped_column(String(100))
    speaks: Mapped[bool | None] = mapped_column(Boolean)

    parent: Mapped["DeskMeeting | None"] = relationship("DeskMeeting", back_populates="seats")
    guest: Mapped["DeskGuest | None"] = relationship("DeskGuest", foreign_keys=[guest_id])


class DeskMeetingChange(Entity):
    """A change of a granted meeting."""

    __tablename__ = "desk_meeting_change"

    group_id: Mapped[int | None] = mapped_column(ForeignKey("desk_group.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("desk_meeting.id"))
    after: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(String(40))

    group: Mapped["DeskClub | None"] = relationship("DeskClub", foreign_keys=[group_id])
    target: Mapped["DeskMeeting | None"] = relationship("DeskMeeting", foreign_keys=[target_id])
