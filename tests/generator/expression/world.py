"""A small world for expressions: its metadata, its tables, and how to run what is compiled."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app.core.expressions import expr, expr_sql
from generator.expression import Member, PolicySignature, World, members_of_me

KINDS = ("online", "onsite", "mixed")

WORLD = World(
    {
        "job": {
            "id": Member(type="integer"),
            "name": Member(type="string"),
            "note": Member(type="text"),
            "kind": Member(type="dict", dictionary="job_kind", codes=KINDS),
            "unit": Member(type="ref", target="unit"),
            "begin": Member(type="date"),
            "end": Member(type="date"),
            "seen_at": Member(type="datetime"),
            "days": Member(type="integer"),
            "size": Member(type="integer"),
            "fee": Member(type="money"),
            "budget": Member(type="money"),
            "rate": Member(type="decimal", scale=2),
            "ratio": Member(type="decimal", scale=4),
            "urgent": Member(type="boolean"),
            "paper": Member(type="file"),
            "lines": Member(type="child", target="line"),
            "topics": Member(type="refs", target="item"),
            "mood": Member(type="string", stored=False),
        },
        "line": {
            "parent": Member(type="ref", target="job"),
            "position": Member(type="integer"),
            "title": Member(type="string"),
            "sort": Member(type="dict", dictionary="job_kind", codes=KINDS),
            "item": Member(type="ref", target="item"),
            "number": Member(type="integer"),
            "price": Member(type="money"),
            "weight": Member(type="decimal", scale=2),
            "on": Member(type="date"),
            "done": Member(type="boolean"),
        },
        "item": {
            "name": Member(type="string"),
            "group": Member(type="ref", target="group"),
            "level": Member(type="integer"),
            "tags": Member(type="child", target="tag"),
        },
        "tag": {"parent": Member(type="ref", target="item"), "word": Member(type="string")},
        "group": {"name": Member(type="string"), "open": Member(type="boolean")},
        "unit": {
            "name": Member(type="string"),
            "district": Member(type="string"),
            "above": Member(type="ref", target="unit"),
        },
        "me": members_of_me("unit", Member(type="string"), ("clerk", "chief")),
    },
    {
        "limit": PolicySignature(returns="integer", takes=1),
        "deadline": PolicySignature(returns="date"),
        "factor": PolicySignature(returns="decimal"),
    },
)


class Base(DeclarativeBase):
    """Tables of their own."""


Key = BigInteger().with_variant(Integer(), "sqlite")

topics = Table(
    "x_job__topics",
    Base.metadata,
    Column("job_id", ForeignKey("x_job.id"), primary_key=True),
    Column("item_id", ForeignKey("x_item.id"), primary_key=True),
)


class Unit(Base):
    __tablename__ = "x_unit"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(50))
    district: Mapped[str | None] = mapped_column(String(50))
    above_id: Mapped[int | None] = mapped_column(ForeignKey("x_unit.id"))
    above: Mapped["Unit | None"] = relationship("Unit", remote_side="Unit.id")


class Group(Base):
    __tablename__ = "x_group"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(50))
    open: Mapped[bool | None] = mapped_column(Boolean)


class Item(Base):
    __tablename__ = "x_item"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(50))
    level: Mapped[int | None] = mapped_column(Integer)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("x_group.id"))
    group: Mapped[Group | None] = relationship(Group)
    tags: Mapped[list["Tag"]] = relationship("Tag", order_by="Tag.id", back_populates="parent")


class Tag(Base):
    __tablename__ = "x_tag"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    word: Mapped[str | None] = mapped_column(String(50))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("x_item.id"))
    parent: Mapped[Item | None] = relationship(Item, back_populates="tags")


class Job(Base):
    __tablename__ = "x_job"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(50))
    note: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(String(20))
    begin: Mapped[date | None] = mapped_column(Date)
    end: Mapped[date | None] = mapped_column(Date)
    seen_at: Mapped[datetime | None] = mapped_column(DateTime)
    days: Mapped[int | None] = mapped_column(Integer)
    size: Mapped[int | None] = mapped_column(Integer)
    fee: Mapped[int | None] = mapped_column(BigInteger)
    budget: Mapped[int | None] = mapped_column(BigInteger)
    rate: Mapped[int | None] = mapped_column(BigInteger)
    ratio: Mapped[int | None] = mapped_column(BigInteger)
    urgent: Mapped[bool | None] = mapped_column(Boolean)
    paper_id: Mapped[int | None] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("x_unit.id"))
    unit: Mapped[Unit | None] = relationship(Unit)
    lines: Mapped[list["Line"]] = relationship(
        "Line", order_by="Line.position", back_populates="parent", foreign_keys="Line.parent_id"
    )
    topics: Mapped[list[Item]] = relationship(Item, secondary=topics, order_by=Item.id)


class Line(Base):
    __tablename__ = "x_line"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    title: Mapped[str | None] = mapped_column(String(50))
    sort: Mapped[str | None] = mapped_column(String(20))
    number: Mapped[int | None] = mapped_column(Integer)
    price: Mapped[int | None] = mapped_column(BigInteger)
    weight: Mapped[int | None] = mapped_column(BigInteger)
    on: Mapped[date | None] = mapped_column(Date)
    done: Mapped[bool | None] = mapped_column(Boolean)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("x_item.id"))
    item: Mapped[Item | None] = relationship(Item)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("x_job.id"))
    parent: Mapped[Job | None] = relationship(Job, back_populates="lines", foreign_keys=[parent_id])


@dataclass(frozen=True)
class Me:
    """Who asks."""

    id: int | None = 7
    unit: int | None = 1
    district: str | None = "江岸"
    roles: tuple[str, ...] = ("clerk",)


class Policies:
    """Policies with fixed answers."""

    def limit(self, number: int | None) -> int | None:
        return None if number is None else 10 - number

    def deadline(self) -> date:
        return date(2024, 3, 1)

    def factor(self) -> float:
        return 1.25


@dataclass
class Env:
    """What expressions may look at besides the record."""

    me: Me = field(default_factory=Me)
    today: date = date(2024, 2, 29)
    policy: Policies = field(default_factory=Policies)
    form: Any = None
    parent: Any = None


def function(body: str, subject: str) -> Callable[[Any, Any], Any]:
    """Return the function of which the compiler writes the body."""
    code = f"def compiled({subject}, env):\n    return {body}"
    names: dict[str, Any] = {"ex": expr, "sql": expr_sql}
    exec(code, names)
    made: Callable[[Any, Any], Any] = names["compiled"]
    return made
