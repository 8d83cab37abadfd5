"""出访计划. Generated from metadata/outbound/plan.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, String, Table, Text
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
    Material,
    Message,
    Object,
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


class Plan(Entity):
    """出访计划."""

    __tablename__ = "outbound_plan"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    kind: Mapped[str | None] = mapped_column(String(40))  # 计划类别
    year: Mapped[int | None] = mapped_column(Integer, index=True)  # 计划年度
    quota_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_plan_quota.id"), index=True
    )  # 年度总量
    groups: Mapped[int | None] = mapped_column(Integer)  # 团组数
    headcount: Mapped[int | None] = mapped_column(Integer)  # 计划人次
    used: Mapped[int | None] = mapped_column(Integer)  # 已用人次
    remaining: Mapped[int | None] = mapped_column(Integer)  # 剩余人次
    execution: Mapped[int | None] = mapped_column(BigInteger)  # 执行率（%）
    budget: Mapped[int | None] = mapped_column(BigInteger)  # 预算合计
    reason: Mapped[str | None] = mapped_column(Text)  # 增补理由
    close_on: Mapped[date | None] = mapped_column(Date)  # 报送截止日
    note: Mapped[str | None] = mapped_column(Text)  # 备注
    contact: Mapped[str | None] = mapped_column(String(40))  # 经办人
    contact_phone: Mapped[str | None] = mapped_column(String(30))  # 联系电话
    submitted_on: Mapped[date | None] = mapped_column(Date)  # 上报日期
    approved_on: Mapped[date | None] = mapped_column(Date)  # 批准日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    quota: Mapped["PlanQuota | None"] = relationship("PlanQuota", foreign_keys=[quota_id])
    items: Mapped[list["PlanItem"]] = relationship(
        "PlanItem",
        back_populates="parent",
        order_by="PlanItem.position",
        cascade="all, delete-orphan",
        foreign_keys="PlanItem.parent_id",
    )


plan_item__countries = Table(
    "outbound_plan_item__countries",
    Entity.metadata,
    Column(
        "plan_item_id", ForeignKey("outbound_plan_item.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("country_id", ForeignKey("base_country.id"), primary_key=True),
)


class PlanItem(Entity):
    """计划团组."""

    __tablename__ = "outbound_plan_item"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_plan.id", ondelete="CASCADE"), index=True
    )  # 出访计划
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    name: Mapped[str | None] = mapped_column(String(200))  # 团组名称
    nature: Mapped[str | None] = mapped_column(String(40))  # 团组性质
    kind: Mapped[str | None] = mapped_column(String(40))  # 团组类型
    category: Mapped[str | None] = mapped_column(String(40))  # 人员类别
    level: Mapped[str | None] = mapped_column(String(40))  # 人员级别
    purpose: Mapped[str | None] = mapped_column(String(40))  # 出访类别
    leader: Mapped[str | None] = mapped_column(String(40))  # 拟任团长
    depart_month: Mapped[date | None] = mapped_column(Date)  # 拟出访日期
    days: Mapped[int | None] = mapped_column(Integer)  # 在外天数
    headcount: Mapped[int | None] = mapped_column(Integer)  # 人次
    budget: Mapped[int | None] = mapped_column(BigInteger)  # 预算（元）
    fund_source: Mapped[str | None] = mapped_column(String(40))  # 经费来源
    inviter: Mapped[str | None] = mapped_column(String(200))  # 邀请单位
    task: Mapped[str | None] = mapped_column(Text)  # 出访任务
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    year: Mapped[int | None] = mapped_column(Integer)  # 计划年度
    plan_kind: Mapped[str | None] = mapped_column(String(40))  # 计划类别
    used: Mapped[int | None] = mapped_column(Integer)  # 已用人次
    remaining: Mapped[int | None] = mapped_column(Integer)  # 剩余人次

    parent: Mapped["Plan | None"] = relationship(
        "Plan", back_populates="items", foreign_keys=[parent_id]
    )
    countries: Mapped[list["Country"]] = relationship("Country", secondary=plan_item__countries)
    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])


def unit_of_plan_item(this, env):
    """parent.unit"""
    return env.parent.unit_id


def year_of_plan_item(this, env):
    """parent.year"""
    return env.parent.year


def plan_kind_of_plan_item(this, env):
    """parent.kind"""
    return env.parent.kind


def remaining_of_plan_item(this, env):
    """headcount - coalesce(used, 0)"""
    return ex.sub(this.headcount, ex.coalesce(this.used, 0))


def unit_default_of_plan(this, env):
    """me.unit"""
    return env.me.unit


def quota_when_of_plan(this, env):
    """kind == 'annual'"""
    return this.kind == "annual"


def quota_choose_of_plan_sql(cls, env):
    """unit == form.unit and year == form.year"""
    return sql.all_of(sql.eq(cls.unit_id, env.form.unit_id), sql.eq(cls.year, env.form.year))


def groups_of_plan(this, env):
    """count(items)"""
    return ex.count(this.items)


def headcount_of_plan(this, env):
    """sum(items.headcount)"""
    return ex.sum(ex.each(this, "items.headcount"))


def used_of_plan(this, env):
    """sum(items.used)"""
    return ex.sum(ex.each(this, "items.used"))


def remaining_of_plan(this, env):
    """headcount - used"""
    return ex.sub(this.headcount, this.used)


def execution_of_plan(this, env):
    """round(used * 100 / headcount, 1) if headcount > 0 else None"""
    return (
        ex.round(ex.div(ex.scale(ex.mul(this.used, 100), 6), this.headcount), 5)
        if ex.gt(this.headcount, 0)
        else None
    )


def budget_of_plan(this, env):
    """sum(items.budget)"""
    return ex.sum(ex.each(this, "items.budget"))


def reason_when_of_plan(this, env):
    """kind == 'supplementary'"""
    return this.kind == "supplementary"


def close_on_when_of_plan(this, env):
    """year is not empty"""
    return not ex.is_empty(this.year)


def close_on_of_plan(this, env):
    """policy.plan_close(year) if kind == 'annual' else (policy.key_plan_close(year) if kind == 'key' else policy.supplementary_close(year))"""
    return (
        env.policy.plan_close(this.year)
        if this.kind == "annual"
        else env.policy.key_plan_close(this.year)
        if this.kind == "key"
        else env.policy.supplementary_close(this.year)
    )


def contact_default_of_plan(this, env):
    """me.name"""
    return env.me.name


def table_required_of_plan(this, env):
    """kind == 'annual'"""
    return this.kind == "annual"


def table_when_of_plan(this, env):
    """kind == 'annual'"""
    return this.kind == "annual"


def budget_proof_required_of_plan(this, env):
    """kind != 'key'"""
    return ex.ne(this.kind, "key")


def budget_proof_when_of_plan(this, env):
    """kind != 'key'"""
    return ex.ne(this.kind, "key")


def supplementary_proof_when_of_plan(this, env):
    """kind == 'supplementary'"""
    return this.kind == "supplementary"


def key_letter_when_of_plan(this, env):
    """kind == 'key'"""
    return this.kind == "key"


def key_members_when_of_plan(this, env):
    """kind == 'key'"""
    return this.kind == "key"


def key_itinerary_when_of_plan(this, env):
    """kind == 'key'"""
    return this.kind == "key"


def business_filed_rule_of_plan(this, env):
    """unit.does_outbound"""
    return ex.path(this, "unit.does_outbound")


def annual_window_rule_of_plan(this, env):
    """today >= policy.plan_open(year) and today <= policy.plan_close(year)"""
    return ex.ge(env.today, env.policy.plan_open(this.year)) and ex.le(
        env.today, env.policy.plan_close(this.year)
    )


def annual_window_rule_of_plan_when(this, env):
    """kind == 'annual' and code is empty"""
    return this.kind == "annual" and ex.is_empty(this.code)


def key_window_rule_of_plan(this, env):
    """today >= policy.key_plan_open(year) and today <= policy.key_plan_close(year)"""
    return ex.ge(env.today, env.policy.key_plan_open(this.year)) and ex.le(
        env.today, env.policy.key_plan_close(this.year)
    )


def key_window_rule_of_plan_when(this, env):
    """kind == 'key' and code is empty"""
    return this.kind == "key" and ex.is_empty(this.code)


def supplementary_window_rule_of_plan(this, env):
    """today <= policy.supplementary_close(year)"""
    return ex.le(env.today, env.policy.supplementary_close(this.year))


def supplementary_window_rule_of_plan_when(this, env):
    """kind == 'supplementary' and code is empty"""
    return this.kind == "supplementary" and ex.is_empty(this.code)


def supplementary_lead_rule_of_plan(this, env):
    """days(depart_month - today) >= policy.supplementary_lead()"""
    return ex.ge(ex.days(ex.sub(this.depart_month, env.today)), env.policy.supplementary_lead())


def supplementary_lead_rule_of_plan_when(this, env):
    """parent.kind == 'supplementary' and parent.code is empty"""
    return env.parent.kind == "supplementary" and ex.is_empty(env.parent.code)


def item_in_year_rule_of_plan(this, env):
    """year(depart_month) == parent.year"""
    return ex.eq(ex.year(this.depart_month), env.parent.year)


def item_days_rule_of_plan(this, env):
    """days <= policy.trip_days(count(countries))"""
    return ex.le(this.days, env.policy.trip_days(ex.count(this.countries)))


def item_days_rule_of_plan_when(this, env):
    """nature == 'controlled'"""
    return this.nature == "controlled"


def item_size_rule_of_plan(this, env):
    """headcount <= policy.group_size()"""
    return ex.le(this.headcount, env.policy.group_size())


def item_size_rule_of_plan_when(this, env):
    """nature == 'controlled' and kind in ('own', 'city')"""
    return this.nature == "controlled" and this.kind in ("own", "city")


def quota_amount_of_plan(this, env):
    """headcount"""
    return this.headcount


def locked_block_of_plan_sql(cls, env):
    """unit == form.unit and state in ('locked', 'appeal')"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id), sql.is_in(cls.state, ("locked", "appeal"))
    )


def submit_sets_submitted_on_of_plan(this, env):
    """today"""
    return env.today


def approve_sets_approved_on_of_plan(this, env):
    """today"""
    return env.today


def rows_of_pp01_sql(cls, env):
    """kind == 'annual'"""
    return cls.kind == "annual"


def rows_of_pp01(this, env):
    """kind == 'annual'"""
    return this.kind == "annual"


def rows_of_pp02_sql(cls, env):
    """kind == 'annual' and code is not empty"""
    return sql.all_of(cls.kind == "annual", sql.is_not_empty(cls.code))


def rows_of_pp02(this, env):
    """kind == 'annual' and code is not empty"""
    return this.kind == "annual" and not ex.is_empty(this.code)


def rows_of_pp03_sql(cls, env):
    """kind == 'key'"""
    return cls.kind == "key"


def rows_of_pp03(this, env):
    """kind == 'key'"""
    return this.kind == "key"


def rows_of_pp04_sql(cls, env):
    """kind == 'key' and code is not empty"""
    return sql.all_of(cls.kind == "key", sql.is_not_empty(cls.code))


def rows_of_pp04(this, env):
    """kind == 'key' and code is not empty"""
    return this.kind == "key" and not ex.is_empty(this.code)


def rows_of_pp07_sql(cls, env):
    """kind == 'supplementary'"""
    return cls.kind == "supplementary"


def rows_of_pp07(this, env):
    """kind == 'supplementary'"""
    return this.kind == "supplementary"


def rows_of_pp08_sql(cls, env):
    """kind == 'supplementary' and code is not empty"""
    return sql.all_of(cls.kind == "supplementary", sql.is_not_empty(cls.code))


def rows_of_pp08(this, env):
    """kind == 'supplementary' and code is not empty"""
    return this.kind == "supplementary" and not ex.is_empty(this.code)


def rows_of_pp09_sql(cls, env):
    """code is not empty or unit == me.unit"""
    return sql.any_of(sql.is_not_empty(cls.code), sql.eq(cls.unit_id, env.me.unit))


def rows_of_pp10b_sql(cls, env):
    """parent.state == 'approved'"""
    return sql.path(cls, "parent.state") == "approved"


PLAN_ITEM = Object(
    name="plan_item",
    title="计划团组",
    model=PlanItem,
    subsystem="outbound",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(
            name="name",
            title="团组名称",
            type=types.String(length=200),
            required=True,
            help="例如“赴德国职业教育合作团组”",
        ),
        Field(
            name="nature", title="团组性质", type=types.Dict(of="delegation_nature"), required=True
        ),
        Field(
            name="kind",
            title="团组类型",
            type=types.Dict(of="delegation_kind"),
            required=True,
            default="own",
        ),
        Field(
            name="category", title="人员类别", type=types.Dict(of="person_category"), required=True
        ),
        Field(name="level", title="人员级别", type=types.Dict(of="person_level"), required=True),
        Field(name="purpose", title="出访类别", type=types.Dict(of="trip_purpose"), required=True),
        Field(
            name="leader",
            title="拟任团长",
            type=types.String(
                length=40,
                pattern="[\\u4e00-\\u9fff\\u3400-\\u4dbf·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}",
                error="姓名应为中文（可带间隔号·）或外文字母，不能有数字和空格以外的符号",
            ),
        ),
        Field(
            name="countries",
            title="出访国家（地区）",
            type=types.Refs(object="country"),
            required=True,
        ),
        Field(
            name="depart_month",
            title="拟出访日期",
            type=types.Date(),
            required=True,
            help="尚未确定的填当月 1 日",
        ),
        Field(name="days", title="在外天数", type=types.Integer(min=1, max=180), required=True),
        Field(name="headcount", title="人次", type=types.Integer(min=1, max=200), required=True),
        Field(name="budget", title="预算（元）", type=types.Money(), required=True),
        Field(
            name="fund_source", title="经费来源", type=types.Dict(of="fund_source"), required=True
        ),
        Field(name="inviter", title="邀请单位", type=types.String(length=200)),
        Field(name="task", title="出访任务", type=types.Text(length=1000), required=True),
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            value=unit_of_plan_item,
            reads=("parent.unit",),
            depends=("parent.unit",),
        ),
        Field(
            name="year",
            title="计划年度",
            type=types.Year(),
            value=year_of_plan_item,
            reads=("parent.year",),
            depends=("parent.year",),
        ),
        Field(
            name="plan_kind",
            title="计划类别",
            type=types.Dict(of="plan_kind"),
            value=plan_kind_of_plan_item,
            reads=("parent.kind",),
            depends=("parent.kind",),
        ),
        Field(name="used", title="已用人次", type=types.Integer(), default=0, readonly=True),
        Field(
            name="remaining",
            title="剩余人次",
            type=types.Integer(),
            value=remaining_of_plan_item,
            reads=("headcount", "used"),
            depends=("headcount", "used"),
        ),
    ),
    display="{name}（余{remaining}人次）",
    parent="plan",
    order=("position",),
    sequence=("unit", "year", "plan_kind", "remaining"),
)


PLAN = Object(
    name="plan",
    title="出访计划",
    model=Plan,
    subsystem="outbound",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            default=unit_default_of_plan,
            section="计划信息",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外计〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="kind",
            title="计划类别",
            type=types.Dict(of="plan_kind"),
            required=True,
            default="annual",
            section="计划信息",
        ),
        Field(
            name="year",
            title="计划年度",
            type=types.Year(),
            required=True,
            search=True,
            help="年度计划申报的是下一年度",
            section="计划信息",
        ),
        Field(
            name="quota",
            title="年度总量",
            type=types.Ref(object="plan_quota"),
            required=True,
            when=quota_when_of_plan,
            choose=quota_choose_of_plan_sql,
            among="本单位当年的总量指标",
            asks=("unit", "year"),
            depends=("kind", "unit", "year"),
            help="外办按单位下达的人次总量；没有可选项时请先联系外办下达",
            section="计划信息",
        ),
        Field(
            name="groups",
            title="团组数",
            type=types.Integer(),
            value=groups_of_plan,
            reads=("items",),
            depends=("items",),
            section="计划信息",
        ),
        Field(
            name="headcount",
            title="计划人次",
            type=types.Integer(),
            value=headcount_of_plan,
            reads=("items.headcount",),
            depends=("items",),
            section="计划信息",
        ),
        Field(
            name="used",
            title="已用人次",
            type=types.Integer(),
            value=used_of_plan,
            reads=("items.used",),
            depends=("items",),
            section="计划信息",
        ),
        Field(
            name="remaining",
            title="剩余人次",
            type=types.Integer(),
            value=remaining_of_plan,
            reads=("headcount", "used"),
            depends=("headcount", "used"),
            section="计划信息",
        ),
        Field(
            name="execution",
            title="执行率（%）",
            type=types.Decimal(scale=1),
            value=execution_of_plan,
            reads=("headcount", "used"),
            depends=("headcount", "used"),
            section="计划信息",
        ),
        Field(
            name="budget",
            title="预算合计",
            type=types.Money(min=None),
            value=budget_of_plan,
            reads=("items.budget",),
            depends=("items",),
            section="计划信息",
        ),
        Field(
            name="reason",
            title="增补理由",
            type=types.Text(length=2000),
            required=True,
            when=reason_when_of_plan,
            depends=("kind",),
            help="说明年度计划不足的原因和出访必要性",
            section="计划信息",
        ),
        Field(
            name="close_on",
            title="报送截止日",
            type=types.Date(),
            when=close_on_when_of_plan,
            value=close_on_of_plan,
            reads=("year", "kind"),
            as_of=("save",),
            depends=("year", "kind"),
            help="外办设定；过了这一天不再受理。增补计划还须距拟出访日期满规定天数",
            section="计划信息",
        ),
        Field(name="note", title="备注", type=types.Text(length=2000), section="计划信息"),
        Field(
            name="contact",
            title="经办人",
            type=types.String(
                length=40,
                pattern="[\\u4e00-\\u9fff\\u3400-\\u4dbf·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}",
                error="姓名应为中文（可带间隔号·）或外文字母，不能有数字和空格以外的符号",
            ),
            required=True,
            default=contact_default_of_plan,
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
            name="submitted_on",
            title="上报日期",
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
    ),
    display="{unit.name} {year} {kind}",
    children=(Child(name="items", title="计划团组", object="plan_item", min=1, max=200),),
    materials=(
        Material(name="letter", title="计划申报函", help="由外事负责人签字并加盖公章"),
        Material(
            name="table",
            title="年度出访计划表",
            required=table_required_of_plan,
            when=table_when_of_plan,
            accept=("pdf", "xlsx", "jpg", "png"),
        ),
        Material(
            name="budget_proof",
            title="经费预算说明",
            required=budget_proof_required_of_plan,
            when=budget_proof_when_of_plan,
        ),
        Material(
            name="supplementary_proof",
            title="增补计划支撑材料",
            when=supplementary_proof_when_of_plan,
            many=True,
            help="邀请函、上级通知等，说明增补必要性",
        ),
        Material(name="key_letter", title="申办函件", when=key_letter_when_of_plan),
        Material(
            name="key_members",
            title="出国人员名单",
            when=key_members_when_of_plan,
            accept=("pdf", "xlsx", "jpg", "png"),
        ),
        Material(
            name="key_itinerary",
            title="行程安排",
            when=key_itinerary_when_of_plan,
            accept=("pdf", "docx", "jpg", "png"),
        ),
    ),
    rules=(
        Rule(
            name="business_filed",
            check=business_filed_rule_of_plan,
            error="本单位备案时未选定“因公出国”业务，请先在“申报单位信息变更”中增加",
            at="unit",
        ),
        Rule(
            name="annual_window",
            check=annual_window_rule_of_plan,
            error="不在 {year} 年度计划的报送时限内，系统已不受理；确需申报的请在年内申报增补计划",
            at="year",
            policy="plan_close",
            reads=("year",),
            when=annual_window_rule_of_plan_when,
        ),
        Rule(
            name="key_window",
            check=key_window_rule_of_plan,
            error="重点团组计划尚未开启报送或已截止",
            at="year",
            policy="key_plan_close",
            reads=("year",),
            when=key_window_rule_of_plan_when,
        ),
        Rule(
            name="supplementary_window",
            check=supplementary_window_rule_of_plan,
            error="{year} 年增补计划报送时间已截止，不予申请",
            at="year",
            policy="supplementary_close",
            reads=("year",),
            when=supplementary_window_rule_of_plan_when,
        ),
        Rule(
            name="supplementary_lead",
            check=supplementary_lead_rule_of_plan,
            error="距拟出访日期不足规定天数，增补计划不予申请",
            at="depart_month",
            policy="supplementary_lead",
            reads=("depart_month",),
            each="items",
            when=supplementary_lead_rule_of_plan_when,
        ),
        Rule(
            name="item_in_year",
            check=item_in_year_rule_of_plan,
            error="拟出访日期应在计划年度内",
            at="depart_month",
            each="items",
        ),
        Rule(
            name="item_days",
            check=item_days_rule_of_plan,
            error="在外天数超过规定，请压缩或说明",
            at="days",
            level="warning",
            policy="trip_days",
            reads=("days", "countries"),
            each="items",
            when=item_days_rule_of_plan_when,
        ),
        Rule(
            name="item_size",
            check=item_size_rule_of_plan,
            error="团组人数超过规定",
            at="headcount",
            level="warning",
            policy="group_size",
            reads=("headcount",),
            each="items",
            when=item_size_rule_of_plan_when,
        ),
    ),
    holds=(Hold(field="quota", amount=quota_amount_of_plan, start="submit", until=("rejected",)),),
    blocks=(
        Block(
            name="locked",
            object="unit_lock",
            when=locked_block_of_plan_sql,
            error="本单位的申报备案已于{locked_on}锁定（{code}），不能申报。原因：{reason}。整改后请在“申报备案申请解锁”中申请解锁",
            at="unit",
        ),
    ),
    flow="plan_approval",
    order=("-year", "-id"),
    columns=(
        "code",
        "unit",
        "kind",
        "year",
        "groups",
        "headcount",
        "used",
        "remaining",
        "budget",
        "submitted_on",
        "state",
    ),
    sequence=(
        "quota",
        "groups",
        "headcount",
        "used",
        "budget",
        "reason",
        "close_on",
        "items.unit",
        "items.year",
        "items.plan_kind",
        "items.remaining",
        "remaining",
        "execution",
    ),
)


PLAN_APPROVAL = Flow(
    name="plan_approval",
    title="出访计划审批",
    object="plan",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="verify",
            title="计划审核",
            by=Roles(names=("fao_handler",)),
            within=5,
            labels="material_label",
            checks=("团组信息", "人员信息", "出访地信息", "附件信息"),
        ),
        Step(name="review", title="处室审核", by=Roles(names=("fao_division_head",)), within=3),
        Step(name="sign_off", title="领导签批", by=Roles(names=("fao_director",)), within=3),
        Step(name="approved", title="已批准", end="done"),
        Step(name="rejected", title="已退案", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="上报",
            kind="submit",
            routes=(Route(source="draft", target="verify"),),
            effects=(
                Effect(kind="set", params={"submitted_on": submit_sets_submitted_on_of_plan}),
            ),
            consequence="送 计划审核（业务经办岗）",
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(
                Route(source="verify", target="review", consequence="送 处室审核（处室负责人）"),
                Route(source="review", target="sign_off", consequence="送 领导签批（办领导）"),
            ),
            consequence="送下一环节",
        ),
        Action(
            name="approve",
            title="批准",
            kind="pass",
            routes=(Route(source="sign_off", target="approved"),),
            bulk=True,
            effects=(
                Effect(kind="set", params={"approved_on": approve_sets_approved_on_of_plan}),
                Effect(kind="notify", params={"message": "plan.approved"}),
            ),
            consequence="办结：已批准",
        ),
        Action(
            name="send_back",
            title="驳回修改",
            kind="send_back",
            routes=(
                Route(source="verify", target="draft", consequence="退回 填报（申报人）"),
                Route(source="review", target="verify", consequence="退回 计划审核（业务经办岗）"),
                Route(source="review", target="draft", consequence="退回 填报（申报人）"),
                Route(
                    source="sign_off", target="review", consequence="退回 处室审核（处室负责人）"
                ),
                Route(source="sign_off", target="draft", consequence="退回 填报（申报人）"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "plan.sent_back"}),),
            consequence="退回所选环节",
        ),
        Action(
            name="reject",
            title="不予批准",
            kind="reject",
            routes=(
                Route(source="verify", target="rejected"),
                Route(source="review", target="rejected"),
                Route(source="sign_off", target="rejected"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "plan.rejected"}),),
            consequence="办结：已退案",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="verify", target="draft"),),
            until="opened",
            consequence="收回到 填报（申报人）",
        ),
    ),
    version="b5156d0926ab",
    archive=500,
)


APPROVED = Message(
    name="plan.approved",
    title="计划批准",
    object="plan",
    text="贵单位申报的{year}年出访计划（{code}）已批准，共{headcount}人次，可据此申报出国任务。",
    variables=("year", "code", "headcount"),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="plan.sent_back",
    title="计划驳回",
    object="plan",
    text="贵单位申报的{year}年出访计划（{code}）被驳回，请修改后再次上报。驳回意见：{comment}",
    variables=("year", "code", "comment"),
    to=(Applicant(),),
)


REJECTED = Message(
    name="plan.rejected",
    title="计划退案",
    object="plan",
    text="贵单位申报的{year}年出访计划（{code}）未予批准。原因：{comment}",
    variables=("year", "code", "comment"),
    to=(Applicant(),),
)


PP01_FUNCTION = Function(
    id="PP01",
    title="年度计划申报",
    subsystem="outbound",
    module="plan",
    screen="apply",
    object="plan",
    columns=(
        "code",
        "year",
        "groups",
        "headcount",
        "used",
        "remaining",
        "budget",
        "submitted_on",
        "state",
    ),
    filters=("year", "state"),
    where=rows_of_pp01_sql,
    takes=rows_of_pp01,
    params={"preset": {"kind": "annual"}},
    grants=(
        ("liaison", ("view", "add", "edit", "delete", "submit", "recall", "export", "import")),
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
        "urge",
    ),
    guide="plan",
    help="按要求报送下一年度出访计划，人次不能超过外办下达的总量",
)


PP02_FUNCTION = Function(
    id="PP02",
    title="年度计划审批",
    subsystem="outbound",
    module="plan",
    screen="review",
    object="plan",
    steps=("verify", "review", "sign_off"),
    filters=("year", "unit", "unit.district"),
    where=rows_of_pp02_sql,
    takes=rows_of_pp02,
    grants=(
        ("fao_handler", ("view", "pass", "send_back", "reject")),
        ("fao_division_head", ("view", "pass", "send_back", "reject")),
        ("fao_director", ("view", "approve", "send_back", "reject")),
    ),
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


PP03_FUNCTION = Function(
    id="PP03",
    title="重点团组计划表备案",
    subsystem="outbound",
    module="plan",
    screen="apply",
    object="plan",
    columns=("code", "year", "groups", "headcount", "budget", "submitted_on", "state"),
    where=rows_of_pp03_sql,
    takes=rows_of_pp03,
    params={"preset": {"kind": "key"}},
    grants=(
        ("liaison", ("view", "add", "edit", "delete", "submit", "recall", "export", "import")),
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
        "urge",
    ),
    guide="plan",
    help="上传申办函件、出国人员名单和行程安排；仅在开启期间可报",
)


PP04_FUNCTION = Function(
    id="PP04",
    title="重点团组计划表备案审批",
    subsystem="outbound",
    module="plan",
    screen="review",
    object="plan",
    steps=("verify", "review", "sign_off"),
    where=rows_of_pp04_sql,
    takes=rows_of_pp04,
    grants=(
        ("fao_handler", ("view", "pass", "send_back", "reject")),
        ("fao_division_head", ("view", "pass", "send_back", "reject")),
        ("fao_director", ("view", "approve", "send_back", "reject")),
    ),
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


PP07_FUNCTION = Function(
    id="PP07",
    title="增补计划申报",
    subsystem="outbound",
    module="plan",
    screen="apply",
    object="plan",
    columns=(
        "code",
        "year",
        "groups",
        "headcount",
        "used",
        "remaining",
        "budget",
        "submitted_on",
        "state",
    ),
    where=rows_of_pp07_sql,
    takes=rows_of_pp07,
    params={"preset": {"kind": "supplementary"}},
    grants=(
        ("liaison", ("view", "add", "edit", "delete", "submit", "recall", "export", "import")),
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
        "urge",
    ),
    guide="plan",
    help="年度计划不足时申报；超过报送时限或距出访日不足规定天数的不予申请",
)


PP08_FUNCTION = Function(
    id="PP08",
    title="增补计划审批",
    subsystem="outbound",
    module="plan",
    screen="review",
    object="plan",
    steps=("verify", "review", "sign_off"),
    filters=("year", "unit"),
    where=rows_of_pp08_sql,
    takes=rows_of_pp08,
    grants=(
        ("fao_handler", ("view", "pass", "send_back", "reject")),
        ("fao_division_head", ("view", "pass", "send_back", "reject")),
        ("fao_director", ("view", "approve", "send_back", "reject")),
    ),
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


PP09_FUNCTION = Function(
    id="PP09",
    title="计划查询统计",
    subsystem="outbound",
    module="plan",
    screen="query",
    object="plan",
    filters=(
        "code",
        "kind",
        "year",
        "unit",
        "unit.district",
        "items.countries",
        "items.depart_month",
        "items.purpose",
        "submitted_on",
        "state",
    ),
    charts=(
        Chart(title="各单位计划人次", kind="bar", by="unit.name", sum="headcount"),
        Chart(title="按年度", kind="line", by="year", sum="headcount"),
        Chart(title="按计划类别", kind="pie", by="kind"),
    ),
    where=rows_of_pp09_sql,
    grants=(
        ("liaison", ("view", "export")),
        ("district_fao", ("view", "export")),
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("fao_director", ("view", "export")),
    ),
    operations=("view", "export", "urge"),
)


PP10_FUNCTION = Function(
    id="PP10",
    title="计划执行情况",
    subsystem="outbound",
    module="plan",
    screen="query",
    object="plan",
    states=("approved",),
    columns=(
        "unit",
        "year",
        "kind",
        "groups",
        "headcount",
        "used",
        "remaining",
        "execution",
        "approved_on",
    ),
    filters=("unit", "unit.district", "year", "kind"),
    charts=(
        Chart(title="计划人次", kind="bar", by="unit.name", sum="headcount"),
        Chart(title="已用人次", kind="bar", by="unit.name", sum="used"),
        Chart(title="剩余人次", kind="bar", by="unit.name", sum="remaining"),
    ),
    grants=(
        ("liaison", ("view", "export")),
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("fao_director", ("view", "export")),
    ),
    operations=("view", "export", "urge"),
    help="总数、已用、剩余和执行率，随团组申报和取消实时变化；外办看全部单位，专办员看本单位",
)


PP10B_FUNCTION = Function(
    id="PP10B",
    title="计划团组执行明细",
    subsystem="outbound",
    module="plan",
    screen="query",
    object="plan_item",
    columns=(
        "name",
        "unit",
        "year",
        "plan_kind",
        "purpose",
        "depart_month",
        "headcount",
        "used",
        "remaining",
    ),
    filters=("unit", "year", "plan_kind", "purpose", "countries", "depart_month"),
    charts=(
        Chart(title="按国家（地区）", kind="bar", by="countries", sum="headcount"),
        Chart(title="按出访类别", kind="pie", by="purpose", sum="headcount"),
    ),
    where=rows_of_pp10b_sql,
    grants=(
        ("liaison", ("view", "export")),
        ("fao_handler", ("view", "export")),
        ("fao_division_head", ("view", "export")),
        ("fao_director", ("view", "export")),
    ),
    operations=("view", "export"),
    help="每个计划团组批了多少人次、用了多少、还剩多少",
)


class PP01(ApplyView):
    """年度计划申报."""

    datamodel = DataInterface(Plan)
    function = "PP01"
    route_base = "/PP01"
    class_permission_name = "PP01"
    list_title = "年度计划申报"
    label_columns = {
        "code": "编号",
        "year": "计划年度",
        "groups": "团组数",
        "headcount": "计划人次",
        "used": "已用人次",
        "remaining": "剩余人次",
        "budget": "预算合计",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "year",
        "groups",
        "headcount",
        "used",
        "remaining",
        "budget",
        "submitted_on",
        "state",
    ]


class PP02(ReviewView):
    """年度计划审批."""

    datamodel = DataInterface(Plan)
    function = "PP02"
    route_base = "/PP02"
    class_permission_name = "PP02"
    list_title = "年度计划审批"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "kind": "计划类别",
        "year": "计划年度",
        "groups": "团组数",
        "headcount": "计划人次",
        "used": "已用人次",
        "remaining": "剩余人次",
        "budget": "预算合计",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "kind",
        "year",
        "groups",
        "headcount",
        "used",
        "remaining",
        "budget",
        "submitted_on",
        "state",
    ]


class PP03(ApplyView):
    """重点团组计划表备案."""

    datamodel = DataInterface(Plan)
    function = "PP03"
    route_base = "/PP03"
    class_permission_name = "PP03"
    list_title = "重点团组计划表备案"
    label_columns = {
        "code": "编号",
        "year": "计划年度",
        "groups": "团组数",
        "headcount": "计划人次",
        "budget": "预算合计",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "year",
        "groups",
        "headcount",
        "budget",
        "submitted_on",
        "state",
    ]


class PP04(ReviewView):
    """重点团组计划表备案审批."""

    datamodel = DataInterface(Plan)
    function = "PP04"
    route_base = "/PP04"
    class_permission_name = "PP04"
    list_title = "重点团组计划表备案审批"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "kind": "计划类别",
        "year": "计划年度",
        "groups": "团组数",
        "headcount": "计划人次",
        "used": "已用人次",
        "remaining": "剩余人次",
        "budget": "预算合计",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "kind",
        "year",
        "groups",
        "headcount",
        "used",
        "remaining",
        "budget",
        "submitted_on",
        "state",
    ]


class PP07(ApplyView):
    """增补计划申报."""

    datamodel = DataInterface(Plan)
    function = "PP07"
    route_base = "/PP07"
    class_permission_name = "PP07"
    list_title = "增补计划申报"
    label_columns = {
        "code": "编号",
        "year": "计划年度",
        "groups": "团组数",
        "headcount": "计划人次",
        "used": "已用人次",
        "remaining": "剩余人次",
        "budget": "预算合计",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "year",
        "groups",
        "headcount",
        "used",
        "remaining",
        "budget",
        "submitted_on",
        "state",
    ]


class PP08(ReviewView):
    """增补计划审批."""

    datamodel = DataInterface(Plan)
    function = "PP08"
    route_base = "/PP08"
    class_permission_name = "PP08"
    list_title = "增补计划审批"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "kind": "计划类别",
        "year": "计划年度",
        "groups": "团组数",
        "headcount": "计划人次",
        "used": "已用人次",
        "remaining": "剩余人次",
        "budget": "预算合计",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "kind",
        "year",
        "groups",
        "headcount",
        "used",
        "remaining",
        "budget",
        "submitted_on",
        "state",
    ]


class PP09(QueryView):
    """计划查询统计."""

    datamodel = DataInterface(Plan)
    function = "PP09"
    route_base = "/PP09"
    class_permission_name = "PP09"
    list_title = "计划查询统计"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "kind": "计划类别",
        "year": "计划年度",
        "groups": "团组数",
        "headcount": "计划人次",
        "used": "已用人次",
        "remaining": "剩余人次",
        "budget": "预算合计",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "kind",
        "year",
        "groups",
        "headcount",
        "used",
        "remaining",
        "budget",
        "submitted_on",
        "state",
    ]


class PP10(QueryView):
    """计划执行情况."""

    datamodel = DataInterface(Plan)
    function = "PP10"
    route_base = "/PP10"
    class_permission_name = "PP10"
    list_title = "计划执行情况"
    label_columns = {
        "unit": "申报单位",
        "year": "计划年度",
        "kind": "计划类别",
        "groups": "团组数",
        "headcount": "计划人次",
        "used": "已用人次",
        "remaining": "剩余人次",
        "execution": "执行率（%）",
        "approved_on": "批准日期",
    }
    list_columns = [
        "unit",
        "year",
        "kind",
        "groups",
        "headcount",
        "used",
        "remaining",
        "execution",
        "approved_on",
    ]


class PP10B(QueryView):
    """计划团组执行明细."""

    datamodel = DataInterface(PlanItem)
    function = "PP10B"
    route_base = "/PP10B"
    class_permission_name = "PP10B"
    list_title = "计划团组执行明细"
    label_columns = {
        "name": "团组名称",
        "unit": "申报单位",
        "year": "计划年度",
        "plan_kind": "计划类别",
        "purpose": "出访类别",
        "depart_month": "拟出访日期",
        "headcount": "人次",
        "used": "已用人次",
        "remaining": "剩余人次",
    }
    list_columns = [
        "name",
        "unit",
        "year",
        "plan_kind",
        "purpose",
        "depart_month",
        "headcount",
        "used",
        "remaining",
    ]


class PlanApi(ObjectApi):
    """REST of 出访计划."""

    datamodel = DataInterface(Plan)
    object_name = "plan"
    resource_name = "plan"
