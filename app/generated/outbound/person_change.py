"""团组人员信息变更. Generated from metadata/outbound/person_change.yaml; do not edit.

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


class PersonChange(Entity):
    """团组人员信息变更."""

    __tablename__ = "outbound_person_change"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    target_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_person.id"), index=True
    )  # 变更人员
    kind: Mapped[str | None] = mapped_column(String(40))  # 变更类别
    after: Mapped[str | None] = mapped_column(Text)  # 变更后
    reason: Mapped[str | None] = mapped_column(Text)  # 变更原因
    submitted_on: Mapped[date | None] = mapped_column(Date)  # 申请日期
    decided_on: Mapped[date | None] = mapped_column(Date)  # 办结日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    target: Mapped["Person | None"] = relationship("Person", foreign_keys=[target_id])


def unit_default_of_person_change(this, env):
    """me.unit"""
    return env.me.unit


def target_choose_of_person_change_sql(cls, env):
    """unit == form.unit"""
    return sql.eq(cls.unit_id, env.form.unit_id)


def after_when_of_person_change(this, env):
    """kind != 'leave'"""
    return ex.ne(this.kind, "leave")


def locked_block_of_person_change_sql(cls, env):
    """unit == form.unit and state in ('locked', 'appeal')"""
    return sql.all_of(
        sql.eq(cls.unit_id, env.form.unit_id), sql.is_in(cls.state, ("locked", "appeal"))
    )


def submit_sets_submitted_on_of_person_change(this, env):
    """today"""
    return env.today


def approve_sets_decided_on_of_person_change(this, env):
    """today"""
    return env.today


def approve_apply_when_of_person_change(this, env):
    """kind != 'leave'"""
    return ex.ne(this.kind, "leave")


def approve_drop_when_of_person_change(this, env):
    """kind == 'leave'"""
    return this.kind == "leave"


def rows_of_pp12r_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_pp12r(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


PERSON_CHANGE = Object(
    name="person_change",
    title="团组人员信息变更",
    model=PersonChange,
    subsystem="outbound",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            default=unit_default_of_person_change,
            section="变更内容",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外人变〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="target",
            title="变更人员",
            type=types.Ref(object="person"),
            required=True,
            choose=target_choose_of_person_change_sql,
            asks=("unit",),
            depends=("unit",),
            section="变更内容",
        ),
        Field(
            name="kind",
            title="变更类别",
            type=types.Dict(of="person_change_kind"),
            required=True,
            section="变更内容",
        ),
        Field(
            name="after",
            title="变更后",
            type=types.DraftOf(),
            required=True,
            when=after_when_of_person_change,
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
    blocks=(
        Block(
            name="locked",
            object="unit_lock",
            when=locked_block_of_person_change_sql,
            error="本单位的申报备案已于{locked_on}锁定（{code}），不能申报。原因：{reason}。整改后请在“申报备案申请解锁”中申请解锁",
            at="unit",
        ),
    ),
    draft=Draft(
        field="after",
        target="target",
        fields=(
            "name",
            "surname_pinyin",
            "given_pinyin",
            "department",
            "post",
            "post_kind",
            "rank",
            "rank_since",
            "job_nature",
            "external_identity",
            "retired",
            "political_status",
            "secret_level",
            "declassified_on",
            "phone",
            "email",
            "address",
            "family",
        ),
    ),
    flow="person_change",
    order=("-id",),
    columns=("code", "unit", "target", "kind", "submitted_on", "decided_on", "state"),
    sequence=("after",),
)


PERSON_CHANGE_FLOW = Flow(
    name="person_change",
    title="团组人员信息变更",
    object="person_change",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="审核",
            by=Roles(names=("fao_handler",)),
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
                    kind="set", params={"submitted_on": submit_sets_submitted_on_of_person_change}
                ),
            ),
            consequence="送 审核（业务经办岗）",
        ),
        Action(
            name="approve",
            title="同意",
            kind="pass",
            routes=(Route(source="review", target="done"),),
            effects=(
                Effect(kind="set", params={"decided_on": approve_sets_decided_on_of_person_change}),
                Effect(
                    kind="apply",
                    params={"field": "after"},
                    when=approve_apply_when_of_person_change,
                ),
                Effect(
                    kind="drop", params={"of": "target"}, when=approve_drop_when_of_person_change
                ),
                Effect(kind="notify", params={"message": "person_change.done"}),
            ),
            consequence="办结：已生效",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "person_change.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="reject",
            title="不同意",
            kind="reject",
            routes=(Route(source="review", target="rejected"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "person_change.rejected"}),),
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
    version="c752a99de396",
    archive=60,
)


DONE = Message(
    name="person_change.done",
    title="变更生效",
    object="person_change",
    text="贵单位申报的团组人员信息变更（{code}）已通过并生效。",
    variables=("code",),
    to=(Applicant(),),
)


SENT_BACK = Message(
    name="person_change.sent_back",
    title="变更退回",
    object="person_change",
    text="贵单位申报的团组人员信息变更（{code}）被退回，请修改后重新提交。退回意见：{comment}",
    variables=("code", "comment"),
    to=(Applicant(),),
)


REJECTED = Message(
    name="person_change.rejected",
    title="变更未通过",
    object="person_change",
    text="贵单位申报的团组人员信息变更（{code}）未通过。原因：{comment}",
    variables=("code", "comment"),
    to=(Applicant(),),
)


PP12_FUNCTION = Function(
    id="PP12",
    title="团组人员信息变更",
    subsystem="outbound",
    module="trip",
    screen="apply",
    object="person_change",
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


PP12R_FUNCTION = Function(
    id="PP12R",
    title="团组人员信息变更审核",
    subsystem="outbound",
    module="trip",
    screen="review",
    object="person_change",
    steps=("review",),
    filters=("unit", "kind"),
    where=rows_of_pp12r_sql,
    takes=rows_of_pp12r,
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
    order=15,
)


class PP12(ApplyView):
    """团组人员信息变更."""

    datamodel = DataInterface(PersonChange)
    function = "PP12"
    route_base = "/PP12"
    class_permission_name = "PP12"
    list_title = "团组人员信息变更"
    label_columns = {
        "code": "编号",
        "target": "变更人员",
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


class PP12R(ReviewView):
    """团组人员信息变更审核."""

    datamodel = DataInterface(PersonChange)
    function = "PP12R"
    route_base = "/PP12R"
    class_permission_name = "PP12R"
    list_title = "团组人员信息变更审核"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "target": "变更人员",
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


class PersonChangeApi(ObjectApi):
    """REST of 团组人员信息变更."""

    datamodel = DataInterface(PersonChange)
    object_name = "person_change"
    resource_name = "person_change"
