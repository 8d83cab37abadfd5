"""申报单位专办员信息变更. Generated from metadata/base/liaison_change.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import Date, ForeignKey, String, Text
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
    Material,
    Message,
    Object,
    Roles,
    Route,
    Scope,
    Step,
)
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.web.api import ObjectApi
from app.web.views import ApplyView, DataInterface, ReviewView


class LiaisonChange(Entity):
    """申报单位专办员信息变更."""

    __tablename__ = "base_liaison_change"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    target_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_liaison.id"), index=True
    )  # 变更专办员
    kind: Mapped[str | None] = mapped_column(String(40))  # 变更类别
    after: Mapped[str | None] = mapped_column(Text)  # 变更后
    reason: Mapped[str | None] = mapped_column(Text)  # 变更原因
    submitted_on: Mapped[date | None] = mapped_column(Date)  # 申请日期
    decided_on: Mapped[date | None] = mapped_column(Date)  # 办结日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    target: Mapped["Liaison | None"] = relationship("Liaison", foreign_keys=[target_id])


def unit_default_of_liaison_change(this, env):
    """me.unit"""
    return env.me.unit


def target_choose_of_liaison_change_sql(cls, env):
    """unit == form.unit"""
    return sql.eq(cls.unit_id, env.form.unit_id)


def after_when_of_liaison_change(this, env):
    """kind != 'close'"""
    return ex.ne(this.kind, "close")


def submit_sets_submitted_on_of_liaison_change(this, env):
    """today"""
    return env.today


def approve_sets_decided_on_of_liaison_change(this, env):
    """today"""
    return env.today


def approve_apply_when_of_liaison_change(this, env):
    """kind != 'close'"""
    return ex.ne(this.kind, "close")


def approve_account_when_of_liaison_change(this, env):
    """kind != 'close'"""
    return ex.ne(this.kind, "close")


def approve_account_when_of_liaison_change_2(this, env):
    """kind == 'close'"""
    return this.kind == "close"


def approve_drop_when_of_liaison_change(this, env):
    """kind == 'close'"""
    return this.kind == "close"


def rows_of_bm12r_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_bm12r(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


LIAISON_CHANGE = Object(
    name="liaison_change",
    title="申报单位专办员信息变更",
    model=LiaisonChange,
    subsystem="base",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            default=unit_default_of_liaison_change,
            section="变更内容",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外专变〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="target",
            title="变更专办员",
            type=types.Ref(object="liaison"),
            required=True,
            choose=target_choose_of_liaison_change_sql,
            asks=("unit",),
            depends=("unit",),
            section="变更内容",
        ),
        Field(
            name="kind",
            title="变更类别",
            type=types.Dict(of="liaison_change_kind"),
            required=True,
            section="变更内容",
        ),
        Field(
            name="after",
            title="变更后",
            type=types.DraftOf(),
            required=True,
            when=after_when_of_liaison_change,
            depends=("kind",),
            section="变更内容",
        ),
        Field(
            name="reason",
            title="变更原因",
            type=types.Text(length=2000),
            required=True,
            section="变更内容",
        ),
        Field(
            name="submitted_on",
            title="申请日期",
            type=types.Date(),
            section="办理情况",
            readonly=True,
        ),
        Field(
            name="decided_on",
            title="办结日期",
            type=types.Date(),
            section="办理情况",
            readonly=True,
        ),
    ),
    display="{target}",
    materials=(
        Material(
            name="proof",
            title="证明材料",
            many=True,
            help="任免文件、调动函、单位更名批复等，说明变更依据",
        ),
    ),
    draft=Draft(
        field="after",
        target="target",
        fields=("name", "department", "post", "duty", "phone", "office_phone", "email"),
    ),
    flow="liaison_change",
    order=("-id",),
    columns=("code", "unit", "target", "kind", "submitted_on", "decided_on", "state"),
    sequence=("after",),
)


LIAISON_CHANGE_FLOW = Flow(
    name="liaison_change",
    title="申报单位专办员信息变更",
    object="liaison_change",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="审核",
            by=Roles(names=("fao_reception",)),
            within=3,
            labels="material_label",
            beside=("after",),
        ),
        Step(name="done", title="已生效", end="done"),
        Step(name="rejected", title="未通过", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            effects=(
                Effect(
                    kind="set", params={"submitted_on": submit_sets_submitted_on_of_liaison_change}
                ),
            ),
            consequence="送 审核（窗口预审岗）",
        ),
        Action(
            name="approve",
            title="同意",
            kind="pass",
            routes=(Route(source="review", target="done"),),
            effects=(
                Effect(
                    kind="set", params={"decided_on": approve_sets_decided_on_of_liaison_change}
                ),
                Effect(
                    kind="apply",
                    params={"field": "after"},
                    when=approve_apply_when_of_liaison_change,
                ),
                Effect(
                    kind="account",
                    params={"do": "update", "of": "target"},
                    when=approve_account_when_of_liaison_change,
                ),
                Effect(
                    kind="account",
                    params={"do": "close", "of": "target"},
                    when=approve_account_when_of_liaison_change_2,
                ),
                Effect(
                    kind="drop", params={"of": "target"}, when=approve_drop_when_of_liaison_change
                ),
                Effect(kind="notify", params={"message": "liaison_change.done"}),
            ),
            consequence="办结：已生效",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "liaison_change.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="reject",
            title="不同意",
            kind="reject",
            routes=(Route(source="review", target="rejected"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "liaison_change.rejected"}),),
            consequence="办结：未通过",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="review", target="draft"),),
            until="opened",
            consequence="收回到 填报（申报人）",
        ),
    ),
    version="d33dcacf9f47",
    archive=60,
)


DONE = Message(
    name="liaison_change.done",
    title="变更生效",
    object="liaison_change",
    text="贵单位申报的申报单位专办员信息变更（{code}）已通过并生效。",
    variables=("code",),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="liaison_change.sent_back",
    title="变更退回",
    object="liaison_change",
    text="贵单位申报的申报单位专办员信息变更（{code}）被退回，请修改后重新提交。退回意见：{comment}",
    variables=("code", "comment"),
    to=(Applicant(),),
)


REJECTED = Message(
    name="liaison_change.rejected",
    title="变更未通过",
    object="liaison_change",
    text="贵单位申报的申报单位专办员信息变更（{code}）未通过。原因：{comment}",
    variables=("code", "comment"),
    to=(Applicant(),),
)


BM13_FUNCTION = Function(
    id="BM13",
    title="申报单位专办员信息变更",
    subsystem="base",
    module="filing",
    screen="apply",
    object="liaison_change",
    columns=("code", "target", "kind", "submitted_on", "decided_on", "state"),
    grants=(("liaison", ("view", "add", "edit", "delete", "submit", "recall")),),
    operations=(
        "view",
        "add",
        "edit",
        "delete",
        "export",
        "import",
        "submit",
        "approve",
        "send_back",
        "reject",
        "recall",
        "urge",
    ),
    help="选择已备案的记录，填写变更后的内容并上传证明材料，审核通过后生效，旧版可查",
    order=14,
)


BM12R_FUNCTION = Function(
    id="BM12R",
    title="专办员变更注销审批",
    subsystem="base",
    module="filing",
    screen="review",
    object="liaison_change",
    steps=("review",),
    filters=("unit", "kind"),
    where=rows_of_bm12r_sql,
    takes=rows_of_bm12r,
    grants=(("fao_reception", ("view", "approve", "send_back", "reject")),),
    operations=(
        "view",
        "edit",
        "export",
        "approve",
        "send_back",
        "reject",
        "recall",
        "urge",
        "reassign",
    ),
    order=15,
)


class BM13(ApplyView):
    """申报单位专办员信息变更."""

    datamodel = DataInterface(LiaisonChange)
    function = "BM13"
    route_base = "/BM13"
    class_permission_name = "BM13"
    list_title = "申报单位专办员信息变更"
    label_columns = {
        "code": "编号",
        "target": "变更专办员",
        "kind": "变更类别",
        "submitted_on": "申请日期",
        "decided_on": "办结日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "target",
        "kind",
        "submitted_on",
        "decided_on",
        "state",
    ]


class BM12R(ReviewView):
    """专办员变更注销审批."""

    datamodel = DataInterface(LiaisonChange)
    function = "BM12R"
    route_base = "/BM12R"
    class_permission_name = "BM12R"
    list_title = "专办员变更注销审批"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "target": "变更专办员",
        "kind": "变更类别",
        "submitted_on": "申请日期",
        "decided_on": "办结日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "target",
        "kind",
        "submitted_on",
        "decided_on",
        "state",
    ]


class LiaisonChangeApi(ObjectApi):
    """REST of 申报单位专办员信息变更."""

    datamodel = DataInterface(LiaisonChange)
    object_name = "liaison_change"
    resource_name = "liaison_change"
