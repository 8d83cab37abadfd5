"""驻华使领馆. Generated from metadata/base/mission.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import Field, Function, Object, Rule, Scope
from app.core.expressions import expr as ex
from app.web.api import ObjectApi
from app.web.views import CatalogView, DataInterface


class Mission(Entity):
    """驻华使领馆."""

    __tablename__ = "base_mission"
    __table_args__ = (UniqueConstraint("country_id", "name"),)

    country_id: Mapped[int] = mapped_column(
        ForeignKey("base_country.id"), index=True
    )  # 国家（地区）
    country_en: Mapped[str | None] = mapped_column(String(100))  # 国家英文名称
    kind: Mapped[str] = mapped_column(String(40))  # 馆别
    name: Mapped[str] = mapped_column(String(100))  # 使领馆名称
    name_en: Mapped[str | None] = mapped_column(String(150))  # 外文名称
    city: Mapped[str] = mapped_column(String(40))  # 所在城市
    district: Mapped[str] = mapped_column(String(300))  # 领区
    hubei: Mapped[bool] = mapped_column(Boolean)  # 受理湖北申请
    address: Mapped[str] = mapped_column(String(200))  # 地址
    postcode: Mapped[str | None] = mapped_column(String(6))  # 邮政编码
    phone: Mapped[str] = mapped_column(String(60))  # 联系电话
    fax: Mapped[str | None] = mapped_column(String(30))  # 传真
    email: Mapped[str | None] = mapped_column(String(120))  # 电子邮箱
    website: Mapped[str | None] = mapped_column(String(300))  # 网址
    visa_address: Mapped[str | None] = mapped_column(String(200))  # 签证受理地址
    visa_hours: Mapped[str | None] = mapped_column(String(100))  # 受理时间
    note: Mapped[str | None] = mapped_column(Text)  # 备注
    source: Mapped[str | None] = mapped_column(String(200))  # 资料来源
    verified_on: Mapped[date | None] = mapped_column(Date)  # 核实日期
    valid_from: Mapped[date | None] = mapped_column(Date)  # 生效日期
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)  # 停用
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    country: Mapped["Country | None"] = relationship("Country", foreign_keys=[country_id])


def country_en_of_mission(this, env):
    """country.name_en"""
    return ex.path(this, "country.name_en")


def verified_by_today_rule_of_mission(this, env):
    """verified_on <= today"""
    return ex.le(this.verified_on, env.today)


def verified_by_today_rule_of_mission_when(this, env):
    """verified_on is not empty"""
    return not ex.is_empty(this.verified_on)


MISSION = Object(
    name="mission",
    title="驻华使领馆",
    model=Mission,
    subsystem="base",
    scope=Scope(kind="everyone"),
    fields=(
        Field(
            name="country",
            title="国家（地区）",
            type=types.Ref(object="country"),
            required=True,
            search=True,
            section="基本信息",
        ),
        Field(
            name="country_en",
            title="国家英文名称",
            type=types.String(length=100),
            value=country_en_of_mission,
            reads=("country.name_en",),
            as_of=("now",),
            depends=("country",),
            help="取自国家管理信息",
            section="基本信息",
        ),
        Field(
            name="kind",
            title="馆别",
            type=types.Dict(of="mission_kind"),
            required=True,
            section="基本信息",
        ),
        Field(
            name="name",
            title="使领馆名称",
            type=types.String(length=100),
            required=True,
            search=True,
            section="基本信息",
        ),
        Field(
            name="name_en",
            title="外文名称",
            type=types.String(length=150),
            search=True,
            section="基本信息",
        ),
        Field(
            name="city",
            title="所在城市",
            type=types.String(length=40),
            required=True,
            search=True,
            section="基本信息",
        ),
        Field(
            name="district",
            title="领区",
            type=types.String(length=300),
            required=True,
            search=True,
            help="使馆未另行划分领区的写“全国”；领馆写明所辖省级行政区，例如“湖北、湖南、河南、江西”",
            section="基本信息",
        ),
        Field(
            name="hubei",
            title="受理湖北申请",
            type=types.Boolean(),
            required=True,
            default=False,
            help="湖北省在该馆领区之内，本市的签证申请送该馆",
            section="基本信息",
        ),
        Field(
            name="address",
            title="地址",
            type=types.String(length=200),
            required=True,
            search=True,
            section="地址和联系方式",
        ),
        Field(
            name="postcode",
            title="邮政编码",
            type=types.String(length=6, pattern="[0-9]{6}", error="邮政编码应为 6 位数字"),
            section="地址和联系方式",
        ),
        Field(
            name="phone",
            title="联系电话",
            type=types.String(
                length=60,
                pattern="[0-9+() 、-]{5,60}",
                error="联系电话由数字、区号和短横线组成，几个号码用顿号隔开",
            ),
            required=True,
            section="地址和联系方式",
        ),
        Field(name="fax", title="传真", type=types.Phone(mobile=False), section="地址和联系方式"),
        Field(name="email", title="电子邮箱", type=types.Email(), section="地址和联系方式"),
        Field(
            name="website",
            title="网址",
            type=types.String(
                length=300,
                pattern="https?://[A-Za-z0-9.-]+\\.[A-Za-z]{2,}(:[0-9]+)?([/?#][A-Za-z0-9._~:/?#@!$&()*+,;=%-]*)?",
                error="网址应以 http:// 或 https:// 开头，例如 https://www.example.com/visa",
            ),
            section="地址和联系方式",
        ),
        Field(
            name="visa_address",
            title="签证受理地址",
            type=types.String(length=200),
            help="签证中心或签证处与馆址不同时填写",
            section="签证受理",
        ),
        Field(
            name="visa_hours", title="受理时间", type=types.String(length=100), section="签证受理"
        ),
        Field(name="note", title="备注", type=types.Text(length=2000), section="签证受理"),
        Field(name="source", title="资料来源", type=types.String(length=200), section="资料来源"),
        Field(name="verified_on", title="核实日期", type=types.Date(), section="资料来源"),
    ),
    display="{name}",
    rules=(
        Rule(
            name="verified_by_today",
            check=verified_by_today_rule_of_mission,
            error="核实日期不能晚于今天",
            at="verified_on",
            when=verified_by_today_rule_of_mission_when,
        ),
    ),
    unique=(("country", "name"),),
    order=("country", "kind", "name"),
    columns=("name", "country", "country_en", "kind", "city", "district", "phone", "email"),
    dated=True,
    sequence=("country_en",),
)


BM27_FUNCTION = Function(
    id="BM27",
    title="使领馆管理信息",
    subsystem="base",
    module="basics",
    screen="catalog",
    object="mission",
    filters=("country", "kind", "city", "district", "hubei", "name"),
    grants=(
        ("fao_handler", ("view", "add", "edit", "disable", "delete", "export", "import")),
        ("fao_reception", ("view",)),
        ("fao_division_head", ("view",)),
        ("liaison", ("view",)),
    ),
    operations=("view", "add", "edit", "disable", "delete", "export", "import"),
    help="外国驻中国使馆、领事馆的馆别、领区、地址和联系方式，签证办理人员查询",
    order=27,
)


class BM27(CatalogView):
    """使领馆管理信息."""

    datamodel = DataInterface(Mission)
    function = "BM27"
    route_base = "/BM27"
    class_permission_name = "BM27"
    list_title = "使领馆管理信息"
    label_columns = {
        "name": "使领馆名称",
        "country": "国家（地区）",
        "country_en": "国家英文名称",
        "kind": "馆别",
        "city": "所在城市",
        "district": "领区",
        "phone": "联系电话",
        "email": "电子邮箱",
    }
    list_columns = [
        "name",
        "country",
        "country_en",
        "kind",
        "city",
        "district",
        "phone",
        "email",
    ]


class MissionApi(ObjectApi):
    """REST of 驻华使领馆."""

    datamodel = DataInterface(Mission)
    object_name = "mission"
    resource_name = "mission"
