"""Who stands in for whom: tasks handed on, deputies, and people urged."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.access.actor import DEPUTY
from app.core.audit import history, verification
from app.core.db.database import unit_of_work
from app.core.errors import Conflict, Refused, Rejected
from app.core.records import service as records
from app.flow import engine
from app.flow.people import deputies, notifications, nudges, reassignment
from tests.app.conftest import World
from tests.app.flow.festival import at, do, festival, file_one, offered, to_joint, waits_for
from tests.harness.refusals import refused


def case_of(pk: int) -> Any:
    return engine.case_of(records.find(festival(), pk))


def hand(world: World, who: str, pk: int, to: str, step: str = "", **more: Any) -> None:
    """Hand a task of the case on, as somebody, to somebody ("" = back to all)."""
    with world.acting(who), unit_of_work():
        case = case_of(pk)
        task = next(t for t in case.tasks if t.done_at is None and step in ("", t.step))
        person = world.actors[to].user_id if to else 0
        reassignment.reassign(case, task.id, person or 0, **more)


def stands(world: World, deputy: str, person: str) -> None:
    """Make somebody the deputy of a person, as signing in does."""
    own, other = world.actors[deputy], world.actors[person]
    held = {f"{role}{DEPUTY}{other.user_id}": g for role, g in other.role_grants.items()}
    world.actors[deputy] = replace(
        own,
        grants=own.grants.union(*held.values()),
        role_grants=own.role_grants | held,
        role_reach=own.role_reach
        | {f"{role}{DEPUTY}{other.user_id}": reach for role, reach in other.role_reach.items()},
        stands_for=(other,),
    )


# --- handing on -------------------------------------------------------------------------------


def test_a_task_is_handed_to_one_person_and_nobody_else_has_it(world: World) -> None:
    pk = file_one(world)
    do(world, "anna", pk, "submit")
    hand(world, "carl", pk, "cora", comment="出差")
    with world.acting("carl"):
        assert engine.queue("S09") == []
        assert [h.to for h in reassignment.handings(case_of(pk))] == [
            (reassignment.Person(world.actors["carl"].user_id or 0, "carl"),)
        ]
    with world.acting("cora"):
        assert engine.queue("S09") == [pk]
    with pytest.raises(Refused, match="已转由cora办理"):
        do(world, "carl", pk, "pass")
    do(world, "cora", pk, "pass")
    with world.acting("carl"):
        taken = engine.history_of(case_of(pk))
        assert [(s.action, s.actor_name, s.partial) for s in taken[1:]] == [
            ("reassign", "carl", True),
            ("pass", "cora", False),
        ]
        assert list(verification.verify()) == []


def test_a_handed_task_goes_back_to_all(world: World) -> None:
    pk = file_one(world)
    do(world, "anna", pk, "submit")
    with refused(Rejected, "本来就由本岗位全体人员办理"):
        hand(world, "carl", pk, "")
    hand(world, "carl", pk, "cora")
    hand(world, "carl", pk, "")
    assert waits_for(world, pk) == {("desk", "clerk", None)}
    do(world, "carl", pk, "pass")


@pytest.mark.parametrize("to", ["anna", "hugo"])
def test_a_task_is_handed_only_to_who_may_do_it(world: World, to: str) -> None:
    pk = file_one(world)
    do(world, "anna", pk, "submit")
    with pytest.raises(Rejected) as error:
        hand(world, "carl", pk, to)
    assert error.value.faults[0].path == "to"
    assert waits_for(world, pk) == {("desk", "clerk", None)}


def test_nobody_hands_on_without_the_right(world: World) -> None:
    pk = to_joint(world)
    with pytest.raises(Refused, match="没有转办的权限"):
        hand(world, "fred", pk, "fay", "fire_check")
    hand(world, "hugo", pk, "fay", "fire_check")
    assert ("fire_check", "fire", world.actors["fay"].user_id) in waits_for(world, pk)
    assert at(world, pk) == ["joint", "fire_check", "order_check"]


def test_who_has_voted_is_not_handed_another_vote(world: World) -> None:
    pk = to_joint(world)
    for who in ("paul", "fred", "hugo"):
        do(world, who, pk, "pass")
    do(world, "hugo", pk, "pass")
    both = world.actors["hugo"]
    world.actors["hugo"] = replace(
        both, roles=both.roles | {"fire"}, role_reach={"fire": "all", **both.role_reach}
    )
    with world.acting("hugo"), pytest.raises(Rejected), unit_of_work():
        case = case_of(pk)
        task = next(t for t in case.tasks if t.done_at is None and t.role == "fire")
        reassignment.reassign(case, task.id, both.user_id or 0)


def test_a_decider_who_opened_the_page_before_reads_that_it_was_handed_on(world: World) -> None:
    pk = file_one(world)
    do(world, "anna", pk, "submit")
    hand(world, "carl", pk, "cora")
    hand(world, "carl", pk, "")
    with pytest.raises(Conflict, match="转办"):
        do(world, "carl", pk, "pass", expected=1)


# --- deputies ---------------------------------------------------------------------------------


def test_a_deputy_decides_in_the_name_of_the_person(world: World) -> None:
    pk = to_joint(world)
    stands(world, "carl", "paul")
    assert ("order_check", "pass") in offered(world, "carl", pk)
    with world.acting("carl"):
        assert engine.queue("S10") == [pk]
    taken = do(world, "carl", pk, "pass", at="order_check")
    assert (taken.actor_name, taken.behalf_name, taken.who) == ("carl", "paul", "carl（代paul）")
    assert taken.actor_role == "police"
    with world.acting("carl"):
        noted = history.changes_of("festival", pk)[-1]
        assert '"behalf": "paul"' in noted.detail


def test_no_deputy_approves_the_own_application(world: World) -> None:
    pk = to_joint(world)
    stands(world, "anna", "paul")
    with pytest.raises(Refused, match="不能审批本人提交的申请"):
        do(world, "anna", pk, "pass", at="order_check")
    with world.acting("anna"):
        assert pk not in engine.queue("S10")
    assert at(world, pk) == ["joint", "fire_check", "order_check"]


def test_no_deputy_approves_what_the_person_applied_for(world: World) -> None:
    pk = to_joint(world)
    police = world.actors["paul"]
    anna = world.actors["anna"]
    world.actors["anna"] = replace(
        anna,
        roles=anna.roles | police.roles,
        grants=anna.grants | police.grants,
        role_grants=anna.role_grants | police.role_grants,
        role_reach=anna.role_reach | police.role_reach,
    )
    stands(world, "carl", "anna")
    with pytest.raises(Refused, match="不能审批本人提交的申请"):
        do(world, "carl", pk, "pass", at="order_check")


def test_a_deputy_does_not_vote_twice(world: World) -> None:
    pk = to_joint(world)
    for who in ("paul", "fred", "hugo"):
        do(world, who, pk, "pass")
    stands(world, "fred", "hugo")
    do(world, "fred", pk, "pass")
    with pytest.raises(Conflict, match="已经会签过"):
        do(world, "fred", pk, "pass")
    assert at(world, pk) == ["ballot"]


def test_a_task_assigned_to_the_person_is_the_deputys_too(world: World) -> None:
    pk = to_joint(world)
    hand(world, "hugo", pk, "fay", "fire_check")
    stands(world, "paul", "fay")
    taken = do(world, "paul", pk, "pass", at="fire_check")
    assert taken.behalf_name == "fay"


def test_a_deputy_does_not_apply_for_the_person(world: World) -> None:
    stands(world, "carl", "anna")
    pk = file_one(world)
    with refused(Refused, "这一环节不由您办理"):
        do(world, "carl", pk, "submit")


def days(first: int, last: int) -> tuple[date, date]:
    return clock.today() + timedelta(first), clock.today() + timedelta(last)


def test_deputies_are_named_for_a_period_and_ended(world: World) -> None:
    carl, cora, fred = (world.actors[name].user_id or 0 for name in ("carl", "cora", "fred"))
    with world.acting("carl"):
        row = deputies.name(carl, cora, *days(0, 3), "休假")
        assert deputies.deputies_of({carl}, clock.today()) == {carl: [cora]}
        assert deputies.deputies_of({carl}, clock.today() + timedelta(4)) == {}
        with pytest.raises(Rejected) as error:
            deputies.name(carl, fred, *days(3, 5))
        assert [fault.path for fault in error.value.faults] == ["first"]
        deputies.end(row.id, carl)
        assert deputies.deputies_of({carl}, clock.today()) == {}
        deputies.name(carl, fred, *days(3, 5))
        with refused(Conflict, "这项委托已经结束"):
            deputies.end(row.id, carl)


@pytest.mark.parametrize(
    ("deputy", "first", "last", "path"),
    [
        ("anna", 0, 1, "deputy"),  # of another organisation
        ("carl", 0, 1, "deputy"),  # oneself
        ("cora", 2, 1, "last"),
        ("cora", -3, -1, "last"),
        ("cora", 0, 400, "last"),
        ("", 0, 1, "deputy"),
    ],
)
def test_a_deputy_that_cannot_be_is_refused_beside_the_field(
    world: World, deputy: str, first: int, last: int, path: str
) -> None:
    carl = world.actors["carl"].user_id or 0
    chosen = world.actors[deputy].user_id if deputy else None
    with world.acting("carl"), pytest.raises(Rejected) as error:
        deputies.name(carl, chosen, *days(first, last))
    assert [fault.path for fault in error.value.faults] == [path]
    with world.acting("carl"):
        assert deputies.of_person(carl) == []


def test_who_is_away_stands_for_nobody(world: World) -> None:
    carl, cora, fred = (world.actors[name].user_id or 0 for name in ("carl", "cora", "fred"))
    with world.acting("cora"):
        deputies.name(cora, fred, *days(0, 3))
        with pytest.raises(Rejected, match="1 处") as error:
            deputies.name(carl, cora, *days(2, 5))
    assert "不能代您办理" in error.value.faults[0].message


# --- urging -----------------------------------------------------------------------------------


def test_a_case_is_urged_once_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, list[str | None], str]] = []

    def send(message: Any, record: Any, case: Any, tasks: Any, actors: Any, extra: Any) -> int:
        told.append((message.title, [task.role for task in tasks], extra["comment"]))
        return len(tasks)

    monkeypatch.setattr(notifications, "send", send)
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    clock.set_clock(lambda: now)
    pk = to_joint(world)
    with world.acting("anna"):
        nudge = nudges.urge(case_of(pk), "月底要用")
        assert (nudge.told, nudge.step_title) == (2, "消防查验")
        with pytest.raises(Conflict, match="今天 10:00 已由anna催办"):
            nudges.urge(case_of(pk))
    assert told == [("催办", ["fire", "police"], "月底要用")]
    clock.set_clock(lambda: now + timedelta(days=1))
    with world.acting("adam"):
        nudges.urge(case_of(pk))
        assert [n.kind for n in nudges.nudges_of(case_of(pk))] == ["urge", "urge"]
    assert len(told) == 2


@pytest.mark.parametrize("who", ["fred", "wanda"])
def test_only_who_may_urge_urges(world: World, who: str) -> None:
    pk = to_joint(world)
    with world.acting("carl"):
        case = case_of(pk)
    with world.acting(who), refused(Refused, "没有这项操作的权限"):
        nudges.urge(case)


def test_nobody_urges_themselves_or_what_is_not_under_way(world: World) -> None:
    pk = file_one(world)
    with world.acting("anna"):
        assert nudges.hindrance(case_of(pk), records.find(festival(), pk)) == "该件没有在办"
        with refused(Conflict, "该件没有在办"):
            nudges.urge(case_of(pk))
    do(world, "anna", pk, "submit")
    do(world, "carl", pk, "send_back")
    with world.acting("anna"), pytest.raises(Conflict, match="正由您办理"):
        nudges.urge(case_of(pk))
