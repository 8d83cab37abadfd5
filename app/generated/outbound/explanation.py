"""情况说明. Generated from metadata/outbound/explanation.yaml; do not edit.

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
    Effect,
    Field,
    Flow,
    Function,
    Material,
    Message,
    Object,
    Roles,
    Route,
    Rule,
    Scope,
    Step,
)
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.web.api import ObjectApi
from app.web.views import ApplyView, DataInterface, ReviewView


class Explanation(Entity):
    """情况说明."""

    __tablename__ = "outbound_explanation"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    target_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_delegation.id"), index=True
    )  # 团组
    stage: Mapped[str | None] = mapped_column(String(40))  # 所处环节
    requirement: Mapped[str | None] = mapped_column(Text)  # 要求说明的情况
    due_on: Mapped[date | None] = mapped_column(Date)  # 答复期限
    asked_on: Mapped[date | None] = mapped_column(Date)  # 推送日期
    answer: Mapped[str | None] = mapped_column(Text)  # 情况说明
    answered_on: Mapped[date | None] = mapped_column(Date)  # 上报日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    target: Mapped["Delegation | None"] = relationship("Delegation", foreign_keys=[target_id])


def unit_of_explanation(this, env):
    """target.unit"""
    return ex.path(this, "target.unit_id")


def target_choose_of_explanation_sql(cls, env):
    """state not in ('draft', 'rejected', 'cancelled')"""
    return sql.not_in(cls.state, ("draft", "rejected", "cancelled"))


def answer_required_of_explanation(this, env):
    """state == 'answer'"""
    return this.state == "answer"


def papers_required_of_explanation(this, env):
    """state == 'answer'"""
    return this.state == "answer"


def due_in_future_rule_of_explanation(this, env):
    """due_on >= today"""
    return ex.ge(this.due_on, env.today)


def due_in_future_rule_of_explanation_when(this, env):
    """code is empty"""
    return ex.is_empty(this.code)


def push_sets_asked_on_of_explanation(this, env):
    """today"""
    return env.today


def reply_sets_answered_on_of_explanation(this, env):
    """today"""
    return env.today


def rows_of_pp16a_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_pp16a(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


def rows_of_pp16r_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_pp16r(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


EXPLANATION = Object(
    name="explanation",
    title="情况说明",
    model=Explanation,
    subsystem="outbound",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            value=unit_of_explanation,
            reads=("target.unit",),
            as_of=("now",),
            depends=("target",),
            section="外办要求",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外说〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="target",
            title="团组",
            type=types.Ref(object="delegation"),
            required=True,
            choose=target_choose_of_explanation_sql,
            among="已上报、没有被否决或撤销的团组",
            section="外办要求",
        ),
        Field(
            name="stage",
            title="所处环节",
            type=types.Dict(of="explanation_stage"),
            required=True,
            section="外办要求",
        ),
        Field(
            name="requirement",
            title="要求说明的情况",
            type=types.Text(length=2000),
            required=True,
            section="外办要求",
        ),
        Field(
            name="due_on", title="答复期限", type=types.Date(), required=True, section="外办要求"
        ),
        Field(
            name="asked_on", title="推送日期", type=types.Date(), section="外办要求", readonly=True
        ),
        Field(
            name="answer",
            title="情况说明",
            type=types.Text(length=4000),
            required=answer_required_of_explanation,
            depends=("state",),
            section="情况说明",
            edit_by=("liaison",),
        ),
        Field(
            name="answered_on",
            title="上报日期",
            type=types.Date(),
            section="情况说明",
            readonly=True,
        ),
    ),
    display="{target.name}",
    materials=(
        Material(
            name="papers",
            title="说明材料",
            required=papers_required_of_explanation,
            accept=("pdf", "jpg", "png", "docx"),
            many=True,
            help="签字盖章后的扫描件，上报后以材料形式并入原团组",
        ),
    ),
    rules=(
        Rule(
            name="due_in_future",
            check=due_in_future_rule_of_explanation,
            error="答复期限不能早于今天",
            at="due_on",
            when=due_in_future_rule_of_explanation_when,
        ),
    ),
    flow="explanation_handling",
    order=("-id",),
    columns=("code", "unit", "target", "stage", "due_on", "asked_on", "answered_on", "state"),
    sequence=("unit",),
)


EXPLANATION_HANDLING = Flow(
    name="explanation_handling",
    title="异常情况处理",
    object="explanation",
    steps=(
        Step(
            name="ask",
            title="提出要求",
            by=Roles(names=("fao_handler",)),
            edit=("target", "stage", "requirement", "due_on"),
        ),
        Step(name="answer", title="补充说明", by=Applicant(), edit=("answer", "papers"), within=5),
        Step(name="review", title="审核", by=Roles(names=("fao_handler",)), within=2),
        Step(name="merged", title="已并入", end="done"),
        Step(name="withdrawn", title="已撤回", end="cancelled"),
    ),
    actions=(
        Action(
            name="push",
            title="推送要求",
            kind="submit",
            routes=(Route(source="ask", target="answer"),),
            effects=(
                Effect(kind="set", params={"asked_on": push_sets_asked_on_of_explanation}),
                Effect(kind="notify", params={"message": "explanation.asked"}),
            ),
            consequence="送 补充说明（申报人）",
        ),
        Action(
            name="reply",
            title="上报说明",
            kind="pass",
            routes=(Route(source="answer", target="review"),),
            effects=(
                Effect(kind="set", params={"answered_on": reply_sets_answered_on_of_explanation}),
            ),
            consequence="送 审核（业务经办岗）",
        ),
        Action(
            name="approve",
            title="采纳并入",
            kind="pass",
            routes=(Route(source="review", target="merged"),),
            self_approval=True,
            effects=(
                Effect(kind="merge", params={"materials": "target", "as": "supplements"}),
                Effect(kind="notify", params={"message": "explanation.merged"}),
            ),
            consequence="办结：已并入",
        ),
        Action(
            name="send_back",
            title="退回补充",
            kind="send_back",
            routes=(Route(source="review", target="answer"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "explanation.sent_back"}),),
            consequence="退回 补充说明（申报人）",
        ),
        Action(
            name="withdraw",
            title="撤回要求",
            kind="cancel",
            routes=(Route(source="answer", target="withdrawn"),),
            by=Roles(names=("fao_handler",)),
            comment="required",
            consequence="办结：已撤回",
        ),
    ),
    version="f7307b8a8926",
    archive=60,
)


ASKED = Message(
    name="explanation.asked",
    title="要求补充说明",
    object="explanation",
    text="请就{target.name}补充情况说明：{requirement}。请于{due_on}前在“情况说明上报”中办理。",
    variables=("target.name", "requirement", "due_on"),
    to=(Applicant(),),
)


MERGED = Message(
    name="explanation.merged",
    title="情况说明并入",
    object="explanation",
    text="贵单位就{target.name}上报的情况说明（{code}）已并入原团组。",
    variables=("target.name", "code"),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="explanation.sent_back",
    title="情况说明退回",
    object="explanation",
    text="贵单位就{target.name}上报的情况说明（{code}）被退回，请补充后重新上报。退回意见：{comment}",
    variables=("target.name", "code", "comment"),
    to=(Applicant(),),
)


PP16_FUNCTION = Function(
    id="PP16",
    title="异常情况处理",
    subsystem="outbound",
    module="trip",
    screen="apply",
    object="explanation",
    filters=("unit", "stage", "state"),
    grants=(("fao_handler", ("view", "add", "edit", "delete", "push", "withdraw")),),
    operations=(
        "view",
        "add",
        "edit",
        "delete",
        "export",
        "import",
        "push",
        "reply",
        "approve",
        "send_back",
        "withdraw",
        "urge",
    ),
    help="申报、审批、办证、签证、出访、回国各环节均可要求单位补充情况说明",
    order=50,
)


PP16A_FUNCTION = Function(
    id="PP16A",
    title="情况说明上报",
    subsystem="outbound",
    module="trip",
    screen="review",
    object="explanation",
    steps=("answer",),
    columns=("code", "target", "stage", "due_on", "asked_on", "answered_on", "state"),
    where=rows_of_pp16a_sql,
    takes=rows_of_pp16a,
    grants=(("liaison", ("view", "edit", "reply")),),
    operations=("view", "edit", "export", "reply", "withdraw", "urge", "reassign"),
    help="按外办要求补充情况说明，上报后并入原团组",
    order=60,
)


PP16R_FUNCTION = Function(
    id="PP16R",
    title="情况说明审核",
    subsystem="outbound",
    module="trip",
    screen="review",
    object="explanation",
    steps=("review",),
    filters=("unit", "stage"),
    where=rows_of_pp16r_sql,
    takes=rows_of_pp16r,
    grants=(("fao_handler", ("view", "approve", "send_back")),),
    operations=("view", "edit", "export", "approve", "send_back", "urge", "reassign"),
    order=61,
)


class PP16(ApplyView):
    """异常情况处理."""

    datamodel = DataInterface(Explanation)
    function = "PP16"
    route_base = "/PP16"
    class_permission_name = "PP16"
    list_title = "异常情况处理"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "target": "团组",
        "stage": "所处环节",
        "due_on": "答复期限",
        "asked_on": "推送日期",
        "answered_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "target",
        "stage",
        "due_on",
        "asked_on",
        "answered_on",
        "state",
    ]


class PP16A(ReviewView):
    """情况说明上报."""

    datamodel = DataInterface(Explanation)
    function = "PP16A"
    route_base = "/PP16A"
    class_permission_name = "PP16A"
    list_title = "情况说明上报"
    label_columns = {
        "code": "编号",
        "target": "团组",
        "stage": "所处环节",
        "due_on": "答复期限",
        "asked_on": "推送日期",
        "answered_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "target",
        "stage",
        "due_on",
        "asked_on",
        "answered_on",
        "state",
    ]


class PP16R(ReviewView):
    """情况说明审核."""

    datamodel = DataInterface(Explanation)
    function = "PP16R"
    route_base = "/PP16R"
    class_permission_name = "PP16R"
    list_title = "情况说明审核"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "target": "团组",
        "stage": "所处环节",
        "due_on": "答复期限",
        "asked_on": "推送日期",
        "answered_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "target",
        "stage",
        "due_on",
        "asked_on",
        "answered_on",
        "state",
    ]


class ExplanationApi(ObjectApi):
    """REST of 情况说明."""

    datamodel = DataInterface(Explanation)
    object_name = "explanation"
    resource_name = "explanation"
