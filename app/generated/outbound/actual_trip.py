"""实际出访信息. Generated from metadata/outbound/actual_trip.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import (
    Action,
    Applicant,
    Child,
    Compare,
    Effect,
    Field,
    Flow,
    Function,
    Material,
    Message,
    Object,
    Pair,
    Reminder,
    Roles,
    Route,
    Rows,
    Rule,
    Scope,
    Step,
)
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.web.api import ObjectApi
from app.web.views import ApplyView, DataInterface, ReviewView


class ActualTrip(Entity):
    """实际出访信息."""

    __tablename__ = "outbound_actual_trip"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    target_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_delegation.id"), index=True
    )  # 批准的团组
    name: Mapped[str | None] = mapped_column(String(200))  # 团组名称
    kind: Mapped[str | None] = mapped_column(String(40))  # 团组类型
    task: Mapped[str | None] = mapped_column(Text)  # 实际出访任务
    depart_on: Mapped[date | None] = mapped_column(Date)  # 实际出境日期
    return_on: Mapped[date | None] = mapped_column(Date)  # 实际入境日期
    days: Mapped[int | None] = mapped_column(Integer)  # 实际在外天数
    countries: Mapped[str | None] = mapped_column(String(300))  # 实际出访国家（地区）
    travelled: Mapped[int | None] = mapped_column(Integer)  # 实际人数
    cost_total: Mapped[int | None] = mapped_column(BigInteger)  # 实际费用合计
    approved_depart_on: Mapped[date | None] = mapped_column(Date)  # 批准的出境日期
    approved_return_on: Mapped[date | None] = mapped_column(Date)  # 批准的入境日期
    approved_days: Mapped[int | None] = mapped_column(Integer)  # 批准的在外天数
    approved_countries: Mapped[str | None] = mapped_column(String(300))  # 批准的国家（地区）
    approved_headcount: Mapped[int | None] = mapped_column(Integer)  # 批准的人数
    approved_budget: Mapped[int | None] = mapped_column(BigInteger)  # 批准的预算合计
    differs: Mapped[bool | None] = mapped_column(Boolean)  # 与批准不一致
    differences: Mapped[str | None] = mapped_column(String(200))  # 不一致之处
    reason: Mapped[str | None] = mapped_column(Text)  # 不一致的原因
    submitted_on: Mapped[date | None] = mapped_column(Date)  # 上报日期
    accepted_on: Mapped[date | None] = mapped_column(Date)  # 审核通过日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    target: Mapped["Delegation | None"] = relationship("Delegation", foreign_keys=[target_id])
    stops: Mapped[list["ActualStop"]] = relationship(
        "ActualStop",
        back_populates="parent",
        order_by="ActualStop.position",
        cascade="all, delete-orphan",
        foreign_keys="ActualStop.parent_id",
    )
    members: Mapped[list["ActualMember"]] = relationship(
        "ActualMember",
        back_populates="parent",
        order_by="ActualMember.position",
        cascade="all, delete-orphan",
        foreign_keys="ActualMember.parent_id",
    )
    visas: Mapped[list["ActualVisa"]] = relationship(
        "ActualVisa",
        back_populates="parent",
        order_by="ActualVisa.position",
        cascade="all, delete-orphan",
        foreign_keys="ActualVisa.parent_id",
    )
    costs: Mapped[list["ActualCost"]] = relationship(
        "ActualCost",
        back_populates="parent",
        order_by="ActualCost.position",
        cascade="all, delete-orphan",
        foreign_keys="ActualCost.parent_id",
    )


class ActualStop(Entity):
    """实际出访地."""

    __tablename__ = "outbound_actual_stop"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_actual_trip.id", ondelete="CASCADE"), index=True
    )  # 实际出访信息
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    country_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_country.id"), index=True
    )  # 国家（地区）
    city_id: Mapped[int | None] = mapped_column(ForeignKey("base_city.id"), index=True)  # 城市
    transit: Mapped[bool | None] = mapped_column(Boolean)  # 经停
    visited: Mapped[str | None] = mapped_column(String(60))  # 出访国家（地区）
    arrive_on: Mapped[date | None] = mapped_column(Date)  # 实际抵达
    leave_on: Mapped[date | None] = mapped_column(Date)  # 实际离开

    parent: Mapped["ActualTrip | None"] = relationship(
        "ActualTrip", back_populates="stops", foreign_keys=[parent_id]
    )
    country: Mapped["Country | None"] = relationship("Country", foreign_keys=[country_id])
    city: Mapped["City | None"] = relationship("City", foreign_keys=[city_id])


class ActualMember(Entity):
    """实际出访人员."""

    __tablename__ = "outbound_actual_member"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_actual_trip.id", ondelete="CASCADE"), index=True
    )  # 实际出访信息
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_person.id"), index=True
    )  # 姓名
    post: Mapped[str | None] = mapped_column(String(100))  # 职务
    went: Mapped[bool | None] = mapped_column(Boolean)  # 实际成行
    note: Mapped[str | None] = mapped_column(String(200))  # 说明
    added: Mapped[bool | None] = mapped_column(Boolean)  # 自行增加

    parent: Mapped["ActualTrip | None"] = relationship(
        "ActualTrip", back_populates="members", foreign_keys=[parent_id]
    )
    person: Mapped["Person | None"] = relationship("Person", foreign_keys=[person_id])


class ActualVisa(Entity):
    """实际签证."""

    __tablename__ = "outbound_actual_visa"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_actual_trip.id", ondelete="CASCADE"), index=True
    )  # 实际出访信息
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_person.id"), index=True
    )  # 持有人
    country_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_country.id"), index=True
    )  # 签证国家
    exempt: Mapped[bool | None] = mapped_column(Boolean)  # 免签
    number: Mapped[str | None] = mapped_column(String(40))  # 签证号
    valid_until: Mapped[date | None] = mapped_column(Date)  # 有效期至

    parent: Mapped["ActualTrip | None"] = relationship(
        "ActualTrip", back_populates="visas", foreign_keys=[parent_id]
    )
    person: Mapped["Person | None"] = relationship("Person", foreign_keys=[person_id])
    country: Mapped["Country | None"] = relationship("Country", foreign_keys=[country_id])


class ActualCost(Entity):
    """实际费用."""

    __tablename__ = "outbound_actual_cost"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_actual_trip.id", ondelete="CASCADE"), index=True
    )  # 实际出访信息
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    item: Mapped[str | None] = mapped_column(String(40))  # 费用项目
    amount: Mapped[int | None] = mapped_column(BigInteger)  # 金额（元）
    note: Mapped[str | None] = mapped_column(String(200))  # 说明

    parent: Mapped["ActualTrip | None"] = relationship(
        "ActualTrip", back_populates="costs", foreign_keys=[parent_id]
    )


def person_choose_of_actual_visa_sql(cls, env):
    """unit == form.parent.unit"""
    return sql.eq(cls.unit_id, ex.path(env.form, "parent.unit_id"))


def number_required_of_actual_visa(this, env):
    """not exempt"""
    return ex.not_(this.exempt)


def number_when_of_actual_visa(this, env):
    """not exempt"""
    return ex.not_(this.exempt)


def valid_until_required_of_actual_visa(this, env):
    """not exempt"""
    return ex.not_(this.exempt)


def valid_until_when_of_actual_visa(this, env):
    """not exempt"""
    return ex.not_(this.exempt)


def person_choose_of_actual_member_sql(cls, env):
    """unit == form.parent.unit"""
    return sql.eq(cls.unit_id, ex.path(env.form, "parent.unit_id"))


def note_required_of_actual_member(this, env):
    """not went"""
    return ex.not_(this.went)


def city_choose_of_actual_stop_sql(cls, env):
    """country == form.country"""
    return sql.eq(cls.country_id, env.form.country_id)


def visited_of_actual_stop(this, env):
    """'' if transit else country.short"""
    return None if this.transit else ex.path(this, "country.short")


def unit_default_of_actual_trip(this, env):
    """me.unit"""
    return env.me.unit


def target_choose_of_actual_trip_sql(cls, env):
    """unit == form.unit and state == 'approved' and kind != 'online' and return_on < today"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id),
        cls.state == "approved",
        cls.kind != "online",
        sql.lt(cls.return_on, env.today),
    )


def days_of_actual_trip(this, env):
    """days(return_on - depart_on) + 1"""
    return ex.add(ex.days(ex.sub(this.return_on, this.depart_on)), 1)


def countries_of_actual_trip(this, env):
    """join(distinct(stops.visited), '、')"""
    return ex.join(ex.distinct(ex.each(this, "stops.visited")), "、")


def travelled_of_actual_trip(this, env):
    """count(members, went)"""
    return ex.count(row for row in this.members if row.went)


def cost_total_of_actual_trip(this, env):
    """sum(costs.amount)"""
    return ex.sum(ex.each(this, "costs.amount"))


def approved_depart_on_of_actual_trip(this, env):
    """target.depart_on"""
    return ex.path(this, "target.depart_on")


def approved_return_on_of_actual_trip(this, env):
    """target.return_on"""
    return ex.path(this, "target.return_on")


def approved_days_of_actual_trip(this, env):
    """target.days"""
    return ex.path(this, "target.days")


def approved_countries_of_actual_trip(this, env):
    """target.countries"""
    return ex.path(this, "target.countries")


def approved_headcount_of_actual_trip(this, env):
    """target.headcount"""
    return ex.path(this, "target.headcount")


def approved_budget_of_actual_trip(this, env):
    """target.budget_total"""
    return ex.path(this, "target.budget_total")


def differs_of_actual_trip(this, env):
    """name != target.name or kind != target.kind or task != target.task or depart_on != target.depart_on or return_on != target.return_on or countries != target.countries or count(members, not went) + count(members, added) > 0 or cost_total != target.budget_total"""
    return ex.or_(
        ex.ne(this.name, ex.path(this, "target.name")),
        ex.ne(this.kind, ex.path(this, "target.kind")),
        ex.ne(this.task, ex.path(this, "target.task")),
        ex.ne(this.depart_on, ex.path(this, "target.depart_on")),
        ex.ne(this.return_on, ex.path(this, "target.return_on")),
        ex.ne(this.countries, ex.path(this, "target.countries")),
        ex.count(row for row in this.members if ex.not_(row.went))
        + ex.count(row for row in this.members if row.added)
        > 0,
        ex.ne(this.cost_total, ex.path(this, "target.budget_total")),
    )


def differences_of_actual_trip(this, env):
    """(('团组名称 ' if name != target.name else ' ') + ('团组类型 ' if kind != target.kind else ' ') + ('出访任务 ' if task != target.task else ' ') + ('出境日期 ' if depart_on != target.depart_on else ' ') + ('入境日期 ' if return_on != target.return_on else ' ') + ('国家（地区） ' if countries != target.countries else ' ') + ('人员 ' if count(members, not went) + count(members, added) > 0 else ' ') + ('费用 ' if cost_total != target.budget_total else ' ')) if differs else ''"""
    return (
        ex.concat(
            ex.concat(
                ex.concat(
                    ex.concat(
                        ex.concat(
                            ex.concat(
                                ex.concat(
                                    "团组名称 "
                                    if ex.ne(this.name, ex.path(this, "target.name"))
                                    else " ",
                                    "团组类型 "
                                    if ex.ne(this.kind, ex.path(this, "target.kind"))
                                    else " ",
                                ),
                                "出访任务 "
                                if ex.ne(this.task, ex.path(this, "target.task"))
                                else " ",
                            ),
                            "出境日期 "
                            if ex.ne(this.depart_on, ex.path(this, "target.depart_on"))
                            else " ",
                        ),
                        "入境日期 "
                        if ex.ne(this.return_on, ex.path(this, "target.return_on"))
                        else " ",
                    ),
                    "国家（地区） "
                    if ex.ne(this.countries, ex.path(this, "target.countries"))
                    else " ",
                ),
                "人员 "
                if ex.count(row for row in this.members if ex.not_(row.went))
                + ex.count(row for row in this.members if row.added)
                > 0
                else " ",
            ),
            "费用 " if ex.ne(this.cost_total, ex.path(this, "target.budget_total")) else " ",
        )
        if this.differs
        else None
    )


def reason_required_of_actual_trip(this, env):
    """differs"""
    return this.differs


def members_fill_of_actual_trip(this, env):
    """What a row takes over."""
    return {
        "person": this.person_id,
        "post": this.post,
    }


def members_rows_of_actual_trip(this, env):
    """target.members"""
    return ex.rows(this, "target.members", members_fill_of_actual_trip, env)


def order_rule_of_actual_trip(this, env):
    """return_on >= depart_on"""
    return ex.ge(this.return_on, this.depart_on)


def is_back_rule_of_actual_trip(this, env):
    """return_on <= today"""
    return ex.le(this.return_on, env.today)


def somebody_went_rule_of_actual_trip(this, env):
    """travelled > 0"""
    return ex.gt(this.travelled, 0)


def visas_told_rule_of_actual_trip(this, env):
    """count(visas) > 0"""
    return ex.count(this.visas) > 0


def stop_order_rule_of_actual_trip(this, env):
    """leave_on >= arrive_on"""
    return ex.ge(this.leave_on, this.arrive_on)


def stop_within_rule_of_actual_trip(this, env):
    """arrive_on >= parent.depart_on and leave_on <= parent.return_on"""
    return ex.ge(this.arrive_on, env.parent.depart_on) and ex.le(
        this.leave_on, env.parent.return_on
    )


def longer_rule_of_actual_trip(this, env):
    """days <= approved_days"""
    return ex.le(this.days, this.approved_days)


def other_countries_rule_of_actual_trip(this, env):
    """countries == approved_countries"""
    return ex.eq(this.countries, this.approved_countries)


def fewer_or_more_rule_of_actual_trip(this, env):
    """travelled == approved_headcount"""
    return ex.eq(this.travelled, this.approved_headcount)


def over_budget_rule_of_actual_trip(this, env):
    """cost_total <= approved_budget"""
    return ex.le(this.cost_total, this.approved_budget)


def own_key_at_review_of_actual_trip(this, env):
    """country"""
    return this.country_id


def other_key_at_review_of_actual_trip(this, env):
    """country"""
    return this.country_id


def own_key_at_review_of_actual_trip_2(this, env):
    """city"""
    return this.city_id


def other_key_at_review_of_actual_trip_2(this, env):
    """city"""
    return this.city_id


def submit_sets_submitted_on_of_actual_trip(this, env):
    """today"""
    return env.today


def approve_sets_accepted_on_of_actual_trip(this, env):
    """today"""
    return env.today


def rows_of_pp79_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_pp79(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


ACTUAL_COST = Object(
    name="actual_cost",
    title="实际费用",
    model=ActualCost,
    subsystem="outbound",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(name="item", title="费用项目", type=types.Dict(of="budget_item"), required=True),
        Field(name="amount", title="金额（元）", type=types.Money(), required=True),
        Field(name="note", title="说明", type=types.String(length=200)),
    ),
    display="{note}",
    parent="actual_trip",
    order=("position",),
)


ACTUAL_VISA = Object(
    name="actual_visa",
    title="实际签证",
    model=ActualVisa,
    subsystem="outbound",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(
            name="person",
            title="持有人",
            type=types.Ref(object="person"),
            required=True,
            choose=person_choose_of_actual_visa_sql,
            asks=("parent",),
            depends=("parent",),
        ),
        Field(name="country", title="签证国家", type=types.Ref(object="country"), required=True),
        Field(name="exempt", title="免签", type=types.Boolean(), default=False),
        Field(
            name="number",
            title="签证号",
            type=types.String(length=40),
            required=number_required_of_actual_visa,
            when=number_when_of_actual_visa,
            depends=("exempt",),
        ),
        Field(
            name="valid_until",
            title="有效期至",
            type=types.Date(),
            required=valid_until_required_of_actual_visa,
            when=valid_until_when_of_actual_visa,
            depends=("exempt",),
        ),
    ),
    display="{number}",
    parent="actual_trip",
    order=("position",),
    sequence=("number", "valid_until"),
)


ACTUAL_MEMBER = Object(
    name="actual_member",
    title="实际出访人员",
    model=ActualMember,
    subsystem="outbound",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(
            name="person",
            title="姓名",
            type=types.Ref(object="person"),
            required=True,
            choose=person_choose_of_actual_member_sql,
            asks=("parent",),
            depends=("parent",),
        ),
        Field(name="post", title="职务", type=types.String(length=100)),
        Field(name="went", title="实际成行", type=types.Boolean(), default=True),
        Field(
            name="note",
            title="说明",
            type=types.String(length=200),
            required=note_required_of_actual_member,
            depends=("went",),
            help="未成行、临时增加的，说明原因",
        ),
        Field(name="added", title="自行增加", type=types.Boolean(), readonly=True),
    ),
    display="{person.name}",
    parent="actual_trip",
    order=("position",),
)


ACTUAL_STOP = Object(
    name="actual_stop",
    title="实际出访地",
    model=ActualStop,
    subsystem="outbound",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(
            name="country", title="国家（地区）", type=types.Ref(object="country"), required=True
        ),
        Field(
            name="city",
            title="城市",
            type=types.Ref(object="city"),
            choose=city_choose_of_actual_stop_sql,
            among="所选国家（地区）的城市",
            asks=("country",),
            depends=("country",),
        ),
        Field(
            name="transit",
            title="经停",
            type=types.Boolean(),
            default=False,
            help="只在机场中转、不出机场隔离区的不算出访地",
        ),
        Field(
            name="visited",
            title="出访国家（地区）",
            type=types.String(length=60),
            value=visited_of_actual_stop,
            reads=("transit", "country.short"),
            as_of=("draft",),
            depends=("transit", "country"),
            hidden=True,
        ),
        Field(name="arrive_on", title="实际抵达", type=types.Date(), required=True),
        Field(name="leave_on", title="实际离开", type=types.Date(), required=True),
    ),
    display="{country.short} {city.name}",
    parent="actual_trip",
    order=("position",),
    sequence=("visited",),
)


ACTUAL_TRIP = Object(
    name="actual_trip",
    title="实际出访信息",
    model=ActualTrip,
    subsystem="outbound",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            default=unit_default_of_actual_trip,
            section="团组信息",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外实〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="target",
            title="批准的团组",
            type=types.Ref(object="delegation"),
            required=True,
            choose=target_choose_of_actual_trip_sql,
            among="本单位已批准、已过入境日期的团组",
            asks=("unit",),
            depends=("unit",),
            fill={
                "name": "name",
                "kind": "kind",
                "task": "task",
                "depart_on": "depart_on",
                "return_on": "return_on",
            },
            help="选定后带出批准的内容，按实际情况改写",
            section="团组信息",
        ),
        Field(
            name="name",
            title="团组名称",
            type=types.String(length=200),
            required=True,
            search=True,
            section="团组信息",
        ),
        Field(
            name="kind",
            title="团组类型",
            type=types.Dict(of="delegation_kind"),
            required=True,
            section="团组信息",
        ),
        Field(
            name="task",
            title="实际出访任务",
            type=types.Text(length=4000),
            required=True,
            help="写明实际做了什么、与谁；与批准的任务不同的据实改写",
            section="团组信息",
        ),
        Field(
            name="depart_on",
            title="实际出境日期",
            type=types.Date(),
            required=True,
            section="实际行程",
        ),
        Field(
            name="return_on",
            title="实际入境日期",
            type=types.Date(),
            required=True,
            section="实际行程",
        ),
        Field(
            name="days",
            title="实际在外天数",
            type=types.Integer(min=1),
            value=days_of_actual_trip,
            reads=("return_on", "depart_on"),
            depends=("return_on", "depart_on"),
            help="含离、抵我国国境当日",
            section="实际行程",
        ),
        Field(
            name="countries",
            title="实际出访国家（地区）",
            type=types.String(length=300),
            value=countries_of_actual_trip,
            reads=("stops.visited",),
            depends=("stops",),
            section="实际行程",
        ),
        Field(
            name="travelled",
            title="实际人数",
            type=types.Integer(),
            value=travelled_of_actual_trip,
            reads=("members", "members.went"),
            depends=("members",),
            section="实际人员与签证",
        ),
        Field(
            name="cost_total",
            title="实际费用合计",
            type=types.Money(min=None),
            value=cost_total_of_actual_trip,
            reads=("costs.amount",),
            depends=("costs",),
            section="实际费用",
        ),
        Field(
            name="approved_depart_on",
            title="批准的出境日期",
            type=types.Date(),
            value=approved_depart_on_of_actual_trip,
            reads=("target.depart_on",),
            as_of=("draft",),
            depends=("target",),
            section="与批准内容比对",
        ),
        Field(
            name="approved_return_on",
            title="批准的入境日期",
            type=types.Date(),
            value=approved_return_on_of_actual_trip,
            reads=("target.return_on",),
            as_of=("draft",),
            depends=("target",),
            section="与批准内容比对",
        ),
        Field(
            name="approved_days",
            title="批准的在外天数",
            type=types.Integer(),
            value=approved_days_of_actual_trip,
            reads=("target.days",),
            as_of=("draft",),
            depends=("target",),
            section="与批准内容比对",
        ),
        Field(
            name="approved_countries",
            title="批准的国家（地区）",
            type=types.String(length=300),
            value=approved_countries_of_actual_trip,
            reads=("target.countries",),
            as_of=("draft",),
            depends=("target",),
            section="与批准内容比对",
        ),
        Field(
            name="approved_headcount",
            title="批准的人数",
            type=types.Integer(),
            value=approved_headcount_of_actual_trip,
            reads=("target.headcount",),
            as_of=("draft",),
            depends=("target",),
            section="与批准内容比对",
        ),
        Field(
            name="approved_budget",
            title="批准的预算合计",
            type=types.Money(min=None),
            value=approved_budget_of_actual_trip,
            reads=("target.budget_total",),
            as_of=("draft",),
            depends=("target",),
            section="与批准内容比对",
        ),
        Field(
            name="differs",
            title="与批准不一致",
            type=types.Boolean(),
            value=differs_of_actual_trip,
            reads=(
                "name",
                "target.name",
                "kind",
                "target.kind",
                "task",
                "target.task",
                "depart_on",
                "target.depart_on",
                "return_on",
                "target.return_on",
                "countries",
                "target.countries",
                "members",
                "members.went",
                "members.added",
                "cost_total",
                "target.budget_total",
            ),
            as_of=("draft",),
            depends=(
                "name",
                "target",
                "kind",
                "task",
                "depart_on",
                "return_on",
                "countries",
                "members",
                "cost_total",
            ),
            hidden=True,
        ),
        Field(
            name="differences",
            title="不一致之处",
            type=types.String(length=200),
            value=differences_of_actual_trip,
            reads=(
                "differs",
                "name",
                "target.name",
                "kind",
                "target.kind",
                "task",
                "target.task",
                "depart_on",
                "target.depart_on",
                "return_on",
                "target.return_on",
                "countries",
                "target.countries",
                "members",
                "members.went",
                "members.added",
                "cost_total",
                "target.budget_total",
            ),
            as_of=("draft",),
            depends=(
                "differs",
                "name",
                "target",
                "kind",
                "task",
                "depart_on",
                "return_on",
                "countries",
                "members",
                "cost_total",
            ),
            help="由系统与批准内容逐项比对得出",
            section="与批准内容比对",
        ),
        Field(
            name="reason",
            title="不一致的原因",
            type=types.Text(length=2000),
            required=reason_required_of_actual_trip,
            depends=("differs",),
            help="逐项说明为什么与批准的不同",
            section="与批准内容比对",
        ),
        Field(
            name="submitted_on",
            title="上报日期",
            type=types.Date(),
            section="办理情况",
            readonly=True,
        ),
        Field(
            name="accepted_on",
            title="审核通过日期",
            type=types.Date(),
            section="办理情况",
            readonly=True,
        ),
    ),
    display="{target.name}",
    children=(
        Child(
            name="stops",
            title="实际出访地",
            object="actual_stop",
            min=1,
            max=30,
            section="实际行程",
        ),
        Child(
            name="members",
            title="实际出访人员",
            object="actual_member",
            max=100,
            section="实际人员与签证",
            rows=Rows(
                source=members_rows_of_actual_trip,
                fill=("person", "post"),
                key=("person",),
                reads=("target.members", "target.members.person", "target.members.post"),
                as_of=("draft",),
                add=True,
            ),
        ),
        Child(
            name="visas", title="实际签证", object="actual_visa", max=300, section="实际人员与签证"
        ),
        Child(
            name="costs", title="实际费用", object="actual_cost", min=1, max=200, section="实际费用"
        ),
    ),
    materials=(
        Material(
            name="itinerary",
            title="实际行程",
            accept=("pdf", "docx", "jpg", "png"),
            many=True,
            help="行程单、登机牌、护照出入境页等",
        ),
    ),
    rules=(
        Rule(
            name="order",
            check=order_rule_of_actual_trip,
            error="实际入境日期不能早于实际出境日期",
            at="return_on",
        ),
        Rule(
            name="is_back",
            check=is_back_rule_of_actual_trip,
            error="团组回国以后才能上报",
            at="return_on",
        ),
        Rule(
            name="somebody_went",
            check=somebody_went_rule_of_actual_trip,
            error="至少有一人成行；全团没有成行的请申报取消",
            at="members",
        ),
        Rule(
            name="visas_told",
            check=visas_told_rule_of_actual_trip,
            error="请填写实际签证；免签的也请注明",
            at="visas",
        ),
        Rule(
            name="stop_order",
            check=stop_order_rule_of_actual_trip,
            error="离开日期不能早于抵达日期",
            at="leave_on",
            each="stops",
        ),
        Rule(
            name="stop_within",
            check=stop_within_rule_of_actual_trip,
            error="停留日期应在实际出境与入境日期之间",
            at="arrive_on",
            each="stops",
        ),
        Rule(
            name="longer",
            check=longer_rule_of_actual_trip,
            error="实际在外 {days} 天，批准 {approved_days} 天",
            at="return_on",
            level="warning",
        ),
        Rule(
            name="other_countries",
            check=other_countries_rule_of_actual_trip,
            error="实际出访{countries}，批准的是{approved_countries}",
            at="countries",
            level="warning",
        ),
        Rule(
            name="fewer_or_more",
            check=fewer_or_more_rule_of_actual_trip,
            error="实际 {travelled} 人，批准 {approved_headcount} 人",
            at="travelled",
            level="warning",
        ),
        Rule(
            name="over_budget",
            check=over_budget_rule_of_actual_trip,
            error="实际费用 {cost_total} 元，超过批准的预算 {approved_budget} 元",
            at="cost_total",
            level="warning",
        ),
    ),
    unique=(("target",),),
    flow="actual_trip_review",
    order=("-id",),
    columns=(
        "code",
        "unit",
        "target",
        "depart_on",
        "return_on",
        "days",
        "travelled",
        "cost_total",
        "differences",
        "submitted_on",
        "state",
    ),
    sequence=(
        "days",
        "stops.visited",
        "members",
        "cost_total",
        "approved_depart_on",
        "approved_return_on",
        "approved_days",
        "approved_countries",
        "approved_headcount",
        "approved_budget",
        "visas.number",
        "visas.valid_until",
        "countries",
        "travelled",
        "differs",
        "differences",
    ),
)


ACTUAL_TRIP_REVIEW = Flow(
    name="actual_trip_review",
    title="实际出访信息审批",
    object="actual_trip",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="审批",
            by=Roles(names=("fao_handler",)),
            within=3,
            reminders=(Reminder(days=1),),
            labels="material_label",
            compare=Compare(
                rows="stops",
                path="target.stops",
                object="delegation_stop",
                key=(
                    Pair(
                        here=own_key_at_review_of_actual_trip,
                        there=other_key_at_review_of_actual_trip,
                        titles=("国家（地区）", "国家（地区）"),
                        paths=("country", "country"),
                    ),
                    Pair(
                        here=own_key_at_review_of_actual_trip_2,
                        there=other_key_at_review_of_actual_trip_2,
                        titles=("城市", "城市"),
                        paths=("city", "city"),
                    ),
                ),
                fields={"arrive_on": "arrive_on", "leave_on": "leave_on", "transit": "transit"},
            ),
        ),
        Step(name="accepted", title="已通过", end="done"),
    ),
    actions=(
        Action(
            name="submit",
            title="上报",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            effects=(
                Effect(
                    kind="set", params={"submitted_on": submit_sets_submitted_on_of_actual_trip}
                ),
            ),
            consequence="送 审批（业务经办岗）",
        ),
        Action(
            name="approve",
            title="通过",
            kind="pass",
            routes=(Route(source="review", target="accepted"),),
            effects=(
                Effect(kind="set", params={"accepted_on": approve_sets_accepted_on_of_actual_trip}),
                Effect(kind="notify", params={"message": "actual_trip.accepted"}),
            ),
            consequence="办结：已通过",
        ),
        Action(
            name="send_back",
            title="驳回",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "actual_trip.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="review", target="draft"),),
            until="opened",
            consequence="收回到 填报（申报人）",
        ),
    ),
    version="aa84490d9486",
    archive=60,
)


ACCEPTED = Message(
    name="actual_trip.accepted",
    title="实际出访信息通过",
    object="actual_trip",
    text="贵单位上报的{target.name}实际出访信息（{code}）已审批通过。",
    variables=("target.name", "code"),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="actual_trip.sent_back",
    title="实际出访信息驳回",
    object="actual_trip",
    text="贵单位上报的{target.name}实际出访信息（{code}）被驳回，请修改后再次上报。驳回意见：{comment}",
    variables=("target.name", "code", "comment"),
    to=(Applicant(),),
)


PP78_FUNCTION = Function(
    id="PP78",
    title="实际出访信息上报",
    subsystem="outbound",
    module="returned",
    screen="apply",
    object="actual_trip",
    columns=(
        "code",
        "target",
        "depart_on",
        "return_on",
        "days",
        "travelled",
        "cost_total",
        "differences",
        "submitted_on",
        "state",
    ),
    grants=(("liaison", ("view", "add", "edit", "delete", "submit", "recall", "urge", "export")),),
    operations=(
        "view",
        "add",
        "edit",
        "delete",
        "export",
        "import",
        "submit",
        "approve",
        "send_back",
        "recall",
        "urge",
    ),
    help="团组回国后录入实际时间、任务、出访地、人员、签证和费用，系统与批准内容逐项比对并标出不一致之处",
    order=70,
)


PP79_FUNCTION = Function(
    id="PP79",
    title="实际出访信息审批",
    subsystem="outbound",
    module="returned",
    screen="review",
    object="actual_trip",
    steps=("review",),
    columns=(
        "code",
        "unit",
        "target",
        "days",
        "approved_days",
        "travelled",
        "approved_headcount",
        "differences",
        "submitted_on",
        "state",
    ),
    filters=("unit", "unit.district", "kind", "return_on"),
    where=rows_of_pp79_sql,
    takes=rows_of_pp79,
    grants=(
        ("fao_handler", ("view", "approve", "send_back")),
        ("fao_division_head", ("view", "reassign", "urge")),
    ),
    operations=("view", "edit", "export", "approve", "send_back", "recall", "urge", "reassign"),
    help="与批准内容对照审核；驳回的由专办员修改后再次上报",
    order=71,
)


class PP78(ApplyView):
    """实际出访信息上报."""

    datamodel = DataInterface(ActualTrip)
    function = "PP78"
    route_base = "/PP78"
    class_permission_name = "PP78"
    list_title = "实际出访信息上报"
    label_columns = {
        "code": "编号",
        "target": "批准的团组",
        "depart_on": "实际出境日期",
        "return_on": "实际入境日期",
        "days": "实际在外天数",
        "travelled": "实际人数",
        "cost_total": "实际费用合计",
        "differences": "不一致之处",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "target",
        "depart_on",
        "return_on",
        "days",
        "travelled",
        "cost_total",
        "differences",
        "submitted_on",
        "state",
    ]


class PP79(ReviewView):
    """实际出访信息审批."""

    datamodel = DataInterface(ActualTrip)
    function = "PP79"
    route_base = "/PP79"
    class_permission_name = "PP79"
    list_title = "实际出访信息审批"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "target": "批准的团组",
        "days": "实际在外天数",
        "approved_days": "批准的在外天数",
        "travelled": "实际人数",
        "approved_headcount": "批准的人数",
        "differences": "不一致之处",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "target",
        "days",
        "approved_days",
        "travelled",
        "approved_headcount",
        "differences",
        "submitted_on",
        "state",
    ]


class ActualTripApi(ObjectApi):
    """REST of 实际出访信息."""

    datamodel = DataInterface(ActualTrip)
    object_name = "actual_trip"
    resource_name = "actual_trip"
