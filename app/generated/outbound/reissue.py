"""重出批件. Generated from metadata/outbound/reissue.yaml; do not edit.

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
    Block,
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


class Reissue(Entity):
    """重出批件."""

    __tablename__ = "outbound_reissue"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    target_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_delegation.id"), index=True
    )  # 团组
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("sys_document.id"), index=True
    )  # 作废函件
    reason: Mapped[str | None] = mapped_column(String(40))  # 作废原因
    explanation: Mapped[str | None] = mapped_column(Text)  # 情况说明
    submitted_on: Mapped[date | None] = mapped_column(Date)  # 申请日期
    decided_on: Mapped[date | None] = mapped_column(Date)  # 签批日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    target: Mapped["Delegation | None"] = relationship("Delegation", foreign_keys=[target_id])
    document: Mapped["IssuedDocument | None"] = relationship(
        "IssuedDocument", foreign_keys=[document_id]
    )


def unit_of_reissue(this, env):
    """target.unit"""
    return ex.path(this, "target.unit_id")


def target_choose_of_reissue_sql(cls, env):
    """state == 'approved'"""
    return cls.state == "approved"


def document_choose_of_reissue_sql(cls, env):
    """record_id == form.target.id and object == 'delegation' and state != 'void'"""
    return sql.all_of(
        sql.eq(cls.record_id, ex.path(env.form, "target.id")),
        cls.object == "delegation",
        cls.state != "void",
    )


def original_required_of_reissue(this, env):
    """reason == 'content'"""
    return this.reason == "content"


def loss_report_when_of_reissue(this, env):
    """reason == 'lost'"""
    return this.reason == "lost"


def change_proof_when_of_reissue(this, env):
    """reason == 'changed'"""
    return this.reason == "changed"


def locked_block_of_reissue_sql(cls, env):
    """unit == form.unit and state in ('locked', 'appeal')"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id), sql.is_in(cls.state, ("locked", "appeal"))
    )


def submit_sets_submitted_on_of_reissue(this, env):
    """today"""
    return env.today


def approve_sets_decided_on_of_reissue(this, env):
    """today"""
    return env.today


REISSUE = Object(
    name="reissue",
    title="重出批件",
    model=Reissue,
    subsystem="outbound",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            value=unit_of_reissue,
            reads=("target.unit",),
            as_of=("now",),
            depends=("target",),
            section="作废与重出",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外重〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="target",
            title="团组",
            type=types.Ref(object="delegation"),
            required=True,
            choose=target_choose_of_reissue_sql,
            among="已批准的团组",
            help="已批准、已出批件的团组",
            section="作废与重出",
        ),
        Field(
            name="document",
            title="作废函件",
            type=types.Ref(object="issued_document"),
            required=True,
            choose=document_choose_of_reissue_sql,
            among="上面团组没有作废的函件",
            asks=("target",),
            depends=("target",),
            help="作废后仍可查询，标“作废”",
            section="作废与重出",
        ),
        Field(
            name="reason",
            title="作废原因",
            type=types.Dict(of="void_reason"),
            required=True,
            section="作废与重出",
        ),
        Field(
            name="explanation",
            title="情况说明",
            type=types.Text(length=2000),
            required=True,
            section="作废与重出",
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
            title="签批日期",
            type=types.Date(),
            section="办理情况",
            readonly=True,
        ),
    ),
    display="{target.name}",
    materials=(
        Material(name="original", title="原批件扫描件", required=original_required_of_reissue),
        Material(name="loss_report", title="遗失说明", when=loss_report_when_of_reissue),
        Material(name="change_proof", title="变更依据", when=change_proof_when_of_reissue),
    ),
    blocks=(
        Block(
            name="locked",
            object="unit_lock",
            when=locked_block_of_reissue_sql,
            error="本单位的申报备案已于{locked_on}锁定（{code}），不能申报。原因：{reason}。整改后请在“申报备案申请解锁”中申请解锁",
            at="unit",
        ),
    ),
    flow="reissue_approval",
    order=("-id",),
    columns=("code", "unit", "target", "document", "reason", "submitted_on", "decided_on", "state"),
    sequence=("unit",),
)


REISSUE_APPROVAL = Flow(
    name="reissue_approval",
    title="重出批件审批",
    object="reissue",
    steps=(
        Step(name="draft", title="申请重出", by=Roles(names=("document_clerk",)), edit="all"),
        Step(
            name="review",
            title="处室审核",
            by=Roles(names=("fao_division_head",)),
            within=1,
            opinions=("审核意见",),
        ),
        Step(
            name="sign_off",
            title="领导签批",
            by=Roles(names=("fao_director",)),
            within=1,
            opinions=("签批意见",),
        ),
        Step(name="done", title="已重出", end="done"),
        Step(name="rejected", title="未同意", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="作废并提交",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            self_approval=True,
            effects=(
                Effect(kind="set", params={"submitted_on": submit_sets_submitted_on_of_reissue}),
                Effect(kind="void", params={"path": "document"}),
            ),
            consequence="原函件立即作废，二维码查询显示“作废”；送处室审核",
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(Route(source="review", target="sign_off"),),
            consequence="送 领导签批（办领导）",
        ),
        Action(
            name="approve",
            title="同意重出",
            kind="pass",
            routes=(Route(source="sign_off", target="done"),),
            effects=(
                Effect(kind="set", params={"decided_on": approve_sets_decided_on_of_reissue}),
                Effect(kind="reissue", params={"path": "document"}),
                Effect(kind="notify", params={"message": "reissue.reissued"}),
            ),
            consequence="办结：已重出",
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            routes=(
                Route(source="review", target="draft", consequence="退回 申请重出（文书岗）"),
                Route(
                    source="sign_off", target="review", consequence="退回 处室审核（处室负责人）"
                ),
                Route(source="sign_off", target="draft", consequence="退回 申请重出（文书岗）"),
            ),
            comment="required",
            consequence="退回所选环节",
        ),
        Action(
            name="reject",
            title="不同意",
            kind="reject",
            routes=(
                Route(source="review", target="rejected"),
                Route(source="sign_off", target="rejected"),
            ),
            comment="required",
            consequence="办结：未同意",
        ),
    ),
    version="b8a61289591b",
    archive=60,
)


REISSUED = Message(
    name="reissue.reissued",
    title="批件重出",
    object="reissue",
    text="{target.name}的批件已重新生成，原件作废，请登录系统下载新批件。",
    variables=("target.name",),
    to=(Applicant(),),
)


PP29_FUNCTION = Function(
    id="PP29",
    title="重出批件",
    subsystem="outbound",
    module="document",
    screen="apply",
    object="reissue",
    filters=("unit", "reason", "state"),
    grants=(("document_clerk", ("view", "add", "edit", "delete", "submit")),),
    operations=(
        "view",
        "add",
        "edit",
        "delete",
        "export",
        "import",
        "submit",
        "pass",
        "approve",
        "send_back",
        "reject",
        "urge",
    ),
    help="作废已生成的批件，重新申请、审批、生成、打印、发放；作废件仍可查",
)


PP29R_FUNCTION = Function(
    id="PP29R",
    title="重出批件审批",
    subsystem="outbound",
    module="document",
    screen="review",
    object="reissue",
    steps=("review", "sign_off"),
    grants=(
        ("fao_division_head", ("view", "pass", "send_back", "reject")),
        ("fao_director", ("view", "approve", "send_back", "reject")),
    ),
    operations=(
        "view",
        "edit",
        "export",
        "pass",
        "approve",
        "send_back",
        "reject",
        "urge",
        "reassign",
    ),
)


class PP29(ApplyView):
    """重出批件."""

    datamodel = DataInterface(Reissue)
    function = "PP29"
    route_base = "/PP29"
    class_permission_name = "PP29"
    list_title = "重出批件"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "target": "团组",
        "document": "作废函件",
        "reason": "作废原因",
        "submitted_on": "申请日期",
        "decided_on": "签批日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "target",
        "document",
        "reason",
        "submitted_on",
        "decided_on",
        "state",
    ]


class PP29R(ReviewView):
    """重出批件审批."""

    datamodel = DataInterface(Reissue)
    function = "PP29R"
    route_base = "/PP29R"
    class_permission_name = "PP29R"
    list_title = "重出批件审批"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "target": "团组",
        "document": "作废函件",
        "reason": "作废原因",
        "submitted_on": "申请日期",
        "decided_on": "签批日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "target",
        "document",
        "reason",
        "submitted_on",
        "decided_on",
        "state",
    ]


class ReissueApi(ObjectApi):
    """REST of 重出批件."""

    datamodel = DataInterface(Reissue)
    object_name = "reissue"
    resource_name = "reissue"
