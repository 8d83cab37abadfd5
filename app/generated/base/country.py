"""国家（地区）. Generated from metadata/base/country.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import Boolean, Date, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import Field, Function, Object, Scope
from app.web.api import ObjectApi
from app.web.views import CatalogView, DataInterface


class Country(Entity):
    """国家（地区）."""

    __tablename__ = "base_country"
    __table_args__ = (UniqueConstraint("code"),)

    code: Mapped[str] = mapped_column(String(2))  # 两位代码
    code3: Mapped[str | None] = mapped_column(String(3))  # 三位代码
    number: Mapped[str | None] = mapped_column(String(3))  # 数字代码
    name: Mapped[str] = mapped_column(String(60))  # 国家名称（全称）
    name_en: Mapped[str] = mapped_column(String(100))  # 英文名称
    short: Mapped[str] = mapped_column(String(30))  # 简称
    short_en: Mapped[str | None] = mapped_column(String(60))  # 英文简称
    pinyin: Mapped[str | None] = mapped_column(String(60))  # 拼音
    continent: Mapped[str | None] = mapped_column(String(40), index=True)  # 洲别
    outbound: Mapped[bool | None] = mapped_column(Boolean)  # 适用因公出国
    visa_free: Mapped[str] = mapped_column(String(40))  # 因公护照免签
    visa_free_note: Mapped[str | None] = mapped_column(String(300))  # 免签说明
    schengen: Mapped[str] = mapped_column(String(40))  # 申根国家
    centrally_handled: Mapped[str] = mapped_column(String(40))  # 统办国家
    visa_on_arrival: Mapped[str] = mapped_column(String(40))  # 落地签
    fingerprints: Mapped[str] = mapped_column(String(40))  # 采集指纹
    fingerprint_address: Mapped[str | None] = mapped_column(String(300))  # 指纹采集地址
    interview: Mapped[str] = mapped_column(String(40))  # 面谈
    visa_note: Mapped[str | None] = mapped_column(Text)  # 签证要求备注
    source: Mapped[str | None] = mapped_column(String(200))  # 资料来源
    verified_on: Mapped[date | None] = mapped_column(Date)  # 核实日期
    valid_from: Mapped[date | None] = mapped_column(Date)  # 生效日期
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)  # 停用
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索


def fingerprint_address_when_of_country(this, env):
    """fingerprints == 'yes'"""
    return this.fingerprints == "yes"


COUNTRY = Object(
    name="country",
    title="国家（地区）",
    model=Country,
    subsystem="base",
    scope=Scope(kind="everyone"),
    fields=(
        Field(
            name="code",
            title="两位代码",
            type=types.String(
                length=2, pattern="[A-Z]{2}", error="请填写 GB/T 2659 的两位大写字母代码"
            ),
            required=True,
            search=True,
            help="GB/T 2659.1（ISO 3166-1）两位字母代码",
            section="基本信息",
        ),
        Field(
            name="code3",
            title="三位代码",
            type=types.String(length=3),
            search=True,
            section="基本信息",
        ),
        Field(name="number", title="数字代码", type=types.String(length=3), section="基本信息"),
        Field(
            name="name",
            title="国家名称（全称）",
            type=types.String(length=60),
            required=True,
            search=True,
            section="基本信息",
        ),
        Field(
            name="name_en",
            title="英文名称",
            type=types.String(length=100),
            required=True,
            search=True,
            section="基本信息",
        ),
        Field(
            name="short",
            title="简称",
            type=types.String(length=30),
            required=True,
            search=True,
            section="基本信息",
        ),
        Field(name="short_en", title="英文简称", type=types.String(length=60), section="基本信息"),
        Field(
            name="pinyin",
            title="拼音",
            type=types.String(length=60),
            search=True,
            section="基本信息",
        ),
        Field(name="continent", title="洲别", type=types.Dict(of="continent"), section="基本信息"),
        Field(
            name="outbound",
            title="适用因公出国",
            type=types.Boolean(),
            default=True,
            help="香港、澳门、台湾不属出国，另行申报",
            section="基本信息",
        ),
        Field(
            name="visa_free",
            title="因公护照免签",
            type=types.Dict(of="flag"),
            required=True,
            default="unknown",
            help="以外交部领事司公布的互免签证协定为准",
            section="签证要求",
        ),
        Field(
            name="visa_free_note",
            title="免签说明",
            type=types.String(length=300),
            section="签证要求",
        ),
        Field(
            name="schengen",
            title="申根国家",
            type=types.Dict(of="flag"),
            required=True,
            default="unknown",
            section="签证要求",
        ),
        Field(
            name="centrally_handled",
            title="统办国家",
            type=types.Dict(of="flag"),
            required=True,
            default="unknown",
            help="签证由外交部统一送办的国家",
            section="签证要求",
        ),
        Field(
            name="visa_on_arrival",
            title="落地签",
            type=types.Dict(of="flag"),
            required=True,
            default="unknown",
            section="签证要求",
        ),
        Field(
            name="fingerprints",
            title="采集指纹",
            type=types.Dict(of="flag"),
            required=True,
            default="unknown",
            section="签证要求",
        ),
        Field(
            name="fingerprint_address",
            title="指纹采集地址",
            type=types.String(length=300),
            when=fingerprint_address_when_of_country,
            depends=("fingerprints",),
            section="签证要求",
        ),
        Field(
            name="interview",
            title="面谈",
            type=types.Dict(of="flag"),
            required=True,
            default="unknown",
            section="签证要求",
        ),
        Field(
            name="visa_note", title="签证要求备注", type=types.Text(length=2000), section="签证要求"
        ),
        Field(name="source", title="资料来源", type=types.String(length=200), section="资料来源"),
        Field(name="verified_on", title="核实日期", type=types.Date(), section="资料来源"),
    ),
    display="{short}",
    unique=(("code",),),
    order=("continent", "code"),
    columns=(
        "short",
        "code",
        "name",
        "name_en",
        "continent",
        "visa_free",
        "schengen",
        "centrally_handled",
    ),
    dated=True,
    sequence=("fingerprint_address",),
)


BM24_FUNCTION = Function(
    id="BM24",
    title="国家管理信息",
    subsystem="base",
    module="basics",
    screen="catalog",
    object="country",
    filters=(
        "name",
        "continent",
        "visa_free",
        "schengen",
        "centrally_handled",
        "visa_on_arrival",
        "fingerprints",
        "interview",
    ),
    grants=(
        ("fao_handler", ("view", "add", "edit", "disable", "delete", "export", "import")),
        ("liaison", ("view",)),
        ("fao_reception", ("view",)),
    ),
    operations=("view", "add", "edit", "disable", "delete", "export", "import"),
    help="国家名称、英文名称、简称及免签、申根、统办、落地签、指纹、面谈情况；不能确认的标“待核实”",
)


class BM24(CatalogView):
    """国家管理信息."""

    datamodel = DataInterface(Country)
    function = "BM24"
    route_base = "/BM24"
    class_permission_name = "BM24"
    list_title = "国家管理信息"
    label_columns = {
        "short": "简称",
        "code": "两位代码",
        "name": "国家名称（全称）",
        "name_en": "英文名称",
        "continent": "洲别",
        "visa_free": "因公护照免签",
        "schengen": "申根国家",
        "centrally_handled": "统办国家",
    }
    list_columns = [
        "short",
        "code",
        "name",
        "name_en",
        "continent",
        "visa_free",
        "schengen",
        "centrally_handled",
    ]


class CountryApi(ObjectApi):
    """REST of 国家（地区）."""

    datamodel = DataInterface(Country)
    object_name = "country"
    resource_name = "country"
