"""签证收费标准. Generated from metadata/base/visa_fee.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import Block, Child, Field, Function, Object, Rule, Scope
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.web.api import ObjectApi
from app.web.views import CatalogView, DataInterface, QueryView


class VisaFee(Entity):
    """签证收费标准."""

    __tablename__ = "base_visa_fee"
    __table_args__ = (UniqueConstraint("country_id", "item", "visa_kind", "effective_on"),)

    country_id: Mapped[int] = mapped_column(
        ForeignKey("base_country.id"), index=True
    )  # 国家（地区）
    item: Mapped[str] = mapped_column(String(40))  # 收费项目
    visa_kind: Mapped[str] = mapped_column(String(40))  # 适用签证种类
    per: Mapped[str] = mapped_column(String(40))  # 计费单位
    amount: Mapped[int] = mapped_column(BigInteger)  # 金额
    tiered: Mapped[str] = mapped_column(String(40))  # 分档方式
    effective_on: Mapped[date] = mapped_column(Date)  # 生效日期
    expires_on: Mapped[date | None] = mapped_column(Date)  # 失效日期
    basis: Mapped[str] = mapped_column(String(200))  # 收费依据
    note: Mapped[str | None] = mapped_column(Text)  # 说明
    valid_from: Mapped[date | None] = mapped_column(Date)  # 生效日期
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)  # 停用
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    country: Mapped["Country | None"] = relationship("Country", foreign_keys=[country_id])
    tiers: Mapped[list["VisaFeeTier"]] = relationship(
        "VisaFeeTier",
        back_populates="parent",
        order_by="VisaFeeTier.position",
        cascade="all, delete-orphan",
        foreign_keys="VisaFeeTier.parent_id",
    )


class VisaFeeTier(Entity):
    """收费档次."""

    __tablename__ = "base_visa_fee_tier"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("base_visa_fee.id", ondelete="CASCADE"), index=True
    )  # 签证收费标准
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    from_number: Mapped[int] = mapped_column(Integer)  # 起始数量
    amount: Mapped[int] = mapped_column(BigInteger)  # 每单位金额

    parent: Mapped["VisaFee | None"] = relationship(
        "VisaFee", back_populates="tiers", foreign_keys=[parent_id]
    )


def effective_on_default_of_visa_fee(this, env):
    """today"""
    return env.today


def tiers_min_of_visa_fee(this, env):
    """2 if tiered != 'none' else 0"""
    return 2 if ex.ne(this.tiered, "none") else 0


def tiers_when_of_visa_fee(this, env):
    """tiered != 'none'"""
    return ex.ne(this.tiered, "none")


def ends_after_start_rule_of_visa_fee(this, env):
    """expires_on >= effective_on"""
    return ex.ge(this.expires_on, this.effective_on)


def ends_after_start_rule_of_visa_fee_when(this, env):
    """expires_on is not empty"""
    return not ex.is_empty(this.expires_on)


def tiers_from_one_rule_of_visa_fee(this, env):
    """min(tiers.from_number) == 1"""
    return ex.min(ex.each(this, "tiers.from_number")) == 1


def tiers_from_one_rule_of_visa_fee_when(this, env):
    """tiered != 'none'"""
    return ex.ne(this.tiered, "none")


def first_tier_agrees_rule_of_visa_fee(this, env):
    """all(tiers, from_number != 1 or amount == parent.amount)"""
    return ex.all(
        ex.ne(row.from_number, 1) or ex.eq(row.amount, ex.path(row, "parent.amount"))
        for row in this.tiers
    )


def first_tier_agrees_rule_of_visa_fee_when(this, env):
    """tiered != 'none'"""
    return ex.ne(this.tiered, "none")


def overlap_block_of_visa_fee_sql(cls, env):
    """country == form.country and item == form.item and visa_kind == form.visa_kind and (form.id is empty or id != form.id) and not disabled and (expires_on is empty or expires_on >= form.effective_on) and (form.expires_on is empty or effective_on <= form.expires_on)"""
    return sql.all_of(
        sql.eq(cls.country_id, env.form.country_id),
        sql.eq(cls.item, env.form.item),
        sql.eq(cls.visa_kind, env.form.visa_kind),
        sql.any_of(ex.is_empty(env.form.id), sql.ne(cls.id, env.form.id)),
        sql.not_(cls.disabled),
        sql.any_of(sql.is_empty(cls.expires_on), sql.ge(cls.expires_on, env.form.effective_on)),
        sql.any_of(ex.is_empty(env.form.expires_on), sql.le(cls.effective_on, env.form.expires_on)),
    )


def rows_of_bm29q_sql(cls, env):
    """effective_on <= today and (expires_on is empty or expires_on >= today)"""
    return sql.all_of(
        sql.le(cls.effective_on, env.today),
        sql.any_of(sql.is_empty(cls.expires_on), sql.ge(cls.expires_on, env.today)),
    )


VISA_FEE_TIER = Object(
    name="visa_fee_tier",
    title="收费档次",
    model=VisaFeeTier,
    subsystem="base",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(
            name="from_number",
            title="起始数量",
            type=types.Integer(min=1, max=10000),
            required=True,
        ),
        Field(
            name="amount", title="每单位金额", type=types.Money(min=0, max=100000), required=True
        ),
    ),
    display="{from_number} 起 {amount}",
    parent="visa_fee",
    order=("position",),
)


VISA_FEE = Object(
    name="visa_fee",
    title="签证收费标准",
    model=VisaFee,
    subsystem="base",
    scope=Scope(kind="everyone"),
    fields=(
        Field(
            name="country",
            title="国家（地区）",
            type=types.Ref(object="country"),
            required=True,
            search=True,
            section="收费项目",
        ),
        Field(
            name="item",
            title="收费项目",
            type=types.Dict(of="visa_fee_item"),
            required=True,
            section="收费项目",
        ),
        Field(
            name="visa_kind",
            title="适用签证种类",
            type=types.String(length=40),
            required=True,
            default="各类签证",
            search=True,
            help="不分种类的写“各类签证”",
            section="收费项目",
        ),
        Field(
            name="per",
            title="计费单位",
            type=types.Dict(of="visa_fee_unit"),
            required=True,
            default="person",
            section="收费金额",
        ),
        Field(
            name="amount",
            title="金额",
            type=types.Money(min=0, max=100000),
            required=True,
            help="每一计费单位的金额；免收的填 0；分档收费的填第一档的金额",
            section="收费金额",
        ),
        Field(
            name="tiered",
            title="分档方式",
            type=types.Dict(of="visa_fee_tiering"),
            required=True,
            default="none",
            help="按数量分档时，是整批按所在档计，还是各档分段计",
            section="收费金额",
        ),
        Field(
            name="effective_on",
            title="生效日期",
            type=types.Date(),
            required=True,
            default=effective_on_default_of_visa_fee,
            section="生效日期",
        ),
        Field(
            name="expires_on",
            title="失效日期",
            type=types.Date(),
            help="最后一天有效；现行标准留空，换新标准时先填旧标准的失效日期",
            section="生效日期",
        ),
        Field(
            name="basis",
            title="收费依据",
            type=types.String(length=200),
            required=True,
            search=True,
            help="文件名称和文号，或使领馆的公告和日期",
            section="依据",
        ),
        Field(name="note", title="说明", type=types.Text(length=1000), section="依据"),
    ),
    display="{country} {item} {effective_on}起",
    children=(
        Child(
            name="tiers",
            title="收费档次",
            object="visa_fee_tier",
            min=tiers_min_of_visa_fee,
            max=20,
            unique=("from_number",),
            section="收费金额",
            when=tiers_when_of_visa_fee,
        ),
    ),
    rules=(
        Rule(
            name="ends_after_start",
            check=ends_after_start_rule_of_visa_fee,
            error="失效日期不能早于生效日期",
            at="expires_on",
            when=ends_after_start_rule_of_visa_fee_when,
        ),
        Rule(
            name="tiers_from_one",
            check=tiers_from_one_rule_of_visa_fee,
            error="第一档的起始数量应为 1",
            at="tiers",
            when=tiers_from_one_rule_of_visa_fee_when,
        ),
        Rule(
            name="first_tier_agrees",
            check=first_tier_agrees_rule_of_visa_fee,
            error="金额应与起始数量为 1 的那一档一致",
            at="amount",
            when=first_tier_agrees_rule_of_visa_fee_when,
        ),
    ),
    blocks=(
        Block(
            name="overlap",
            object="visa_fee",
            when=overlap_block_of_visa_fee_sql,
            error="与{effective_on}起生效的同一项目标准的有效期重叠，请先填写那一条的失效日期",
            at="effective_on",
        ),
    ),
    unique=(("country", "item", "visa_kind", "effective_on"),),
    order=("country", "item", "-effective_on"),
    columns=(
        "country",
        "item",
        "visa_kind",
        "amount",
        "per",
        "tiered",
        "effective_on",
        "expires_on",
        "basis",
    ),
    dated=True,
    sequence=("tiers",),
)


BM29_FUNCTION = Function(
    id="BM29",
    title="签证收费标准管理",
    subsystem="base",
    module="basics",
    screen="catalog",
    object="visa_fee",
    filters=("country", "item", "visa_kind", "effective_on", "expires_on"),
    grants=(
        ("fao_handler", ("view", "add", "edit", "disable", "delete", "export", "import")),
        ("fao_division_head", ("view", "export")),
    ),
    operations=("view", "add", "edit", "disable", "delete", "export", "import"),
    help="各国签证办理的收费项目、金额和分档，按生效日期维护；新标准生效前先写明旧标准的失效日期",
    order=29,
)


BM29Q_FUNCTION = Function(
    id="BM29Q",
    title="现行签证收费标准",
    subsystem="base",
    module="basics",
    screen="query",
    object="visa_fee",
    filters=("country", "item", "visa_kind"),
    where=rows_of_bm29q_sql,
    grants=(
        ("fao_reception", ("view",)),
        ("fao_handler", ("view", "export")),
        ("liaison", ("view",)),
    ),
    operations=("view", "export"),
    help="今天有效的收费标准",
    order=29,
)


class BM29(CatalogView):
    """签证收费标准管理."""

    datamodel = DataInterface(VisaFee)
    function = "BM29"
    route_base = "/BM29"
    class_permission_name = "BM29"
    list_title = "签证收费标准管理"
    label_columns = {
        "country": "国家（地区）",
        "item": "收费项目",
        "visa_kind": "适用签证种类",
        "amount": "金额",
        "per": "计费单位",
        "tiered": "分档方式",
        "effective_on": "生效日期",
        "expires_on": "失效日期",
        "basis": "收费依据",
    }
    list_columns = [
        "country",
        "item",
        "visa_kind",
        "amount",
        "per",
        "tiered",
        "effective_on",
        "expires_on",
        "basis",
    ]


class BM29Q(QueryView):
    """现行签证收费标准."""

    datamodel = DataInterface(VisaFee)
    function = "BM29Q"
    route_base = "/BM29Q"
    class_permission_name = "BM29Q"
    list_title = "现行签证收费标准"
    label_columns = {
        "country": "国家（地区）",
        "item": "收费项目",
        "visa_kind": "适用签证种类",
        "amount": "金额",
        "per": "计费单位",
        "tiered": "分档方式",
        "effective_on": "生效日期",
        "expires_on": "失效日期",
        "basis": "收费依据",
    }
    list_columns = [
        "country",
        "item",
        "visa_kind",
        "amount",
        "per",
        "tiered",
        "effective_on",
        "expires_on",
        "basis",
    ]


class VisaFeeApi(ObjectApi):
    """REST of 签证收费标准."""

    datamodel = DataInterface(VisaFee)
    object_name = "visa_fee"
    resource_name = "visa_fee"
