"""专办员备案, version b5bf8c778206. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Roles, Route, Step


def approve_sets_opened_on_of_liaison(this, env):
    """today"""
    return env.today


FLOW = Flow(
    name="liaison_filing",
    title="专办员备案",
    object="liaison",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="备案审批",
            by=Roles(names=("fao_reception",)),
            within=2,
            labels="material_label",
            checks=(
                "授权书签字与备案签字样一致",
                "授权书公章与备案公章样一致",
                "身份信息与证件一致",
            ),
            beside=("unit.signatory_signature", "unit.seal", "material.authorisation"),
        ),
        Step(name="active", title="已开通", end="done"),
        Step(name="rejected", title="未通过", end="rejected"),
        Step(name="closed", title="已注销", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交备案",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            consequence="送 备案审批（窗口预审岗）",
        ),
        Action(
            name="approve",
            title="同意并开通账户",
            kind="pass",
            routes=(Route(source="review", target="active"),),
            bulk=True,
            effects=(
                Effect(kind="set", params={"opened_on": approve_sets_opened_on_of_liaison}),
                Effect(kind="account", params={"do": "open", "role": "liaison"}),
                Effect(kind="notify", params={"message": "liaison.opened"}),
            ),
            consequence="办结：已开通",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "liaison.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="reject",
            title="不予备案",
            kind="reject",
            routes=(Route(source="review", target="rejected"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "liaison.rejected"}),),
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
    version="b5bf8c778206",
)
