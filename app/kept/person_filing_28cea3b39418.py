"""团组人员备案, version 28cea3b39418. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Roles, Route, Step


def approve_sets_filed_on_of_person(this, env):
    """today"""
    return env.today


FLOW = Flow(
    name="person_filing",
    title="团组人员备案",
    object="person",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="review",
            title="外办审核",
            by=Roles(names=("fao_handler",)),
            within=2,
            labels="material_label",
            checks=("身份信息与证件一致", "职务职级与备案表一致"),
            beside=("material.identity", "material.filing_form"),
        ),
        Step(name="filed", title="已备案", end="done"),
        Step(name="rejected", title="未通过", end="rejected"),
        Step(name="left", title="已注销", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交备案",
            kind="submit",
            routes=(Route(source="draft", target="review"),),
            bulk=True,
            consequence="送 外办审核（业务经办岗）",
        ),
        Action(
            name="approve",
            title="审核通过",
            kind="pass",
            routes=(Route(source="review", target="filed"),),
            bulk=True,
            effects=(
                Effect(kind="set", params={"filed_on": approve_sets_filed_on_of_person}),
                Effect(kind="notify", params={"message": "person.filed"}),
            ),
            consequence="办结：已备案",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(Route(source="review", target="draft"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "person.sent_back"}),),
            consequence="退回 填报（申报人）",
        ),
        Action(
            name="reject",
            title="不予备案",
            kind="reject",
            routes=(Route(source="review", target="rejected"),),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "person.rejected"}),),
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
    version="28cea3b39418",
)
