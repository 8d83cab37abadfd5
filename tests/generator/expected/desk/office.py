"""单位. Generated from metadata/desk/office.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import Field, Function, Object, Scope
from app.web.api import ObjectApi
from app.web.views import CatalogView, DataInterface


class Office(Entity):
    """单位."""

    __tablename__ = "desk_office"

    name: Mapped[str] = mapped_column(String(100))  # 名称
    area: Mapped[str | None] = mapped_column(String(20))  # 片区
    head_id: Mapped[int | None] = mapped_column(ForeignKey("sys_account.id"), index=True)  # 负责人
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    head: Mapped["Account | None"] = relationship("Account", foreign_keys=[head_id])


OFFICE = Object(
    name="office",
    title="单位",
    model=Office,
    subsystem="desk",
    scope=Scope(kind="org", path="id"),
    fields=(
        Field(name="name", title="名称", type=types.String(length=100), required=True, search=True),
        Field(name="area", title="片区", type=types.String(length=20)),
        Field(name="head", title="负责人", type=types.Ref(object="account")),
    ),
    display="{name}",
)


DK09_FUNCTION = Function(
    id="DK09",
    title="单位",
    subsystem="desk",
    module="rooms",
    screen="catalog",
    object="office",
    grants=(("host", ("view", "add", "edit", "disable")),),
    operations=("view", "add", "edit", "disable", "delete", "export", "import"),
)


class DK09(CatalogView):
    """单位."""

    datamodel = DataInterface(Office)
    function = "DK09"
    route_base = "/DK09"
    class_permission_name = "DK09"
    list_title = "单位"
    label_columns = {
        "name": "名称",
        "area": "片区",
        "head": "负责人",
    }
    list_columns = [
        "name",
        "area",
        "head",
    ]


class OfficeApi(ObjectApi):
    """REST of 单位."""

    datamodel = DataInterface(Office)
    object_name = "office"
    resource_name = "office"
