"""变更. Generated from metadata/desk/booking_change.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import (
    Action,
    Applicant,
    Draft,
    Effect,
    Field,
    Flow,
    Function,
    Object,
    Roles,
    Route,
    Scope,
    Step,
)
from app.core.expressions import expr_sql as sql
from app.web.api import ObjectApi
from app.web.views import ApplyView, DataInterface, ReviewView


class BookingChange(Entity):
    """变更."""

    __tablename__ = "desk_booking_change"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("desk_office.id"), index=True)  # 单位
    target_id: Mapped[int | None] = mapped_column(
        ForeignKey("desk_booking.id"), index=True
    )  # 原记录
    after: Mapped[str | None] = mapped_column(Text)  # 变更后
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态

    unit: Mapped["Office | None"] = relationship("Office", foreign_keys=[unit_id])
    target: Mapped["Booking | None"] = relationship("Booking", foreign_keys=[target_id])


def unit_default_of_booking_change(this, env):
    """me.unit"""
    return env.me.unit


def target_choose_of_booking_change_sql(cls, env):
    """unit == form.unit"""
    return sql.eq(cls.unit_id, env.form.unit_id)


BOOKING_CHANGE = Object(
    name="booking_change",
    title="变更",
    model=BookingChange,
    subsystem="desk",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="单位",
            type=types.Ref(object="office"),
            default=unit_default_of_booking_change,
            readonly=True,
        ),
        Field(
            name="target",
            title="原记录",
            type=types.Ref(object="booking"),
            required=True,
            choose=target_choose_of_booking_change_sql,
            asks=("unit",),
            depends=("unit",),
        ),
        Field(name="after", title="变更后", type=types.DraftOf()),
    ),
    display="{target}",
    draft=Draft(field="after", target="target", fields=("topic", "guests")),
    flow="booking_changing",
)


BOOKING_CHANGING = Flow(
    name="booking_changing",
    title="变更",
    object="booking_change",
    steps=(
        Step(name="draft", title="填写", by=Applicant(), edit="all"),
        Step(name="review", title="审核", by=Roles(names=("host",)), beside=("after",)),
        Step(name="done", title="已生效", end="done"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            consequence="送 审核（管理员）",
        ),
        Action(
            name="pass",
            title="同意",
            kind="pass",
            routes=(Route(source="review", target="done"),),
            effects=(Effect(kind="apply", params={"field": "after"}),),
            consequence="办结：已生效",
        ),
    ),
    version="c4227a5368ca",
)


DK05_FUNCTION = Function(
    id="DK05",
    title="变更申请",
    subsystem="desk",
    module="booking",
    screen="apply",
    object="booking_change",
    grants=(("clerk", ("view", "add", "edit", "submit")),),
    operations=("view", "add", "edit", "delete", "export", "import", "submit", "pass", "urge"),
)


DK06_FUNCTION = Function(
    id="DK06",
    title="变更审核",
    subsystem="desk",
    module="booking",
    screen="review",
    object="booking_change",
    steps=("review",),
    grants=(("host", ("view", "pass")),),
    operations=("view", "edit", "export", "pass", "urge", "reassign"),
)


class DK05(ApplyView):
    """变更申请."""

    datamodel = DataInterface(BookingChange)
    function = "DK05"
    route_base = "/DK05"
    class_permission_name = "DK05"
    list_title = "变更申请"
    label_columns = {
        "unit": "单位",
        "target": "原记录",
        "state": "状态",
    }
    list_columns = [
        "unit",
        "target",
        "state",
    ]


class DK06(ReviewView):
    """变更审核."""

    datamodel = DataInterface(BookingChange)
    function = "DK06"
    route_base = "/DK06"
    class_permission_name = "DK06"
    list_title = "变更审核"
    label_columns = {
        "unit": "单位",
        "target": "原记录",
        "state": "状态",
    }
    list_columns = [
        "unit",
        "target",
        "state",
    ]


class BookingChangeApi(ObjectApi):
    """REST of 变更."""

    datamodel = DataInterface(BookingChange)
    object_name = "booking_change"
    resource_name = "booking_change"
