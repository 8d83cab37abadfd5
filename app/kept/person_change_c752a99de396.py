"""团组人员信息变更, version c752a99de396. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Roles, Route, Step
from app.core.expressions import expr as ex


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


FLOW = Flow(
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
)
