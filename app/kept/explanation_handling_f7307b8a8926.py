"""异常情况处理, version f7307b8a8926. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Roles, Route, Step


def push_sets_asked_on_of_explanation(this, env):
    """today"""
    return env.today


def reply_sets_answered_on_of_explanation(this, env):
    """today"""
    return env.today


FLOW = Flow(
    name="explanation_handling",
    title="异常情况处理",
    object="explanation",
    steps=(
        Step(
            name="ask",
            title="提出要求",
            by=Roles(names=("fao_handler",)),
            edit=("target", "stage", "requirement", "due_on"),
        ),
        Step(name="answer", title="补充说明", by=Applicant(), edit=("answer", "papers"), within=5),
        Step(name="review", title="审核", by=Roles(names=("fao_handler",)), within=2),
        Step(name="merged", title="已并入", end="done"),
        Step(name="withdrawn", title="已撤回", end="cancelled"),
    ),
    actions=(
        Action(
            name="push",
            title="推送要求",
            kind="submit",
            routes=(Route(source="ask", target="answer"),),
            effects=(
                Effect(kind="set", params={"asked_on": push_sets_asked_on_of_explanation}),
                Effect(kind="notify", params={"message": "explanation.asked"}),
            ),
            consequence="送 补充说明（申报人）",
        ),
        Action(
            name="reply",
            title="上报说明",
            kind="pass",
            routes=(Route(source="answer", target="review"),),
            effects=(
                Effect(kind="set", params={"answered_on": reply_sets_answered_on_of_explanation}),
            ),
            consequence="送 审核（业务经办岗）",
        ),
        Action(
            name="approve",
            title="采纳并入",
            kind="pass",
            routes=(Route(source="review", target="merged"),),
            self_approval=True,
            effects=(
                Effect(kind="merge", params={"materials": "target", "as": "supplements"}),
                Effect(kind="notify", params={"message": "explanation.merged"}),
            ),
            consequence="办结：已并入",
        ),
        Action(
            name="send_back",
            title="退回补充",
            kind="send_back",
            routes=(Route(source="review", target="answer"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "explanation.sent_back"}),),
            consequence="退回 补充说明（申报人）",
        ),
        Action(
            name="withdraw",
            title="撤回要求",
            kind="cancel",
            routes=(Route(source="answer", target="withdrawn"),),
            by=Roles(names=("fao_handler",)),
            comment="required",
            consequence="办结：已撤回",
        ),
    ),
    version="f7307b8a8926",
)
