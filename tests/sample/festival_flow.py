"""A festival: conditional routes, branches, n of m, straight back, back as the returner chooses."""

from app.core.declare import (
    Action,
    Applicant,
    Branch,
    Flow,
    Reminder,
    Roles,
    Route,
    Step,
)
from tests.harness.routes import ways
from tests.sample.formulas import large, online, small

FESTIVAL_APPROVAL = Flow(
    name="festival_approval",
    title="节庆审批",
    object="festival",
    version="1",
    archive=5,
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="desk",
            title="受理",
            by=Roles(names=("clerk",)),
            within=2,
            reminders=(
                Reminder(days=-1),
                Reminder(days=1),
                Reminder(days=2),
                Reminder(days=2, to=Roles(names=("head",))),
            ),
        ),
        Step(
            name="joint",
            title="并联审查",
            branches=(
                Branch(name="fire", title="消防", steps=("fire_check", "fire_head")),
                Branch(name="order", title="治安", steps=("order_check",)),
            ),
        ),
        Step(name="fire_check", title="消防查验", by=Roles(names=("fire",))),
        Step(name="fire_head", title="消防复核", by=Roles(names=("head",)), skip=small),
        Step(name="order_check", title="治安审查", by=Roles(names=("police",)), skip=online),
        Step(
            name="ballot",
            title="表决",
            by=Roles(names=("fire", "police", "head")),
            countersign=2,
        ),
        Step(name="board", title="审批", by=Roles(names=("head",))),
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
            routes=(
                *ways(desk="joint", fire_check="fire_head", fire_head="joint", order_check="joint"),
                Route(source="joint", target="ballot", when=large),
                *ways(joint="board", ballot="board", board="approved"),
            ),
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            comment="required",
            resubmit="direct",
            routes=ways(
                desk="draft",
                fire_check=("draft", "desk"),
                fire_head=("fire_check", "draft"),
                order_check="draft",
                ballot="draft",
                board=("order_check", "joint", "draft"),
            ),
        ),
        Action(
            name="redo",
            title="退回重办",
            kind="send_back",
            comment="required",
            resubmit="choose",
            routes=ways(fire_check="draft", ballot="joint", board="draft"),
        ),
        Action(
            name="reject",
            title="退案",
            kind="reject",
            comment="required",
            routes=ways(fire_check="rejected", order_check="rejected", board="rejected"),
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            until="opened",
            routes=ways(desk="draft", joint="draft"),
        ),
        Action(
            name="cancel",
            title="取消",
            kind="cancel",
            by=Applicant(),
            comment="required",
            routes=ways(joint="cancelled", ballot="cancelled", approved="cancelled"),
        ),
    ),
)
