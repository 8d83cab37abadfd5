"""申报单位备案, version 1cf71ec1cce6. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Roles, Route, Step


def approve_sets_filed_on_of_unit(this, env):
    """today"""
    return env.today


def approve_sets_unit_of_unit(this, env):
    """this"""
    return this.id


def approve_sets_name_of_unit(this, env):
    """registrant_name"""
    return this.registrant_name


def approve_sets_phone_of_unit(this, env):
    """registrant_phone"""
    return this.registrant_phone


def approve_sets_post_of_unit(this, env):
    """registrant_post"""
    return this.registrant_post


FLOW = Flow(
    name="unit_filing",
    title="申报单位备案",
    object="unit",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="check",
            title="备案核对",
            by=Roles(names=("fao_reception",)),
            within=2,
            labels="material_label",
            checks=("单位名称与证书一致", "信用代码与证书一致", "签字样与公章样清晰可比对"),
            beside=("signatory_signature", "seal", "material.application"),
        ),
        Step(
            name="sign",
            title="备案签批",
            by=Roles(names=("fao_division_head",)),
            within=2,
            beside=("signatory_signature", "seal"),
        ),
        Step(name="filed", title="已备案", end="done"),
        Step(name="rejected", title="未通过", end="rejected"),
        Step(name="closed", title="已注销", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交备案",
            kind="submit",
            routes=(Route(source="draft", target="check"),),
            consequence="送 备案核对（窗口预审岗）",
        ),
        Action(
            name="pass",
            title="核对通过",
            kind="pass",
            routes=(Route(source="check", target="sign"),),
            consequence="送 备案签批（处室负责人）",
        ),
        Action(
            name="approve",
            title="签批同意",
            kind="pass",
            routes=(Route(source="sign", target="filed"),),
            effects=(
                Effect(kind="set", params={"filed_on": approve_sets_filed_on_of_unit}),
                Effect(kind="account", params={"do": "join", "role": "liaison"}),
                Effect(
                    kind="start",
                    params={
                        "object": "liaison",
                        "once": True,
                        "fields": {
                            "unit": approve_sets_unit_of_unit,
                            "name": approve_sets_name_of_unit,
                            "phone": approve_sets_phone_of_unit,
                            "post": approve_sets_post_of_unit,
                        },
                    },
                ),
                Effect(kind="notify", params={"message": "unit.filed"}),
            ),
            consequence="办结：已备案",
        ),
        Action(
            name="send_back",
            title="退回修改",
            kind="send_back",
            routes=(
                Route(source="check", target="draft", consequence="退回 填报（申报人）"),
                Route(source="sign", target="draft", consequence="退回 填报（申报人）"),
                Route(source="sign", target="check", consequence="退回 备案核对（窗口预审岗）"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "unit.sent_back"}),),
            consequence="退回所选环节",
        ),
        Action(
            name="reject",
            title="不予备案",
            kind="reject",
            routes=(
                Route(source="check", target="rejected"),
                Route(source="sign", target="rejected"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "unit.rejected"}),),
            consequence="办结：未通过",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="check", target="draft"),),
            until="opened",
            consequence="收回到 填报（申报人）",
        ),
    ),
    version="1cf71ec1cce6",
)
