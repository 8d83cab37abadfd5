"""A meeting passes a desk and a board; a change of it too."""

from app.core.declare import (
    Action,
    Applicant,
    Effect,
    Flow,
    Roles,
    Step,
)
from tests.harness.routes import ways
from tests.sample.formulas import online, today

MEETING_APPROVAL = Flow(
    name="meeting_approval",
    title="活动审批",
    object="meeting",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="desk",
            title="受理",
            by=Roles(names=("clerk",)),
            within=2,
            checks=("材料齐全",),
            labels="mark",
        ),
        Step(
            name="safety",
            title="安全会签",
            by=Roles(names=("fire", "police")),
            countersign="all",
            skip=online,
        ),
        Step(
            name="board",
            title="审批",
            by=Roles(names=("head",)),
            effects=(Effect(kind="set", params={"decided_on": today}),),
        ),
        Step(name="approved", title="已批准", end="done"),
        Step(name="rejected", title="已退案", end="rejected"),
        Step(name="cancelled", title="已取消", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=ways(draft="desk"),
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=ways(desk="safety", safety="board", board="approved"),
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            comment="required",
            routes=ways(desk="draft", safety=("desk", "draft"), board=("safety", "draft")),
        ),
        Action(
            name="reject",
            title="退案",
            kind="reject",
            comment="required",
            routes=ways(desk="rejected", board="rejected"),
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            by=Applicant(),
            until="opened",
            routes=ways(desk="draft"),
        ),
        Action(
            name="cancel",
            title="取消",
            kind="cancel",
            by=Applicant(),
            comment="required",
            routes=ways(approved="cancelled"),
        ),
    ),
)
MEETING_CHANGE_FLOW = Flow(
    name="meeting_change",
    title="活动变更",
    object="meeting_change",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(name="review", title="审核", by=Roles(names=("head",))),
        Step(name="approved", title="已生效", end="done"),
        Step(name="rejected", title="已退案", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=ways(draft="review"),
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=ways(review="approved"),
            effects=(Effect(kind="apply", params={"field": "after"}),),
        ),
        Action(
            name="reject",
            title="退案",
            kind="reject",
            comment="required",
            routes=ways(review="rejected"),
        ),
    ),
)
