"""会议室. Generated from metadata/desk/room.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from sqlalchemy import Boolean, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import Field, Function, Object, Scope
from app.core.expressions import expr as ex
from app.web.api import ObjectApi
from app.web.views import CatalogView, DataInterface


class Room(Entity):
    """会议室."""

    __tablename__ = "desk_room"
    __table_args__ = (UniqueConstraint("door"),)

    name: Mapped[str] = mapped_column(String(40))  # 名称
    door: Mapped[str] = mapped_column(String(6))  # 门牌
    open: Mapped[bool | None] = mapped_column(Boolean)  # 开放
    seats: Mapped[int | None] = mapped_column(Integer)  # 座位
    used: Mapped[int | None] = mapped_column(Integer)  # 已订
    remaining: Mapped[int | None] = mapped_column(Integer)  # 空余
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索


def remaining_of_room(this, env):
    """seats - coalesce(used, 0)"""
    return ex.sub(this.seats, ex.coalesce(this.used, 0))


def usable_room_sql(cls, env):
    """open"""
    return cls.open


ROOM = Object(
    name="room",
    title="会议室",
    model=Room,
    subsystem="desk",
    scope=Scope(kind="everyone"),
    fields=(
        Field(name="name", title="名称", type=types.String(length=40), required=True, search=True),
        Field(
            name="door",
            title="门牌",
            type=types.String(length=6, pattern="[A-Z][0-9]{1,5}", error="门牌是一个字母加数字"),
            required=True,
        ),
        Field(name="open", title="开放", type=types.Boolean(), default=True),
        Field(name="seats", title="座位", type=types.Integer(), default=10),
        Field(name="used", title="已订", type=types.Integer(), default=0, readonly=True),
        Field(
            name="remaining",
            title="空余",
            type=types.Integer(),
            value=remaining_of_room,
            reads=("seats", "used"),
            depends=("seats", "used"),
        ),
    ),
    display="{name}",
    unique=(("door",),),
    usable=usable_room_sql,
    sequence=("remaining",),
)


DK01_FUNCTION = Function(
    id="DK01",
    title="会议室",
    subsystem="desk",
    module="rooms",
    screen="catalog",
    object="room",
    filters=("open",),
    grants=(
        ("host", ("view", "add", "edit")),
        ("clerk", ("view",)),
    ),
    operations=("view", "add", "edit", "disable", "delete", "export", "import"),
)


class DK01(CatalogView):
    """会议室."""

    datamodel = DataInterface(Room)
    function = "DK01"
    route_base = "/DK01"
    class_permission_name = "DK01"
    list_title = "会议室"
    label_columns = {
        "name": "名称",
        "door": "门牌",
        "open": "开放",
        "seats": "座位",
        "used": "已订",
        "remaining": "空余",
    }
    list_columns = [
        "name",
        "door",
        "open",
        "seats",
        "used",
        "remaining",
    ]


class RoomApi(ObjectApi):
    """REST of 会议室."""

    datamodel = DataInterface(Room)
    object_name = "room"
    resource_name = "room"
