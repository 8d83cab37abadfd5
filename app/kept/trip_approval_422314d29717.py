"""出国任务审批, version 422314d29717. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Reminder, Roles, Route, Step
from app.core.expressions import expr as ex


def countersign_skip_of_delegation(this, env):
    """kind not in ('joint', 'cross')"""
    return ex.not_in(this.kind, ("joint", "cross"))


def submit_sets_submitted_on_of_delegation(this, env):
    """today"""
    return env.today


def approve_sets_approved_on_of_delegation(this, env):
    """today"""
    return env.today


def cancel_guard_of_delegation(this, env):
    """code is not empty"""
    return not ex.is_empty(this.code)


def parallel_guard_of_delegation(this, env):
    """parallel_on is empty and kind != 'online'"""
    return ex.is_empty(this.parallel_on) and ex.ne(this.kind, "online")


def parallel_sets_parallel_on_of_delegation(this, env):
    """today"""
    return env.today


FLOW = Flow(
    name="trip_approval",
    title="出国任务审批",
    object="delegation",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="prescreen",
            title="材料预审",
            by=Roles(names=("fao_reception",)),
            within=2,
            reminders=(
                Reminder(days=-1),
                Reminder(days=1),
                Reminder(days=2, to=Roles(names=("fao_division_head",))),
            ),
            labels="material_label",
            checks=("完整性", "合规性", "准确性"),
        ),
        Step(
            name="accept",
            title="电子接案",
            by=Roles(names=("fao_handler",)),
            within=1,
            reminders=(
                Reminder(days=1),
                Reminder(days=2, to=Roles(names=("fao_division_head",))),
            ),
            checks=("团组信息", "人员信息", "出访地信息", "计划占用"),
            effects=(Effect(kind="notify", params={"message": "delegation.accepted"}),),
        ),
        Step(
            name="review",
            title="处室审核",
            by=Roles(names=("fao_division_head",)),
            within=2,
            reminders=(
                Reminder(days=-1),
                Reminder(days=1),
            ),
            beside=("unit.signatory_signature", "unit.seal", "material.request"),
            opinions=("审核意见",),
        ),
        Step(
            name="countersign",
            title="会签",
            by=Roles(names=("fao_division_head", "fao_handler")),
            within=2,
            opinions=("会签意见",),
            countersign="all",
            skip=countersign_skip_of_delegation,
        ),
        Step(
            name="sign_off",
            title="领导签批",
            by=Roles(names=("fao_director",)),
            within=2,
            reminders=(Reminder(days=-1),),
            beside=("unit.signatory_signature", "unit.seal", "material.request"),
            opinions=("签批意见",),
            effects=(
                Effect(kind="issue", params={"document": "confirmation"}),
                Effect(kind="issue", params={"document": "approval"}),
            ),
        ),
        Step(name="approved", title="已批准", end="done"),
        Step(name="rejected", title="已退案", end="rejected"),
        Step(name="cancelled", title="已取消", end="cancelled"),
    ),
    actions=(
        Action(
            name="submit",
            title="提交",
            kind="submit",
            routes=(Route(source="draft", target="prescreen"),),
            effects=(
                Effect(kind="set", params={"submitted_on": submit_sets_submitted_on_of_delegation}),
            ),
            consequence="送 材料预审（窗口预审岗）",
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=(
                Route(source="prescreen", target="accept", consequence="送 电子接案（业务经办岗）"),
                Route(source="accept", target="review", consequence="送 处室审核（处室负责人）"),
                Route(
                    source="review",
                    target="countersign",
                    consequence="送 会签（处室负责人、业务经办岗）",
                ),
                Route(source="countersign", target="sign_off", consequence="送 领导签批（办领导）"),
            ),
            effects=(Effect(kind="notify", params={"message": "delegation.progressed"}),),
            consequence="送下一环节",
        ),
        Action(
            name="approve",
            title="批准",
            kind="pass",
            routes=(Route(source="sign_off", target="approved"),),
            effects=(
                Effect(kind="set", params={"approved_on": approve_sets_approved_on_of_delegation}),
                Effect(kind="notify", params={"message": "delegation.trip_approved"}),
            ),
            consequence="办结：已批准",
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            routes=(
                Route(source="prescreen", target="draft", consequence="退回 填报（申报人）"),
                Route(
                    source="accept", target="prescreen", consequence="退回 材料预审（窗口预审岗）"
                ),
                Route(source="accept", target="draft", consequence="退回 填报（申报人）"),
                Route(source="review", target="accept", consequence="退回 电子接案（业务经办岗）"),
                Route(
                    source="review", target="prescreen", consequence="退回 材料预审（窗口预审岗）"
                ),
                Route(source="review", target="draft", consequence="退回 填报（申报人）"),
                Route(
                    source="countersign", target="review", consequence="退回 处室审核（处室负责人）"
                ),
                Route(
                    source="countersign",
                    target="prescreen",
                    consequence="退回 材料预审（窗口预审岗）",
                ),
                Route(source="countersign", target="draft", consequence="退回 填报（申报人）"),
                Route(
                    source="sign_off",
                    target="countersign",
                    consequence="退回 会签（处室负责人、业务经办岗）",
                ),
                Route(
                    source="sign_off", target="prescreen", consequence="退回 材料预审（窗口预审岗）"
                ),
                Route(source="sign_off", target="draft", consequence="退回 填报（申报人）"),
            ),
            comment="required",
            resubmit="choose",
            effects=(Effect(kind="notify", params={"message": "delegation.sent_back"}),),
            consequence="退回所选环节",
        ),
        Action(
            name="reject",
            title="退案",
            kind="reject",
            routes=(
                Route(source="prescreen", target="rejected"),
                Route(source="accept", target="rejected"),
                Route(source="review", target="rejected"),
                Route(source="sign_off", target="rejected"),
            ),
            comment="required",
            effects=(Effect(kind="notify", params={"message": "delegation.rejected"}),),
            consequence="办结：已退案",
        ),
        Action(
            name="recall",
            title="撤回",
            kind="recall",
            routes=(Route(source="prescreen", target="draft"),),
            until="opened",
            consequence="收回到 填报（申报人）",
        ),
        Action(
            name="cancel",
            title="取消申报",
            kind="cancel",
            routes=(Route(source="draft", target="cancelled"),),
            guard=cancel_guard_of_delegation,
            refusal="尚未提交过的草稿请直接删除",
            comment="required",
            consequence="办结：已取消",
        ),
        Action(
            name="parallel",
            title="同步办照",
            kind="note",
            routes=(
                Route(source="prescreen", target="prescreen"),
                Route(source="accept", target="accept"),
                Route(source="review", target="review"),
                Route(source="sign_off", target="sign_off"),
            ),
            guard=parallel_guard_of_delegation,
            refusal="已经同意同步办照，或本团不需办照",
            effects=(
                Effect(kind="set", params={"parallel_on": parallel_sets_parallel_on_of_delegation}),
                Effect(kind="notify", params={"message": "delegation.parallel"}),
            ),
            consequence="记录在案，办理环节不变",
        ),
    ),
    version="422314d29717",
)
