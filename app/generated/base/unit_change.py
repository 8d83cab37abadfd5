"""申报单位信息变更. Generated from metadata/base/unit_change.yaml; do not edit.

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
from app.web.views import ApplyView, DataInterface, ReviewView, ReworkView


class UnitChange(Entity):
    """申报单位信息变更."""

    __tablename__ = "base_unit_change"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    target_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_unit.id"), index=True
    )  # 变更单位
    kind: Mapped[str | None] = mapped_column(String(40))  # 变更类别
    after: Mapped[str | None] = mapped_column(Text)  # 变更后
    reason: Mapped[str | None] = mapped_column(Text)  # 变更原因
    submitted_on: Mapped[date | None] = mapped_column(Date)  # 申请日期
    decided_on: Mapped[date | None] = mapped_column(Date)  # 办结日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    target: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[target_id])


def unit_default_of_unit_change(this, env):
    """me.unit"""
    return env.me.unit


def target_default_of_unit_change(this, env):
    """me.unit"""
    return env.me.unit


def target_choose_of_unit_change_sql(cls, env):
    """this == form.unit"""
    return sql.eq(cls.id, env.form.unit_id)


def after_when_of_unit_change(this, env):
    """kind != 'close'"""
    return ex.ne(this.kind, "close")


def submit_sets_submitted_on_of_unit_change(this, env):
    """today"""
    return env.today


def approve_sets_decided_on_of_unit_change(this, env):
    """today"""
    return env.today


def approve_apply_when_of_unit_change(this, env):
    """kind != 'close'"""
    return ex.ne(this.kind, "close")


def approve_drop_when_of_unit_change(this, env):
    """kind == 'close'"""
    return this.kind == "close"


def rows_of_bm09r_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_bm09r(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


UNIT_CHANGE = Object(
    name="unit_change",
    title="申报单位信息变更",
    model=UnitChange,
    subsystem="base",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            default=unit_default_of_unit_change,
            section="变更内容",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外单变〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="target",
            title="变更单位",
            type=types.Ref(object="unit"),
            required=True,
            default=target_default_of_unit_change,
            choose=target_choose_of_unit_change_sql,
            asks=("unit",),
            depends=("unit",),
            section="变更内容",
        ),
        Field(
            name="kind",
            title="变更类别",
            type=types.Dict(of="unit_change_kind"),
            required=True,
            section="变更内容",
        ),
        Field(
            name="after",
            title="变更后",
            type=types.DraftOf(),
            required=True,
            when=after_when_of_unit_change,
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
        fields=(
            "name",
            "short_name",
            "credit_code",
            "nature",
            "level",
            "district",
            "superior",
            "scope_text",
            "does_outbound",
            "does_hkmacau",
            "does_documents",
            "does_invitation",
            "address",
            "postcode",
            "phone",
            "fax",
            "email",
            "signatory_name",
            "signatory_post",
            "signatory_phone",
            "signatory_signature",
            "seal",
        ),
    ),
    flow="unit_change",
    order=("-id",),
    columns=("code", "unit", "target", "kind", "submitted_on", "decided_on", "state"),
    sequence=("after",),
)


UNIT_CHANGE_FLOW = Flow(
    name="unit_change",
    title="申报单位信息变更",
    object="unit_change",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="变更核对",
            by=Roles(names=("fao_reception",)),
            within=3,
            labels="material_label",
            beside=("after", "unit.signatory_signature", "unit.seal"),
        ),
        Step(
            name="sign",
            title="变更签批",
            by=Roles(names=("fao_division_head",)),
            within=2,
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
                    kind="set", params={"submitted_on": submit_sets_submitted_on_of_unit_change}
                ),
            ),
            consequence="送 变更核对（窗口预审岗）",
        ),
        Action(
            name="approve",
            title="签批同意",
            kind="pass",
            routes=(Route(source="sign", target="done"),),
            effects=(
                Effect(kind="set", params={"decided_on": approve_sets_decided_on_of_unit_change}),
                Effect(
                    kind="apply", params={"field": "after"}, when=approve_apply_when_of_unit_change
                ),
                Effect(kind="drop", params={"of": "target"}, when=approve_drop_when_of_unit_change),
                Effect(kind="notify", params={"message": "unit_change.done"}),
            ),
            consequence="办结：已生效",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(
                Route(source="review", target="draft", consequence="退回 填报（申报人）"),
                Route(source="sign", target="draft", consequence="退回 填报（申报人）"),
                Route(source="sign", target="review", consequence="退回 变更核对（窗口预审岗）"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "unit_change.sent_back"}),),
            consequence="退回所选环节",
        ),
        Action(
            name="reject",
            title="不同意",
            kind="reject",
            routes=(
                Route(source="review", target="rejected"),
                Route(source="sign", target="rejected"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "unit_change.rejected"}),),
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
        Action(
            name="pass",
            title="核对通过",
            kind="pass",
            routes=(Route(source="review", target="sign"),),
            consequence="送 变更签批（处室负责人）",
        ),
    ),
    version="c67f60003361",
    archive=60,
)


DONE = Message(
    name="unit_change.done",
    title="变更生效",
    object="unit_change",
    text="贵单位申报的申报单位信息变更（{code}）已通过并生效。",
    variables=("code",),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="unit_change.sent_back",
    title="变更退回",
    object="unit_change",
    text="贵单位申报的申报单位信息变更（{code}）被退回，请修改后重新提交。退回意见：{comment}",
    variables=("code", "comment"),
    to=(Applicant(),),
)


REJECTED = Message(
    name="unit_change.rejected",
    title="变更未通过",
    object="unit_change",
    text="贵单位申报的申报单位信息变更（{code}）未通过。原因：{comment}",
    variables=("code", "comment"),
    to=(Applicant(),),
)


BM10_FUNCTION = Function(
    id="BM10",
    title="申报单位信息变更",
    subsystem="base",
    module="filing",
    screen="apply",
    object="unit_change",
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
        "pass",
        "urge",
    ),
    help="选择已备案的记录，填写变更后的内容并上传证明材料，审核通过后生效，旧版可查",
    order=14,
)


BM09R_FUNCTION = Function(
    id="BM09R",
    title="申报单位变更注销审批",
    subsystem="base",
    module="filing",
    screen="review",
    object="unit_change",
    steps=("review", "sign"),
    filters=("unit", "kind"),
    where=rows_of_bm09r_sql,
    takes=rows_of_bm09r,
    grants=(
        ("fao_reception", ("view", "pass", "send_back", "reject")),
        ("fao_division_head", ("view", "approve", "send_back", "reject")),
    ),
    operations=(
        "view",
        "edit",
        "export",
        "approve",
        "send_back",
        "reject",
        "recall",
        "pass",
        "urge",
        "reassign",
    ),
    order=15,
)


BM14C_FUNCTION = Function(
    id="BM14C",
    title="备案变更退回处理",
    subsystem="base",
    module="filing",
    screen="rework",
    object="unit_change",
    states=("draft",),
    columns=("code", "target", "kind", "submitted_on", "state"),
    grants=(("liaison", ("view", "edit", "submit")),),
    operations=(
        "view",
        "edit",
        "delete",
        "export",
        "submit",
        "approve",
        "send_back",
        "reject",
        "recall",
        "pass",
    ),
    help="备案变更被退回的，按退回意见调整单位基础信息、负责人信息、签章样和附件后重新提交；新的变更在“申报单位信息变更”发起",
    order=16,
)


class BM10(ApplyView):
    """申报单位信息变更."""

    datamodel = DataInterface(UnitChange)
    function = "BM10"
    route_base = "/BM10"
    class_permission_name = "BM10"
    list_title = "申报单位信息变更"
    label_columns = {
        "code": "编号",
        "target": "变更单位",
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


class BM09R(ReviewView):
    """申报单位变更注销审批."""

    datamodel = DataInterface(UnitChange)
    function = "BM09R"
    route_base = "/BM09R"
    class_permission_name = "BM09R"
    list_title = "申报单位变更注销审批"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "target": "变更单位",
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


class BM14C(ReworkView):
    """备案变更退回处理."""

    datamodel = DataInterface(UnitChange)
    function = "BM14C"
    route_base = "/BM14C"
    class_permission_name = "BM14C"
    list_title = "备案变更退回处理"
    label_columns = {
        "code": "编号",
        "target": "变更单位",
        "kind": "变更类别",
        "submitted_on": "申请日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "target",
        "kind",
        "submitted_on",
        "state",
    ]


class UnitChangeApi(ObjectApi):
    """REST of 申报单位信息变更."""

    datamodel = DataInterface(UnitChange)
    object_name = "unit_change"
    resource_name = "unit_change"
