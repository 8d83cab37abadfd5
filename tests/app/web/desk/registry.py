"""Declarations of the desk: groups apply for rooms, and ask for changes of what was granted."""

from datetime import date

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.declare import (
    Action,
    Applicant,
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
    Module,
    Object,
    Policy,
    PolicyRow,
    Project,
    Role,
    Roles,
    Route,
    Rule,
    Scope,
    Step,
    Subsystem,
)
from app.core.entity import Entity
from app.core.files import File
from app.web.views import ApplyView, CatalogView, DataInterface, ReviewView, ReworkView


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


def my_group(this, env):
    """me.unit"""
    return env.me.unit


def in_person(this, env):
    """kind == 'room'"""
    return this.kind == "room"


def online(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def days_of_meeting(this, env):
    """(end_on - begin_on).days + 1"""
    return (this.end_on - this.begin_on).days + 1 if this.end_on and this.begin_on else None


def people_of_meeting(this, env):
    """count(seats)"""
    return len(this.seats)


def remaining_of_room(this, env):
    """seats - used"""
    return None if this.seats is None else this.seats - (this.used or 0)


def in_order(this, env):
    """end_on >= begin_on"""
    return this.end_on >= this.begin_on if this.end_on and this.begin_on else None


def short_enough(this, env):
    """days <= policy.meeting_days()"""
    limit = env.policy.meeting_days()
    return this.days <= limit if this.days is not None and limit is not None else None


def own_guests(cls, env):
    """group == parent.group"""
    return cls.group_id == env.parent.group_id


def free_rooms(cls, env):
    """remaining > 0"""
    return cls.remaining > 0


def granted(cls, env):
    """state == 'granted'"""
    return cls.state == "granted"


GROUP = Object(
    name="group",
    title="单位",
    model=DeskClub,
    subsystem="desk",
    scope=Scope(kind="org", path="id"),
    display="{name}",
    fields=(
        Field(name="name", title="名称", type=types.String(length=100)),
        Field(name="district", title="区", type=types.String(length=40)),
        Field(name="stamp", title="印样", type=types.Image()),
    ),
)
GUEST = Object(
    name="guest",
    title="人员",
    model=DeskGuest,
    subsystem="desk",
    scope=Scope(kind="org", path="group_id"),
    display="{name}",
    dated=True,
    columns=("name", "number", "post"),
    fields=(
        Field(
            name="group",
            title="单位",
            type=types.Ref(object="group"),
            default=my_group,
            readonly=True,
        ),
        Field(name="name", title="姓名", type=types.String(length=40), required=True, search=True),
        Field(name="number", title="证件号", type=types.ResidentId(), mask=True, search=True),
        Field(name="post", title="职务", type=types.String(length=100)),
    ),
)
ROOM = Object(
    name="room",
    title="会议室",
    model=DeskRoom,
    subsystem="desk",
    scope=Scope(kind="everyone"),
    display="{name}",
    fields=(
        Field(name="name", title="名称", type=types.String(length=40), required=True),
        Field(name="seats", title="座位数", type=types.Integer(min=0), required=True),
        Field(name="used", title="已用", type=types.Integer(), default=0, readonly=True),
        Field(name="remaining", title="余座", type=types.Integer(), value=remaining_of_room),
    ),
)
SEAT = Object(
    name="seat",
    title="参会人",
    model=DeskSeat,
    subsystem="desk",
    scope=Scope(kind="parent", path="parent"),
    parent="meeting",
    display="{guest}",
    fields=(
        Field(
            name="guest",
            title="姓名",
            type=types.Ref(object="guest"),
            required=True,
            choose=own_guests,
            fill={"post": "post"},
        ),
        Field(name="post", title="职务", type=types.String(length=100), required=True),
        Field(name="speaks", title="发言", type=types.Boolean(), default=False),
    ),
)
MEETING = Object(
    name="meeting",
    title="会议申请",
    model=DeskMeeting,
    subsystem="desk",
    scope=Scope(kind="org", path="group_id"),
    display="{name}",
    flow="meeting_flow",
    order=("-id",),
    columns=("code", "group", "name", "begin_on", "state"),
    children=(
        Child(name="seats", title="参会人", object="seat", min=1, unique=("guest",), pick="guest"),
    ),
    materials=(
        Material(name="letter", title="来函", facts=("name", "people"), help="盖章扫描件"),
        Material(name="plan", title="方案", when=in_person, accept=("pdf", "docx")),
        Material(name="extra", title="其他", required=False, many=True),
    ),
    holds=(Hold(field="room", amount=people_of_meeting, start="submit", until=("refused",)),),
    rules=(
        Rule(name="order", check=in_order, error="结束日期不能早于开始日期", at="end_on"),
        Rule(
            name="meeting_days",
            check=short_enough,
            error="会期 {days} 天，超过规定",
            at="days",
            policy="meeting_days",
        ),
    ),
    fields=(
        Field(
            name="group",
            title="申请单位",
            type=types.Ref(object="group"),
            default=my_group,
            readonly=True,
        ),
        Field(name="code", title="编号", type=types.Code(series="会〔{yyyy}〕{n:03}号")),
        Field(
            name="name",
            title="会议名称",
            type=types.String(length=200),
            required=True,
            search=True,
            section="基本信息",
        ),
        Field(
            name="kind",
            title="方式",
            type=types.Dict(of="meeting_kind"),
            required=True,
            default="room",
            section="基本信息",
        ),
        Field(
            name="room",
            title="会议室",
            type=types.Ref(object="room"),
            required=True,
            when=in_person,
            choose=free_rooms,
            depends=("kind",),
            section="基本信息",
        ),
        Field(
            name="link",
            title="会议链接",
            type=types.String(length=200),
            required=True,
            when=online,
            depends=("kind",),
            section="基本信息",
        ),
        Field(name="begin_on", title="开始日期", type=types.Date(), required=True, section="时间"),
        Field(name="end_on", title="结束日期", type=types.Date(), required=True, section="时间"),
        Field(
            name="days",
            title="会期",
            type=types.Integer(),
            value=days_of_meeting,
            depends=("begin_on", "end_on"),
            section="时间",
        ),
        Field(name="cost", title="经费", type=types.Money(), section="时间"),
        Field(name="aim", title="目的", type=types.Text(), required=True, section="时间"),
        Field(
            name="people",
            title="人数",
            type=types.Integer(),
            value=people_of_meeting,
            depends=("seats",),
            section="时间",
        ),
    ),
)
MEETING_CHANGE = Object(
    name="meeting_change",
    title="会议变更",
    model=DeskMeetingChange,
    subsystem="desk",
    scope=Scope(kind="org", path="group_id"),
    display="{target}",
    flow="change_flow",
    draft=Draft(field="after", target="target", fields=("name", "begin_on", "end_on", "seats")),
    fields=(
        Field(
            name="group",
            title="申请单位",
            type=types.Ref(object="group"),
            default=my_group,
            readonly=True,
        ),
        Field(
            name="target",
            title="原会议",
            type=types.Ref(object="meeting"),
            required=True,
            choose=granted,
        ),
        Field(name="after", title="变更后", type=types.DraftOf(), required=True),
        Field(name="reason", title="原因", type=types.Text(), required=True),
    ),
)


def _route(source: str, *targets: str) -> tuple[Route, ...]:
    return tuple(Route(source=source, target=target) for target in targets)


MEETING_FLOW = Flow(
    name="meeting_flow",
    title="会议审批",
    object="meeting",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="check",
            title="审核",
            by=Roles(names=("clerk",)),
            within=3,
            labels="label",
            checks=("齐全", "属实"),
            beside=("group.stamp", "material.letter"),
            opinions=("审核意见",),
        ),
        Step(name="sign", title="签批", by=Roles(names=("chief",))),
        Step(name="granted", title="已批准", end="done"),
        Step(name="refused", title="已退案", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=_route("draft", "check"),
            consequence="送审核",
        ),
        Action(name="pass", title="通过", kind="pass", routes=_route("check", "sign")),
        Action(
            name="grant", title="批准", kind="pass", routes=_route("sign", "granted"), bulk=True
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            comment="required",
            routes=(*_route("check", "draft"), *_route("sign", "check", "draft")),
        ),
        Action(
            name="reject",
            title="退案",
            kind="reject",
            comment="required",
            routes=(*_route("check", "refused"), *_route("sign", "refused")),
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            until="opened",
            routes=_route("check", "draft"),
        ),
    ),
)
CHANGE_FLOW = Flow(
    name="change_flow",
    title="会议变更",
    object="meeting_change",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(name="check", title="审核", by=Roles(names=("clerk",))),
        Step(name="done", title="已生效", end="done"),
    ),
    actions=(
        Action(name="submit", title="提交", kind="submit", routes=_route("draft", "check")),
        Action(
            name="agree",
            title="同意",
            kind="pass",
            routes=_route("check", "done"),
            effects=(Effect(kind="apply", params={"field": "after"}),),
        ),
    ),
)
DICTIONARIES = (
    Dictionary(
        name="meeting_kind",
        title="方式",
        entries=(Entry(code="room", title="现场"), Entry(code="online", title="线上")),
    ),
    Dictionary(
        name="label",
        title="标签",
        entries=(Entry(code="blurred", title="不清晰"), Entry(code="unsigned", title="未签字")),
    ),
)
POLICIES = (
    Policy(
        name="meeting_days",
        title="会期上限",
        returns="integer",
        unit="天",
        rows=(
            PolicyRow(
                valid_from="2020-01-01", source="会议管理办法第五条", profile="默认", value=3
            ),
        ),
    ),
)
PROJECT = Project(
    title="会议管理平台",
    short_title="会议管理",
    owner="某市某办公室",
    organisation="group",
    organisation_district="district",
    registration="",
    subsystems=(
        Subsystem(
            name="desk", title="会议", icon="gear", modules=(Module(name="m", title="办理"),)
        ),
    ),
)
OWN = ("view", "add", "edit", "delete", "submit", "recall", "urge")


def _function(
    id: str, title: str, screen: str, obj: str, role: str, operations: tuple[str, ...], **more
) -> Function:
    return Function(
        id=id,
        title=title,
        subsystem="desk",
        module="m",
        screen=screen,
        object=obj,
        operations=operations,
        grants=((role, operations),),
        **more,
    )


FUNCTIONS = (
    _function("D01", "会议申请", "apply", "meeting", "liaison", OWN),
    _function(
        "D02",
        "会议审核",
        "review",
        "meeting",
        "clerk",
        ("view", "pass", "send_back", "reject", "reassign", "urge"),
        steps=("check",),
    ),
    _function(
        "D03",
        "会议签批",
        "review",
        "meeting",
        "chief",
        ("view", "grant", "send_back", "reject"),
        steps=("sign",),
    ),
    _function("D04", "退回件", "rework", "meeting", "liaison", ("view", "edit", "submit")),
    _function("D05", "会议变更", "apply", "meeting_change", "liaison", OWN),
    _function(
        "D06", "变更审核", "review", "meeting_change", "clerk", ("view", "agree"), steps=("check",)
    ),
    _function("D07", "人员管理", "catalog", "guest", "liaison", ("view", "add", "edit", "disable")),
)
ROLES = (
    Role(name="liaison", title="专办员", reach="unit", face="portal"),
    Role(name="clerk", title="经办人", reach="all", face="office"),
    Role(name="chief", title="负责人", reach="all", face="office"),
)


class D01(ApplyView):
    """会议申请."""

    datamodel = DataInterface(DeskMeeting)
    function = "D01"
    route_base = "/D01"
    class_permission_name = "D01"
    list_title = "会议申请"


class D02(ReviewView):
    """会议审核."""

    datamodel = DataInterface(DeskMeeting)
    function = "D02"
    route_base = "/D02"
    class_permission_name = "D02"
    list_title = "会议审核"


class D03(ReviewView):
    """会议签批."""

    datamodel = DataInterface(DeskMeeting)
    function = "D03"
    route_base = "/D03"
    class_permission_name = "D03"
    list_title = "会议签批"


class D04(ReworkView):
    """退回件."""

    datamodel = DataInterface(DeskMeeting)
    function = "D04"
    route_base = "/D04"
    class_permission_name = "D04"
    list_title = "退回件"


class D05(ApplyView):
    """会议变更."""

    datamodel = DataInterface(DeskMeetingChange)
    function = "D05"
    route_base = "/D05"
    class_permission_name = "D05"
    list_title = "会议变更"


class D06(ReviewView):
    """变更审核."""

    datamodel = DataInterface(DeskMeetingChange)
    function = "D06"
    route_base = "/D06"
    class_permission_name = "D06"
    list_title = "变更审核"


class D07(CatalogView):
    """人员管理."""

    datamodel = DataInterface(DeskGuest)
    function = "D07"
    route_base = "/D07"
    class_permission_name = "D07"
    list_title = "人员管理"


OBJECTS = (GROUP, GUEST, ROOM, SEAT, MEETING, MEETING_CHANGE)
FLOWS = (MEETING_FLOW, CHANGE_FLOW)
MESSAGES = ()
DOCUMENTS = ()
VIEWS = (D01, D02, D03, D04, D05, D06, D07)
APIS = ()
