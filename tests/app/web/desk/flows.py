"""How a meeting and its change are decided."""

from app.core.declare import (
    Action,
    Applicant,
    Effect,
    Flow,
    Roles,
    Step,
)
from tests.harness.routes import ways

MEETING_FLOW = Flow(
    name="meeting_flow",
    title="会议审批",
    object="meeting",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="check",
            title="审核",
            by=Roles(names=("clerk",)),
            within=3,
            labels="label",
            checks=("齐全", "属实"),
            beside=("group.stamp", "material.letter"),
            opinions=("审核意见",),
        ),
        Step(name="sign", title="签批", by=Roles(names=("chief",))),
        Step(name="granted", title="已批准", end="done"),
        Step(name="refused", title="已退案", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=ways(draft="check"),
            consequence="送审核",
        ),
        Action(name="pass", title="通过", kind="pass", routes=ways(check="sign")),
        Action(name="grant", title="批准", kind="pass", routes=ways(sign="granted"), bulk=True),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            comment="required",
            routes=ways(check="draft", sign=("check", "draft")),
        ),
        Action(
            name="reject",
            title="退案",
            kind="reject",
            comment="required",
            routes=ways(check="refused", sign="refused"),
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            until="opened",
            routes=ways(check="draft"),
        ),
        Action(
            name="cancel",
            title="取消申请",
            kind="cancel",
            comment="required",
            guard=lambda this, env: bool(this.code),
            refusal="尚未提交过的草稿请直接删除",
            routes=ways(draft="refused"),
        ),
    ),
)
CHANGE_FLOW = Flow(
    name="change_flow",
    title="会议变更",
    object="meeting_change",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(name="check", title="审核", by=Roles(names=("clerk",))),
        Step(name="done", title="已生效", end="done"),
    ),
    actions=(
        Action(name="submit", title="提交", kind="submit", routes=ways(draft="check")),
        Action(
            name="agree",
            title="同意",
            kind="pass",
            routes=ways(check="done"),
            effects=(Effect(kind="apply", params={"field": "after"}),),
        ),
    ),
)
