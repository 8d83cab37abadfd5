"""Branches, conditional routes, votes, and cases that come straight back."""

import json

import pytest

from app.core.db.database import unit_of_work
from app.core.errors import Conflict, Refused, Rejected
from app.core.records import service as records
from app.flow import engine
from app.flow.models import Case
from tests.app.conftest import World
from tests.app.flow.festival import at, do, festival, file_one, offered, to_joint, waits_for
from tests.harness.refusals import refused


def test_all_branches_go_on_at_once_and_join_when_each_has_come_through(world: World) -> None:
    pk = to_joint(world)
    assert at(world, pk) == ["joint", "fire_check", "order_check"]
    do(world, "paul", pk, "pass")
    assert at(world, pk) == ["joint", "fire_check"]
    do(world, "fred", pk, "pass")
    assert at(world, pk) == ["joint", "fire_head"]
    do(world, "hugo", pk, "pass")
    assert at(world, pk) == ["ballot"]  # large: the vote comes first
    with world.acting("carl"):
        steps = engine.history_of(engine.case_of(records.find(festival(), pk)))
    assert [(s.branch, s.source, s.target) for s in steps[2:]] == [
        ("order", "order_check", "joint"),
        ("fire", "fire_check", "fire_head"),
        ("fire", "fire_head", "joint"),
        (None, "joint", "ballot"),
    ]
    assert steps[-1].actor_name == "系统"


def test_steps_that_do_not_apply_are_left_out_of_a_branch(world: World) -> None:
    pk = to_joint(world, kind="online", size="20")
    assert at(world, pk) == ["joint", "fire_check"]
    do(world, "fred", pk, "pass")
    assert at(world, pk) == ["board"]  # small: no review of the check, no vote
    with world.acting("carl"):
        nodes = engine.progress(engine.case_of(records.find(festival(), pk)))
    assert [(n.step.name, n.state) for n in nodes[2:5]] == [
        ("joint", "done"),
        ("ballot", "skipped"),
        ("board", "current"),
    ]


def test_a_branch_is_decided_by_its_own_people_only(world: World) -> None:
    pk = to_joint(world)
    with refused(Refused, "这一环节不由您办理"):
        do(world, "paul", pk, "pass", at="fire_check")
    with refused(Refused, "这一环节不由您办理"):
        do(world, "hugo", pk, "pass")
    assert offered(world, "paul", pk) == [
        ("order_check", "pass"),
        ("order_check", "send_back"),
        ("order_check", "reject"),
    ]


def test_decisions_in_different_branches_do_not_overtake_each_other(world: World) -> None:
    pk = to_joint(world)
    do(world, "paul", pk, "pass", expected=2)
    do(world, "fred", pk, "pass", expected=2)
    with pytest.raises(Conflict, match="已由fred于"):
        do(world, "fay", pk, "pass", expected=2)


def test_rejecting_in_one_branch_ends_all(world: World) -> None:
    pk = to_joint(world)
    do(world, "paul", pk, "reject")
    assert at(world, pk) == ["rejected"]
    assert waits_for(world, pk) == set()
    with refused(Conflict, "现处于“已退案”"):
        do(world, "fred", pk, "pass")


def test_the_applicant_cancels_across_all_branches(world: World) -> None:
    pk = to_joint(world)
    do(world, "fred", pk, "pass")
    do(world, "anna", pk, "cancel")
    assert at(world, pk) == ["cancelled"]
    assert waits_for(world, pk) == set()


def test_recall_from_branches_until_one_of_them_was_opened(world: World) -> None:
    pk = to_joint(world)
    do(world, "anna", pk, "recall")
    assert at(world, pk) == ["draft"]
    do(world, "anna", pk, "submit")
    do(world, "carl", pk, "pass")
    with world.acting("paul"), unit_of_work():
        engine.mark_opened(engine.case_of(records.find(festival(), pk)))
    with pytest.raises(Conflict, match="已经打开"):
        do(world, "anna", pk, "recall")


def test_a_return_out_of_a_branch_comes_straight_back_and_the_others_go_on(world: World) -> None:
    pk = to_joint(world)
    do(world, "fred", pk, "pass")
    assert at(world, pk) == ["joint", "fire_head", "order_check"]
    do(world, "paul", pk, "send_back")
    assert at(world, pk) == ["draft"]
    with world.acting("anna"):
        record = records.find(festival(), pk)
        offer = engine.offers(engine.case_of(record), record)[0]
        assert [step.name for step in offer.targets] == ["order_check"]
    do(world, "anna", pk, "submit")
    assert at(world, pk) == ["joint", "fire_head", "order_check"]
    paul = world.actors["paul"].user_id
    assert waits_for(world, pk) == {("fire_head", "head", None), ("order_check", "police", paul)}


def test_a_return_within_a_branch_leaves_the_others_alone(world: World) -> None:
    pk = to_joint(world)
    do(world, "fred", pk, "pass")
    do(world, "hugo", pk, "send_back", target="fire_check")
    assert at(world, pk) == ["joint", "fire_check", "order_check"]
    do(world, "paul", pk, "pass")
    do(world, "fay", pk, "pass")
    assert at(world, pk) == ["joint", "fire_head"]
    hugo = world.actors["hugo"].user_id
    assert waits_for(world, pk) == {("fire_head", "head", hugo)}
    with pytest.raises(Refused, match="已转由hugo办理"):
        do(world, "hana", pk, "pass")


def test_a_later_step_sends_back_into_one_branch(world: World) -> None:
    pk = to_joint(world, size="20")
    do(world, "paul", pk, "pass")
    do(world, "fred", pk, "pass")
    assert at(world, pk) == ["board"]
    do(world, "hana", pk, "send_back", target="order_check")
    assert at(world, pk) == ["joint", "order_check"]
    do(world, "paul", pk, "pass")
    assert at(world, pk) == ["board"]
    hana = world.actors["hana"].user_id
    assert waits_for(world, pk) == {("board", "head", hana)}


def test_two_direct_returns_are_undone_one_after_the_other(world: World) -> None:
    pk = to_joint(world)
    do(world, "fred", pk, "send_back", target="desk")
    do(world, "carl", pk, "send_back")
    assert at(world, pk) == ["draft"]
    do(world, "anna", pk, "submit")
    assert at(world, pk) == ["desk"]
    do(world, "carl", pk, "pass")
    assert at(world, pk) == ["joint", "fire_check", "order_check"]
    fred = world.actors["fred"].user_id
    assert ("fire_check", "fire", fred) in waits_for(world, pk)
    do(world, "fred", pk, "pass")
    assert at(world, pk) == ["joint", "fire_head", "order_check"]  # nothing is owed any more
    assert owed(world, pk) is None


def owed(world: World, pk: int) -> str | None:
    with world.acting("carl"):
        return engine.case_of(records.find(festival(), pk)).returns


def test_a_return_that_wants_all_steps_again_forgets_what_was_owed(world: World) -> None:
    pk = to_joint(world)
    do(world, "fred", pk, "pass")
    do(world, "hugo", pk, "send_back", target="fire_check")
    do(world, "fred", pk, "redo", resubmit="again")
    assert owed(world, pk) is None
    do(world, "anna", pk, "submit")
    assert at(world, pk) == ["desk"]


@pytest.mark.parametrize(("choice", "goal"), [("direct", "board"), ("again", "desk"), ("", "desk")])
def test_the_returner_chooses_the_way_back(world: World, choice: str, goal: str) -> None:
    pk = to_joint(world, size="20")
    do(world, "paul", pk, "pass")
    do(world, "fred", pk, "pass")
    do(world, "hugo", pk, "redo", resubmit=choice)
    do(world, "anna", pk, "submit")
    assert at(world, pk) == [goal]


def test_an_unknown_way_back_is_refused(world: World) -> None:
    pk = to_joint(world)
    with pytest.raises(Rejected, match="1 处"):
        do(world, "fred", pk, "redo", resubmit="sideways")
    assert at(world, pk)[0] == "joint"


def test_who_has_lost_the_role_gets_nothing_straight_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk = to_joint(world)
    do(world, "paul", pk, "send_back")
    del world.actors["paul"]
    do(world, "anna", pk, "submit")
    assert ("order_check", "police", None) in waits_for(world, pk)


def test_two_of_three_decide_and_the_third_is_not_asked(world: World) -> None:
    pk = to_joint(world)
    for who in ("paul", "fred", "hugo"):
        do(world, who, pk, "pass")
    assert at(world, pk) == ["ballot"]
    assert do(world, "hugo", pk, "pass").partial
    with pytest.raises(Conflict, match="已经会签过"):
        do(world, "hugo", pk, "pass")
    do(world, "fay", pk, "pass")
    assert at(world, pk) == ["board"]
    assert waits_for(world, pk) == {("board", "head", None)}


def test_a_voter_sends_back_and_all_vote_anew(world: World) -> None:
    pk = to_joint(world)
    for who in ("paul", "fred", "hugo"):
        do(world, who, pk, "pass")
    do(world, "hugo", pk, "pass")
    with refused(Conflict, "您已经会签过"):  # who has voted does not take it back alone
        do(world, "hugo", pk, "send_back")
    do(world, "fred", pk, "send_back")
    assert at(world, pk) == ["draft"]
    do(world, "anna", pk, "submit")
    assert at(world, pk) == ["ballot"]
    assert {role for _, role, _ in waits_for(world, pk)} == {"fire", "police", "head"}
    assert do(world, "hugo", pk, "pass").partial  # the votes before the return do not count
    assert at(world, pk) == ["ballot"]


def test_who_holds_two_of_the_roles_decides_once(world: World) -> None:
    from dataclasses import replace

    pk = to_joint(world)
    for who in ("paul", "fred", "hugo"):
        do(world, who, pk, "pass")
    both = world.actors["fred"]
    police = world.actors["paul"]
    world.actors["fred"] = replace(
        both,
        roles=both.roles | police.roles,
        grants=both.grants | police.grants,
        role_grants=both.role_grants | police.role_grants,
        role_reach=both.role_reach | police.role_reach,
    )
    do(world, "fred", pk, "pass")
    assert at(world, pk) == ["board"]  # for both roles, which is two of three


def test_the_picture_shows_how_far_each_branch_is(world: World) -> None:
    pk = to_joint(world)
    do(world, "paul", pk, "pass")
    with world.acting("carl"):
        node = engine.progress(engine.case_of(records.find(festival(), pk)))[2]
    assert [(way.branch.title, way.state, way.who) for way in node.ways] == [
        ("消防", "current", ""),
        ("治安", "done", "paul"),
    ]


def test_what_is_owed_is_forgotten_when_the_case_ends(world: World) -> None:
    pk = to_joint(world)
    do(world, "fred", pk, "send_back", target="desk")
    with world.acting("carl"):
        case = engine.case_of(records.find(festival(), pk))
        assert json.loads(case.returns or "[]")[0]["to"] == "fire_check"
    do(world, "carl", pk, "pass")
    do(world, "fred", pk, "reject")
    with world.acting("carl"):
        case: Case = engine.case_of(records.find(festival(), pk))
        assert case.returns is None
        assert case.ended_at is not None


def test_a_case_that_begins_is_nobodys_but_the_applicants(world: World) -> None:
    pk = file_one(world)
    assert offered(world, "anna", pk) == [("draft", "submit")]
    assert offered(world, "carl", pk) == []
