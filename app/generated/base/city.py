"""城市. Generated from metadata/base/city.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import Field, Function, Object, Scope
from app.core.expressions import expr as ex
from app.web.api import ObjectApi
from app.web.views import CatalogView, DataInterface


class City(Entity):
    """城市."""

    __tablename__ = "base_city"
    __table_args__ = (UniqueConstraint("code"),)

    kind: Mapped[str] = mapped_column(String(40), index=True)  # 类别
    country_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_country.id"), index=True
    )  # 国家（地区）
    province: Mapped[str | None] = mapped_column(String(40))  # 省级行政区
    name: Mapped[str] = mapped_column(String(60))  # 城市名称
    name_en: Mapped[str | None] = mapped_column(String(100))  # 外文名称
    pinyin: Mapped[str | None] = mapped_column(String(100))  # 拼音
    code: Mapped[str] = mapped_column(String(12))  # 城市代码
    capital: Mapped[bool | None] = mapped_column(Boolean)  # 首都或首府
    source: Mapped[str | None] = mapped_column(String(200))  # 资料来源
    valid_from: Mapped[date | None] = mapped_column(Date)  # 生效日期
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)  # 停用
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    country: Mapped["Country | None"] = relationship("Country", foreign_keys=[country_id])


def country_required_of_city(this, env):
    """kind == 'foreign'"""
    return this.kind == "foreign"


def country_when_of_city(this, env):
    """kind == 'foreign'"""
    return this.kind == "foreign"


def province_required_of_city(this, env):
    """kind == 'domestic' and (code is empty or not endswith(code, '0000'))"""
    return this.kind == "domestic" and (
        ex.is_empty(this.code) or ex.not_(ex.endswith(this.code, "0000"))
    )


def province_when_of_city(this, env):
    """kind == 'domestic'"""
    return this.kind == "domestic"


CITY = Object(
    name="city",
    title="城市",
    model=City,
    subsystem="base",
    scope=Scope(kind="everyone"),
    fields=(
        Field(name="kind", title="类别", type=types.Dict(of="city_kind"), required=True),
        Field(
            name="country",
            title="国家（地区）",
            type=types.Ref(object="country"),
            required=country_required_of_city,
            when=country_when_of_city,
            depends=("kind",),
        ),
        Field(
            name="province",
            title="省级行政区",
            type=types.String(length=40),
            required=province_required_of_city,
            when=province_when_of_city,
            depends=("kind", "code"),
            search=True,
            help="直辖市等本身是省级行政区的不填",
        ),
        Field(
            name="name", title="城市名称", type=types.String(length=60), required=True, search=True
        ),
        Field(name="name_en", title="外文名称", type=types.String(length=100), search=True),
        Field(name="pinyin", title="拼音", type=types.String(length=100), search=True),
        Field(
            name="code",
            title="城市代码",
            type=types.String(
                length=12,
                pattern="[A-Z0-9-]{3,12}",
                error="城市代码由 3 至 12 位大写字母、数字或短横线组成",
            ),
            required=True,
            search=True,
            help="国内用 GB/T 2260 代码，国外用“国家代码-序号”",
        ),
        Field(name="capital", title="首都或首府", type=types.Boolean(), default=False),
        Field(name="source", title="资料来源", type=types.String(length=200)),
    ),
    display="{province}{name}",
    unique=(("code",),),
    order=("kind", "code"),
    columns=("name", "code", "kind", "province", "country", "name_en"),
    dated=True,
    sequence=("country", "province"),
)


BM28_FUNCTION = Function(
    id="BM28",
    title="城市管理信息",
    subsystem="base",
    module="basics",
    screen="catalog",
    object="city",
    filters=("kind", "country", "province", "name"),
    grants=(
        ("fao_handler", ("view", "add", "edit", "disable", "delete", "export", "import")),
        ("liaison", ("view",)),
    ),
    operations=("view", "add", "edit", "disable", "delete", "export", "import"),
    help="国外城市与国内出生地城市及其代码",
)


class BM28(CatalogView):
    """城市管理信息."""

    datamodel = DataInterface(City)
    function = "BM28"
    route_base = "/BM28"
    class_permission_name = "BM28"
    list_title = "城市管理信息"
    label_columns = {
        "name": "城市名称",
        "code": "城市代码",
        "kind": "类别",
        "province": "省级行政区",
        "country": "国家（地区）",
        "name_en": "外文名称",
    }
    list_columns = [
        "name",
        "code",
        "kind",
        "province",
        "country",
        "name_en",
    ]


class CityApi(ObjectApi):
    """REST of 城市."""

    datamodel = DataInterface(City)
    object_name = "city"
    resource_name = "city"
