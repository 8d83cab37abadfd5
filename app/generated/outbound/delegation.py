"""出国团组. Generated from metadata/outbound/delegation.yaml; do not edit.

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
    Block,
    Chart,
    Child,
    Effect,
    Field,
    Flow,
    Function,
    Hold,
    Ladder,
    Material,
    Message,
    Object,
    Reminder,
    Roles,
    Route,
    Rule,
    Scope,
    Stage,
    Step,
    Total,
)
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.web.api import ObjectApi
from app.web.views import ApplyView, DataInterface, ProgressView, QueryView, ReviewView, ReworkView


class Delegation(Entity):
    """出国团组."""

    __tablename__ = "outbound_delegation"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    actual_due_on: Mapped[date | None] = mapped_column(Date)  # 实际出访信息报送期限
    actual_reports: Mapped[int | None] = mapped_column(Integer)  # 实际出访信息（已报）
    results_due_on: Mapped[date | None] = mapped_column(Date)  # 出访后材料报送期限
    results_reports: Mapped[int | None] = mapped_column(Integer)  # 出访后材料（已报）
    name: Mapped[str | None] = mapped_column(String(200))  # 团组名称
    kind: Mapped[str | None] = mapped_column(String(40))  # 团组类型
    nature: Mapped[str | None] = mapped_column(String(40))  # 团组性质
    purpose: Mapped[str | None] = mapped_column(String(40))  # 出访类别
    category: Mapped[str | None] = mapped_column(String(40))  # 人员类别
    organiser: Mapped[str | None] = mapped_column(String(200))  # 组团单位
    task: Mapped[str | None] = mapped_column(Text)  # 出访任务
    necessity: Mapped[str | None] = mapped_column(Text)  # 必要性
    outcome: Mapped[str | None] = mapped_column(Text)  # 预期成果
    depart_on: Mapped[date | None] = mapped_column(Date, index=True)  # 出境日期
    return_on: Mapped[date | None] = mapped_column(Date)  # 入境日期
    days: Mapped[int | None] = mapped_column(Integer)  # 在外天数
    countries: Mapped[str | None] = mapped_column(String(300))  # 出访国家（地区）
    country_count: Mapped[int | None] = mapped_column(Integer)  # 国家数
    exit_city: Mapped[str | None] = mapped_column(String(60))  # 出境城市
    entry_city: Mapped[str | None] = mapped_column(String(60))  # 入境城市
    route: Mapped[str | None] = mapped_column(String(300))  # 出访路线
    headcount: Mapped[int | None] = mapped_column(Integer)  # 人数
    leader_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_person.id"), index=True
    )  # 团长
    plan_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_plan_item.id"), index=True
    )  # 占用计划
    conference: Mapped[str | None] = mapped_column(String(200))  # 会议名称
    conference_host: Mapped[str | None] = mapped_column(String(200))  # 主办机构
    conference_country_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_country.id"), index=True
    )  # 主办国家（地区）
    conference_from: Mapped[date | None] = mapped_column(Date)  # 开会日期
    conference_until: Mapped[date | None] = mapped_column(Date)  # 结束日期
    conference_platform: Mapped[str | None] = mapped_column(String(100))  # 会议平台
    conference_role: Mapped[str | None] = mapped_column(String(200))  # 参会方式
    fund_source: Mapped[str | None] = mapped_column(String(40))  # 经费来源
    budget_total: Mapped[int | None] = mapped_column(BigInteger)  # 预算合计
    budget_no: Mapped[str | None] = mapped_column(String(60))  # 预算审批文号
    publicized: Mapped[bool | None] = mapped_column(Boolean)  # 是否公示
    publicized_from: Mapped[date | None] = mapped_column(Date)  # 公示开始
    publicized_until: Mapped[date | None] = mapped_column(Date)  # 公示结束
    publicity_place: Mapped[str | None] = mapped_column(String(200))  # 公示网址或地点
    contact: Mapped[str | None] = mapped_column(String(40))  # 经办人
    contact_phone: Mapped[str | None] = mapped_column(String(30))  # 联系电话
    remark: Mapped[str | None] = mapped_column(Text)  # 情况说明
    submitted_on: Mapped[date | None] = mapped_column(Date)  # 申报日期
    approved_on: Mapped[date | None] = mapped_column(Date)  # 批准日期
    parallel_on: Mapped[date | None] = mapped_column(Date)  # 同步办照
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    leader: Mapped["Person | None"] = relationship("Person", foreign_keys=[leader_id])
    plan: Mapped["PlanItem | None"] = relationship("PlanItem", foreign_keys=[plan_id])
    conference_country: Mapped["Country | None"] = relationship(
        "Country", foreign_keys=[conference_country_id]
    )
    members: Mapped[list["DelegationMember"]] = relationship(
        "DelegationMember",
        back_populates="parent",
        order_by="DelegationMember.position",
        cascade="all, delete-orphan",
        foreign_keys="DelegationMember.parent_id",
    )
    stops: Mapped[list["DelegationStop"]] = relationship(
        "DelegationStop",
        back_populates="parent",
        order_by="DelegationStop.position",
        cascade="all, delete-orphan",
        foreign_keys="DelegationStop.parent_id",
    )
    itinerary: Mapped[list["ItineraryDay"]] = relationship(
        "ItineraryDay",
        back_populates="parent",
        order_by="ItineraryDay.position",
        cascade="all, delete-orphan",
        foreign_keys="ItineraryDay.parent_id",
    )
    budget: Mapped[list["BudgetLine"]] = relationship(
        "BudgetLine",
        back_populates="parent",
        order_by="BudgetLine.position",
        cascade="all, delete-orphan",
        foreign_keys="BudgetLine.parent_id",
    )


class DelegationMember(Entity):
    """出访成员."""

    __tablename__ = "outbound_delegation_member"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_delegation.id", ondelete="CASCADE"), index=True
    )  # 出国团组
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_person.id"), index=True
    )  # 姓名
    sex: Mapped[str | None] = mapped_column(String(40))  # 性别
    birth: Mapped[date | None] = mapped_column(Date)  # 出生日期
    post: Mapped[str | None] = mapped_column(String(100))  # 职务
    rank: Mapped[str | None] = mapped_column(String(40))  # 职级
    duty: Mapped[str | None] = mapped_column(String(40))  # 团内分工
    interpreter: Mapped[bool | None] = mapped_column(Boolean)  # 翻译
    last_trip: Mapped[str | None] = mapped_column(String(200))  # 上次出访时间与国家

    parent: Mapped["Delegation | None"] = relationship(
        "Delegation", back_populates="members", foreign_keys=[parent_id]
    )
    person: Mapped["Person | None"] = relationship("Person", foreign_keys=[person_id])


class DelegationStop(Entity):
    """出访地."""

    __tablename__ = "outbound_delegation_stop"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_delegation.id", ondelete="CASCADE"), index=True
    )  # 出国团组
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    country_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_country.id"), index=True
    )  # 国家（地区）
    city_id: Mapped[int | None] = mapped_column(ForeignKey("base_city.id"), index=True)  # 城市
    transit: Mapped[bool | None] = mapped_column(Boolean)  # 经停
    visited: Mapped[str | None] = mapped_column(String(60))  # 出访国家（地区）
    arrive_on: Mapped[date | None] = mapped_column(Date)  # 抵达日期
    leave_on: Mapped[date | None] = mapped_column(Date)  # 离开日期
    days: Mapped[int | None] = mapped_column(Integer)  # 停留天数
    inviter: Mapped[str | None] = mapped_column(String(200))  # 邀请单位
    inviter_kind: Mapped[str | None] = mapped_column(String(40))  # 邀请单位性质
    inviter_person: Mapped[str | None] = mapped_column(String(100))  # 邀请人
    inviter_contact: Mapped[str | None] = mapped_column(String(200))  # 邀请方联系方式
    agenda: Mapped[str | None] = mapped_column(Text)  # 公务内容

    parent: Mapped["Delegation | None"] = relationship(
        "Delegation", back_populates="stops", foreign_keys=[parent_id]
    )
    country: Mapped["Country | None"] = relationship("Country", foreign_keys=[country_id])
    city: Mapped["City | None"] = relationship("City", foreign_keys=[city_id])


class ItineraryDay(Entity):
    """日程."""

    __tablename__ = "outbound_itinerary_day"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_delegation.id", ondelete="CASCADE"), index=True
    )  # 出国团组
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    day: Mapped[date | None] = mapped_column(Date)  # 日期
    place: Mapped[str | None] = mapped_column(String(100))  # 地点
    morning: Mapped[str | None] = mapped_column(String(300))  # 上午
    afternoon: Mapped[str | None] = mapped_column(String(300))  # 下午
    evening: Mapped[str | None] = mapped_column(String(300))  # 晚上
    transport: Mapped[str | None] = mapped_column(String(40))  # 交通方式
    carrier: Mapped[str | None] = mapped_column(String(60))  # 航班或车次
    lodging: Mapped[str | None] = mapped_column(String(100))  # 住宿地

    parent: Mapped["Delegation | None"] = relationship(
        "Delegation", back_populates="itinerary", foreign_keys=[parent_id]
    )


class BudgetLine(Entity):
    """经费预算."""

    __tablename__ = "outbound_budget_line"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_delegation.id", ondelete="CASCADE"), index=True
    )  # 出国团组
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    item: Mapped[str | None] = mapped_column(String(40))  # 费用项目
    country_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_country.id"), index=True
    )  # 国家（地区）
    currency: Mapped[str | None] = mapped_column(String(40))  # 币种
    standard: Mapped[int | None] = mapped_column(BigInteger)  # 标准（每人每天）
    rate: Mapped[int | None] = mapped_column(BigInteger)  # 汇率
    days: Mapped[int | None] = mapped_column(Integer)  # 天数
    people: Mapped[int | None] = mapped_column(Integer)  # 人数
    amount: Mapped[int | None] = mapped_column(BigInteger)  # 金额（元）
    note: Mapped[str | None] = mapped_column(String(200))  # 说明

    parent: Mapped["Delegation | None"] = relationship(
        "Delegation", back_populates="budget", foreign_keys=[parent_id]
    )
    country: Mapped["Country | None"] = relationship("Country", foreign_keys=[country_id])


def city_choose_of_delegation_stop_sql(cls, env):
    """country == form.country"""
    return sql.eq(cls.country_id, env.form.country_id)


def visited_of_delegation_stop(this, env):
    """'' if transit else country.short"""
    return None if this.transit else ex.path(this, "country.short")


def days_of_delegation_stop(this, env):
    """days(leave_on - arrive_on) + 1"""
    return ex.add(ex.days(ex.sub(this.leave_on, this.arrive_on)), 1)


def inviter_required_of_delegation_stop(this, env):
    """not transit"""
    return ex.not_(this.transit)


def inviter_kind_required_of_delegation_stop(this, env):
    """not transit"""
    return ex.not_(this.transit)


def agenda_required_of_delegation_stop(this, env):
    """not transit"""
    return ex.not_(this.transit)


def person_choose_of_delegation_member_sql(cls, env):
    """unit == parent.unit"""
    return sql.eq(cls.unit_id, env.parent.unit_id)


def unit_default_of_delegation(this, env):
    """me.unit"""
    return env.me.unit


def actual_due_on_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def actual_due_on_of_delegation(this, env):
    """return_on + policy.report_days()"""
    return ex.shift(this.return_on, env.policy.report_days())


def actual_reports_rows_of_delegation_sql(cls, env):
    """state in ('review', 'accepted')"""
    return sql.is_in(cls.state, ("review", "accepted"))


def results_due_on_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def results_due_on_of_delegation(this, env):
    """return_on + policy.report_days()"""
    return ex.shift(this.return_on, env.policy.report_days())


def results_reports_rows_of_delegation_sql(cls, env):
    """state in ('review', 'accepted')"""
    return sql.is_in(cls.state, ("review", "accepted"))


def organiser_when_of_delegation(this, env):
    """kind in ('ministry', 'cross')"""
    return this.kind in ("ministry", "cross")


def depart_on_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def return_on_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def days_of_delegation(this, env):
    """days(return_on - depart_on) + 1"""
    return ex.add(ex.days(ex.sub(this.return_on, this.depart_on)), 1)


def countries_of_delegation(this, env):
    """join(distinct(stops.visited), '、')"""
    return ex.join(ex.distinct(ex.each(this, "stops.visited")), "、")


def country_count_of_delegation(this, env):
    """count(distinct(stops.visited))"""
    return ex.count(ex.distinct(ex.each(this, "stops.visited")))


def exit_city_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def entry_city_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def route_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def headcount_of_delegation(this, env):
    """count(members)"""
    return ex.count(this.members)


def leader_choose_of_delegation_sql(cls, env):
    """unit == form.unit"""
    return sql.eq(cls.unit_id, env.form.unit_id)


def plan_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def plan_choose_of_delegation_sql(cls, env):
    """parent.state == 'approved' and unit == form.unit and year == year(form.depart_on) and remaining > 0"""
    return sql.all_of(
        sql.path(cls, "parent.state") == "approved",
        sql.eq(cls.unit_id, env.form.unit_id),
        sql.eq(cls.year, ex.year(env.form.depart_on)),
        cls.remaining > 0,
    )


def conference_when_of_delegation(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def conference_host_when_of_delegation(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def conference_country_when_of_delegation(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def conference_from_when_of_delegation(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def conference_until_when_of_delegation(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def conference_platform_when_of_delegation(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def conference_role_when_of_delegation(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def fund_source_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def budget_total_of_delegation(this, env):
    """sum(budget.amount)"""
    return ex.sum(ex.each(this, "budget.amount"))


def publicized_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def publicized_from_when_of_delegation(this, env):
    """kind != 'online' and publicized"""
    return ex.ne(this.kind, "online") and this.publicized


def publicized_until_when_of_delegation(this, env):
    """kind != 'online' and publicized"""
    return ex.ne(this.kind, "online") and this.publicized


def publicity_place_when_of_delegation(this, env):
    """kind != 'online' and publicized"""
    return ex.ne(this.kind, "online") and this.publicized


def contact_default_of_delegation(this, env):
    """me.name"""
    return env.me.name


def stops_min_of_delegation(this, env):
    """0 if kind == 'online' else 1"""
    return 0 if this.kind == "online" else 1


def stops_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def itinerary_min_of_delegation(this, env):
    """0 if kind == 'online' else 1"""
    return 0 if this.kind == "online" else 1


def itinerary_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def budget_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def schedule_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def budget_form_required_of_delegation(this, env):
    """fund_source in ('city', 'district', 'own', 'mixed')"""
    return this.fund_source in ("city", "district", "own", "mixed")


def budget_form_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def publicity_proof_required_of_delegation(this, env):
    """publicized"""
    return this.publicized


def publicity_proof_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def not_public_when_of_delegation(this, env):
    """kind != 'online' and not publicized"""
    return ex.ne(this.kind, "online") and ex.not_(this.publicized)


def consent_when_of_delegation(this, env):
    """kind in ('ministry', 'cross')"""
    return this.kind in ("ministry", "cross")


def participants_consent_when_of_delegation(this, env):
    """kind == 'joint'"""
    return this.kind == "joint"


def foreign_contact_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def explanation_required_of_delegation(this, env):
    """days > policy.trip_days(country_count) or (nature == 'controlled' and headcount > policy.group_size())"""
    return (
        ex.gt(this.days, env.policy.trip_days(this.country_count))
        or this.nature == "controlled"
        and ex.gt(this.headcount, env.policy.group_size())
    )


def explanation_when_of_delegation(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def conference_notice_when_of_delegation(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def speech_when_of_delegation(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def publicity_order_rule_of_delegation(this, env):
    """publicized_until >= publicized_from"""
    return ex.ge(this.publicized_until, this.publicized_from)


def publicity_order_rule_of_delegation_when(this, env):
    """publicized"""
    return this.publicized


def return_after_depart_rule_of_delegation(this, env):
    """return_on >= depart_on"""
    return ex.ge(this.return_on, this.depart_on)


def depart_in_future_rule_of_delegation(this, env):
    """depart_on > today"""
    return ex.gt(this.depart_on, env.today)


def depart_in_future_rule_of_delegation_when(this, env):
    """code is empty"""
    return ex.is_empty(this.code)


def leader_is_member_rule_of_delegation(this, env):
    """leader in members.person"""
    return ex.is_in(this.leader_id, ex.each(this, "members.person_id"))


def leader_is_member_rule_of_delegation_when(this, env):
    """leader is not empty"""
    return not ex.is_empty(this.leader_id)


def trip_days_rule_of_delegation(this, env):
    """days <= policy.trip_days(country_count)"""
    return ex.le(this.days, env.policy.trip_days(this.country_count))


def trip_days_rule_of_delegation_when(this, env):
    """kind != 'online' and country_count > 0"""
    return ex.ne(this.kind, "online") and ex.gt(this.country_count, 0)


def trip_countries_rule_of_delegation(this, env):
    """country_count <= policy.trip_countries()"""
    return ex.le(this.country_count, env.policy.trip_countries())


def trip_countries_rule_of_delegation_when(this, env):
    """kind != 'online'"""
    return ex.ne(this.kind, "online")


def planned_countries_rule_of_delegation(this, env):
    """transit or country in parent.plan.countries"""
    return this.transit or ex.is_in(this.country_id, ex.each(env.parent, "plan.countries.id"))


def planned_countries_rule_of_delegation_when(this, env):
    """country is not empty and parent.plan is not empty"""
    return not ex.is_empty(this.country_id) and not ex.is_empty(env.parent.plan_id)


def group_size_rule_of_delegation(this, env):
    """headcount <= policy.group_size()"""
    return ex.le(this.headcount, env.policy.group_size())


def group_size_rule_of_delegation_when(this, env):
    """nature == 'controlled' and kind != 'online'"""
    return this.nature == "controlled" and ex.ne(this.kind, "online")


def publicity_days_rule_of_delegation(this, env):
    """workdays_between(publicized_from - 1, publicized_until) >= policy.publicity_days()"""
    return ex.ge(
        ex.workdays_between(ex.shift(this.publicized_from, -1), this.publicized_until),
        env.policy.publicity_days(),
    )


def publicity_days_rule_of_delegation_when(this, env):
    """publicized and publicized_from is not empty and publicized_until is not empty"""
    return (
        this.publicized
        and not ex.is_empty(this.publicized_from)
        and not ex.is_empty(this.publicized_until)
    )


def publicity_over_rule_of_delegation(this, env):
    """publicized_until < today"""
    return ex.lt(this.publicized_until, env.today)


def publicity_over_rule_of_delegation_when(this, env):
    """publicized and code is empty and publicized_until is not empty"""
    return this.publicized and ex.is_empty(this.code) and not ex.is_empty(this.publicized_until)


def lead_time_rule_of_delegation(this, env):
    """days(depart_on - (today if state == 'draft' or submitted_on is empty else submitted_on)) >= policy.lead_time(country_count)"""
    return ex.ge(
        ex.days(
            ex.sub(
                this.depart_on,
                env.today
                if this.state == "draft" or ex.is_empty(this.submitted_on)
                else this.submitted_on,
            )
        ),
        env.policy.lead_time(this.country_count),
    )


def lead_time_rule_of_delegation_when(this, env):
    """kind != 'online' and depart_on is not empty"""
    return ex.ne(this.kind, "online") and not ex.is_empty(this.depart_on)


def task_words_rule_of_delegation(this, env):
    """not (contains(task, '参观') or contains(task, '考察') or contains(task, '调研') or contains(task, '学习'))"""
    return (
        ex.not_(ex.contains(this.task, "参观"))
        and ex.not_(ex.contains(this.task, "考察"))
        and ex.not_(ex.contains(this.task, "调研"))
        and ex.not_(ex.contains(this.task, "学习"))
    )


def task_words_rule_of_delegation_when(this, env):
    """purpose is empty or purpose != 'training'"""
    return ex.is_empty(this.purpose) or ex.ne(this.purpose, "training")


def conference_order_rule_of_delegation(this, env):
    """conference_until >= conference_from"""
    return ex.ge(this.conference_until, this.conference_from)


def conference_order_rule_of_delegation_when(this, env):
    """kind == 'online'"""
    return this.kind == "online"


def stop_order_rule_of_delegation(this, env):
    """leave_on >= arrive_on"""
    return ex.ge(this.leave_on, this.arrive_on)


def stop_within_rule_of_delegation(this, env):
    """arrive_on >= parent.depart_on and leave_on <= parent.return_on"""
    return ex.ge(this.arrive_on, env.parent.depart_on) and ex.le(
        this.leave_on, env.parent.return_on
    )


def day_within_rule_of_delegation(this, env):
    """day >= parent.depart_on and day <= parent.return_on"""
    return ex.ge(this.day, env.parent.depart_on) and ex.le(this.day, env.parent.return_on)


def plan_amount_of_delegation(this, env):
    """headcount"""
    return this.headcount


def actual_block_of_delegation_sql(cls, env):
    """unit == form.unit and state == 'approved' and actual_due_on < today and actual_reports == 0"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id),
        cls.state == "approved",
        sql.lt(cls.actual_due_on, env.today),
        cls.actual_reports == 0,
    )


def results_block_of_delegation_sql(cls, env):
    """unit == form.unit and state == 'approved' and results_due_on < today and results_reports == 0"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id),
        cls.state == "approved",
        sql.lt(cls.results_due_on, env.today),
        cls.results_reports == 0,
    )


def actual_until_of_delegation_sql(cls, env):
    """state != 'approved' or actual_reports > 0"""
    return sql.any_of(cls.state != "approved", cls.actual_reports > 0)


def results_until_of_delegation_sql(cls, env):
    """state != 'approved' or results_reports > 0"""
    return sql.any_of(cls.state != "approved", cls.results_reports > 0)


def countersign_skip_of_delegation(this, env):
    """kind not in ('joint', 'cross')"""
    return ex.not_in(this.kind, ("joint", "cross"))


def submit_sets_submitted_on_of_delegation(this, env):
    """today"""
    return env.today


def approve_sets_approved_on_of_delegation(this, env):
    """today"""
    return env.today


def cancel_guard_of_delegation(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


def parallel_guard_of_delegation(this, env):
    """parallel_on is empty and kind != 'online'"""
    return ex.is_empty(this.parallel_on) and ex.ne(this.kind, "online")


def parallel_sets_parallel_on_of_delegation(this, env):
    """today"""
    return env.today


def rows_of_pp79d_sql(cls, env):
    """state == 'approved' and actual_due_on is not empty and return_on < today and actual_reports == 0"""
    return sql.all_of(
        cls.state == "approved",
        sql.is_not_empty(cls.actual_due_on),
        sql.lt(cls.return_on, env.today),
        cls.actual_reports == 0,
    )


def rows_of_pp81d_sql(cls, env):
    """state == 'approved' and results_due_on is not empty and return_on < today and results_reports == 0"""
    return sql.all_of(
        cls.state == "approved",
        sql.is_not_empty(cls.results_due_on),
        sql.lt(cls.return_on, env.today),
        cls.results_reports == 0,
    )


def rows_of_pp18_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_pp18(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


def rows_of_pp19_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_pp19(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


def rows_of_pp20_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_pp20(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


def rows_of_pp14_sql(cls, env):
    """code is not empty or unit == me.unit"""
    return sql.any_of(sql.is_not_empty(cls.code), sql.eq(cls.unit_id, env.me.unit))


def rows_of_bm06_sql(cls, env):
    """code is not empty or unit == me.unit"""
    return sql.any_of(sql.is_not_empty(cls.code), sql.eq(cls.unit_id, env.me.unit))


BUDGET_LINE = Object(
    name="budget_line",
    title="经费预算",
    model=BudgetLine,
    subsystem="outbound",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(name="item", title="费用项目", type=types.Dict(of="budget_item"), required=True),
        Field(name="country", title="国家（地区）", type=types.Ref(object="country")),
        Field(
            name="currency",
            title="币种",
            type=types.Dict(of="currency"),
            required=True,
            default="CNY",
        ),
        Field(name="standard", title="标准（每人每天）", type=types.Decimal(scale=2, min=0)),
        Field(
            name="rate",
            title="汇率",
            type=types.Decimal(scale=4, min=types.Number("0.0001"), max=9999),
            help="折合人民币；人民币填 1",
        ),
        Field(name="days", title="天数", type=types.Integer(min=0)),
        Field(name="people", title="人数", type=types.Integer(min=0)),
        Field(name="amount", title="金额（元）", type=types.Money(), required=True),
        Field(name="note", title="说明", type=types.String(length=200)),
    ),
    display="{note}",
    parent="delegation",
    order=("position",),
)


ITINERARY_DAY = Object(
    name="itinerary_day",
    title="日程",
    model=ItineraryDay,
    subsystem="outbound",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(name="day", title="日期", type=types.Date(), required=True),
        Field(name="place", title="地点", type=types.String(length=100), required=True),
        Field(name="morning", title="上午", type=types.String(length=300), required=True),
        Field(name="afternoon", title="下午", type=types.String(length=300)),
        Field(name="evening", title="晚上", type=types.String(length=300)),
        Field(name="transport", title="交通方式", type=types.Dict(of="transport")),
        Field(name="carrier", title="航班或车次", type=types.String(length=60)),
        Field(name="lodging", title="住宿地", type=types.String(length=100)),
    ),
    display="{place}",
    parent="delegation",
    order=("position",),
)


DELEGATION_STOP = Object(
    name="delegation_stop",
    title="出访地",
    model=DelegationStop,
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
            choose=city_choose_of_delegation_stop_sql,
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
            value=visited_of_delegation_stop,
            reads=("transit", "country.short"),
            as_of=("draft",),
            depends=("transit", "country"),
            hidden=True,
        ),
        Field(name="arrive_on", title="抵达日期", type=types.Date(), required=True),
        Field(name="leave_on", title="离开日期", type=types.Date(), required=True),
        Field(
            name="days",
            title="停留天数",
            type=types.Integer(min=1),
            value=days_of_delegation_stop,
            reads=("leave_on", "arrive_on"),
            depends=("leave_on", "arrive_on"),
        ),
        Field(
            name="inviter",
            title="邀请单位",
            type=types.String(length=200),
            required=inviter_required_of_delegation_stop,
            depends=("transit",),
        ),
        Field(
            name="inviter_kind",
            title="邀请单位性质",
            type=types.Dict(of="inviter_kind"),
            required=inviter_kind_required_of_delegation_stop,
            depends=("transit",),
        ),
        Field(name="inviter_person", title="邀请人", type=types.String(length=100)),
        Field(name="inviter_contact", title="邀请方联系方式", type=types.String(length=200)),
        Field(
            name="agenda",
            title="公务内容",
            type=types.Text(length=1000),
            required=agenda_required_of_delegation_stop,
            depends=("transit",),
        ),
    ),
    display="{country.short} {city.name}",
    parent="delegation",
    order=("position",),
    sequence=("visited", "days"),
)


DELEGATION_MEMBER = Object(
    name="delegation_member",
    title="出访成员",
    model=DelegationMember,
    subsystem="outbound",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(
            name="person",
            title="姓名",
            type=types.Ref(object="person"),
            required=True,
            choose=person_choose_of_delegation_member_sql,
            asks=("parent.unit",),
            depends=("parent.unit",),
            fill={"sex": "sex", "birth": "birth", "post": "post", "rank": "rank"},
        ),
        Field(name="sex", title="性别", type=types.Dict(of="sex"), readonly=True),
        Field(name="birth", title="出生日期", type=types.Date(), readonly=True),
        Field(name="post", title="职务", type=types.String(length=100), required=True),
        Field(name="rank", title="职级", type=types.Dict(of="rank"), required=True),
        Field(
            name="duty", title="团内分工", type=types.String(length=40), help="团长、秘书、翻译等"
        ),
        Field(name="interpreter", title="翻译", type=types.Boolean(), default=False),
        Field(
            name="last_trip",
            title="上次出访时间与国家",
            type=types.String(length=200),
            help="两年内没有出访的填“无”",
        ),
    ),
    display="{person.name}",
    parent="delegation",
    order=("position",),
)


DELEGATION = Object(
    name="delegation",
    title="出国团组",
    model=Delegation,
    subsystem="outbound",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            default=unit_default_of_delegation,
            section="团组信息",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外出〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="actual_due_on",
            title="实际出访信息报送期限",
            type=types.Date(),
            when=actual_due_on_when_of_delegation,
            value=actual_due_on_of_delegation,
            reads=("kind", "return_on"),
            as_of=("save",),
            depends=("kind", "return_on"),
            help="回国后应在此日以前报送",
            section="外办填写",
        ),
        Field(
            name="actual_reports",
            title="实际出访信息（已报）",
            type=types.Integer(),
            total=Total(
                kind="count",
                object="actual_trip",
                key="target_id",
                where=actual_reports_rows_of_delegation_sql,
                reads=("state",),
            ),
            default=0,
            readonly=True,
            hidden=True,
        ),
        Field(
            name="results_due_on",
            title="出访后材料报送期限",
            type=types.Date(),
            when=results_due_on_when_of_delegation,
            value=results_due_on_of_delegation,
            reads=("kind", "return_on"),
            as_of=("save",),
            depends=("kind", "return_on"),
            help="回国后应在此日以前报送",
            section="外办填写",
        ),
        Field(
            name="results_reports",
            title="出访后材料（已报）",
            type=types.Integer(),
            total=Total(
                kind="count",
                object="trip_results",
                key="target_id",
                where=results_reports_rows_of_delegation_sql,
                reads=("state",),
            ),
            default=0,
            readonly=True,
            hidden=True,
        ),
        Field(
            name="name",
            title="团组名称",
            type=types.String(length=200),
            required=True,
            search=True,
            help="例如“李明等5人赴德国、法国工作团组”",
            section="团组信息",
        ),
        Field(
            name="kind",
            title="团组类型",
            type=types.Dict(of="delegation_kind"),
            required=True,
            default="own",
            help="应邀线上参加境外国际会议的选“线上国际会议”，不占用计划",
            section="团组信息",
        ),
        Field(
            name="nature",
            title="团组性质",
            type=types.Dict(of="delegation_nature"),
            required=True,
            section="团组信息",
        ),
        Field(
            name="purpose",
            title="出访类别",
            type=types.Dict(of="trip_purpose"),
            required=True,
            section="团组信息",
        ),
        Field(
            name="category",
            title="人员类别",
            type=types.Dict(of="person_category"),
            required=True,
            section="团组信息",
        ),
        Field(
            name="organiser",
            title="组团单位",
            type=types.String(length=200),
            required=True,
            when=organiser_when_of_delegation,
            depends=("kind",),
            help="主办团组并负责审批的部委或省直单位",
            section="团组信息",
        ),
        Field(
            name="task",
            title="出访任务",
            type=types.Text(length=4000),
            required=True,
            help="写明做什么、与谁、达到什么结果；不要使用“参观”“考察”“调研”“学习”等空泛字样（培训类除外）",
            section="出访任务",
        ),
        Field(
            name="necessity",
            title="必要性",
            type=types.Text(length=4000),
            required=True,
            help="为什么必须出访，为什么是这些人",
            section="出访任务",
        ),
        Field(
            name="outcome",
            title="预期成果",
            type=types.Text(length=2000),
            required=True,
            section="出访任务",
        ),
        Field(
            name="depart_on",
            title="出境日期",
            type=types.Date(),
            required=True,
            when=depart_on_when_of_delegation,
            depends=("kind",),
            section="出访安排",
        ),
        Field(
            name="return_on",
            title="入境日期",
            type=types.Date(),
            required=True,
            when=return_on_when_of_delegation,
            depends=("kind",),
            section="出访安排",
        ),
        Field(
            name="days",
            title="在外天数",
            type=types.Integer(min=1),
            value=days_of_delegation,
            reads=("return_on", "depart_on"),
            depends=("return_on", "depart_on"),
            help="含离、抵我国国境当日",
            section="出访安排",
        ),
        Field(
            name="countries",
            title="出访国家（地区）",
            type=types.String(length=300),
            value=countries_of_delegation,
            reads=("stops.visited",),
            depends=("stops",),
            section="出访安排",
        ),
        Field(
            name="country_count",
            title="国家数",
            type=types.Integer(),
            value=country_count_of_delegation,
            reads=("stops.visited",),
            depends=("stops",),
            help="经停的不计",
            section="出访安排",
        ),
        Field(
            name="exit_city",
            title="出境城市",
            type=types.String(length=60),
            when=exit_city_when_of_delegation,
            depends=("kind",),
            help="例如“上海”",
            section="出访安排",
        ),
        Field(
            name="entry_city",
            title="入境城市",
            type=types.String(length=60),
            when=entry_city_when_of_delegation,
            depends=("kind",),
            section="出访安排",
        ),
        Field(
            name="route",
            title="出访路线",
            type=types.String(length=300),
            required=True,
            when=route_when_of_delegation,
            depends=("kind",),
            help="例如“武汉—法兰克福—柏林—巴黎—武汉”，含经停城市",
            section="出访安排",
        ),
        Field(
            name="headcount",
            title="人数",
            type=types.Integer(),
            value=headcount_of_delegation,
            reads=("members",),
            depends=("members",),
            section="团长与计划",
        ),
        Field(
            name="leader",
            title="团长",
            type=types.Ref(object="person"),
            required=True,
            choose=leader_choose_of_delegation_sql,
            asks=("unit",),
            depends=("unit",),
            help="须是本团成员",
            section="团长与计划",
        ),
        Field(
            name="plan",
            title="占用计划",
            type=types.Ref(object="plan_item"),
            required=True,
            when=plan_when_of_delegation,
            choose=plan_choose_of_delegation_sql,
            among="本单位已批准、出境日期当年、还有剩余人次的计划",
            asks=("unit", "depart_on"),
            depends=("kind", "unit", "depart_on"),
            help="从本单位已批准、出境当年的计划中选择；剩余人次不足时先申报增补计划",
            section="团长与计划",
        ),
        Field(
            name="conference",
            title="会议名称",
            type=types.String(length=200),
            required=True,
            when=conference_when_of_delegation,
            depends=("kind",),
            section="线上会议",
        ),
        Field(
            name="conference_host",
            title="主办机构",
            type=types.String(length=200),
            required=True,
            when=conference_host_when_of_delegation,
            depends=("kind",),
            section="线上会议",
        ),
        Field(
            name="conference_country",
            title="主办国家（地区）",
            type=types.Ref(object="country"),
            required=True,
            when=conference_country_when_of_delegation,
            depends=("kind",),
            section="线上会议",
        ),
        Field(
            name="conference_from",
            title="开会日期",
            type=types.Date(),
            required=True,
            when=conference_from_when_of_delegation,
            depends=("kind",),
            section="线上会议",
        ),
        Field(
            name="conference_until",
            title="结束日期",
            type=types.Date(),
            required=True,
            when=conference_until_when_of_delegation,
            depends=("kind",),
            section="线上会议",
        ),
        Field(
            name="conference_platform",
            title="会议平台",
            type=types.String(length=100),
            required=True,
            when=conference_platform_when_of_delegation,
            depends=("kind",),
            help="使用的软件或网站",
            section="线上会议",
        ),
        Field(
            name="conference_role",
            title="参会方式",
            type=types.String(length=200),
            when=conference_role_when_of_delegation,
            depends=("kind",),
            help="主旨发言、分组讨论、旁听等",
            section="线上会议",
        ),
        Field(
            name="fund_source",
            title="经费来源",
            type=types.Dict(of="fund_source"),
            required=True,
            when=fund_source_when_of_delegation,
            depends=("kind",),
            section="经费",
        ),
        Field(
            name="budget_total",
            title="预算合计",
            type=types.Money(min=None),
            value=budget_total_of_delegation,
            reads=("budget.amount",),
            depends=("budget",),
            section="经费",
        ),
        Field(name="budget_no", title="预算审批文号", type=types.String(length=60), section="经费"),
        Field(
            name="publicized",
            title="是否公示",
            type=types.Boolean(),
            required=True,
            when=publicized_when_of_delegation,
            default=True,
            depends=("kind",),
            help="涉密等不宜公示的选“否”并上传说明",
            section="公示",
        ),
        Field(
            name="publicized_from",
            title="公示开始",
            type=types.Date(),
            required=True,
            when=publicized_from_when_of_delegation,
            depends=("kind", "publicized"),
            section="公示",
        ),
        Field(
            name="publicized_until",
            title="公示结束",
            type=types.Date(),
            required=True,
            when=publicized_until_when_of_delegation,
            depends=("kind", "publicized"),
            help="含首尾两日；期满次日起可以提交",
            section="公示",
        ),
        Field(
            name="publicity_place",
            title="公示网址或地点",
            type=types.String(length=200),
            required=True,
            when=publicity_place_when_of_delegation,
            depends=("kind", "publicized"),
            section="公示",
        ),
        Field(
            name="contact",
            title="经办人",
            type=types.String(
                length=40,
                pattern="[\\u4e00-\\u9fff\\u3400-\\u4dbf·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}",
                error="姓名应为中文（可带间隔号·）或外文字母，不能有数字和空格以外的符号",
            ),
            required=True,
            default=contact_default_of_delegation,
            section="经办信息",
        ),
        Field(
            name="contact_phone",
            title="联系电话",
            type=types.Phone(mobile=False),
            required=True,
            section="经办信息",
        ),
        Field(
            name="remark",
            title="情况说明",
            type=types.Text(length=2000),
            help="超出规定天数、人数等的，在此说明理由",
            section="经办信息",
        ),
        Field(
            name="submitted_on",
            title="申报日期",
            type=types.Date(),
            section="外办填写",
            readonly=True,
        ),
        Field(
            name="approved_on",
            title="批准日期",
            type=types.Date(),
            section="外办填写",
            readonly=True,
        ),
        Field(
            name="parallel_on",
            title="同步办照",
            type=types.Date(),
            help="外办同意在审批期间同步办理护照的日期",
            section="外办填写",
            readonly=True,
        ),
    ),
    display="{name}",
    children=(
        Child(
            name="members",
            title="出访成员",
            object="delegation_member",
            min=1,
            max=100,
            unique=("person",),
            pick="person",
            section="团组信息",
        ),
        Child(
            name="stops",
            title="出访地",
            object="delegation_stop",
            min=stops_min_of_delegation,
            max=30,
            section="出访安排",
            when=stops_when_of_delegation,
        ),
        Child(
            name="itinerary",
            title="日程",
            object="itinerary_day",
            min=itinerary_min_of_delegation,
            max=200,
            section="出访安排",
            when=itinerary_when_of_delegation,
        ),
        Child(
            name="budget",
            title="经费预算",
            object="budget_line",
            max=200,
            section="经费",
            when=budget_when_of_delegation,
        ),
    ),
    materials=(
        Material(
            name="request",
            title="出访请示",
            help="由备案的外事负责人签字并加盖公章",
            facts=("name", "depart_on", "return_on", "headcount", "countries"),
        ),
        Material(
            name="task_form",
            title="因公出国任务申报表",
            help="签字盖章后的扫描件",
            facts=("name", "headcount", "days", "countries"),
        ),
        Material(
            name="invitation",
            title="邀请函",
            many=True,
            help="邀请单位抬头纸、签字；写明被邀人、时间、任务和费用承担",
            facts=("stops.inviter", "depart_on", "return_on", "headcount"),
        ),
        Material(
            name="invitation_translation",
            title="邀请函译文",
            accept=("pdf", "docx", "jpg", "png"),
            many=True,
            facts=("stops.inviter", "depart_on", "return_on"),
        ),
        Material(
            name="schedule",
            title="出访日程",
            when=schedule_when_of_delegation,
            accept=("pdf", "docx", "jpg", "png"),
            facts=("depart_on", "return_on", "route"),
        ),
        Material(
            name="name_list",
            title="人员名单",
            accept=("pdf", "xlsx", "jpg", "png"),
            facts=("headcount", "leader"),
        ),
        Material(
            name="budget_form",
            title="任务和预算审批意见表",
            required=budget_form_required_of_delegation,
            when=budget_form_when_of_delegation,
            help="外事与财务部门签署意见",
            facts=("budget_total", "days", "headcount"),
        ),
        Material(
            name="publicity_proof",
            title="公示证明",
            required=publicity_proof_required_of_delegation,
            when=publicity_proof_when_of_delegation,
            help="公示截图或照片，及无异议说明",
            facts=("publicized_from", "publicized_until"),
        ),
        Material(name="not_public", title="不公示情况说明", when=not_public_when_of_delegation),
        Material(
            name="consent",
            title="征求意见函或任务通知书",
            when=consent_when_of_delegation,
            help="组团单位出具；双跨团组须附确认材料",
        ),
        Material(
            name="participants_consent",
            title="参团单位意见",
            when=participants_consent_when_of_delegation,
            many=True,
        ),
        Material(
            name="foreign_contact",
            title="未通过中介机构联系承诺书",
            when=foreign_contact_when_of_delegation,
            help="承诺未通过中介机构联系或购买邀请函",
        ),
        Material(
            name="explanation",
            title="特殊情况说明",
            required=explanation_required_of_delegation,
            when=explanation_when_of_delegation,
            help="超出规定天数或人数的，说明理由并由单位盖章",
        ),
        Material(
            name="conference_notice",
            title="会议通知及议程",
            when=conference_notice_when_of_delegation,
            facts=("conference", "conference_from", "conference_until"),
        ),
        Material(
            name="supplements",
            title="补充材料",
            required=False,
            accept=("pdf", "jpg", "png", "docx"),
            many=True,
            help="审批中或批准后补交、情况说明并入的材料",
        ),
        Material(
            name="speech",
            title="发言稿及保密审查意见",
            when=speech_when_of_delegation,
            accept=("pdf", "docx", "jpg", "png"),
        ),
    ),
    rules=(
        Rule(
            name="publicity_order",
            check=publicity_order_rule_of_delegation,
            error="公示结束不能早于公示开始",
            at="publicized_until",
            when=publicity_order_rule_of_delegation_when,
        ),
        Rule(
            name="return_after_depart",
            check=return_after_depart_rule_of_delegation,
            error="入境日期不能早于出境日期",
            at="return_on",
        ),
        Rule(
            name="depart_in_future",
            check=depart_in_future_rule_of_delegation,
            error="出境日期应晚于今天",
            at="depart_on",
            when=depart_in_future_rule_of_delegation_when,
        ),
        Rule(
            name="leader_is_member",
            check=leader_is_member_rule_of_delegation,
            error="团长须是本团成员",
            at="leader",
            when=leader_is_member_rule_of_delegation_when,
        ),
        Rule(
            name="trip_days",
            check=trip_days_rule_of_delegation,
            error="在外 {days} 天、出访 {country_count} 国，超过规定的天数，请压缩行程或附特殊情况说明",
            at="days",
            level="warning",
            policy="trip_days",
            reads=("days", "country_count"),
            when=trip_days_rule_of_delegation_when,
        ),
        Rule(
            name="trip_countries",
            check=trip_countries_rule_of_delegation,
            error="出访 {country_count} 个国家，超过规定",
            at="countries",
            level="warning",
            policy="trip_countries",
            reads=("country_count",),
            when=trip_countries_rule_of_delegation_when,
        ),
        Rule(
            name="planned_countries",
            check=planned_countries_rule_of_delegation,
            error="所占计划的出访国家（地区）中没有它，请核对",
            at="country",
            level="warning",
            each="stops",
            when=planned_countries_rule_of_delegation_when,
        ),
        Rule(
            name="group_size",
            check=group_size_rule_of_delegation,
            error="团组 {headcount} 人，超过规定人数，请精简或附特殊情况说明",
            at="headcount",
            level="warning",
            policy="group_size",
            reads=("headcount",),
            when=group_size_rule_of_delegation_when,
        ),
        Rule(
            name="publicity_days",
            check=publicity_days_rule_of_delegation,
            error="公示时间少于规定的工作日",
            at="publicized_until",
            level="warning",
            policy="publicity_days",
            reads=("publicized_from", "publicized_until"),
            when=publicity_days_rule_of_delegation_when,
        ),
        Rule(
            name="publicity_over",
            check=publicity_over_rule_of_delegation,
            error="公示期满后才能上报：公示结束的次日起可以提交",
            at="publicized_until",
            when=publicity_over_rule_of_delegation_when,
        ),
        Rule(
            name="lead_time",
            check=lead_time_rule_of_delegation,
            error="距出境日期较近，护照和签证可能来不及办理",
            at="depart_on",
            level="warning",
            policy="lead_time",
            reads=("depart_on", "state", "submitted_on", "country_count"),
            when=lead_time_rule_of_delegation_when,
        ),
        Rule(
            name="task_words",
            check=task_words_rule_of_delegation,
            error="出访任务中不宜使用“参观”“考察”“调研”“学习”等字样，请写明实质任务",
            at="task",
            level="warning",
            when=task_words_rule_of_delegation_when,
        ),
        Rule(
            name="conference_order",
            check=conference_order_rule_of_delegation,
            error="结束日期不能早于开会日期",
            at="conference_until",
            when=conference_order_rule_of_delegation_when,
        ),
        Rule(
            name="stop_order",
            check=stop_order_rule_of_delegation,
            error="离开日期不能早于抵达日期",
            at="leave_on",
            each="stops",
        ),
        Rule(
            name="stop_within",
            check=stop_within_rule_of_delegation,
            error="停留日期应在出境与入境日期之间",
            at="arrive_on",
            each="stops",
        ),
        Rule(
            name="day_within",
            check=day_within_rule_of_delegation,
            error="日程日期应在出境与入境日期之间",
            at="day",
            each="itinerary",
        ),
    ),
    holds=(
        Hold(
            field="plan",
            amount=plan_amount_of_delegation,
            start="submit",
            until=("rejected", "cancelled"),
        ),
    ),
    blocks=(
        Block(
            name="actual",
            object="delegation",
            when=actual_block_of_delegation_sql,
            error="{name}已回国，{actual_due_on}前应报送实际出访信息，至今未报，本单位暂不能申报新的团组。请先在“实际出访信息上报”中报送，报送后自动恢复",
            at="unit",
        ),
        Block(
            name="results",
            object="delegation",
            when=results_block_of_delegation_sql,
            error="{name}已回国，{results_due_on}前应报送出访后材料，至今未报，本单位暂不能申报新的团组。请先在“出访后材料填报”中报送，报送后自动恢复",
            at="unit",
        ),
    ),
    ladders=(
        Ladder(
            name="actual",
            title="实际出访信息催缴",
            date="actual_due_on",
            until=actual_until_of_delegation_sql,
            stages=(
                Stage(
                    days=-7,
                    effects=(Effect(kind="notify", params={"message": "delegation.actual_due"}),),
                ),
                Stage(
                    days=1,
                    effects=(Effect(kind="notify", params={"message": "delegation.actual_late"}),),
                ),
                Stage(
                    days=15,
                    effects=(Effect(kind="notify", params={"message": "delegation.actual_long"}),),
                ),
            ),
        ),
        Ladder(
            name="results",
            title="出访后材料催缴",
            date="results_due_on",
            until=results_until_of_delegation_sql,
            stages=(
                Stage(
                    days=-7,
                    effects=(Effect(kind="notify", params={"message": "delegation.results_due"}),),
                ),
                Stage(
                    days=1,
                    effects=(Effect(kind="notify", params={"message": "delegation.results_late"}),),
                ),
                Stage(
                    days=15,
                    effects=(Effect(kind="notify", params={"message": "delegation.results_long"}),),
                ),
            ),
        ),
    ),
    flow="trip_approval",
    order=("-depart_on", "-id"),
    columns=(
        "code",
        "unit",
        "name",
        "kind",
        "countries",
        "leader",
        "headcount",
        "depart_on",
        "return_on",
        "days",
        "state",
    ),
    sections=(
        "团组信息",
        "出访任务",
        "出访安排",
        "团长与计划",
        "线上会议",
        "经费",
        "公示",
        "经办信息",
        "外办填写",
    ),
    sequence=(
        "return_on",
        "organiser",
        "depart_on",
        "stops",
        "exit_city",
        "entry_city",
        "route",
        "headcount",
        "plan",
        "conference",
        "conference_host",
        "conference_country",
        "conference_from",
        "conference_until",
        "conference_platform",
        "conference_role",
        "fund_source",
        "budget",
        "publicized",
        "itinerary",
        "actual_due_on",
        "results_due_on",
        "days",
        "stops.visited",
        "stops.days",
        "budget_total",
        "publicized_from",
        "publicized_until",
        "publicity_place",
        "countries",
        "country_count",
    ),
)


TRIP_APPROVAL = Flow(
    name="trip_approval",
    title="出国任务审批",
    object="delegation",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="prescreen",
            title="材料预审",
            by=Roles(names=("fao_reception",)),
            within=2,
            reminders=(
                Reminder(days=-1),
                Reminder(days=1),
                Reminder(days=2, to=Roles(names=("fao_division_head",))),
            ),
            labels="material_label",
            checks=("完整性", "合规性", "准确性"),
        ),
        Step(
            name="accept",
            title="电子接案",
            by=Roles(names=("fao_handler",)),
            within=1,
            reminders=(
                Reminder(days=1),
                Reminder(days=2, to=Roles(names=("fao_division_head",))),
            ),
            checks=("团组信息", "人员信息", "出访地信息", "计划占用"),
            effects=(Effect(kind="notify", params={"message": "delegation.accepted"}),),
        ),
        Step(
            name="review",
            title="处室审核",
            by=Roles(names=("fao_division_head",)),
            within=2,
            reminders=(
                Reminder(days=-1),
                Reminder(days=1),
            ),
            beside=("unit.signatory_signature", "unit.seal", "material.request"),
            opinions=("审核意见",),
        ),
        Step(
            name="countersign",
            title="会签",
            by=Roles(names=("fao_division_head", "fao_handler")),
            within=2,
            opinions=("会签意见",),
            countersign="all",
            skip=countersign_skip_of_delegation,
        ),
        Step(
            name="sign_off",
            title="领导签批",
            by=Roles(names=("fao_director",)),
            within=2,
            reminders=(Reminder(days=-1),),
            beside=("unit.signatory_signature", "unit.seal", "material.request"),
            opinions=("签批意见",),
            effects=(
                Effect(kind="issue", params={"document": "confirmation"}),
                Effect(kind="issue", params={"document": "approval"}),
            ),
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
            routes=(Route(source="draft", target="prescreen"),),
            effects=(
                Effect(kind="set", params={"submitted_on": submit_sets_submitted_on_of_delegation}),
            ),
            consequence="送 材料预审（窗口预审岗）",
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(
                Route(source="prescreen", target="accept", consequence="送 电子接案（业务经办岗）"),
                Route(source="accept", target="review", consequence="送 处室审核（处室负责人）"),
                Route(
                    source="review",
                    target="countersign",
                    consequence="送 会签（处室负责人、业务经办岗）",
                ),
                Route(source="countersign", target="sign_off", consequence="送 领导签批（办领导）"),
            ),
            effects=(Effect(kind="notify", params={"message": "delegation.progressed"}),),
            consequence="送下一环节",
        ),
        Action(
            name="approve",
            title="批准",
            kind="pass",
            routes=(Route(source="sign_off", target="approved"),),
            effects=(
                Effect(kind="set", params={"approved_on": approve_sets_approved_on_of_delegation}),
                Effect(kind="notify", params={"message": "delegation.trip_approved"}),
            ),
            consequence="办结：已批准",
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            routes=(
                Route(source="prescreen", target="draft", consequence="退回 填报（申报人）"),
                Route(
                    source="accept", target="prescreen", consequence="退回 材料预审（窗口预审岗）"
                ),
                Route(source="accept", target="draft", consequence="退回 填报（申报人）"),
                Route(source="review", target="accept", consequence="退回 电子接案（业务经办岗）"),
                Route(
                    source="review", target="prescreen", consequence="退回 材料预审（窗口预审岗）"
                ),
                Route(source="review", target="draft", consequence="退回 填报（申报人）"),
                Route(
                    source="countersign", target="review", consequence="退回 处室审核（处室负责人）"
                ),
                Route(
                    source="countersign",
                    target="prescreen",
                    consequence="退回 材料预审（窗口预审岗）",
                ),
                Route(source="countersign", target="draft", consequence="退回 填报（申报人）"),
                Route(
                    source="sign_off",
                    target="countersign",
                    consequence="退回 会签（处室负责人、业务经办岗）",
                ),
                Route(
                    source="sign_off", target="prescreen", consequence="退回 材料预审（窗口预审岗）"
                ),
                Route(source="sign_off", target="draft", consequence="退回 填报（申报人）"),
            ),
            comment="required",
            resubmit="choose",
            effects=(Effect(kind="notify", params={"message": "delegation.sent_back"}),),
            consequence="退回所选环节",
        ),
        Action(
            name="reject",
            title="退案",
            kind="reject",
            routes=(
                Route(source="prescreen", target="rejected"),
                Route(source="accept", target="rejected"),
                Route(source="review", target="rejected"),
                Route(source="sign_off", target="rejected"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "delegation.rejected"}),),
            consequence="办结：已退案",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="prescreen", target="draft"),),
            until="opened",
            consequence="收回到 填报（申报人）",
        ),
        Action(
            name="cancel",
            title="取消申报",
            kind="cancel",
            routes=(Route(source="draft", target="cancelled"),),
            guard=cancel_guard_of_delegation,
            refusal="尚未提交过的草稿请直接删除",
            comment="required",
            consequence="办结：已取消",
        ),
        Action(
            name="parallel",
            title="同步办照",
            kind="note",
            routes=(
                Route(source="prescreen", target="prescreen"),
                Route(source="accept", target="accept"),
                Route(source="review", target="review"),
                Route(source="sign_off", target="sign_off"),
            ),
            guard=parallel_guard_of_delegation,
            refusal="已经同意同步办照，或本团不需办照",
            effects=(
                Effect(kind="set", params={"parallel_on": parallel_sets_parallel_on_of_delegation}),
                Effect(kind="issue", params={"document": "prescreen"}),
                Effect(kind="notify", params={"message": "delegation.parallel"}),
            ),
            consequence="记录在案，办理环节不变",
        ),
    ),
    version="4f7b44d772af",
    archive=500,
)


ACTUAL_DUE = Message(
    name="delegation.actual_due",
    title="实际出访信息催缴",
    object="delegation",
    text="贵单位{name}已于{return_on}回国，请于{actual_due_on}前在“实际出访信息上报”中报送实际出访信息。",
    variables=("name", "return_on", "actual_due_on"),
    to=(Applicant(),),
)


ACTUAL_LATE = Message(
    name="delegation.actual_late",
    title="实际出访信息逾期",
    object="delegation",
    text="贵单位{name}应于{actual_due_on}前报送的实际出访信息已逾期；报送以前，贵单位不能申报新的团组。请在“实际出访信息上报”中报送。",
    variables=("name", "actual_due_on"),
    to=(Applicant(),),
)


ACTUAL_LONG = Message(
    name="delegation.actual_long",
    title="实际出访信息久未报送",
    object="delegation",
    text="{unit.name}{name}的实际出访信息应于{actual_due_on}前报送，至今未报，请立即报送。",
    variables=("unit.name", "name", "actual_due_on"),
    to=(
        Applicant(),
        Roles(names=("applicant", "fao_division_head")),
    ),
)


RESULTS_DUE = Message(
    name="delegation.results_due",
    title="出访后材料催缴",
    object="delegation",
    text="贵单位{name}已于{return_on}回国，请于{results_due_on}前在“出访后材料填报”中报送出访后材料。",
    variables=("name", "return_on", "results_due_on"),
    to=(Applicant(),),
)


RESULTS_LATE = Message(
    name="delegation.results_late",
    title="出访后材料逾期",
    object="delegation",
    text="贵单位{name}应于{results_due_on}前报送的出访后材料已逾期；报送以前，贵单位不能申报新的团组。请在“出访后材料填报”中报送。",
    variables=("name", "results_due_on"),
    to=(Applicant(),),
)


RESULTS_LONG = Message(
    name="delegation.results_long",
    title="出访后材料久未报送",
    object="delegation",
    text="{unit.name}{name}的出访后材料应于{results_due_on}前报送，至今未报，请立即报送。",
    variables=("unit.name", "name", "results_due_on"),
    to=(
        Applicant(),
        Roles(names=("applicant", "fao_division_head")),
    ),
)


PROGRESSED = Message(
    name="delegation.progressed",
    title="任务申报进度",
    object="delegation",
    text="贵单位申报的{name}（{code}）已进入{step}环节。",
    variables=("name", "code", "step"),
    to=(Applicant(),),
)


ACCEPTED = Message(
    name="delegation.accepted",
    title="任务受理",
    object="delegation",
    text="贵单位申报的{name}（{code}）材料预审合格，已受理。",
    variables=("name", "code"),
    to=(Applicant(),),
)


TRIP_APPROVED = Message(
    name="delegation.trip_approved",
    title="任务批准",
    object="delegation",
    text="贵单位申报的{name}（{code}）已批准。批件签章后另行通知下载，请按期完成行前教育。",
    variables=("name", "code"),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="delegation.sent_back",
    title="任务退回",
    object="delegation",
    text="贵单位申报的{name}（{code}）被退回至{step}。退回意见：{comment}",
    variables=("name", "code", "step", "comment"),
    to=(Applicant(),),
)


REJECTED = Message(
    name="delegation.rejected",
    title="任务退案",
    object="delegation",
    text="贵单位申报的{name}（{code}）已退案，所占计划已释放。原因：{comment}",
    variables=("name", "code", "comment"),
    to=(Applicant(),),
)


PARALLEL = Message(
    name="delegation.parallel",
    title="同步办照",
    object="delegation",
    text="贵单位申报的{name}（{code}）可同步申办护照，请及时填报护照申办。",
    variables=("name", "code"),
    to=(Applicant(),),
)


PP79D_FUNCTION = Function(
    id="PP79D",
    title="实际出访信息催缴",
    subsystem="outbound",
    module="returned",
    screen="query",
    object="delegation",
    columns=(
        "code",
        "unit",
        "name",
        "leader",
        "return_on",
        "actual_due_on",
        "contact",
        "contact_phone",
    ),
    filters=("code", "unit", "unit.district", "return_on", "actual_due_on"),
    where=rows_of_pp79d_sql,
    grants=(
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("liaison", ("view",)),
    ),
    operations=("view", "export", "cancel", "parallel", "urge"),
    help="已回国而没有报送的团组；到期前、逾期和逾期已久时自动发短信催缴，逾期的单位不能申报新团组",
    order=72,
)


PP81D_FUNCTION = Function(
    id="PP81D",
    title="出访后材料催缴",
    subsystem="outbound",
    module="returned",
    screen="query",
    object="delegation",
    columns=(
        "code",
        "unit",
        "name",
        "leader",
        "return_on",
        "results_due_on",
        "contact",
        "contact_phone",
    ),
    filters=("code", "unit", "unit.district", "return_on", "results_due_on"),
    where=rows_of_pp81d_sql,
    grants=(
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("liaison", ("view",)),
    ),
    operations=("view", "export", "cancel", "parallel", "urge"),
    help="已回国而没有报送的团组；到期前、逾期和逾期已久时自动发短信催缴，逾期的单位不能申报新团组",
    order=75,
)


PP17_FUNCTION = Function(
    id="PP17",
    title="任务申报",
    subsystem="outbound",
    module="trip",
    screen="apply",
    object="delegation",
    columns=(
        "code",
        "name",
        "kind",
        "countries",
        "leader",
        "headcount",
        "depart_on",
        "return_on",
        "days",
        "state",
    ),
    filters=("code", "name", "kind", "depart_on", "state"),
    params={"advise": {"country_risk": "stops.country"}},
    grants=(
        (
            "liaison",
            (
                "view",
                "add",
                "edit",
                "delete",
                "submit",
                "recall",
                "cancel",
                "urge",
                "export",
                "import",
            ),
        ),
    ),
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
        "cancel",
        "parallel",
        "urge",
    ),
    guide="trip",
    help="占用已批准的计划，选用已备案人员，扫描上传材料，随团组一并上报",
    order=20,
)


PP18_FUNCTION = Function(
    id="PP18",
    title="材料预审",
    subsystem="outbound",
    module="trip",
    screen="review",
    object="delegation",
    steps=("prescreen",),
    columns=("code", "unit", "name", "countries", "leader", "headcount", "depart_on", "state"),
    filters=("unit", "unit.district", "kind", "depart_on"),
    where=rows_of_pp18_sql,
    takes=rows_of_pp18,
    grants=(
        ("fao_reception", ("view", "pass", "send_back", "reject", "parallel")),
        ("fao_division_head", ("view", "reassign", "urge")),
    ),
    operations=(
        "view",
        "edit",
        "export",
        "pass",
        "send_back",
        "reject",
        "recall",
        "parallel",
        "urge",
        "reassign",
    ),
    help="逐份材料打标签、写批注，确认完整性、合规性、准确性",
    order=21,
)


PP19_FUNCTION = Function(
    id="PP19",
    title="审批电子接案",
    subsystem="outbound",
    module="trip",
    screen="review",
    object="delegation",
    steps=("accept",),
    columns=("code", "unit", "name", "countries", "leader", "headcount", "depart_on", "state"),
    filters=("unit", "unit.district", "kind", "depart_on"),
    where=rows_of_pp19_sql,
    takes=rows_of_pp19,
    grants=(
        ("fao_handler", ("view", "pass", "send_back", "reject", "parallel")),
        ("fao_division_head", ("view", "reassign", "urge")),
    ),
    operations=(
        "view",
        "edit",
        "export",
        "pass",
        "send_back",
        "reject",
        "parallel",
        "urge",
        "reassign",
    ),
    help="核查团组、人员、出访地和计划占用，受理并通知专办员",
    order=22,
)


PP20_FUNCTION = Function(
    id="PP20",
    title="任务审批",
    subsystem="outbound",
    module="trip",
    screen="review",
    object="delegation",
    steps=("review", "countersign", "sign_off"),
    columns=("code", "unit", "name", "countries", "leader", "headcount", "depart_on", "state"),
    filters=("unit", "unit.district", "kind", "depart_on"),
    where=rows_of_pp20_sql,
    takes=rows_of_pp20,
    grants=(
        ("fao_handler", ("view", "pass")),
        (
            "fao_division_head",
            ("view", "pass", "send_back", "reject", "parallel", "reassign", "urge"),
        ),
        ("fao_director", ("view", "approve", "send_back", "reject", "parallel")),
    ),
    operations=(
        "view",
        "edit",
        "export",
        "pass",
        "approve",
        "send_back",
        "reject",
        "parallel",
        "urge",
        "reassign",
    ),
    help="逐级审核、会签、签批，可逐级退回；签批后自动生成确认件和任务批件并签章",
    order=23,
)


PP21_FUNCTION = Function(
    id="PP21",
    title="退回件处理",
    subsystem="outbound",
    module="trip",
    screen="rework",
    object="delegation",
    states=("draft",),
    columns=(
        "code",
        "name",
        "kind",
        "countries",
        "leader",
        "headcount",
        "depart_on",
        "return_on",
        "state",
    ),
    filters=("code", "name", "depart_on"),
    grants=(("liaison", ("view", "edit", "submit", "cancel")),),
    operations=(
        "view",
        "edit",
        "delete",
        "export",
        "submit",
        "pass",
        "approve",
        "send_back",
        "reject",
        "recall",
        "cancel",
        "parallel",
    ),
    help="显示退回内容、时间和事由，按标注修改后重新上报",
    order=24,
)


PP14_FUNCTION = Function(
    id="PP14",
    title="团组查询",
    subsystem="outbound",
    module="trip",
    screen="query",
    object="delegation",
    filters=(
        "code",
        "name",
        "unit",
        "unit.district",
        "kind",
        "nature",
        "purpose",
        "category",
        "leader",
        "members.person",
        "stops.country",
        "stops.city",
        "depart_on",
        "return_on",
        "days",
        "headcount",
        "fund_source",
        "approved_on",
        "state",
    ),
    charts=(
        Chart(title="按国家（地区）", kind="bar", by="stops.country"),
        Chart(title="按出访类别", kind="pie", by="purpose"),
        Chart(title="按月份", kind="line", by="depart_on.month"),
        Chart(title="各单位出访人数", kind="bar", by="unit.name", sum="headcount"),
    ),
    where=rows_of_pp14_sql,
    grants=(
        ("liaison", ("view", "export")),
        ("district_fao", ("view", "export")),
        ("fao_reception", ("view", "export")),
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("fao_director", ("view", "export")),
        ("document_clerk", ("view",)),
    ),
    operations=("view", "export", "cancel", "parallel", "urge"),
    order=30,
)


BM06_FUNCTION = Function(
    id="BM06",
    title="业务进度查询",
    subsystem="base",
    module="desk",
    screen="progress",
    object="delegation",
    columns=("code", "name", "unit", "depart_on", "state"),
    filters=("code", "name", "depart_on", "state"),
    where=rows_of_bm06_sql,
    grants=(
        ("liaison", ("view",)),
        ("fao_reception", ("view",)),
        ("fao_handler", ("view",)),
        ("fao_division_head", ("view",)),
        ("fao_director", ("view",)),
    ),
    operations=("view", "export", "urge"),
    help="输入团组号，查看办理到哪个环节、由谁办理、何时办结",
)


class PP79D(QueryView):
    """实际出访信息催缴."""

    datamodel = DataInterface(Delegation)
    function = "PP79D"
    route_base = "/PP79D"
    class_permission_name = "PP79D"
    list_title = "实际出访信息催缴"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "name": "团组名称",
        "leader": "团长",
        "return_on": "入境日期",
        "actual_due_on": "实际出访信息报送期限",
        "contact": "经办人",
        "contact_phone": "联系电话",
    }
    list_columns = [
        "code",
        "unit",
        "name",
        "leader",
        "return_on",
        "actual_due_on",
        "contact",
        "contact_phone",
    ]


class PP81D(QueryView):
    """出访后材料催缴."""

    datamodel = DataInterface(Delegation)
    function = "PP81D"
    route_base = "/PP81D"
    class_permission_name = "PP81D"
    list_title = "出访后材料催缴"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "name": "团组名称",
        "leader": "团长",
        "return_on": "入境日期",
        "results_due_on": "出访后材料报送期限",
        "contact": "经办人",
        "contact_phone": "联系电话",
    }
    list_columns = [
        "code",
        "unit",
        "name",
        "leader",
        "return_on",
        "results_due_on",
        "contact",
        "contact_phone",
    ]


class PP17(ApplyView):
    """任务申报."""

    datamodel = DataInterface(Delegation)
    function = "PP17"
    route_base = "/PP17"
    class_permission_name = "PP17"
    list_title = "任务申报"
    label_columns = {
        "code": "编号",
        "name": "团组名称",
        "kind": "团组类型",
        "countries": "出访国家（地区）",
        "leader": "团长",
        "headcount": "人数",
        "depart_on": "出境日期",
        "return_on": "入境日期",
        "days": "在外天数",
        "state": "状态",
    }
    list_columns = [
        "code",
        "name",
        "kind",
        "countries",
        "leader",
        "headcount",
        "depart_on",
        "return_on",
        "days",
        "state",
    ]


class PP18(ReviewView):
    """材料预审."""

    datamodel = DataInterface(Delegation)
    function = "PP18"
    route_base = "/PP18"
    class_permission_name = "PP18"
    list_title = "材料预审"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "name": "团组名称",
        "countries": "出访国家（地区）",
        "leader": "团长",
        "headcount": "人数",
        "depart_on": "出境日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "name",
        "countries",
        "leader",
        "headcount",
        "depart_on",
        "state",
    ]


class PP19(ReviewView):
    """审批电子接案."""

    datamodel = DataInterface(Delegation)
    function = "PP19"
    route_base = "/PP19"
    class_permission_name = "PP19"
    list_title = "审批电子接案"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "name": "团组名称",
        "countries": "出访国家（地区）",
        "leader": "团长",
        "headcount": "人数",
        "depart_on": "出境日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "name",
        "countries",
        "leader",
        "headcount",
        "depart_on",
        "state",
    ]


class PP20(ReviewView):
    """任务审批."""

    datamodel = DataInterface(Delegation)
    function = "PP20"
    route_base = "/PP20"
    class_permission_name = "PP20"
    list_title = "任务审批"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "name": "团组名称",
        "countries": "出访国家（地区）",
        "leader": "团长",
        "headcount": "人数",
        "depart_on": "出境日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "name",
        "countries",
        "leader",
        "headcount",
        "depart_on",
        "state",
    ]


class PP21(ReworkView):
    """退回件处理."""

    datamodel = DataInterface(Delegation)
    function = "PP21"
    route_base = "/PP21"
    class_permission_name = "PP21"
    list_title = "退回件处理"
    label_columns = {
        "code": "编号",
        "name": "团组名称",
        "kind": "团组类型",
        "countries": "出访国家（地区）",
        "leader": "团长",
        "headcount": "人数",
        "depart_on": "出境日期",
        "return_on": "入境日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "name",
        "kind",
        "countries",
        "leader",
        "headcount",
        "depart_on",
        "return_on",
        "state",
    ]


class PP14(QueryView):
    """团组查询."""

    datamodel = DataInterface(Delegation)
    function = "PP14"
    route_base = "/PP14"
    class_permission_name = "PP14"
    list_title = "团组查询"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "name": "团组名称",
        "kind": "团组类型",
        "countries": "出访国家（地区）",
        "leader": "团长",
        "headcount": "人数",
        "depart_on": "出境日期",
        "return_on": "入境日期",
        "days": "在外天数",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "name",
        "kind",
        "countries",
        "leader",
        "headcount",
        "depart_on",
        "return_on",
        "days",
        "state",
    ]


class BM06(ProgressView):
    """业务进度查询."""

    datamodel = DataInterface(Delegation)
    function = "BM06"
    route_base = "/BM06"
    class_permission_name = "BM06"
    list_title = "业务进度查询"
    label_columns = {
        "code": "编号",
        "name": "团组名称",
        "unit": "申报单位",
        "depart_on": "出境日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "name",
        "unit",
        "depart_on",
        "state",
    ]


class DelegationApi(ObjectApi):
    """REST of 出国团组."""

    datamodel = DataInterface(Delegation)
    object_name = "delegation"
    resource_name = "delegation"
