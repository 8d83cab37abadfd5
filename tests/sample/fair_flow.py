"""A fair: verdicts row by row, cases that are started and waited for, a receipt from outside; a permit is one step."""

from app.core.declare import (
    Action,
    Applicant,
    Effect,
    Flow,
    Per,
    Roles,
    Step,
    Wait,
)
from tests.harness.routes import ways
from tests.sample.formulas import club_of, itself, name_of

FAIR_APPROVAL = Flow(
    name="fair_approval",
    title="集市审批",
    object="fair",
    version="1",
    steps=(
        Step(name="draft", title="填报", by=Applicant(), edit="all"),
        Step(
            name="verify",
            title="核实",
            by=Roles(names=("clerk",)),
            per=Per(rows="stalls", field="verdict", refuses=("no",)),
            effects=(
                Effect(
                    kind="start",
                    params={
                        "object": "permit",
                        "fields": {"club": club_of, "fair": itself, "name": name_of},
                        "parent_ends": "withdraw",
                    },
                ),
            ),
        ),
        Step(name="permits", title="办理许可", wait=Wait(object="permit")),
        Step(
            name="confirm",
            title="复核",
            by=Roles(names=("head",)),
            per=Per(rows="stalls", field="verdict", refuses=("no",)),
        ),
        Step(
            name="register",
            title="登记",
            by=Roles(names=("clerk",)),
            within=1,
            wait=Wait(event="registry", fill={"registry_no": "number"}),
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
            routes=ways(draft="verify"),
        ),
        Action(
            name="pass",
            title="通过",
            kind="pass",
            routes=ways(verify="permits", confirm="register", register="approved"),
        ),
        Action(
            name="send_back",
            title="退回",
            kind="send_back",
            routes=ways(verify="draft", confirm="draft"),
        ),
        Action(
            name="permitted",
            title="许可办结",
            kind="receipt",
            on="done",
            routes=ways(permits="confirm"),
        ),
        Action(
            name="not_permitted",
            title="许可未办成",
            kind="receipt",
            routes=ways(permits="verify"),
        ),
        Action(
            name="registered",
            title="登记回执",
            kind="receipt",
            on="accepted",
            routes=ways(register="approved"),
        ),
        Action(
            name="refused",
            title="登记未通过",
            kind="receipt",
            on="refused",
            routes=ways(register="confirm"),
        ),
        Action(
            name="cancel",
            title="取消",
            kind="cancel",
            by=Applicant(),
            routes=ways(permits="cancelled", register="cancelled"),
        ),
    ),
)
PERMIT_APPROVAL = Flow(
    name="permit_approval",
    title="许可办理",
    object="permit",
    version="1",
    steps=(
        Step(name="decide", title="办理", by=Roles(names=("head",))),
        Step(name="granted", title="已许可", end="done"),
        Step(name="refused", title="不予许可", end="rejected"),
        Step(name="withdrawn", title="已撤销", end="cancelled"),
    ),
    actions=(
        Action(
            name="pass",
            title="许可",
            kind="pass",
            routes=ways(decide="granted"),
        ),
        Action(
            name="reject",
            title="不予许可",
            kind="reject",
            routes=ways(decide="refused"),
        ),
    ),
)
