"""计划总量. Generated from metadata/outbound/plan_quota.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import Field, Function, Object, Rule, Scope
from app.core.expressions import expr as ex
from app.web.api import ObjectApi
from app.web.views import CatalogView, DataInterface


class PlanQuota(Entity):
    """计划总量."""

    __tablename__ = "outbound_plan_quota"
    __table_args__ = (UniqueConstraint("unit_id", "year"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    year: Mapped[int] = mapped_column(Integer, index=True)  # 年度
    headcount: Mapped[int] = mapped_column(Integer)  # 总量（人次）
    used: Mapped[int | None] = mapped_column(Integer)  # 已申报人次
    remaining: Mapped[int | None] = mapped_column(Integer)  # 剩余人次
    issued_on: Mapped[date] = mapped_column(Date)  # 下达日期
    basis: Mapped[str | None] = mapped_column(String(200))  # 下达依据
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])


def remaining_of_plan_quota(this, env):
    """headcount - coalesce(used, 0)"""
    return ex.sub(this.headcount, ex.coalesce(this.used, 0))


def issued_on_default_of_plan_quota(this, env):
    """today"""
    return env.today


def not_below_used_rule_of_plan_quota(this, env):
    """headcount >= coalesce(used, 0)"""
    return ex.ge(this.headcount, ex.coalesce(this.used, 0))


PLAN_QUOTA = Object(
    name="plan_quota",
    title="计划总量",
    model=PlanQuota,
    subsystem="outbound",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            required=True,
            search=True,
            section="总量控制",
        ),
        Field(
            name="year",
            title="年度",
            type=types.Year(),
            required=True,
            search=True,
            section="总量控制",
        ),
        Field(
            name="headcount",
            title="总量（人次）",
            type=types.Integer(min=0, max=10000),
            required=True,
            help="该单位当年计划执行人数的上限",
            section="总量控制",
        ),
        Field(
            name="used",
            title="已申报人次",
            type=types.Integer(),
            default=0,
            section="总量控制",
            readonly=True,
        ),
        Field(
            name="remaining",
            title="剩余人次",
            type=types.Integer(),
            value=remaining_of_plan_quota,
            reads=("headcount", "used"),
            depends=("headcount", "used"),
            section="总量控制",
        ),
        Field(
            name="issued_on",
            title="下达日期",
            type=types.Date(),
            required=True,
            default=issued_on_default_of_plan_quota,
            section="总量控制",
        ),
        Field(name="basis", title="下达依据", type=types.String(length=200), section="总量控制"),
    ),
    display="{year}年 总量{headcount} 余{remaining} {basis}",
    rules=(
        Rule(
            name="not_below_used",
            check=not_below_used_rule_of_plan_quota,
            error="总量不能少于已申报的 {used} 人次",
            at="headcount",
        ),
    ),
    unique=(("unit", "year"),),
    order=("-year", "unit"),
    columns=("unit", "year", "headcount", "used", "remaining", "issued_on", "basis"),
    sequence=("remaining",),
)


PP02Q_FUNCTION = Function(
    id="PP02Q",
    title="计划总量下达",
    subsystem="outbound",
    module="plan",
    screen="catalog",
    object="plan_quota",
    filters=("year", "unit", "unit.district"),
    grants=(
        ("fao_handler", ("view", "add", "edit", "export", "import")),
        ("fao_division_head", ("view", "export")),
        ("liaison", ("view",)),
    ),
    operations=("view", "add", "edit", "disable", "delete", "export", "import"),
    help="按单位、年度下达计划执行人数总量，年度计划申报不得超过",
)


class PP02Q(CatalogView):
    """计划总量下达."""

    datamodel = DataInterface(PlanQuota)
    function = "PP02Q"
    route_base = "/PP02Q"
    class_permission_name = "PP02Q"
    list_title = "计划总量下达"
    label_columns = {
        "unit": "申报单位",
        "year": "年度",
        "headcount": "总量（人次）",
        "used": "已申报人次",
        "remaining": "剩余人次",
        "issued_on": "下达日期",
        "basis": "下达依据",
    }
    list_columns = [
        "unit",
        "year",
        "headcount",
        "used",
        "remaining",
        "issued_on",
        "basis",
    ]


class PlanQuotaApi(ObjectApi):
    """REST of 计划总量."""

    datamodel = DataInterface(PlanQuota)
    object_name = "plan_quota"
    resource_name = "plan_quota"
