"""申报单位专办员信息变更, version d33dcacf9f47. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Roles, Route, Step
from app.core.expressions import expr as ex


def submit_sets_submitted_on_of_liaison_change(this, env):
    """today"""
    return env.today


def approve_sets_decided_on_of_liaison_change(this, env):
    """today"""
    return env.today


def approve_apply_when_of_liaison_change(this, env):
    """kind != 'close'"""
    return ex.ne(this.kind, "close")


def approve_account_when_of_liaison_change(this, env):
    """kind != 'close'"""
    return ex.ne(this.kind, "close")


def approve_account_when_of_liaison_change_2(this, env):
    """kind == 'close'"""
    return this.kind == "close"


def approve_drop_when_of_liaison_change(this, env):
    """kind == 'close'"""
    return this.kind == "close"


FLOW = Flow(
    name="liaison_change",
    title="申报单位专办员信息变更",
    object="liaison_change",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="审核",
            by=Roles(names=("fao_reception",)),
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
                    kind="set", params={"submitted_on": submit_sets_submitted_on_of_liaison_change}
                ),
            ),
            consequence="送 审核（窗口预审岗）",
        ),
        Action(
            name="approve",
            title="同意",
            kind="pass",
            routes=(Route(source="review", target="done"),),
            effects=(
                Effect(
                    kind="set", params={"decided_on": approve_sets_decided_on_of_liaison_change}
                ),
                Effect(
                    kind="apply",
                    params={"field": "after"},
                    when=approve_apply_when_of_liaison_change,
                ),
                Effect(
                    kind="account",
                    params={"do": "update", "of": "target"},
                    when=approve_account_when_of_liaison_change,
                ),
                Effect(
                    kind="account",
                    params={"do": "close", "of": "target"},
                    when=approve_account_when_of_liaison_change_2,
                ),
                Effect(
                    kind="drop", params={"of": "target"}, when=approve_drop_when_of_liaison_change
                ),
                Effect(kind="notify", params={"message": "liaison_change.done"}),
            ),
            consequence="办结：已生效",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "liaison_change.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="reject",
            title="不同意",
            kind="reject",
            routes=(Route(source="review", target="rejected"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "liaison_change.rejected"}),),
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
    version="d33dcacf9f47",
)
