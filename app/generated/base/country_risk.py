"""境外安全提示. Generated from metadata/base/country_risk.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import Field, Function, Object, Rule, Scope
from app.core.expressions import expr as ex
from app.web.api import ObjectApi
from app.web.views import CatalogView, DataInterface


class CountryRisk(Entity):
    """境外安全提示."""

    __tablename__ = "base_country_risk"

    country_id: Mapped[int] = mapped_column(
        ForeignKey("base_country.id"), index=True
    )  # 国家（地区）
    level: Mapped[str] = mapped_column(String(40))  # 风险等级
    kind: Mapped[str] = mapped_column(String(40))  # 类别
    title: Mapped[str] = mapped_column(String(100))  # 标题
    text: Mapped[str] = mapped_column(Text)  # 提示内容
    attention: Mapped[str | None] = mapped_column(Text)  # 注意事项
    source: Mapped[str] = mapped_column(String(200))  # 资料来源
    published_on: Mapped[date] = mapped_column(Date, index=True)  # 发布日期
    valid_from: Mapped[date | None] = mapped_column(Date)  # 生效日期
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)  # 停用
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    country: Mapped["Country | None"] = relationship("Country", foreign_keys=[country_id])


def published_on_default_of_country_risk(this, env):
    """today"""
    return env.today


def published_by_today_rule_of_country_risk(this, env):
    """published_on <= today"""
    return ex.le(this.published_on, env.today)


COUNTRY_RISK = Object(
    name="country_risk",
    title="境外安全提示",
    model=CountryRisk,
    subsystem="base",
    scope=Scope(kind="everyone"),
    fields=(
        Field(
            name="country", title="国家（地区）", type=types.Ref(object="country"), required=True
        ),
        Field(name="level", title="风险等级", type=types.Dict(of="risk_level"), required=True),
        Field(
            name="kind",
            title="类别",
            type=types.Dict(of="risk_kind"),
            required=True,
            default="attention",
        ),
        Field(
            name="title", title="标题", type=types.String(length=100), required=True, search=True
        ),
        Field(
            name="text",
            title="提示内容",
            type=types.Text(length=4000),
            required=True,
            search=True,
            help="填报时显示在表单旁",
        ),
        Field(name="attention", title="注意事项", type=types.Text(length=4000)),
        Field(
            name="source",
            title="资料来源",
            type=types.String(length=200),
            required=True,
            help="例如外交部领事司的海外安全提醒，写明日期",
        ),
        Field(
            name="published_on",
            title="发布日期",
            type=types.Date(),
            required=True,
            default=published_on_default_of_country_risk,
        ),
    ),
    display="{country}：{title}",
    rules=(
        Rule(
            name="published_by_today",
            check=published_by_today_rule_of_country_risk,
            error="发布日期不能晚于今天",
            at="published_on",
        ),
    ),
    order=("-published_on", "-id"),
    columns=("country", "level", "kind", "title", "published_on", "source"),
    dated=True,
)


BM25_FUNCTION = Function(
    id="BM25",
    title="境外安全风险预警",
    subsystem="base",
    module="basics",
    screen="catalog",
    object="country_risk",
    filters=("country", "level", "kind", "published_on"),
    grants=(
        ("fao_handler", ("view", "add", "edit", "disable", "delete", "export", "import")),
        ("fao_reception", ("view",)),
        ("fao_division_head", ("view",)),
        ("liaison", ("view",)),
    ),
    operations=("view", "add", "edit", "disable", "delete", "export", "import"),
    help="出访国家的注意事项、安全形势预警和突发事件，填报任务时在表单旁提醒；过期的停用，已有记录不受影响",
)


class BM25(CatalogView):
    """境外安全风险预警."""

    datamodel = DataInterface(CountryRisk)
    function = "BM25"
    route_base = "/BM25"
    class_permission_name = "BM25"
    list_title = "境外安全风险预警"
    label_columns = {
        "country": "国家（地区）",
        "level": "风险等级",
        "kind": "类别",
        "title": "标题",
        "published_on": "发布日期",
        "source": "资料来源",
    }
    list_columns = [
        "country",
        "level",
        "kind",
        "title",
        "published_on",
        "source",
    ]


class CountryRiskApi(ObjectApi):
    """REST of 境外安全提示."""

    datamodel = DataInterface(CountryRisk)
    object_name = "country_risk"
    resource_name = "country_risk"
