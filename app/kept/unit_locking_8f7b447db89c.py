"""申报单位备案锁定, version 8f7b447db89c. Kept by python -m generator migrate; do not edit."""

from app.core.declare import Action, Applicant, Effect, Flow, Roles, Route, Step
from app.core.expressions import expr as ex


def lock_sets_locked_on_of_unit_lock(this, env):
    """today"""
    return env.today


def appeal_sets_appealed_on_of_unit_lock(this, env):
    """today"""
    return env.today


def resume_sets_decided_on_of_unit_lock(this, env):
    """today"""
    return env.today


def relock_sets_decided_on_of_unit_lock(this, env):
    """today"""
    return env.today


def relock_sets_relocked_of_unit_lock(this, env):
    """coalesce(relocked, 0) + 1"""
    return ex.add(ex.coalesce(this.relocked, 0), 1)


def withdraw_sets_decided_on_of_unit_lock(this, env):
    """today"""
    return env.today


FLOW = Flow(
    name="unit_locking",
    title="申报单位备案锁定",
    object="unit_lock",
    steps=(
        Step(
            name="entry",
            title="录入",
            by=Roles(names=("fao_handler",)),
            edit=("target", "cause", "reason", "rectify_by"),
        ),
        Step(name="locked", title="已锁定", by=Applicant(), edit=("statement", "papers")),
        Step(name="appeal", title="申诉处理", by=Roles(names=("fao_handler",)), within=3),
        Step(name="unlocked", title="已解锁", end="done"),
        Step(name="withdrawn", title="已撤销", end="cancelled"),
    ),
    actions=(
        Action(
            name="lock",
            title="锁定并推送",
            kind="submit",
            routes=(Route(source="entry", target="locked"),),
            effects=(
                Effect(kind="set", params={"locked_on": lock_sets_locked_on_of_unit_lock}),
                Effect(kind="notify", params={"message": "unit_lock.locked"}),
            ),
            consequence="送 已锁定（申报人）",
        ),
        Action(
            name="appeal",
            title="提交解锁申请",
            kind="pass",
            routes=(Route(source="locked", target="appeal"),),
            effects=(
                Effect(kind="set", params={"appealed_on": appeal_sets_appealed_on_of_unit_lock}),
            ),
            consequence="送 申诉处理（业务经办岗）",
        ),
        Action(
            name="resume",
            title="继续备案",
            kind="pass",
            routes=(Route(source="appeal", target="unlocked"),),
            comment="required",
            self_approval=True,
            effects=(
                Effect(kind="set", params={"decided_on": resume_sets_decided_on_of_unit_lock}),
                Effect(kind="notify", params={"message": "unit_lock.unlocked"}),
            ),
            consequence="办结：已解锁",
        ),
        Action(
            name="relock",
            title="再次锁定",
            kind="send_back",
            routes=(Route(source="appeal", target="locked"),),
            comment="required",
            effects=(
                Effect(
                    kind="set",
                    params={
                        "decided_on": relock_sets_decided_on_of_unit_lock,
                        "relocked": relock_sets_relocked_of_unit_lock,
                    },
                ),
                Effect(kind="notify", params={"message": "unit_lock.relocked"}),
            ),
            consequence="退回 已锁定（申报人）",
        ),
        Action(
            name="withdraw",
            title="撤销锁定",
            kind="cancel",
            routes=(Route(source="locked", target="withdrawn"),),
            by=Roles(names=("fao_handler",)),
            comment="required",
            effects=(
                Effect(kind="set", params={"decided_on": withdraw_sets_decided_on_of_unit_lock}),
                Effect(kind="notify", params={"message": "unit_lock.withdrawn"}),
            ),
            consequence="办结：已撤销",
        ),
    ),
    version="8f7b447db89c",
)
