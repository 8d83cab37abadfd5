"""A small product in neutral words, written as the compiler would: clubs lend rooms to meetings.

It lets the runtime be tested without the metadata of the real product. A meeting of a club asks
for a room (which has a number of seats), passes a desk and a board, and may be changed later.
"""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.database import BigId
from app.core.declare import (
    Action,
    Applicant,
    Branch,
    Child,
    Dictionary,
    Draft,
    Effect,
    Entry,
    Field,
    Flow,
    Function,
    Hold,
    Material,
    Message,
    Module,
    Object,
    Per,
    Policy,
    PolicyRow,
    Project,
    Reminder,
    Role,
    Roles,
    Route,
    Rule,
    Scope,
    Step,
    Subsystem,
    Wait,
)
from app.core.entity import Entity


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


class Permit(Entity):
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


def _my_club(this, env):
    return env.me.unit


def _days(this, env):
    if this.first_day is None or this.last_day is None:
        return None
    return (this.last_day - this.first_day).days + 1


def _people(this, env):
    return len(this.guests)


def _remaining(this, env):
    return (this.seats or 0) - (this.used or 0)


def _order(this, env):
    if this.first_day is None or this.last_day is None:
        return None
    return this.last_day >= this.first_day


def _longest(this, env):
    limit = env.policy.longest(this.kind)
    return None if this.days is None or limit is None else this.days <= limit


def _not_online(this, env):
    return this.kind != "online"


def _online(this, env):
    return this.kind == "online"


CLUB = Object(
    name="club",
    title="俱乐部",
    model=Club,
    subsystem="sample",
    scope=Scope(kind="org", path="id"),
    display="{name}",
    fields=(
        Field(name="name", title="名称", type=types.String(length=100), required=True, search=True),
        Field(name="district", title="区", type=types.Dict(of="area")),
    ),
)
ROOM = Object(
    name="room",
    title="场地",
    model=Room,
    subsystem="sample",
    scope=Scope(kind="everyone"),
    display="{name}",
    dated=True,
    unique=(("name",),),
    fields=(
        Field(name="name", title="名称", type=types.String(length=100), required=True),
        Field(name="seats", title="座位", type=types.Integer(min=1), required=True),
        Field(name="used", title="已用", type=types.Integer(), readonly=True),
        Field(name="remaining", title="剩余", type=types.Integer(), value=_remaining),
    ),
)
GUEST = Object(
    name="guest",
    title="来宾",
    model=Guest,
    subsystem="sample",
    scope=Scope(kind="parent", path="parent"),
    parent="meeting",
    display="{name}",
    fields=(
        Field(name="name", title="姓名", type=types.String(length=100), required=True),
        Field(name="id_number", title="证件号", type=types.ResidentId(), mask=True),
    ),
)
MEETING = Object(
    name="meeting",
    title="活动",
    model=Meeting,
    subsystem="sample",
    scope=Scope(kind="org", path="club_id"),
    display="{name}",
    flow="meeting_approval",
    columns=("code", "name", "club", "room", "days", "state"),
    fields=(
        Field(
            name="club",
            title="俱乐部",
            type=types.Ref(object="club"),
            default=_my_club,
            readonly=True,
        ),
        Field(name="code", title="编号", type=types.Code(series="活〔{yyyy}〕{n:03}号")),
        Field(name="name", title="名称", type=types.String(length=100), required=True, search=True),
        Field(name="kind", title="类型", type=types.Dict(of="meeting_kind"), required=True),
        Field(
            name="room",
            title="场地",
            type=types.Ref(object="room"),
            required=True,
            when=_not_online,
            depends=("kind",),
            choose=lambda cls, env: cls.remaining > 0,
        ),
        Field(name="first_day", title="开始", type=types.Date(), required=True),
        Field(name="last_day", title="结束", type=types.Date(), required=True),
        Field(name="days", title="天数", type=types.Integer(), value=_days),
        Field(name="cost", title="费用", type=types.Money()),
        Field(name="people", title="人数", type=types.Integer(), value=_people),
        Field(name="decided_on", title="批准日期", type=types.Date(), readonly=True),
    ),
    children=(Child(name="guests", title="来宾", object="guest", min=1, unique=("id_number",)),),
    materials=(
        Material(name="letter", title="申请书"),
        Material(name="plan", title="线上方案", when=_online),
    ),
    rules=(
        Rule(name="order", check=_order, at="last_day", error="结束不能早于开始"),
        Rule(
            name="longest",
            check=_longest,
            at="days",
            policy="longest",
            error="共 {days} 天，超过规定",
        ),
    ),
    holds=(Hold(field="room", amount=_people, start="submit", until=("rejected", "cancelled")),),
)
MEETING_CHANGE = Object(
    name="meeting_change",
    title="活动变更",
    model=MeetingChange,
    subsystem="sample",
    scope=Scope(kind="org", path="club_id"),
    display="{target}变更",
    flow="meeting_change",
    draft=Draft(field="after", target="target", fields=("name", "last_day", "guests")),
    fields=(
        Field(
            name="club",
            title="俱乐部",
            type=types.Ref(object="club"),
            default=_my_club,
            readonly=True,
        ),
        Field(name="target", title="活动", type=types.Ref(object="meeting"), required=True),
        Field(name="after", title="变更后", type=types.DraftOf()),
        Field(name="reason", title="理由", type=types.String(length=200), required=True),
    ),
)

FESTIVAL = Object(
    name="festival",
    title="节庆",
    model=Festival,
    subsystem="sample",
    scope=Scope(kind="org", path="club_id"),
    display="{name}",
    flow="festival_approval",
    fields=(
        Field(
            name="club",
            title="俱乐部",
            type=types.Ref(object="club"),
            default=_my_club,
            readonly=True,
        ),
        Field(name="name", title="名称", type=types.String(length=100), required=True),
        Field(name="kind", title="类型", type=types.Dict(of="meeting_kind"), required=True),
        Field(name="size", title="规模", type=types.Integer(min=1), required=True),
    ),
)

FAIR = Object(
    name="fair",
    title="集市",
    model=Fair,
    subsystem="sample",
    scope=Scope(kind="org", path="club_id"),
    display="{name}",
    flow="fair_approval",
    children=(Child(name="stalls", title="摊位", object="stall", min=1),),
    fields=(
        Field(
            name="club",
            title="俱乐部",
            type=types.Ref(object="club"),
            default=_my_club,
            readonly=True,
        ),
        Field(name="name", title="名称", type=types.String(length=100), required=True),
        Field(name="registry_no", title="登记号", type=types.String(length=40), readonly=True),
    ),
)
STALL = Object(
    name="stall",
    title="摊位",
    model=Stall,
    subsystem="sample",
    scope=Scope(kind="parent", path="parent"),
    parent="fair",
    display="{name}",
    fields=(
        Field(name="name", title="名称", type=types.String(length=100), required=True),
        Field(name="verdict", title="结论", type=types.Dict(of="verdict"), readonly=True),
    ),
)
PERMIT = Object(
    name="permit",
    title="许可",
    model=Permit,
    subsystem="sample",
    scope=Scope(kind="org", path="club_id"),
    display="{name}",
    flow="permit_approval",
    fields=(
        Field(name="club", title="俱乐部", type=types.Ref(object="club"), readonly=True),
        Field(name="fair", title="集市", type=types.Ref(object="fair"), readonly=True),
        Field(name="name", title="名称", type=types.String(length=100), readonly=True),
    ),
)


def _club_of(this, env):
    return this.club


def _itself(this, env):
    return this


def _name_of(this, env):
    return this.name


def _large(this, env):
    return None if this.size is None else this.size >= 100


def _small(this, env):
    return None if this.size is None else this.size < 100


def _today(this, env):
    return env.today


def _handed_in(this, env):
    return this.state != "draft"


MEETING_APPROVAL = Flow(
    name="meeting_approval",
    title="活动审批",
    object="meeting",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="desk",
            title="受理",
            by=Roles(names=("clerk",)),
            within=2,
            checks=("材料齐全",),
            labels="mark",
        ),
        Step(
            name="safety",
            title="安全会签",
            by=Roles(names=("fire", "police")),
            countersign="all",
            skip=_online,
        ),
        Step(
            name="board",
            title="审批",
            by=Roles(names=("head",)),
            effects=(Effect(kind="set", params={"decided_on": _today}),),
        ),
        Step(name="approved", title="已批准", end="done"),
        Step(name="rejected", title="已退案", end="rejected"),
        Step(name="cancelled", title="已取消", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="desk"),),
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(
                Route(source="desk", target="safety"),
                Route(source="safety", target="board"),
                Route(source="board", target="approved"),
            ),
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            comment="required",
            routes=(
                Route(source="desk", target="draft"),
                Route(source="safety", target="desk"),
                Route(source="safety", target="draft"),
                Route(source="board", target="safety"),
                Route(source="board", target="draft"),
            ),
        ),
        Action(
            name="reject",
            title="退案",
            kind="reject",
            comment="required",
            routes=(
                Route(source="desk", target="rejected"),
                Route(source="board", target="rejected"),
            ),
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            by=Applicant(),
            until="opened",
            routes=(Route(source="desk", target="draft"),),
        ),
        Action(
            name="cancel",
            title="取消",
            kind="cancel",
            by=Applicant(),
            comment="required",
            routes=(Route(source="approved", target="cancelled"),),
        ),
    ),
)
MEETING_CHANGE_FLOW = Flow(
    name="meeting_change",
    title="活动变更",
    object="meeting_change",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(name="review", title="审核", by=Roles(names=("head",))),
        Step(name="approved", title="已生效", end="done"),
        Step(name="rejected", title="已退案", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(Route(source="review", target="approved"),),
            effects=(Effect(kind="apply", params={"field": "after"}),),
        ),
        Action(
            name="reject",
            title="退案",
            kind="reject",
            comment="required",
            routes=(Route(source="review", target="rejected"),),
        ),
    ),
)

# Every kind of way: conditional routes, branches, n of m, straight back, back as the returner chooses.
FESTIVAL_APPROVAL = Flow(
    name="festival_approval",
    title="节庆审批",
    object="festival",
    version="1",
    archive=5,
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="desk",
            title="受理",
            by=Roles(names=("clerk",)),
            within=2,
            reminders=(
                Reminder(days=-1),
                Reminder(days=1),
                Reminder(days=2),
                Reminder(days=2, to=Roles(names=("head",))),
            ),
        ),
        Step(
            name="joint",
            title="并联审查",
            branches=(
                Branch(name="fire", title="消防", steps=("fire_check", "fire_head")),
                Branch(name="order", title="治安", steps=("order_check",)),
            ),
        ),
        Step(name="fire_check", title="消防查验", by=Roles(names=("fire",))),
        Step(name="fire_head", title="消防复核", by=Roles(names=("head",)), skip=_small),
        Step(name="order_check", title="治安审查", by=Roles(names=("police",)), skip=_online),
        Step(
            name="ballot",
            title="表决",
            by=Roles(names=("fire", "police", "head")),
            countersign=2,
        ),
        Step(name="board", title="审批", by=Roles(names=("head",))),
        Step(name="approved", title="已批准", end="done"),
        Step(name="rejected", title="已退案", end="rejected"),
        Step(name="cancelled", title="已取消", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="desk"),),
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(
                Route(source="desk", target="joint"),
                Route(source="fire_check", target="fire_head"),
                Route(source="fire_head", target="joint"),
                Route(source="order_check", target="joint"),
                Route(source="joint", target="ballot", when=_large),
                Route(source="joint", target="board"),
                Route(source="ballot", target="board"),
                Route(source="board", target="approved"),
            ),
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            comment="required",
            resubmit="direct",
            routes=(
                Route(source="desk", target="draft"),
                Route(source="fire_check", target="draft"),
                Route(source="fire_check", target="desk"),
                Route(source="fire_head", target="fire_check"),
                Route(source="fire_head", target="draft"),
                Route(source="order_check", target="draft"),
                Route(source="ballot", target="draft"),
                Route(source="board", target="order_check"),
                Route(source="board", target="joint"),
                Route(source="board", target="draft"),
            ),
        ),
        Action(
            name="redo",
            title="退回重办",
            kind="send_back",
            comment="required",
            resubmit="choose",
            routes=(
                Route(source="fire_check", target="draft"),
                Route(source="ballot", target="joint"),
                Route(source="board", target="draft"),
            ),
        ),
        Action(
            name="reject",
            title="退案",
            kind="reject",
            comment="required",
            routes=(
                Route(source="fire_check", target="rejected"),
                Route(source="order_check", target="rejected"),
                Route(source="board", target="rejected"),
            ),
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            until="opened",
            routes=(Route(source="desk", target="draft"), Route(source="joint", target="draft")),
        ),
        Action(
            name="cancel",
            title="取消",
            kind="cancel",
            by=Applicant(),
            comment="required",
            routes=(
                Route(source="joint", target="cancelled"),
                Route(source="ballot", target="cancelled"),
                Route(source="approved", target="cancelled"),
            ),
        ),
    ),
)

# Verdicts row by row, cases that are started and waited for, and a receipt from outside.
FAIR_APPROVAL = Flow(
    name="fair_approval",
    title="集市审批",
    object="fair",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="verify",
            title="核实",
            by=Roles(names=("clerk",)),
            per=Per(rows="stalls", field="verdict", refuses=("no",)),
            effects=(
                Effect(
                    kind="start",
                    params={
                        "object": "permit",
                        "fields": {"club": _club_of, "fair": _itself, "name": _name_of},
                        "parent_ends": "withdraw",
                    },
                ),
            ),
        ),
        Step(name="permits", title="办理许可", wait=Wait(object="permit")),
        Step(
            name="confirm",
            title="复核",
            by=Roles(names=("head",)),
            per=Per(rows="stalls", field="verdict", refuses=("no",)),
        ),
        Step(
            name="register",
            title="登记",
            by=Roles(names=("clerk",)),
            within=1,
            wait=Wait(event="registry", fill={"registry_no": "number"}),
        ),
        Step(name="approved", title="已批准", end="done"),
        Step(name="rejected", title="已退案", end="rejected"),
        Step(name="cancelled", title="已取消", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="verify"),),
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(
                Route(source="verify", target="permits"),
                Route(source="confirm", target="register"),
                Route(source="register", target="approved"),
            ),
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            routes=(
                Route(source="verify", target="draft"),
                Route(source="confirm", target="draft"),
            ),
        ),
        Action(
            name="permitted",
            title="许可办结",
            kind="receipt",
            on="done",
            routes=(Route(source="permits", target="confirm"),),
        ),
        Action(
            name="not_permitted",
            title="许可未办成",
            kind="receipt",
            routes=(Route(source="permits", target="verify"),),
        ),
        Action(
            name="registered",
            title="登记回执",
            kind="receipt",
            on="accepted",
            routes=(Route(source="register", target="approved"),),
        ),
        Action(
            name="refused",
            title="登记未通过",
            kind="receipt",
            on="refused",
            routes=(Route(source="register", target="confirm"),),
        ),
        Action(
            name="cancel",
            title="取消",
            kind="cancel",
            by=Applicant(),
            routes=(
                Route(source="permits", target="cancelled"),
                Route(source="register", target="cancelled"),
            ),
        ),
    ),
)
PERMIT_APPROVAL = Flow(
    name="permit_approval",
    title="许可办理",
    object="permit",
    version="1",
    steps=(
        Step(name="decide", title="办理", by=Roles(names=("head",))),
        Step(name="granted", title="已许可", end="done"),
        Step(name="refused", title="不予许可", end="rejected"),
        Step(name="withdrawn", title="已撤销", end="cancelled"),
    ),
    actions=(
        Action(
            name="pass",
            title="许可",
            kind="pass",
            routes=(Route(source="decide", target="granted"),),
        ),
        Action(
            name="reject",
            title="不予许可",
            kind="reject",
            routes=(Route(source="decide", target="refused"),),
        ),
    ),
)

OBJECTS = (CLUB, ROOM, GUEST, MEETING, MEETING_CHANGE, FESTIVAL, FAIR, STALL, PERMIT)
FLOWS = (
    MEETING_APPROVAL,
    MEETING_CHANGE_FLOW,
    FESTIVAL_APPROVAL,
    FAIR_APPROVAL,
    PERMIT_APPROVAL,
)
FUNCTIONS = (
    Function(
        id="S01",
        title="活动申请",
        subsystem="sample",
        module="meeting",
        screen="apply",
        object="meeting",
        operations=("view", "add", "edit", "delete", "submit", "recall", "cancel", "export"),
        grants=(
            ("member", ("view", "add", "edit", "delete", "submit", "recall", "cancel", "export")),
        ),
    ),
    Function(
        id="S02",
        title="活动受理",
        subsystem="sample",
        module="meeting",
        screen="review",
        object="meeting",
        steps=("desk",),
        operations=("view", "pass", "send_back", "reject"),
        grants=(("clerk", ("view", "pass", "send_back", "reject")),),
    ),
    Function(
        id="S03",
        title="活动审批",
        subsystem="sample",
        module="meeting",
        screen="review",
        object="meeting",
        steps=("safety", "board"),
        operations=("view", "pass", "send_back", "reject"),
        grants=(
            ("fire", ("view", "pass", "send_back")),
            ("police", ("view", "pass", "send_back")),
            ("head", ("view", "pass", "send_back", "reject")),
        ),
    ),
    Function(
        id="S04",
        title="活动变更",
        subsystem="sample",
        module="meeting",
        screen="apply",
        object="meeting_change",
        operations=("view", "add", "edit", "delete", "submit"),
        grants=(("member", ("view", "add", "edit", "delete", "submit")),),
    ),
    Function(
        id="S05",
        title="变更审核",
        subsystem="sample",
        module="meeting",
        screen="review",
        object="meeting_change",
        steps=("review",),
        where=_handed_in,
        operations=("view", "pass", "reject"),
        grants=(("head", ("view", "pass", "reject")),),
    ),
    Function(
        id="S06",
        title="场地",
        subsystem="sample",
        module="meeting",
        screen="catalog",
        object="room",
        operations=("view", "add", "edit"),
        grants=(("clerk", ("view", "add", "edit")), ("member", ("view",))),
    ),
    Function(
        id="S08",
        title="节庆申请",
        subsystem="sample",
        module="meeting",
        screen="apply",
        object="festival",
        operations=("view", "add", "edit", "delete", "submit", "recall", "cancel", "urge"),
        grants=(
            ("member", ("view", "add", "edit", "delete", "submit", "recall", "cancel", "urge")),
        ),
    ),
    Function(
        id="S09",
        title="节庆受理",
        subsystem="sample",
        module="meeting",
        screen="review",
        object="festival",
        steps=("desk",),
        operations=("view", "pass", "send_back", "redo", "reject", "urge", "reassign"),
        grants=(("clerk", ("view", "pass", "send_back", "reassign")),),
    ),
    Function(
        id="S10",
        title="节庆审查",
        subsystem="sample",
        module="meeting",
        screen="review",
        object="festival",
        steps=("fire_check", "fire_head", "order_check", "ballot", "board"),
        operations=("view", "pass", "send_back", "redo", "reject", "urge", "reassign"),
        grants=(
            ("fire", ("view", "pass", "send_back", "redo", "reject")),
            ("police", ("view", "pass", "send_back", "reject")),
            ("head", ("view", "pass", "send_back", "redo", "reject", "reassign", "urge")),
        ),
    ),
    Function(
        id="S11",
        title="集市申请",
        subsystem="sample",
        module="meeting",
        screen="apply",
        object="fair",
        operations=("view", "add", "edit", "submit", "cancel", "urge"),
        grants=(("member", ("view", "add", "edit", "submit", "cancel", "urge")),),
    ),
    Function(
        id="S12",
        title="集市核实",
        subsystem="sample",
        module="meeting",
        screen="review",
        object="fair",
        steps=("verify", "confirm", "register"),
        operations=("view", "pass", "send_back"),
        grants=(
            ("clerk", ("view", "pass", "send_back")),
            ("head", ("view", "pass", "send_back")),
        ),
    ),
    Function(
        id="S13",
        title="许可办理",
        subsystem="sample",
        module="meeting",
        screen="review",
        object="permit",
        steps=("decide",),
        operations=("view", "pass", "reject"),
        grants=(("head", ("view", "pass", "reject")),),
    ),
    Function(
        id="S07",
        title="活动查询",
        subsystem="sample",
        module="meeting",
        screen="query",
        object="meeting",
        filters=("kind", "first_day", "state"),
        operations=("view", "export"),
        grants=(("clerk", ("view", "export")), ("watcher", ("view",))),
    ),
)
ROLES = (
    Role(name="member", title="会员", reach="unit", face="portal"),
    Role(name="guest", title="访客", reach="own", face="portal"),
    Role(name="clerk", title="受理员", reach="all", face="office"),
    Role(name="watcher", title="区观察员", reach="district", face="office"),
    Role(name="fire", title="消防", reach="all", face="office"),
    Role(name="police", title="公安", reach="all", face="office"),
    Role(name="head", title="负责人", reach="all", face="office"),
)
DICTIONARIES = (
    Dictionary(
        name="meeting_kind",
        title="活动类型",
        entries=(Entry(code="hall", title="室内"), Entry(code="online", title="线上")),
    ),
    Dictionary(
        name="area",
        title="区",
        entries=(Entry(code="e", title="东区"), Entry(code="w", title="西区")),
    ),
    Dictionary(
        name="verdict",
        title="结论",
        entries=(Entry(code="yes", title="同意"), Entry(code="no", title="不同意")),
    ),
    Dictionary(name="mark", title="标签", entries=(Entry(code="blur", title="不清晰"),)),
)
POLICIES = (
    Policy(
        name="longest",
        title="最长天数",
        returns="integer",
        by=("kind",),
        rows=(
            PolicyRow(
                valid_from="2020-01-01",
                source="场地管理办法第三条",
                profile="通行",
                table={"hall": 3, "*": 10},
            ),
        ),
    ),
)
MESSAGES: tuple[Message, ...] = ()
DOCUMENTS = ()
VIEWS = ()
APIS = ()
PROJECT = Project(
    title="活动管理",
    short_title="活动",
    owner="示例",
    organisation="club",
    organisation_district="district",
    registration="S01",
    subsystems=(
        Subsystem(
            name="sample",
            title="示例",
            icon="calendar",
            modules=(Module(name="meeting", title="活动"),),
        ),
    ),
)
