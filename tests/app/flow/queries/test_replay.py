"""A case that is led through a flow once more, by what was decided then; nothing is stored."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from app.core import clock
from app.core.access.actor import Actor
from app.core.declare import (
    Action,
    Applicant,
    Branch,
    Flow,
    Object,
    Relation,
    Roles,
    Route,
    Scope,
    Step,
)
from app.flow.models import Case, StepRecord
from app.flow.queries.replay import Past, walk
from app.flow.queries.simulation import Crew

DAY = datetime(2026, 1, 5, 4)


def routes(pairs):
    return tuple(Route(source=source, target=target) for source, target in pairs)


def flow(resubmit="choose", joint=("fire", "law"), **more):
    """Draft, then two checks at once, then a head; `joint` says which branches there are."""
    titles = {"fire": "消防", "law": "法制"}
    steps = (
        Step(name="draft", title="填报", by=Applicant()),
        Step(
            name="joint", title="会审",
            branches=tuple(Branch(name=n, title=titles[n], steps=(n,)) for n in joint),
        ),
        *(Step(name=n, title=titles[n], by=Roles(names=("checker",))) for n in joint),
        Step(name="head", title="签批", by=Roles(names=("head",))),
        Step(name="done", title="已批准", end="done"),
        Step(name="gone", title="已取消", end="cancelled"),
    )  # fmt: skip
    back = routes([*((n, "draft") for n in joint), ("head", "draft")])
    onwards = routes([*((n, "joint") for n in joint), ("joint", "head"), ("head", "done")])
    actions = (
        Action(name="submit", title="提交", kind="submit", routes=routes([("draft", "joint")])),
        Action(name="pass", title="通过", kind="pass", routes=onwards),
        Action(name="send_back", title="退回", kind="send_back", routes=back, resubmit=resubmit),
    )
    return Flow(
        name="trial", title="试", object="thing", steps=steps, actions=actions, version="1", **more
    )


def past(own, *deeds):
    """What was done: (action, source, target), with kind and whose branch found by their names."""
    branches = {"fire": "fire", "law": "law"}
    taken = []
    for number, (action, source, target, *more) in enumerate(deeds, 1):
        joins = source == "joint"
        taken.append(
            StepRecord(
                id=number, seq=number, action=action, action_title=action,
                kind=more[0] if more else action, source=source, source_title=source,
                target=target, target_title=target, at=DAY + timedelta(days=number),
                actor_id=None if joins else 7, actor_name="x", partial=False,
                branch=branches.get(source),
            )
        )  # fmt: skip
    case = Case(
        object="thing", record_id=1, flow="trial", org_id=1, applicant_id=7, submitted_at=DAY
    )
    obj = Object(
        name="thing",
        title="事",
        subsystem="s",
        display="",
        model=SimpleNamespace,
        fields=(),
        scope=Scope(kind="everyone"),
    )
    return Past(obj, case, taken, own)


def led(draft, was):
    return walk(draft, was, lambda step, state: SimpleNamespace(state=state, id=1))


@pytest.fixture(autouse=True)
def own_clock():
    yield
    clock.set_clock(None)


STRAIGHT = (
    ("submit", "draft", "joint"),
    ("pass", "law", "joint"),
    ("pass", "fire", "joint"),
    ("pass", "joint", "head"),
    ("pass", "head", "done"),
)


def test_branches_go_on_in_their_order_of_then_and_join():
    own = flow()
    assert led(own, past(own, *STRAIGHT)).way == ("draft", "law", "fire", "joint", "head", "done")


def test_a_branch_that_is_gone_and_one_that_is_new():
    own = flow(joint=("law",))
    was = past(
        own, STRAIGHT[0], ("pass", "law", "joint"), ("pass", "joint", "head"), STRAIGHT[-1]
    )  # fmt: skip
    made = led(flow(), was)
    assert made.way == ("draft", "law", "fire", "joint", "head", "done")
    assert [stop.step for stop in made.stops if stop.assumed] == ["fire"]
    own = flow()
    assert led(flow(joint=("fire",)), past(own, *STRAIGHT)).way == (
        "draft", "fire", "joint", "head", "done",
    )  # fmt: skip


def test_what_is_asked_before_any_decision_is_asked_of_the_day_of_submitting():
    days = []

    def noting(record, env):
        days.append(env.today)
        return False

    own = flow()
    steps = tuple(
        Step(name=s.name, title=s.title, by=s.by, skip=noting) if s.name == "head" else s
        for s in own.steps
    )
    draft = Flow(
        name="trial", title="试", object="thing", steps=steps, actions=own.actions, version="2"
    )
    clock.set_clock(lambda: datetime(2020, 1, 1, tzinfo=UTC))  # where another case had left it
    led(draft, past(own))
    assert days and set(days) == {DAY.date()}


BACK = (
    *STRAIGHT[:4],
    ("send_back", "head", "draft"),
    ("submit", "draft", "head"),
    ("pass", "head", "done"),
)


def test_what_came_straight_back_then_comes_straight_back():
    own = flow()
    found = led(own, past(own, *BACK)).way
    assert found == ("draft", "law", "fire", "joint", "head", "draft", "head", "done")
    again = led(flow(resubmit="again"), past(own, *BACK)).way
    assert again == (*found[:6], "fire", "law", "joint", "head", "done")


def test_what_an_administrator_did_is_no_action_that_is_gone():
    own = flow()
    was = past(own, STRAIGHT[0], ("move", "joint", "head", "move"), ("pass", "head", "done"))
    assert led(own, was).way == ("draft", "joint", "head", "done")
    was = past(own, STRAIGHT[0], ("move", "joint", "elsewhere", "move"))
    made = led(own, was)
    assert made.stuck == ("joint", "当时由系统或管理员转到“elsewhere”，现在没有这个环节")


def test_a_way_that_never_ends_is_told():
    steps = (Step(name="a", title="甲", by=Applicant()), Step(name="b", title="乙", by=Applicant()))
    actions = (
        Action(name="pass", title="通过", kind="pass", routes=routes([("a", "b"), ("b", "a")])),
    )
    made = led(
        Flow(name="trial", title="试", object="thing", steps=steps, actions=actions, version="1"),
        past(None, ("pass", "a", "b")),
    )
    assert made.stuck is not None and "循环" in made.stuck[1]


def test_a_condition_that_cannot_be_asked_is_told():
    own = flow()

    def broken(record, env):
        return record.nothing_like_it > 1

    draft = flow()
    steps = tuple(
        Step(name=s.name, title=s.title, by=s.by, skip=broken) if s.name == "head" else s
        for s in draft.steps
    )
    draft = Flow(
        name="trial", title="试", object="thing", steps=steps, actions=draft.actions, version="2"
    )
    made = led(draft, past(own, *STRAIGHT))
    assert made.stuck is not None and "出错" in made.stuck[1]


# --- who could act --------------------------------------------------------------------------------


def person(pk, role, reach, org=None, district=None):
    return Actor(
        user_id=pk, org_id=org, district=district, roles=frozenset({role}), role_reach={role: reach}
    )


def test_who_could_act_is_whoever_holds_the_role_and_reaches_the_case():
    crew = Crew([
        person(7, "head", "all"), person(8, "head", "unit", org=1), person(9, "head", "unit", org=2),
        person(10, "clerk", "unit", org=1),
    ])  # fmt: skip
    step, own = Step(name="s", title="s", by=Roles(names=("head",))), Case(org_id=1, applicant_id=7)
    decide = Action(name="pass", title="通过", kind="pass", routes=())
    assert crew.able(step, decide, own, None) == 1  # 7 applied, 9 does not reach it
    assert crew.able(step, decide, Case(org_id=1, applicant_id=10), None) == 2
    freely = Action(name="pass", title="通过", kind="pass", routes=(), self_approval=True)
    assert crew.able(step, freely, own, None) == 2
    assert crew.able(Step(name="s", title="s", by=Roles(names=("nobody",))), decide, own, None) == 0
    by_them = Step(name="s", title="s", by=Applicant())
    assert crew.able(by_them, None, own, None) == 3  # those of the organisation, and who applied
    named = Step(name="s", title="s", by=Relation(path="keeper"))
    assert crew.able(named, None, own, SimpleNamespace(keeper=SimpleNamespace(id=9))) == 1
    assert crew.able(named, None, own, SimpleNamespace(keeper=None)) == 0
    assert crew.able(Step(name="s", title="s"), None, own, None) is None
