"""补充材料. Generated from metadata/outbound/supplement.yaml; do not edit.

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


class Supplement(Entity):
    """补充材料."""

    __tablename__ = "outbound_supplement"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    target_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_delegation.id"), index=True
    )  # 原团组
    kind: Mapped[str | None] = mapped_column(String(40))  # 补充类别
    content: Mapped[str | None] = mapped_column(Text)  # 补充说明
    submitted_on: Mapped[date | None] = mapped_column(Date)  # 提交日期
    merged_on: Mapped[date | None] = mapped_column(Date)  # 并入日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    target: Mapped["Delegation | None"] = relationship("Delegation", foreign_keys=[target_id])


def unit_default_of_supplement(this, env):
    """me.unit"""
    return env.me.unit


def target_choose_of_supplement_sql(cls, env):
    """unit == form.unit and state not in ('draft', 'rejected', 'cancelled')"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id),
        sql.not_in(cls.state, ("draft", "rejected", "cancelled")),
    )


def locked_block_of_supplement_sql(cls, env):
    """unit == form.unit and state in ('locked', 'appeal')"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id), sql.is_in(cls.state, ("locked", "appeal"))
    )


def submit_sets_submitted_on_of_supplement(this, env):
    """today"""
    return env.today


def approve_sets_merged_on_of_supplement(this, env):
    """today"""
    return env.today


def rows_of_pp22r_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_pp22r(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


SUPPLEMENT = Object(
    name="supplement",
    title="补充材料",
    model=Supplement,
    subsystem="outbound",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            default=unit_default_of_supplement,
            section="补充内容",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外补〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="target",
            title="原团组",
            type=types.Ref(object="delegation"),
            required=True,
            choose=target_choose_of_supplement_sql,
            among="本单位已上报、没有被否决或撤销的团组",
            asks=("unit",),
            depends=("unit",),
            help="已上报或已批准的团组",
            section="补充内容",
        ),
        Field(
            name="kind",
            title="补充类别",
            type=types.Dict(of="supplement_kind"),
            required=True,
            section="补充内容",
        ),
        Field(
            name="content",
            title="补充说明",
            type=types.Text(length=4000),
            required=True,
            help="说明补交什么、为什么补交",
            section="补充内容",
        ),
        Field(
            name="submitted_on",
            title="提交日期",
            type=types.Date(),
            section="办理情况",
            readonly=True,
        ),
        Field(
            name="merged_on", title="并入日期", type=types.Date(), section="办理情况", readonly=True
        ),
    ),
    display="{target.name}",
    materials=(
        Material(
            name="papers",
            title="补充材料",
            accept=("pdf", "jpg", "png", "docx"),
            many=True,
            help="签字盖章后的扫描件；审核通过后并入原团组材料",
        ),
    ),
    blocks=(
        Block(
            name="locked",
            object="unit_lock",
            when=locked_block_of_supplement_sql,
            error="本单位的申报备案已于{locked_on}锁定（{code}），不能申报。原因：{reason}。整改后请在“申报备案申请解锁”中申请解锁",
            at="unit",
        ),
    ),
    flow="supplement_review",
    order=("-id",),
    columns=("code", "unit", "target", "kind", "submitted_on", "merged_on", "state"),
)


SUPPLEMENT_REVIEW = Flow(
    name="supplement_review",
    title="补充材料审核",
    object="supplement",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="审核",
            by=Roles(names=("fao_handler",)),
            within=2,
            labels="material_label",
        ),
        Step(name="merged", title="已并入", end="done"),
        Step(name="rejected", title="未采纳", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            effects=(
                Effect(kind="set", params={"submitted_on": submit_sets_submitted_on_of_supplement}),
            ),
            consequence="送 审核（业务经办岗）",
        ),
        Action(
            name="approve",
            title="采纳并入",
            kind="pass",
            routes=(Route(source="review", target="merged"),),
            effects=(
                Effect(kind="set", params={"merged_on": approve_sets_merged_on_of_supplement}),
                Effect(kind="merge", params={"materials": "target", "as": "supplements"}),
                Effect(kind="notify", params={"message": "supplement.merged"}),
            ),
            consequence="办结：已并入",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "supplement.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="reject",
            title="不采纳",
            kind="reject",
            routes=(Route(source="review", target="rejected"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "supplement.rejected"}),),
            consequence="办结：未采纳",
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
    version="7250383eb309",
    archive=60,
)


MERGED = Message(
    name="supplement.merged",
    title="补充材料并入",
    object="supplement",
    text="贵单位为{target.name}补充的材料（{code}）已并入原团组。",
    variables=("target.name", "code"),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="supplement.sent_back",
    title="补充材料退回",
    object="supplement",
    text="贵单位为{target.name}补充的材料（{code}）被退回，请修改后重新提交。退回意见：{comment}",
    variables=("target.name", "code", "comment"),
    to=(Applicant(),),
)


REJECTED = Message(
    name="supplement.rejected",
    title="补充材料未采纳",
    object="supplement",
    text="贵单位为{target.name}补充的材料（{code}）未采纳。原因：{comment}",
    variables=("target.name", "code", "comment"),
    to=(Applicant(),),
)


PP22_FUNCTION = Function(
    id="PP22",
    title="补充材料提交",
    subsystem="outbound",
    module="trip",
    screen="apply",
    object="supplement",
    columns=("code", "target", "kind", "submitted_on", "merged_on", "state"),
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
    help="对缺失的材料补交，审核通过后并入原团组",
    order=40,
)


PP22R_FUNCTION = Function(
    id="PP22R",
    title="补充材料审核",
    subsystem="outbound",
    module="trip",
    screen="review",
    object="supplement",
    steps=("review",),
    filters=("unit", "kind"),
    where=rows_of_pp22r_sql,
    takes=rows_of_pp22r,
    grants=(("fao_handler", ("view", "approve", "send_back", "reject")),),
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
    order=41,
)


class PP22(ApplyView):
    """补充材料提交."""

    datamodel = DataInterface(Supplement)
    function = "PP22"
    route_base = "/PP22"
    class_permission_name = "PP22"
    list_title = "补充材料提交"
    label_columns = {
        "code": "编号",
        "target": "原团组",
        "kind": "补充类别",
        "submitted_on": "提交日期",
        "merged_on": "并入日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "target",
        "kind",
        "submitted_on",
        "merged_on",
        "state",
    ]


class PP22R(ReviewView):
    """补充材料审核."""

    datamodel = DataInterface(Supplement)
    function = "PP22R"
    route_base = "/PP22R"
    class_permission_name = "PP22R"
    list_title = "补充材料审核"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "target": "原团组",
        "kind": "补充类别",
        "submitted_on": "提交日期",
        "merged_on": "并入日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "target",
        "kind",
        "submitted_on",
        "merged_on",
        "state",
    ]


class SupplementApi(ObjectApi):
    """REST of 补充材料."""

    datamodel = DataInterface(Supplement)
    object_name = "supplement"
    resource_name = "supplement"
