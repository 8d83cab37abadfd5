"""出访计划审批, version b5156d0926ab. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Roles, Route, Step


def submit_sets_submitted_on_of_plan(this, env):
    """today"""
    return env.today


def approve_sets_approved_on_of_plan(this, env):
    """today"""
    return env.today


FLOW = Flow(
    name="plan_approval",
    title="出访计划审批",
    object="plan",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="verify",
            title="计划审核",
            by=Roles(names=("fao_handler",)),
            within=5,
            labels="material_label",
            checks=("团组信息", "人员信息", "出访地信息", "附件信息"),
        ),
        Step(name="review", title="处室审核", by=Roles(names=("fao_division_head",)), within=3),
        Step(name="sign_off", title="领导签批", by=Roles(names=("fao_director",)), within=3),
        Step(name="approved", title="已批准", end="done"),
        Step(name="rejected", title="已退案", end="rejected"),
    ),
    actions=(
        Action(
            name="submit",
            title="上报",
            kind="submit",
            routes=(Route(source="draft", target="verify"),),
            effects=(
                Effect(kind="set", params={"submitted_on": submit_sets_submitted_on_of_plan}),
            ),
            consequence="送 计划审核（业务经办岗）",
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(
                Route(source="verify", target="review", consequence="送 处室审核（处室负责人）"),
                Route(source="review", target="sign_off", consequence="送 领导签批（办领导）"),
            ),
            consequence="送下一环节",
        ),
        Action(
            name="approve",
            title="批准",
            kind="pass",
            routes=(Route(source="sign_off", target="approved"),),
            bulk=True,
            effects=(
                Effect(kind="set", params={"approved_on": approve_sets_approved_on_of_plan}),
                Effect(kind="notify", params={"message": "plan.approved"}),
            ),
            consequence="办结：已批准",
        ),
        Action(
            name="send_back",
            title="驳回修改",
            kind="send_back",
            routes=(
                Route(source="verify", target="draft", consequence="退回 填报（申报人）"),
                Route(source="review", target="verify", consequence="退回 计划审核（业务经办岗）"),
                Route(source="review", target="draft", consequence="退回 填报（申报人）"),
                Route(
                    source="sign_off", target="review", consequence="退回 处室审核（处室负责人）"
                ),
                Route(source="sign_off", target="draft", consequence="退回 填报（申报人）"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "plan.sent_back"}),),
            consequence="退回所选环节",
        ),
        Action(
            name="reject",
            title="不予批准",
            kind="reject",
            routes=(
                Route(source="verify", target="rejected"),
                Route(source="review", target="rejected"),
                Route(source="sign_off", target="rejected"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "plan.rejected"}),),
            consequence="办结：已退案",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="verify", target="draft"),),
            until="opened",
            consequence="收回到 填报（申报人）",
        ),
    ),
    version="b5156d0926ab",
)
