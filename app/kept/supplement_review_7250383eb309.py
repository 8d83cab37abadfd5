"""补充材料审核, version 7250383eb309. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Roles, Route, Step


def submit_sets_submitted_on_of_supplement(this, env):
    """today"""
    return env.today


def approve_sets_merged_on_of_supplement(this, env):
    """today"""
    return env.today


FLOW = Flow(
    name="supplement_review",
    title="补充材料审核",
    object="supplement",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="审核",
            by=Roles(names=("fao_handler",)),
            within=2,
            labels="material_label",
        ),
        Step(name="merged", title="已并入", end="done"),
        Step(name="rejected", title="未采纳", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            effects=(
                Effect(kind="set", params={"submitted_on": submit_sets_submitted_on_of_supplement}),
            ),
            consequence="送 审核（业务经办岗）",
        ),
        Action(
            name="approve",
            title="采纳并入",
            kind="pass",
            routes=(Route(source="review", target="merged"),),
            effects=(
                Effect(kind="set", params={"merged_on": approve_sets_merged_on_of_supplement}),
                Effect(kind="merge", params={"materials": "target", "as": "supplements"}),
                Effect(kind="notify", params={"message": "supplement.merged"}),
            ),
            consequence="办结：已并入",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "supplement.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="reject",
            title="不采纳",
            kind="reject",
            routes=(Route(source="review", target="rejected"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "supplement.rejected"}),),
            consequence="办结：未采纳",
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
    version="7250383eb309",
)
