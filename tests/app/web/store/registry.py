"""Declarations of the store."""

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
    Dictionary,
    Entry,
    Field,
    Flow,
    Function,
    Module,
    Object,
    Project,
    Role,
    Roles,
    Route,
    Scope,
    Step,
    Subsystem,
)
from tests.harness.views import screens


class House(Entity):
    """An organisation."""

    __tablename__ = "store_house"

    name: Mapped[str | None] = mapped_column(String(100))
    district: Mapped[str | None] = mapped_column(String(40))
    search_text: Mapped[str | None] = mapped_column(Text)


class Maker(Entity):
    """Who makes things."""

    __tablename__ = "store_maker"

    name: Mapped[str | None] = mapped_column(String(100))
    valid_from: Mapped[date | None] = mapped_column(Date)
    disabled: Mapped[bool | None] = mapped_column(default=False)


class Thing(Entity):
    """A thing that goes through a flow."""

    __tablename__ = "store_thing"

    house_id: Mapped[int | None] = mapped_column(ForeignKey("store_house.id"), index=True)
    code: Mapped[str | None] = mapped_column(String(60))
    name: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[str | None] = mapped_column(String(40))
    price: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[int | None] = mapped_column(Integer)
    bought_on: Mapped[date | None] = mapped_column(Date)
    holder: Mapped[str | None] = mapped_column(String(18))
    remark: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(String(40), index=True)
    search_text: Mapped[str | None] = mapped_column(Text)

    house: Mapped["House | None"] = relationship("House", foreign_keys=[house_id])
    parts: Mapped[list["Part"]] = relationship(
        "Part", back_populates="parent", order_by="Part.position", cascade="all, delete-orphan"
    )


class Part(Entity):
    """A part of a thing."""

    __tablename__ = "store_part"

    parent_id: Mapped[int] = mapped_column(ForeignKey("store_thing.id"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("store_maker.id"))

    parent: Mapped["Thing"] = relationship("Thing", back_populates="parts")
    maker: Mapped["Maker | None"] = relationship("Maker", foreign_keys=[maker_id])


HOUSE = Object(
    name="house",
    title="单位",
    model=House,
    subsystem="store",
    scope=Scope(kind="org", path="id"),
    display="{name}",
    fields=(
        Field(name="name", title="名称", type=types.String(length=100), search=True),
        Field(name="district", title="区", type=types.String(length=40)),
    ),
)
MAKER = Object(
    name="maker",
    title="厂家",
    model=Maker,
    subsystem="store",
    scope=Scope(kind="everyone"),
    display="{name}",
    dated=True,
    fields=(
        Field(name="name", title="厂家名称", type=types.String(length=100), required=True),
        Field(name="valid_from", title="启用日期", type=types.Date()),
    ),
)
PART = Object(
    name="part",
    title="部件",
    model=Part,
    subsystem="store",
    scope=Scope(kind="parent", path="parent"),
    parent="thing",
    display="{maker}",
    fields=(Field(name="maker", title="厂家", type=types.Ref(object="maker")),),
)
THING = Object(
    name="thing",
    title="物品",
    model=Thing,
    subsystem="store",
    scope=Scope(kind="org", path="house_id"),
    display="{name}",
    flow="thing_flow",
    children=(Child(name="parts", title="部件", object="part"),),
    order=("-bought_on",),
    columns=(
        "code",
        "house",
        "name",
        "kind",
        "parts.maker",
        "amount",
        "price",
        "bought_on",
        "state",
    ),
    fields=(
        Field(name="code", title="编号", type=types.Code()),
        Field(name="house", title="登记单位", type=types.Ref(object="house")),
        Field(name="name", title="名称", type=types.String(length=200), search=True, required=True),
        Field(name="kind", title="类别", type=types.Dict(of="thing_kind")),
        Field(name="amount", title="数量", type=types.Integer()),
        Field(name="price", title="价格", type=types.Money()),
        Field(name="bought_on", title="购置日期", type=types.Date()),
        Field(name="holder", title="保管人证件号", type=types.ResidentId(), mask=True),
        Field(name="remark", title="说明", type=types.Text()),
    ),
)
THING_FLOW = Flow(
    name="thing_flow",
    title="物品登记",
    object="thing",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(name="check", title="审核", by=Roles(names=("clerk",)), within=3),
        Step(name="done", title="已登记", end="done"),
        Step(name="refused", title="已退案", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="check"),),
        ),
        Action(
            name="pass", title="通过", kind="pass", routes=(Route(source="check", target="done"),)
        ),
    ),
)
KINDS = Dictionary(
    name="thing_kind",
    title="物品类别",
    entries=(
        Entry(code="desk", title="桌椅"),
        Entry(code="book", title="图书"),
        Entry(code="tool", title="工具"),
    ),
)
PROJECT = Project(
    title="物品登记平台",
    short_title="物品登记",
    owner="某市某办公室",
    organisation="house",
    organisation_district="district",
    registration="W01",
    subsystems=(
        Subsystem(
            name="store",
            title="物品管理",
            icon="box",
            modules=(Module(name="look", title="查询"), Module(name="basics", title="基础信息")),
        ),
        Subsystem(
            name="empty", title="空的子系统", icon="gear", modules=(Module(name="m", title="模块"),)
        ),
    ),
)
FUNCTIONS = (
    Function(
        id="W01",
        title="物品查询",
        subsystem="store",
        module="look",
        screen="query",
        object="thing",
        filters=("code", "kind", "bought_on", "price", "house", "state"),
        charts=(
            Chart(title="按类别", kind="pie", by="kind"),
            Chart(title="按厂家", kind="bar", by="parts.maker"),
            Chart(title="按月购置金额", kind="line", by="bought_on.month", sum="price"),
            Chart(title="按单位", kind="bar", by="house"),
        ),
        operations=("view", "export"),
        grants=(("liaison", ("view", "export")), ("clerk", ("view", "export"))),
    ),
    Function(
        id="W03",
        title="物品审核",
        subsystem="store",
        module="look",
        screen="review",
        object="thing",
        steps=("check",),
        operations=("view", "pass"),
        grants=(("clerk", ("view", "pass")),),
        order=1,
    ),
    Function(
        id="W04",
        title="物品登记",
        subsystem="store",
        module="look",
        screen="apply",
        object="thing",
        operations=("view", "add", "edit", "submit"),
        grants=(("liaison", ("view", "add", "edit", "submit")),),
        order=2,
    ),
    Function(
        id="W02",
        title="厂家管理",
        subsystem="store",
        module="basics",
        screen="catalog",
        object="maker",
        operations=("view", "add", "edit", "export"),
        grants=(("clerk", ("view", "add", "edit")),),
        order=1,
    ),
)
ROLES = (
    Role(name="liaison", title="专办员", reach="unit", face="portal"),
    Role(name="clerk", title="经办人", reach="all", face="office"),
)

OBJECTS = (HOUSE, MAKER, PART, THING)
FLOWS = (THING_FLOW,)
MESSAGES = ()
DOCUMENTS = ()
DICTIONARIES = (KINDS,)
POLICIES = ()
VIEWS = screens(
    FUNCTIONS,
    OBJECTS,
    W01={"label_columns": {"name": "名称"}, "list_columns": ["code", "name"]},
    W02={"label_columns": {"name": "厂家名称"}, "list_columns": ["name"]},
)
APIS = ()
