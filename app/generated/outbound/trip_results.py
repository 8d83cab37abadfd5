"""出访后材料. Generated from metadata/outbound/trip_results.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from datetime import date

from sqlalchemy import Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import types
from app.core.db.entity import Entity
from app.core.declare import (
    Action,
    Applicant,
    Child,
    Effect,
    Field,
    Flow,
    Function,
    Material,
    Message,
    Object,
    Reminder,
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


class TripResults(Entity):
    """出访后材料."""

    __tablename__ = "outbound_trip_results"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    target_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_delegation.id"), index=True
    )  # 团组
    summary: Mapped[str | None] = mapped_column(Text)  # 总结摘要
    publicized_from: Mapped[date | None] = mapped_column(Date)  # 公示开始
    publicized_until: Mapped[date | None] = mapped_column(Date)  # 公示结束
    publicity_place: Mapped[str | None] = mapped_column(String(200))  # 公示网址或地点
    outcome_count: Mapped[int | None] = mapped_column(Integer)  # 成果数
    submitted_on: Mapped[date | None] = mapped_column(Date)  # 上报日期
    accepted_on: Mapped[date | None] = mapped_column(Date)  # 审核通过日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    target: Mapped["Delegation | None"] = relationship("Delegation", foreign_keys=[target_id])
    outcomes: Mapped[list["TripOutcome"]] = relationship(
        "TripOutcome",
        back_populates="parent",
        order_by="TripOutcome.position",
        cascade="all, delete-orphan",
        foreign_keys="TripOutcome.parent_id",
    )


class TripOutcome(Entity):
    """后期成果落实情况."""

    __tablename__ = "outbound_trip_outcome"

    parent_id: Mapped[int] = mapped_column(
        ForeignKey("outbound_trip_results.id", ondelete="CASCADE"), index=True
    )  # 出访后材料
    position: Mapped[int] = mapped_column(Integer, default=0)  # 次序
    name: Mapped[str | None] = mapped_column(String(200))  # 成果
    progress: Mapped[str | None] = mapped_column(Text)  # 落实情况
    person: Mapped[str | None] = mapped_column(String(40))  # 责任人
    until: Mapped[date | None] = mapped_column(Date)  # 完成期限

    parent: Mapped["TripResults | None"] = relationship(
        "TripResults", back_populates="outcomes", foreign_keys=[parent_id]
    )


def unit_default_of_trip_results(this, env):
    """me.unit"""
    return env.me.unit


def target_choose_of_trip_results_sql(cls, env):
    """unit == form.unit and state == 'approved' and kind != 'online' and return_on < today"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id),
        cls.state == "approved",
        cls.kind != "online",
        sql.lt(cls.return_on, env.today),
    )


def outcome_count_of_trip_results(this, env):
    """count(outcomes)"""
    return ex.count(this.outcomes)


def publicity_order_rule_of_trip_results(this, env):
    """publicized_until >= publicized_from"""
    return ex.ge(this.publicized_until, this.publicized_from)


def publicity_after_rule_of_trip_results(this, env):
    """publicized_from > target.return_on"""
    return ex.gt(this.publicized_from, ex.path(this, "target.return_on"))


def publicity_over_rule_of_trip_results(this, env):
    """publicized_until <= today"""
    return ex.le(this.publicized_until, env.today)


def submit_sets_submitted_on_of_trip_results(this, env):
    """today"""
    return env.today


def approve_sets_accepted_on_of_trip_results(this, env):
    """today"""
    return env.today


def rows_of_pp81_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_pp81(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


TRIP_OUTCOME = Object(
    name="trip_outcome",
    title="后期成果落实情况",
    model=TripOutcome,
    subsystem="outbound",
    scope=Scope(kind="parent", path="parent"),
    fields=(
        Field(
            name="name",
            title="成果",
            type=types.String(length=200),
            required=True,
            help="签署的协议、达成的意向、引进的项目或人才等",
        ),
        Field(name="progress", title="落实情况", type=types.Text(length=1000), required=True),
        Field(
            name="person",
            title="责任人",
            type=types.String(
                length=40,
                pattern="[\\u4e00-\\u9fff\\u3400-\\u4dbf·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}",
                error="姓名应为中文（可带间隔号·）或外文字母，不能有数字和空格以外的符号",
            ),
            required=True,
        ),
        Field(name="until", title="完成期限", type=types.Date()),
    ),
    display="{name}",
    parent="trip_results",
    order=("position",),
)


TRIP_RESULTS = Object(
    name="trip_results",
    title="出访后材料",
    model=TripResults,
    subsystem="outbound",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            default=unit_default_of_trip_results,
            section="出访总结",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外果〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="target",
            title="团组",
            type=types.Ref(object="delegation"),
            required=True,
            choose=target_choose_of_trip_results_sql,
            among="本单位已批准、已过入境日期的团组",
            asks=("unit",),
            depends=("unit",),
            section="出访总结",
        ),
        Field(
            name="summary",
            title="总结摘要",
            type=types.Text(length=4000),
            required=True,
            help="做了什么、与谁、达成什么；全文作为归国总结报告上传",
            section="出访总结",
        ),
        Field(
            name="publicized_from",
            title="公示开始",
            type=types.Date(),
            required=True,
            section="访后公示",
        ),
        Field(
            name="publicized_until",
            title="公示结束",
            type=types.Date(),
            required=True,
            section="访后公示",
        ),
        Field(
            name="publicity_place",
            title="公示网址或地点",
            type=types.String(length=200),
            required=True,
            section="访后公示",
        ),
        Field(
            name="outcome_count",
            title="成果数",
            type=types.Integer(),
            value=outcome_count_of_trip_results,
            reads=("outcomes",),
            depends=("outcomes",),
            section="成果落实",
        ),
        Field(
            name="submitted_on",
            title="上报日期",
            type=types.Date(),
            section="办理情况",
            readonly=True,
        ),
        Field(
            name="accepted_on",
            title="审核通过日期",
            type=types.Date(),
            section="办理情况",
            readonly=True,
        ),
    ),
    display="{target.name}",
    children=(
        Child(
            name="outcomes",
            title="后期成果落实情况",
            object="trip_outcome",
            min=1,
            max=50,
            section="成果落实",
        ),
    ),
    materials=(
        Material(
            name="report",
            title="归国总结报告",
            accept=("pdf", "docx", "jpg", "png"),
            help="单位盖章后的扫描件",
        ),
        Material(
            name="eight_rules", title="八项规定落实情况表", accept=("pdf", "docx", "jpg", "png")
        ),
        Material(
            name="publicity",
            title="访后公示表",
            accept=("pdf", "docx", "jpg", "png"),
            facts=("publicized_from", "publicized_until"),
        ),
        Material(
            name="photos",
            title="出访照片",
            accept=("jpg", "png"),
            many=True,
            help="公务活动照片，不少于一张",
        ),
        Material(
            name="videos",
            title="出访视频",
            required=False,
            accept=("mp4",),
            max_bytes=209715200,
            many=True,
            help="有视频记录的上传",
        ),
        Material(
            name="outcome_proof",
            title="成果证明",
            required=False,
            accept=("pdf", "docx", "jpg", "png"),
            many=True,
            help="协议、备忘录等",
        ),
    ),
    rules=(
        Rule(
            name="publicity_order",
            check=publicity_order_rule_of_trip_results,
            error="公示结束不能早于公示开始",
            at="publicized_until",
        ),
        Rule(
            name="publicity_after",
            check=publicity_after_rule_of_trip_results,
            error="访后公示应在团组回国以后",
            at="publicized_from",
        ),
        Rule(
            name="publicity_over",
            check=publicity_over_rule_of_trip_results,
            error="公示期满后才能上报",
            at="publicized_until",
        ),
    ),
    unique=(("target",),),
    flow="trip_results_review",
    order=("-id",),
    columns=(
        "code",
        "unit",
        "target",
        "publicized_from",
        "publicized_until",
        "outcome_count",
        "submitted_on",
        "state",
    ),
    sequence=("outcome_count",),
)


TRIP_RESULTS_REVIEW = Flow(
    name="trip_results_review",
    title="出访后材料审批",
    object="trip_results",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="审批",
            by=Roles(names=("fao_handler",)),
            within=3,
            reminders=(Reminder(days=1),),
            labels="material_label",
            checks=("总结报告", "八项规定落实情况", "访后公示", "成果落实情况"),
        ),
        Step(name="accepted", title="已通过", end="done"),
    ),
    actions=(
        Action(
            name="submit",
            title="上报",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            effects=(
                Effect(
                    kind="set", params={"submitted_on": submit_sets_submitted_on_of_trip_results}
                ),
            ),
            consequence="送 审批（业务经办岗）",
        ),
        Action(
            name="approve",
            title="通过",
            kind="pass",
            routes=(Route(source="review", target="accepted"),),
            effects=(
                Effect(
                    kind="set", params={"accepted_on": approve_sets_accepted_on_of_trip_results}
                ),
                Effect(kind="notify", params={"message": "trip_results.accepted"}),
            ),
            consequence="办结：已通过",
        ),
        Action(
            name="send_back",
            title="驳回",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "trip_results.sent_back"}),),
            consequence="退回 填报（申报人）",
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
    version="d1b147e5d3b5",
    archive=60,
)


ACCEPTED = Message(
    name="trip_results.accepted",
    title="出访后材料通过",
    object="trip_results",
    text="贵单位上报的{target.name}出访后材料（{code}）已审批通过。",
    variables=("target.name", "code"),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="trip_results.sent_back",
    title="出访后材料驳回",
    object="trip_results",
    text="贵单位上报的{target.name}出访后材料（{code}）被驳回，请修改后再次上报。驳回意见：{comment}",
    variables=("target.name", "code", "comment"),
    to=(Applicant(),),
)


PP80_FUNCTION = Function(
    id="PP80",
    title="出访后材料填报",
    subsystem="outbound",
    module="returned",
    screen="apply",
    object="trip_results",
    columns=(
        "code",
        "target",
        "publicized_from",
        "publicized_until",
        "outcome_count",
        "submitted_on",
        "state",
    ),
    grants=(("liaison", ("view", "add", "edit", "delete", "submit", "recall", "urge", "export")),),
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
        "recall",
        "urge",
    ),
    help="团组回国后上传总结报告、八项规定落实情况表、访后公示表、照片视频，填写后期成果落实情况",
    order=73,
)


PP81_FUNCTION = Function(
    id="PP81",
    title="出访后材料审批",
    subsystem="outbound",
    module="returned",
    screen="review",
    object="trip_results",
    steps=("review",),
    filters=("unit", "unit.district", "submitted_on"),
    where=rows_of_pp81_sql,
    takes=rows_of_pp81,
    grants=(
        ("fao_handler", ("view", "approve", "send_back")),
        ("fao_division_head", ("view", "reassign", "urge")),
    ),
    operations=("view", "edit", "export", "approve", "send_back", "recall", "urge", "reassign"),
    help="逐份审看出访后材料；驳回的由专办员修改后再次上报",
    order=74,
)


class PP80(ApplyView):
    """出访后材料填报."""

    datamodel = DataInterface(TripResults)
    function = "PP80"
    route_base = "/PP80"
    class_permission_name = "PP80"
    list_title = "出访后材料填报"
    label_columns = {
        "code": "编号",
        "target": "团组",
        "publicized_from": "公示开始",
        "publicized_until": "公示结束",
        "outcome_count": "成果数",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "target",
        "publicized_from",
        "publicized_until",
        "outcome_count",
        "submitted_on",
        "state",
    ]


class PP81(ReviewView):
    """出访后材料审批."""

    datamodel = DataInterface(TripResults)
    function = "PP81"
    route_base = "/PP81"
    class_permission_name = "PP81"
    list_title = "出访后材料审批"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "target": "团组",
        "publicized_from": "公示开始",
        "publicized_until": "公示结束",
        "outcome_count": "成果数",
        "submitted_on": "上报日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "target",
        "publicized_from",
        "publicized_until",
        "outcome_count",
        "submitted_on",
        "state",
    ]


class TripResultsApi(ObjectApi):
    """REST of 出访后材料."""

    datamodel = DataInterface(TripResults)
    object_name = "trip_results"
    resource_name = "trip_results"
