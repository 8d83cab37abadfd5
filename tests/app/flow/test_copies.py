"""Copies of cases: who gets one and when, what it lets them read, and whether they have."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.core.access.actor import acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import NotFound, Rejected
from app.core.records import granted_rows
from app.core.records import service as records
from app.flow import engine
from app.flow.models import CopyRow
from app.flow.people import copies as copying
from app.flow.people import notifications
from tests.app.conftest import World
from tests.app.flow.festival import at, do, festival, file_one, to_joint
from tests.harness.refusals import refused

ACTIONS = {
    "send_back": {"copy_to": ("police",)},
    "pass": {"copy_choice": ("clerk", "head")},
}
STEPS = {"desk": {"copy_to": ("head",)}, "ballot": {"copy_to": ("clerk",)}}


@pytest.fixture
def copies(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The festival whose flow gives copies."""
    flows = registry.registry().flows
    flow = flows["festival_approval"]
    changed = replace(
        flow,
        steps=tuple(replace(one, **STEPS.get(one.name, {})) for one in flow.steps),
        actions=tuple(replace(one, **ACTIONS.get(one.name, {})) for one in flow.actions),
    )
    monkeypatch.setitem(flows, "festival_approval", changed)
    return world


def given(world: World, pk: int) -> dict[str, bool]:
    """Who has a copy, and whether they have read it."""
    with elevated():
        session.remove()
        record = session.get(festival().model, pk)
        query = select(CopyRow).where(CopyRow.case_id == engine.case_of(record).id)
        return {row.person_name: row.read_at is not None for row in session.scalars(query)}


def at_desk(world: World) -> int:
    pk = file_one(world)
    do(world, "anna", pk, "submit")
    return pk


def sees(world: World, who: str, pk: int, function: str) -> bool:
    with world.acting(who, function):
        try:
            granted_rows.find_in(registry.function(function), pk)
        except NotFound:
            return False
        return True


def test_a_step_gives_copies_on_the_way_on_and_an_action_when_it_is_taken(copies):
    pk = at_desk(copies)
    assert given(copies, pk) == {}
    do(copies, "carl", pk, "send_back")
    assert given(copies, pk) == {"paul": False}, "back is not on"
    do(copies, "anna", pk, "submit")
    taken = do(copies, "carl", pk, "pass")
    assert given(copies, pk) == {"paul": False, "hugo": False, "hana": False}
    assert '"抄送": "hugo、hana"' in taken.opinions


def test_whoever_decides_gets_none(copies):
    pk = to_joint(copies)
    taken = do(copies, "paul", pk, "send_back", at="order_check")
    assert set(given(copies, pk)) == {"hugo", "hana"}, "from the desk; the only policeman decided"
    assert taken.opinions is None


def test_whoever_decides_chooses_among_the_roles(copies):
    pk = at_desk(copies)
    ids = {name: actor.user_id for name, actor in copies.actors.items()}
    for wrong in ("fred", "anna", "carl"):
        with refused(Rejected, "请选择可以抄送的人员"):
            do(copies, "carl", pk, "pass", copies=[ids["cora"], ids[wrong]])
    assert (at(copies, pk), given(copies, pk)) == (["desk"], {})
    with copies.acting("carl"):
        (passes,) = [
            one for one in registry.flow("festival_approval").actions if one.name == "pass"
        ]
        case = engine.case_of(records.find(festival(), pk))
        assert {one.name for one in copying.choices(passes, case)} == {"cora", "hugo", "hana"}
    do(copies, "carl", pk, "pass", copies=[ids["cora"], ids["cora"], ids["hugo"]])
    assert given(copies, pk) == {"cora": False, "hugo": False, "hana": False}


def test_a_copy_shows_the_case_and_nobody_else_gets_it_by_its_address(copies):
    pk = at_desk(copies)
    assert not sees(copies, "paul", pk, "S10")
    do(copies, "carl", pk, "send_back")
    assert sees(copies, "paul", pk, "S10")
    assert not sees(copies, "fred", pk, "S10")
    with copies.acting("paul"):
        assert engine.queue("S10") == [], "a copy is no todo"
        assert engine.offers(engine.case_of(records.find(festival(), pk)), None) == []


def test_a_copy_is_read_once_and_new_when_it_is_given_again(copies):
    pk = at_desk(copies)
    do(copies, "carl", pk, "send_back")
    with copies.acting("fred"), unit_of_work():
        assert not copying.is_unread(engine.case_of(records.find(festival(), pk)))
        copying.read(engine.case_of(records.find(festival(), pk)))
        assert copying.mine(copies.actors["fred"]).total == 0
    with copies.acting("paul"):
        assert copying.is_unread(engine.case_of(records.find(festival(), pk)))
        found = copying.mine(copies.actors["paul"])
        assert found
        assert (found.total, found.unread, found.pages) == (1, 1, 1)
        with unit_of_work():
            copying.read(engine.case_of(records.find(festival(), pk)))
        assert copying.mine(copies.actors["paul"]).unread == 0
    assert given(copies, pk) == {"paul": True}
    do(copies, "anna", pk, "submit")
    do(copies, "carl", pk, "send_back")
    assert given(copies, pk) == {"paul": False}


def test_a_vote_gives_copies_when_it_is_over(copies):
    pk = to_joint(copies)
    do(copies, "fred", pk, "pass", at="fire_check")
    do(copies, "paul", pk, "pass", at="order_check")
    do(copies, "hugo", pk, "pass", at="fire_head")
    do(copies, "fred", pk, "pass")
    assert "carl" not in given(copies, pk)
    do(copies, "paul", pk, "pass")
    assert {"carl", "cora"} <= set(given(copies, pk))


def test_people_are_told_themselves(copies, monkeypatch):
    said: list[tuple[str, list[int]]] = []

    def send(message: Any, record: Any, case: Any, people: list[int], extra: Any) -> int:
        said.append((message.name, sorted(people)))
        return len(people)

    monkeypatch.setattr(notifications, "send_people", send)
    pk = at_desk(copies)
    do(copies, "carl", pk, "pass")
    assert said == [("festival.copied", [8, 11])]


def test_the_list_has_pages_and_the_unread_come_first(copies):
    made = [at_desk(copies) for _ in range(12)]
    for pk in made:
        do(copies, "carl", pk, "send_back")
    paul = copies.actors["paul"]
    with copies.acting("paul"):
        with unit_of_work():
            copying.read(engine.case_of(records.find(festival(), made[-1])))
        first, second = copying.mine(paul), copying.mine(paul, 99)
        assert (first.total, first.unread, first.pages, len(first.rows)) == (12, 11, 2, 10)
        assert (second.page, [case.record_id for _, case in second.rows][-1]) == (2, made[-1])


def test_who_may_view_such_records_no_more_reads_no_titles_of_them(copies):
    pk = at_desk(copies)
    do(copies, "carl", pk, "send_back")
    paul = copies.actors["paul"]
    with copies.acting("paul"):
        assert copying.mine(paul).total == 1
        assert copying.mine(replace(paul, grants=frozenset(), role_grants={})) is None


def test_who_has_moved_out_of_reach_reads_no_titles_either(copies):
    pk = at_desk(copies)
    do(copies, "carl", pk, "send_back")
    paul = copies.actors["paul"]
    moved = replace(paul, org_id=copies.clubs["west"], role_reach={"police": "unit"})
    with acting_as(moved):
        found = copying.mine(moved)
    assert found and (found.total, found.unread, found.rows) == (0, 0, ())
    with acting_as(paul):
        assert copying.mine(paul).total == 1


def test_flows_without_the_word_cost_nothing(world, monkeypatch):
    monkeypatch.setattr(copying.session, "execute", None)
    assert copying.mine(world.actors["paul"]) is None
    assert copying.shown_to(festival(), world.actors["paul"]) is None
