"""出访后材料审批, version d1b147e5d3b5. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Reminder, Roles, Route, Step


def submit_sets_submitted_on_of_trip_results(this, env):
    """today"""
    return env.today


def approve_sets_accepted_on_of_trip_results(this, env):
    """today"""
    return env.today


FLOW = Flow(
    name="trip_results_review",
    title="出访后材料审批",
    object="trip_results",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="审批",
            by=Roles(names=("fao_handler",)),
            within=3,
            reminders=(Reminder(days=1),),
            labels="material_label",
            checks=("总结报告", "八项规定落实情况", "访后公示", "成果落实情况"),
        ),
        Step(name="accepted", title="已通过", end="done"),
    ),
    actions=(
        Action(
            name="submit",
            title="上报",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            effects=(
                Effect(
                    kind="set", params={"submitted_on": submit_sets_submitted_on_of_trip_results}
                ),
            ),
            consequence="送 审批（业务经办岗）",
        ),
        Action(
            name="approve",
            title="通过",
            kind="pass",
            routes=(Route(source="review", target="accepted"),),
            effects=(
                Effect(
                    kind="set", params={"accepted_on": approve_sets_accepted_on_of_trip_results}
                ),
                Effect(kind="notify", params={"message": "trip_results.accepted"}),
            ),
            consequence="办结：已通过",
        ),
        Action(
            name="send_back",
            title="驳回",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "trip_results.sent_back"}),),
            consequence="退回 填报（申报人）",
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
    version="d1b147e5d3b5",
    archive=60,
)
