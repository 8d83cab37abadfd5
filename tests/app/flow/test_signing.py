"""Several people of one role sign: each once, for themselves or by a deputy, and nobody who applied."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from app.core.db.database import session
from app.core.declare import registry
from app.core.errors import Conflict, Refused, Rejected
from app.core.records import service as records
from app.flow import engine
from tests.app.conftest import World
from tests.app.flow.festival import at, do, festival, offered, to_joint, waits_for
from tests.app.flow.test_standing import hand, stands
from tests.harness.refusals import refused
from tests.harness.threads import at_once

Vote = Callable[..., None]


def by_people(step: str = "ballot", **more: object) -> None:
    """Let the holders of a step's roles sign, each once."""
    flow = registry.flow("festival_approval")
    steps = tuple(
        replace(one, **{"signers": "people", **more}) if one.name == step else one
        for one in flow.steps
    )
    registry.registry().flows["festival_approval"] = replace(flow, steps=steps)


@pytest.fixture
def vote(world: World, monkeypatch: pytest.MonkeyPatch) -> Vote:
    """The festival of the sample, whose ballot is signed by people."""
    flows = registry.registry().flows
    monkeypatch.setitem(flows, "festival_approval", flows["festival_approval"])
    return by_people


def to_ballot(world: World) -> int:
    """Bring a large festival to its vote; nobody has signed."""
    pk = to_joint(world)
    do(world, "fred", pk, "pass", at="fire_check")
    do(world, "paul", pk, "pass", at="order_check")
    do(world, "hugo", pk, "pass", at="fire_head")
    return pk


def seats(world: World, pk: int) -> set[str]:
    """Who has yet to sign."""
    names = {actor.user_id: name for name, actor in world.actors.items()}
    return {names[person] for _, _, person in waits_for(world, pk)}


@contextmanager
def newcomer(world: World) -> Iterator[None]:
    """Somebody new holds the same roles as hana."""
    world.actors["new"] = replace(world.actors["hana"], user_id=77, name="new")
    try:
        yield
    finally:
        del world.actors["new"]


def test_so_many_different_holders_of_the_roles_sign(world: World, vote: Vote) -> None:
    vote(countersign=3)
    pk = to_ballot(world)
    assert seats(world, pk) == {"fred", "fay", "paul", "hugo", "hana"}
    do(world, "fred", pk, "pass")
    with refused(Conflict, "已经会签过"):
        do(world, "fred", pk, "pass")
    do(world, "fay", pk, "pass")
    assert at(world, pk) == ["ballot"], "two of one role are two, and three have to sign"
    with world.acting("hana"):
        assert engine.queue("S10") == [pk]
    do(world, "hana", pk, "pass")
    assert at(world, pk) == ["board"]
    assert not {step for step, _, _ in waits_for(world, pk)} & {"ballot"}


def test_all_who_hold_the_role_when_the_case_arrives(world: World, vote: Vote) -> None:
    vote("board", countersign="all")
    vote(countersign=2)
    pk = to_ballot(world)
    do(world, "fred", pk, "pass")
    do(world, "paul", pk, "pass")
    assert at(world, pk) == ["board"]
    with newcomer(world):
        assert offered(world, "new", pk) == []
        with refused(Refused, "已转由hugo办理"):
            do(world, "new", pk, "pass")
        do(world, "hugo", pk, "pass")
        assert at(world, pk) == ["board"]
        do(world, "hana", pk, "pass")
        assert at(world, pk) == ["approved"]


def test_nobody_signs_for_themselves_and_for_somebody_else(world: World, vote: Vote) -> None:
    vote("board", countersign="all")
    pk = to_ballot(world)
    do(world, "fred", pk, "pass")
    do(world, "paul", pk, "pass")
    stands(world, "hana", "hugo")
    taken = do(world, "hana", pk, "pass")
    assert taken.behalf_name is None, "the own signature goes first"
    with refused(Conflict, "已经会签过"):
        do(world, "hana", pk, "pass")
    assert offered(world, "hana", pk) == []
    do(world, "hugo", pk, "pass")
    assert at(world, pk) == ["approved"]


def test_a_signature_in_somebodys_name_is_theirs(world: World, vote: Vote) -> None:
    vote(countersign=3)
    pk = to_ballot(world)
    stands(world, "carl", "hugo")
    assert do(world, "carl", pk, "pass").behalf_name == "hugo"
    with refused(Conflict, "已经会签过"):
        do(world, "hugo", pk, "pass")
    with refused(Rejected, "请选择可以办理该环节的人员"):
        hand(world, "hana", pk, "hugo")


def test_who_applied_has_no_signature(world: World, vote: Vote) -> None:
    vote("board", countersign="all")
    pk = to_ballot(world)
    do(world, "fred", pk, "pass")
    with world.acting("carl"):
        case = engine.case_of(records.find(festival(), pk))
        case.applicant_id = world.actors["hugo"].user_id
        session.commit()
    do(world, "paul", pk, "pass")
    assert at(world, pk) == ["board"]
    assert seats(world, pk) == {"hana"}
    do(world, "hana", pk, "pass")
    assert at(world, pk) == ["approved"]


def test_a_case_does_not_come_where_too_few_can_sign(world: World, vote: Vote) -> None:
    vote("board", countersign=3)
    pk = to_ballot(world)
    do(world, "fred", pk, "pass")
    said = (
        "“审批”须 3 人会签，现有 2 人可以会签（申请人本人除外），请联系系统管理员授予岗位后再办理"
    )
    with refused(Conflict, said):
        do(world, "paul", pk, "pass")
    assert at(world, pk) == ["ballot"]
    with newcomer(world):
        do(world, "paul", pk, "pass")
        assert at(world, pk) == ["board"]


def test_a_signature_is_handed_to_somebody_who_has_none(world: World, vote: Vote) -> None:
    vote("board", countersign="all")
    pk = to_ballot(world)
    do(world, "fred", pk, "pass")
    do(world, "paul", pk, "pass")
    with refused(Rejected, "请选择可以办理该环节的人员"):
        hand(world, "hana", pk, "hana")  # hugo's; she has one of her own
    with refused(Rejected, "只能转给一个人"):
        hand(world, "hana", pk, "")
    with newcomer(world):
        hand(world, "hana", pk, "new")
        assert seats(world, pk) == {"new", "hana"}
        do(world, "new", pk, "pass")
        do(world, "hana", pk, "pass")
        assert at(world, pk) == ["approved"]


def test_who_sends_back_ends_the_vote_and_it_begins_anew(world: World, vote: Vote) -> None:
    vote(countersign=3)
    pk = to_ballot(world)
    do(world, "fred", pk, "pass")
    do(world, "hana", pk, "send_back", target="draft")
    do(world, "anna", pk, "submit")
    assert at(world, pk) == ["ballot"]
    assert seats(world, pk) == {"fred", "fay", "paul", "hugo", "hana"}
    do(world, "fred", pk, "pass")
    do(world, "fay", pk, "pass")
    assert at(world, pk) == ["ballot"]


def test_people_who_sign_at_once_are_all_counted(world: World, vote: Vote) -> None:
    vote(countersign=3)
    pk = to_ballot(world)
    people = ("fred", "fay", "paul", "fred", "fay", "paul")
    results = at_once(6, lambda index: do(world, people[index], pk, "pass") and "ok")
    assert results.count("ok") == 3
    assert at(world, pk) == ["board"]
