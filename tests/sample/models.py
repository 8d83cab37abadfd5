"""The tables of the sample."""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db.database import BigId
from app.core.db.entity import Entity


class Club(Entity):
    """俱乐部."""

    __tablename__ = "sample_club"

    name: Mapped[str | None] = mapped_column(String(100))
    district: Mapped[str | None] = mapped_column(String(40))
    search_text: Mapped[str | None] = mapped_column(Text)


class Room(Entity):
    """场地."""

    __tablename__ = "sample_room"

    name: Mapped[str | None] = mapped_column(String(100))
    seats: Mapped[int | None] = mapped_column(Integer)
    used: Mapped[int | None] = mapped_column(Integer)
    remaining: Mapped[int | None] = mapped_column(Integer)
    disabled: Mapped[bool | None] = mapped_column(Boolean)


class Meeting(Entity):
    """活动."""

    __tablename__ = "sample_meeting"

    club_id: Mapped[int | None] = mapped_column(ForeignKey("sample_club.id"))
    code: Mapped[str | None] = mapped_column(String(60))
    name: Mapped[str | None] = mapped_column(String(100))
    kind: Mapped[str | None] = mapped_column(String(40))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("sample_room.id"))
    first_day: Mapped[date | None] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    days: Mapped[int | None] = mapped_column(Integer)
    cost: Mapped[int | None] = mapped_column(BigId)
    people: Mapped[int | None] = mapped_column(Integer)
    decided_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str | None] = mapped_column(String(40))
    search_text: Mapped[str | None] = mapped_column(Text)

    club: Mapped["Club | None"] = relationship("Club", foreign_keys=[club_id])
    room: Mapped["Room | None"] = relationship("Room", foreign_keys=[room_id])
    guests: Mapped[list["Guest"]] = relationship(
        "Guest",
        back_populates="parent",
        order_by="Guest.position",
        cascade="all, delete-orphan",
    )


class Guest(Entity):
    """来宾."""

    __tablename__ = "sample_guest"

    parent_id: Mapped[int] = mapped_column(ForeignKey("sample_meeting.id"))
    position: Mapped[int | None] = mapped_column(Integer)
    name: Mapped[str | None] = mapped_column(String(100))
    id_number: Mapped[str | None] = mapped_column(String(18))

    parent: Mapped["Meeting"] = relationship("Meeting", back_populates="guests")


class Festival(Entity):
    """节庆."""

    __tablename__ = "sample_festival"

    club_id: Mapped[int | None] = mapped_column(ForeignKey("sample_club.id"))
    name: Mapped[str | None] = mapped_column(String(100))
    kind: Mapped[str | None] = mapped_column(String(40))
    size: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str | None] = mapped_column(String(40))

    club: Mapped["Club | None"] = relationship("Club", foreign_keys=[club_id])


class Fair(Entity):
    """集市."""

    __tablename__ = "sample_fair"

    club_id: Mapped[int | None] = mapped_column(ForeignKey("sample_club.id"))
    name: Mapped[str | None] = mapped_column(String(100))
    registry_no: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str | None] = mapped_column(String(40))

    club: Mapped["Club | None"] = relationship("Club", foreign_keys=[club_id])
    stalls: Mapped[list["Stall"]] = relationship(
        "Stall", back_populates="parent", order_by="Stall.position", cascade="all, delete-orphan"
    )


class Stall(Entity):
    """摊位."""

    __tablename__ = "sample_stall"

    parent_id: Mapped[int] = mapped_column(ForeignKey("sample_fair.id"))
    position: Mapped[int | None] = mapped_column(Integer)
    name: Mapped[str | None] = mapped_column(String(100))
    verdict: Mapped[str | None] = mapped_column(String(40))

    parent: Mapped["Fair"] = relationship("Fair", back_populates="stalls")


class FairPermit(Entity):
    """许可."""

    __tablename__ = "sample_permit"

    club_id: Mapped[int | None] = mapped_column(ForeignKey("sample_club.id"))
    fair_id: Mapped[int | None] = mapped_column(ForeignKey("sample_fair.id"))
    name: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[str | None] = mapped_column(String(40))

    club: Mapped["Club | None"] = relationship("Club", foreign_keys=[club_id])
    fair: Mapped["Fair | None"] = relationship("Fair", foreign_keys=[fair_id])


class MeetingChange(Entity):
    """活动变更."""

    __tablename__ = "sample_meeting_change"

    club_id: Mapped[int | None] = mapped_column(ForeignKey("sample_club.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("sample_meeting.id"))
    after: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str | None] = mapped_column(String(40))

    club: Mapped["Club | None"] = relationship("Club", foreign_keys=[club_id])
    target: Mapped["Meeting | None"] = relationship("Meeting", foreign_keys=[target_id])
