"""重出批件审批, version b8a61289591b. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Effect, Flow, Roles, Route, Step


def submit_sets_submitted_on_of_reissue(this, env):
    """today"""
    return env.today


def approve_sets_decided_on_of_reissue(this, env):
    """today"""
    return env.today


FLOW = Flow(
    name="reissue_approval",
    title="重出批件审批",
    object="reissue",
    steps=(
        Step(name="draft", title="申请重出", by=Roles(names=("document_clerk",)), edit="all"),
        Step(
            name="review",
            title="处室审核",
            by=Roles(names=("fao_division_head",)),
            within=1,
            opinions=("审核意见",),
        ),
        Step(
            name="sign_off",
            title="领导签批",
            by=Roles(names=("fao_director",)),
            within=1,
            opinions=("签批意见",),
        ),
        Step(name="done", title="已重出", end="done"),
        Step(name="rejected", title="未同意", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="作废并提交",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            self_approval=True,
            effects=(
                Effect(kind="set", params={"submitted_on": submit_sets_submitted_on_of_reissue}),
                Effect(kind="void", params={"path": "document"}),
            ),
            consequence="原函件立即作废，二维码查询显示“作废”；送处室审核",
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(Route(source="review", target="sign_off"),),
            consequence="送 领导签批（办领导）",
        ),
        Action(
            name="approve",
            title="同意重出",
            kind="pass",
            routes=(Route(source="sign_off", target="done"),),
            effects=(
                Effect(kind="set", params={"decided_on": approve_sets_decided_on_of_reissue}),
                Effect(kind="reissue", params={"path": "document"}),
                Effect(kind="notify", params={"message": "reissue.reissued"}),
            ),
            consequence="办结：已重出",
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            routes=(
                Route(source="review", target="draft", consequence="退回 申请重出（文书岗）"),
                Route(
                    source="sign_off", target="review", consequence="退回 处室审核（处室负责人）"
                ),
                Route(source="sign_off", target="draft", consequence="退回 申请重出（文书岗）"),
            ),
            comment="required",
            consequence="退回所选环节",
        ),
        Action(
            name="reject",
            title="不同意",
            kind="reject",
            routes=(
                Route(source="review", target="rejected"),
                Route(source="sign_off", target="rejected"),
            ),
            comment="required",
            consequence="办结：未同意",
        ),
    ),
    version="b8a61289591b",
)
