"""申报备案锁定. Generated from metadata/base/unit_lock.yaml; do not edit.

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
    Rule,
    Scope,
    Step,
)
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.web.api import ObjectApi
from app.web.views import ApplyView, DataInterface, ReviewView


class UnitLock(Entity):
    """申报备案锁定."""

    __tablename__ = "base_unit_lock"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("base_unit.id"), index=True)  # 申报单位
    code: Mapped[str | None] = mapped_column(String(60))  # 编号
    target_id: Mapped[int | None] = mapped_column(
        ForeignKey("base_unit.id"), index=True
    )  # 锁定单位
    cause: Mapped[str | None] = mapped_column(String(40))  # 锁定类别
    reason: Mapped[str | None] = mapped_column(Text)  # 锁定原因
    rectify_by: Mapped[date | None] = mapped_column(Date)  # 整改期限
    locked_on: Mapped[date | None] = mapped_column(Date)  # 锁定日期
    statement: Mapped[str | None] = mapped_column(Text)  # 情况说明
    appealed_on: Mapped[date | None] = mapped_column(Date)  # 申请解锁日期
    relocked: Mapped[int | None] = mapped_column(Integer)  # 再次锁定次数
    decided_on: Mapped[date | None] = mapped_column(Date)  # 处理日期
    state: Mapped[str | None] = mapped_column(String(40), index=True)  # 状态
    search_text: Mapped[str | None] = mapped_column(Text)  # 检索

    unit: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[unit_id])
    target: Mapped["Unit | None"] = relationship("Unit", foreign_keys=[target_id])


def unit_of_unit_lock(this, env):
    """target"""
    return this.target_id


def target_choose_of_unit_lock_sql(cls, env):
    """state == 'filed'"""
    return cls.state == "filed"


def statement_required_of_unit_lock(this, env):
    """state == 'locked'"""
    return this.state == "locked"


def papers_required_of_unit_lock(this, env):
    """state == 'locked'"""
    return this.state == "locked"


def rectify_in_future_rule_of_unit_lock(this, env):
    """rectify_by >= today"""
    return ex.ge(this.rectify_by, env.today)


def rectify_in_future_rule_of_unit_lock_when(this, env):
    """code is empty and rectify_by is not empty"""
    return ex.is_empty(this.code) and not ex.is_empty(this.rectify_by)


def locked_already_block_of_unit_lock_sql(cls, env):
    """target == form.target and (form.id is empty or id != form.id) and state in ('locked', 'appeal')"""
    return sql.all_of(
        sql.eq(cls.target_id, env.form.target_id),
        sql.any_of(ex.is_empty(env.form.id), sql.ne(cls.id, env.form.id)),
        sql.is_in(cls.state, ("locked", "appeal")),
    )


def lock_sets_locked_on_of_unit_lock(this, env):
    """today"""
    return env.today


def appeal_sets_appealed_on_of_unit_lock(this, env):
    """today"""
    return env.today


def resume_sets_decided_on_of_unit_lock(this, env):
    """today"""
    return env.today


def relock_sets_decided_on_of_unit_lock(this, env):
    """today"""
    return env.today


def relock_sets_relocked_of_unit_lock(this, env):
    """coalesce(relocked, 0) + 1"""
    return ex.add(ex.coalesce(this.relocked, 0), 1)


def withdraw_sets_decided_on_of_unit_lock(this, env):
    """today"""
    return env.today


def rows_of_bm16_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_bm16(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


def rows_of_bm17_sql(cls, env):
    """code is not empty"""
    return sql.is_not_empty(cls.code)


def rows_of_bm17(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


UNIT_LOCK = Object(
    name="unit_lock",
    title="申报备案锁定",
    model=UnitLock,
    subsystem="base",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(
            name="unit",
            title="申报单位",
            type=types.Ref(object="unit"),
            value=unit_of_unit_lock,
            reads=("target",),
            depends=("target",),
            section="锁定",
            readonly=True,
        ),
        Field(
            name="code",
            title="编号",
            type=types.Code(series="武外锁〔{yyyy}〕{n:04}号"),
            search=True,
            readonly=True,
        ),
        Field(
            name="target",
            title="锁定单位",
            type=types.Ref(object="unit"),
            required=True,
            choose=target_choose_of_unit_lock_sql,
            among="已备案的单位",
            section="锁定",
        ),
        Field(
            name="cause",
            title="锁定类别",
            type=types.Dict(of="unit_lock_cause"),
            required=True,
            section="锁定",
        ),
        Field(
            name="reason",
            title="锁定原因",
            type=types.Text(length=2000),
            required=True,
            help="推送给该单位专办员，写明须整改的内容",
            section="锁定",
        ),
        Field(name="rectify_by", title="整改期限", type=types.Date(), section="锁定"),
        Field(name="locked_on", title="锁定日期", type=types.Date(), section="锁定", readonly=True),
        Field(
            name="statement",
            title="情况说明",
            type=types.Text(length=4000),
            required=statement_required_of_unit_lock,
            depends=("state",),
            help="写明整改情况，附证明材料",
            section="申诉",
            edit_by=("liaison",),
        ),
        Field(
            name="appealed_on",
            title="申请解锁日期",
            type=types.Date(),
            section="申诉",
            readonly=True,
        ),
        Field(
            name="relocked",
            title="再次锁定次数",
            type=types.Integer(),
            default=0,
            section="处理结果",
            readonly=True,
        ),
        Field(
            name="decided_on",
            title="处理日期",
            type=types.Date(),
            section="处理结果",
            readonly=True,
        ),
    ),
    display="{target} {locked_on}",
    materials=(
        Material(
            name="papers",
            title="整改证明材料",
            required=papers_required_of_unit_lock,
            accept=("pdf", "jpg", "png", "docx"),
            many=True,
            help="整改报告等，签字盖章后扫描上传",
        ),
    ),
    rules=(
        Rule(
            name="rectify_in_future",
            check=rectify_in_future_rule_of_unit_lock,
            error="整改期限不能早于今天",
            at="rectify_by",
            when=rectify_in_future_rule_of_unit_lock_when,
        ),
    ),
    blocks=(
        Block(
            name="locked_already",
            object="unit_lock",
            when=locked_already_block_of_unit_lock_sql,
            error="该单位已于{locked_on}锁定（{code}），尚未解锁",
            at="target",
        ),
    ),
    flow="unit_locking",
    order=("-id",),
    columns=("code", "unit", "cause", "locked_on", "appealed_on", "decided_on", "state"),
    sequence=("unit",),
)


UNIT_LOCKING = Flow(
    name="unit_locking",
    title="申报单位备案锁定",
    object="unit_lock",
    steps=(
        Step(
            name="entry",
            title="录入",
            by=Roles(names=("fao_handler",)),
            edit=("target", "cause", "reason", "rectify_by"),
        ),
        Step(name="locked", title="已锁定", by=Applicant(), edit=("statement", "papers")),
        Step(name="appeal", title="申诉处理", by=Roles(names=("fao_handler",)), within=3),
        Step(name="unlocked", title="已解锁", end="done"),
        Step(name="withdrawn", title="已撤销", end="cancelled"),
    ),
    actions=(
        Action(
            name="lock",
            title="锁定并推送",
            kind="submit",
            routes=(Route(source="entry", target="locked"),),
            effects=(
                Effect(kind="set", params={"locked_on": lock_sets_locked_on_of_unit_lock}),
                Effect(kind="notify", params={"message": "unit_lock.locked"}),
            ),
            consequence="送 已锁定（申报人）",
        ),
        Action(
            name="appeal",
            title="提交解锁申请",
            kind="pass",
            routes=(Route(source="locked", target="appeal"),),
            effects=(
                Effect(kind="set", params={"appealed_on": appeal_sets_appealed_on_of_unit_lock}),
            ),
            consequence="送 申诉处理（业务经办岗）",
        ),
        Action(
            name="resume",
            title="继续备案",
            kind="pass",
            routes=(Route(source="appeal", target="unlocked"),),
            comment="required",
            self_approval=True,
            effects=(
                Effect(kind="set", params={"decided_on": resume_sets_decided_on_of_unit_lock}),
                Effect(kind="notify", params={"message": "unit_lock.unlocked"}),
            ),
            consequence="办结：已解锁",
        ),
        Action(
            name="relock",
            title="再次锁定",
            kind="send_back",
            routes=(Route(source="appeal", target="locked"),),
            comment="required",
            effects=(
                Effect(
                    kind="set",
                    params={
                        "decided_on": relock_sets_decided_on_of_unit_lock,
                        "relocked": relock_sets_relocked_of_unit_lock,
                    },
                ),
                Effect(kind="notify", params={"message": "unit_lock.relocked"}),
            ),
            consequence="退回 已锁定（申报人）",
        ),
        Action(
            name="withdraw",
            title="撤销锁定",
            kind="cancel",
            routes=(Route(source="locked", target="withdrawn"),),
            by=Roles(names=("fao_handler",)),
            comment="required",
            effects=(
                Effect(kind="set", params={"decided_on": withdraw_sets_decided_on_of_unit_lock}),
                Effect(kind="notify", params={"message": "unit_lock.withdrawn"}),
            ),
            consequence="办结：已撤销",
        ),
    ),
    version="8f7b447db89c",
)


LOCKED = Message(
    name="unit_lock.locked",
    title="申报备案锁定",
    object="unit_lock",
    text="{target}的申报备案已锁定（{code}），锁定期间不能申报。原因：{reason}。整改完成后请在“申报备案申请解锁”中提交情况说明和附件。",
    variables=("target", "code", "reason"),
    to=(Applicant(),),
)


UNLOCKED = Message(
    name="unit_lock.unlocked",
    title="申报备案解锁",
    object="unit_lock",
    text="{target}的申报备案已解锁（{code}），可以继续申报。处理意见：{comment}",
    variables=("target", "code", "comment"),
    to=(Applicant(),),
)


RELOCKED = Message(
    name="unit_lock.relocked",
    title="申报备案再次锁定",
    object="unit_lock",
    text="{target}的解锁申请（{code}）未获同意，申报备案再次锁定。处理意见：{comment}",
    variables=("target", "code", "comment"),
    to=(Applicant(),),
)


WITHDRAWN = Message(
    name="unit_lock.withdrawn",
    title="申报备案锁定撤销",
    object="unit_lock",
    text="{target}的申报备案锁定（{code}）已撤销，可以继续申报。说明：{comment}",
    variables=("target", "code", "comment"),
    to=(Applicant(),),
)


BM15_FUNCTION = Function(
    id="BM15",
    title="申报单位备案锁定",
    subsystem="base",
    module="filing",
    screen="apply",
    object="unit_lock",
    filters=("unit", "cause", "locked_on", "state"),
    grants=(("fao_handler", ("view", "add", "edit", "delete", "lock", "withdraw", "export")),),
    operations=(
        "view",
        "add",
        "edit",
        "delete",
        "export",
        "import",
        "lock",
        "appeal",
        "resume",
        "relock",
        "withdraw",
        "urge",
    ),
    help="对不满足申报备案条件的单位录入原因后锁定，推送至专办员；锁定期间不能申报",
    order=17,
)


BM16_FUNCTION = Function(
    id="BM16",
    title="申报备案申请解锁",
    subsystem="base",
    module="filing",
    screen="review",
    object="unit_lock",
    steps=("locked",),
    columns=("code", "cause", "reason", "locked_on", "appealed_on", "decided_on", "state"),
    where=rows_of_bm16_sql,
    takes=rows_of_bm16,
    grants=(("liaison", ("view", "edit", "appeal")),),
    operations=("view", "edit", "export", "appeal", "withdraw", "urge", "reassign"),
    help="整改完成后提交情况说明并上传附件，申请解锁",
    order=18,
)


BM17_FUNCTION = Function(
    id="BM17",
    title="申报单位备案申诉处理",
    subsystem="base",
    module="filing",
    screen="review",
    object="unit_lock",
    steps=("appeal",),
    filters=("unit", "cause"),
    where=rows_of_bm17_sql,
    takes=rows_of_bm17,
    grants=(("fao_handler", ("view", "resume", "relock")),),
    operations=("view", "edit", "export", "resume", "relock", "urge", "reassign"),
    help="根据申诉的情况说明和附件再次锁定或继续备案，结果以短信和站内信通知专办员",
    order=19,
)


class BM15(ApplyView):
    """申报单位备案锁定."""

    datamodel = DataInterface(UnitLock)
    function = "BM15"
    route_base = "/BM15"
    class_permission_name = "BM15"
    list_title = "申报单位备案锁定"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "cause": "锁定类别",
        "locked_on": "锁定日期",
        "appealed_on": "申请解锁日期",
        "decided_on": "处理日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "cause",
        "locked_on",
        "appealed_on",
        "decided_on",
        "state",
    ]


class BM16(ReviewView):
    """申报备案申请解锁."""

    datamodel = DataInterface(UnitLock)
    function = "BM16"
    route_base = "/BM16"
    class_permission_name = "BM16"
    list_title = "申报备案申请解锁"
    label_columns = {
        "code": "编号",
        "cause": "锁定类别",
        "reason": "锁定原因",
        "locked_on": "锁定日期",
        "appealed_on": "申请解锁日期",
        "decided_on": "处理日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "cause",
        "reason",
        "locked_on",
        "appealed_on",
        "decided_on",
        "state",
    ]


class BM17(ReviewView):
    """申报单位备案申诉处理."""

    datamodel = DataInterface(UnitLock)
    function = "BM17"
    route_base = "/BM17"
    class_permission_name = "BM17"
    list_title = "申报单位备案申诉处理"
    label_columns = {
        "code": "编号",
        "unit": "申报单位",
        "cause": "锁定类别",
        "locked_on": "锁定日期",
        "appealed_on": "申请解锁日期",
        "decided_on": "处理日期",
        "state": "状态",
    }
    list_columns = [
        "code",
        "unit",
        "cause",
        "locked_on",
        "appealed_on",
        "decided_on",
        "state",
    ]


class UnitLockApi(ObjectApi):
    """REST of 申报备案锁定."""

    datamodel = DataInterface(UnitLock)
    object_name = "unit_lock"
    resource_name = "unit_lock"
