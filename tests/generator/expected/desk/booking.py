"""预订. Generated from metadata/desk/booking.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import (
    Action,
    Applicant,
    Chart,
    Child,
    Effect,
    Field,
    Flow,
    Function,
    Hold,
    Material,
    Message,
    Object,
    Relation,
    Roles,
    Route,
    Rule,
    Scope,
    Step,
)
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.web.api import ObjectApi
from app.web.views import ApplyView, DataInterface, QueryView, ReviewView


class Booking(Entity):
    """预订."""

    __tablename__ = "desk_booking"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("desk_office.id"), index=True)  # 单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    topic: Mapped[str | None] = mapped_column(String(100))  # 主题
    room_id: Mapped[int | None] = mapped_column(ForeignKey("desk_room.id"), index=True)  # 会议室
    purpose: Mapped[str | None] = mapped_column(String(40))  # 用途
    begins_on: Mapped[date | None] = mapped_column(Date, index=True)  # 开始
    ends_on: Mapped[date | None] = mapped_column(Date)  # 结束
    days: Mapped[int | None] = mapped_column(Integer)  # 天数
    people: Mapped[int | None] = mapped_column(Integer)  # 人数
    fee: Mapped[int | None] = mapped_column(BigInteger)  # 费用
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Office | None"] = relationship("Office", foreign_keys=[unit_id])
    room: Mapped["Room | None"] = relationship("Room", foreign_keys=[room_id])
    guests: Mapped[list["Guest"]] = relationship(
        "Guest",
        back_populates="parent",
        order_by="Guest.position",
        cascade="all, delete-orphan",
        foreign_keys="Guest.parent_id",
    )


class Guest(Entity):
    """来宾."""

    __tablename__ = "desk_guest"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("desk_booking.id", ondelete="CASCADE"), index=True
    )  # 预订
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    name: Mapped[str | None] = mapped_column(String(40))  # 姓名
    phone: Mapped[str | None] = mapped_column(String(30))  # 电话

    parent: Mapped["Booking | None"] = relationship(
        "Booking", back_populates="guests", foreign_keys=[parent_id]
    )


def unit_default_of_booking(this, env):
    """me.unit"""
    return env.me.unit


def room_choose_of_booking_sql(cls, env):
    """remaining > form.people"""
    return sql.gt(cls.remaining, env.form.people)


def begins_on_default_of_booking(this, env):
    """today"""
    return env.today


def days_of_booking(this, env):
    """days(ends_on - begins_on) + 1"""
    return ex.add(ex.days(ex.sub(this.ends_on, this.begins_on)), 1)


def people_of_booking(this, env):
    """count(guests)"""
    return ex.count(this.guests)


def fee_when_of_booking(this, env):
    """purpose == 'training'"""
    return this.purpose == "training"


def plan_required_of_booking(this, env):
    """days > 1"""
    return ex.gt(this.days, 1)


def ends_on_rule_of_booking(this, env):
    """ends_on >= begins_on"""
    return ex.ge(this.ends_on, this.begins_on)


def days_rule_of_booking(this, env):
    """days <= policy.longest(purpose)"""
    return ex.le(this.days, env.policy.longest(this.purpose))


def name_rule_of_booking(this, env):
    """name is not empty"""
    return not ex.is_empty(this.name)


def room_amount_of_booking(this, env):
    """people"""
    return this.people


def check_skip_of_booking(this, env):
    """days <= 1"""
    return ex.le(this.days, 1)


GUEST = Object(
    name="guest",
    title="来宾",
    model=Guest,
    subsystem="desk",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(name="name", title="姓名", type=types.String(length=40), required=True),
        Field(name="phone", title="电话", type=types.Phone(), mask=True),
    ),
    display="{name}",
    parent="booking",
    order=("position",),
)


BOOKING = Object(
    name="booking",
    title="预订",
    model=Booking,
    subsystem="desk",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="单位",
            type=types.Ref(object="office"),
            default=unit_default_of_booking,
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="订〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="topic",
            title="主题",
            type=types.String(length=100),
            required=True,
            search=True,
            section="基本信息",
        ),
        Field(
            name="room",
            title="会议室",
            type=types.Ref(object="room"),
            required=True,
            choose=room_choose_of_booking_sql,
            asks=("people",),
            depends=("people",),
        ),
        Field(
            name="purpose",
            title="用途",
            type=types.Dict(of="purpose"),
            required=True,
            default="meeting",
        ),
        Field(
            name="begins_on",
            title="开始",
            type=types.Date(),
            required=True,
            default=begins_on_default_of_booking,
        ),
        Field(name="ends_on", title="结束", type=types.Date(), required=True),
        Field(
            name="days",
            title="天数",
            type=types.Integer(),
            value=days_of_booking,
            reads=("ends_on", "begins_on"),
            depends=("ends_on", "begins_on"),
        ),
        Field(
            name="people",
            title="人数",
            type=types.Integer(),
            value=people_of_booking,
            reads=("guests",),
            depends=("guests",),
        ),
        Field(
            name="fee",
            title="费用",
            type=types.Money(),
            when=fee_when_of_booking,
            depends=("purpose",),
        ),
    ),
    display="{topic}",
    children=(Child(name="guests", title="来宾", object="guest", min=1, unique=("name",)),),
    materials=(
        Material(
            name="plan",
            title="会议方案",
            required=plan_required_of_booking,
            accept=("pdf",),
            max_bytes=5242880,
            facts=("topic", "begins_on"),
        ),
    ),
    rules=(
        Rule(
            name="ends_on",
            check=ends_on_rule_of_booking,
            error="结束早于开始（{begins_on}）",
            at="ends_on",
        ),
        Rule(
            name="days",
            check=days_rule_of_booking,
            error="时间过长",
            at="days",
            level="warning",
            policy="longest",
            reads=("days", "purpose"),
        ),
        Rule(name="name", check=name_rule_of_booking, error="写上姓名", at="name", each="guests"),
    ),
    holds=(Hold(field="room", amount=room_amount_of_booking, start="submit", until=("rejected",)),),
    flow="booking_approval",
    order=("-begins_on",),
    columns=("code", "unit", "room.name", "begins_on", "state"),
    sequence=("days", "people", "fee"),
)


BOOKING_APPROVAL = Flow(
    name="booking_approval",
    title="预订审批",
    object="booking",
    steps=(
        Step(name="draft", title="填写", by=Applicant(), edit="all"),
        Step(
            name="check",
            title="核对",
            by=Roles(names=("host",)),
            within=2,
            labels="label",
            skip=check_skip_of_booking,
        ),
        Step(
            name="decide",
            title="批准",
            by=Roles(names=("host",)),
            beside=("material.plan",),
            effects=(Effect(kind="issue", params={"document": "permit"}),),
        ),
        Step(name="booked", title="已订", end="done"),
        Step(name="rejected", title="未批准", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="check"),),
            consequence="送 核对（管理员）",
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(Route(source="check", target="decide"),),
            consequence="送 批准（管理员）",
        ),
        Action(
            name="approve",
            title="批准",
            kind="pass",
            routes=(Route(source="decide", target="booked"),),
            effects=(Effect(kind="notify", params={"message": "booking.booked"}),),
            consequence="办结：已订",
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            routes=(
                Route(source="check", target="draft", consequence="退回 填写（申报人）"),
                Route(source="decide", target="draft", consequence="退回 填写（申报人）"),
                Route(source="decide", target="check", consequence="退回 核对（管理员）"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "booking.sent_back"}),),
            consequence="退回所选环节",
        ),
        Action(
            name="reject",
            title="不批准",
            kind="reject",
            routes=(Route(source="decide", target="rejected"),),
            comment="required",
            consequence="办结：未批准",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="check", target="draft"),),
            until="opened",
            consequence="收回到 填写（申报人）",
        ),
    ),
    version="2e5999514fa9",
)


BOOKED = Message(
    name="booking.booked",
    title="批准通知",
    object="booking",
    text="{topic}（{code}）已批准。",
    variables=("topic", "code"),
    to=(
        Applicant(),
        Relation(path="unit.head"),
    ),
)


SENT_BACK = Message(
    name="booking.sent_back",
    title="退回通知",
    object="booking",
    text="{topic}被退回：{comment}",
    variables=("topic", "comment"),
    to=(Applicant(),),
    sms=False,
)


DK02_FUNCTION = Function(
    id="DK02",
    title="预订申请",
    subsystem="desk",
    module="booking",
    screen="apply",
    object="booking",
    grants=(("clerk", ("view", "add", "edit", "submit", "recall")),),
    operations=(
        "view",
        "add",
        "edit",
        "delete",
        "export",
        "import",
        "submit",
        "pass",
        "approve",
        "send_back",
        "reject",
        "recall",
        "urge",
    ),
)


DK03_FUNCTION = Function(
    id="DK03",
    title="预订审批",
    subsystem="desk",
    module="booking",
    screen="review",
    object="booking",
    steps=("check", "decide"),
    grants=(("host", ("view", "pass", "approve", "send_back", "reject")),),
    operations=(
        "view",
        "edit",
        "export",
        "pass",
        "approve",
        "send_back",
        "reject",
        "recall",
        "urge",
        "reassign",
    ),
)


DK04_FUNCTION = Function(
    id="DK04",
    title="预订查询",
    subsystem="desk",
    module="booking",
    screen="query",
    object="booking",
    columns=("code", "topic", "room.door", "days"),
    filters=("unit", "room", "state"),
    charts=(Chart(title="按月", kind="bar", by="begins_on.month", sum="people"),),
    grants=(
        ("clerk", ("view",)),
        ("host", ("view", "export")),
    ),
    operations=("view", "export", "urge"),
)


class DK02(ApplyView):
    """预订申请."""

    datamodel = DataInterface(Booking)
    function = "DK02"
    route_base = "/DK02"
    class_permission_name = "DK02"
    list_title = "预订申请"
    label_columns = {
        "code": "编号",
        "unit": "单位",
        "room.name": "名称",
        "begins_on": "开始",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "room.name",
        "begins_on",
        "state",
    ]


class DK03(ReviewView):
    """预订审批."""

    datamodel = DataInterface(Booking)
    function = "DK03"
    route_base = "/DK03"
    class_permission_name = "DK03"
    list_title = "预订审批"
    label_columns = {
        "code": "编号",
        "unit": "单位",
        "room.name": "名称",
        "begins_on": "开始",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "room.name",
        "begins_on",
        "state",
    ]


class DK04(QueryView):
    """预订查询."""

    datamodel = DataInterface(Booking)
    function = "DK04"
    route_base = "/DK04"
    class_permission_name = "DK04"
    list_title = "预订查询"
    label_columns = {
        "code": "编号",
        "topic": "主题",
        "room.door": "门牌",
        "days": "天数",
    }
    list_columns = [
        "code",
        "topic",
        "room.door",
        "days",
    ]


class BookingApi(ObjectApi):
    """REST of 预订."""

    datamodel = DataInterface(Booking)
    object_name = "booking"
    resource_name = "booking"
