"""An invitation over two counterparts' answers: sent once, answered later, late by hand; over real HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock, plugin
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import registry
from app.core.errors import Refused
from app.core.jobs.outbox import OutboxItem
from app.core.records import service as records
from app.exchange import outbound
from app.flow import engine
from app.flow.deadlines import reminders
from app.flow.execution import external_waits
from app.flow.models import Case
from tests.examples.deeds import do, get, save, work, write
from tests.harness import counterpart
from tests.harness.refusals import refused

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture
def ministry(monkeypatch):
    with counterpart.running() as one:
        one.connect(monkeypatch)
        clock.set_clock(lambda: NOW)
        yield one


def invite(world, *way):
    raw = {"purpose": "经贸洽谈", "arrives_on": "2027-03-01", "persons": "4"}
    pk = save(world, "invitation", raw, attach="scans")
    for who, action in (("clerk", "submit"), *way, ("officer", "pass"), ("director", "pass")):
        do(world, "invitation", pk, who, action)
    return pk


def key_of(pk):
    with acting_as(SYSTEM):
        return external_waits.key_of(engine.case_of(get("invitation", pk)))


def states():
    query = select(OutboxItem).where(OutboxItem.kind == outbound.KIND).order_by(OutboxItem.id)
    with elevated():
        session.expire_all()
        return [(one.state, one.attempts) for one in session.scalars(query)]


def test_the_whole_way_with_a_bureau_that_is_registered_on_the_way(world, ministry):
    pk = invite(world)
    assert get("invitation", pk).state == "register"
    first = key_of(pk)
    assert work() == "外交部邀请函系统：回执 0 件，推进 0 件"
    assert ministry.messages()[first]["values"] == {"name": "east"}
    ministry.answer(first, "done", no="WH-0042")
    assert work() == "外交部邀请函系统：回执 1 件，推进 1 件"
    row = get("invitation", pk)
    assert row.state == "report"
    code = row.code
    assert get("bureau", world.bureaus["east"]).ministry_no == "WH-0042"
    second = key_of(pk)
    assert second != first
    work()
    sent = ministry.messages()[second]
    assert sent["message"] == "invitation"
    assert sent["values"] == {
        "unit": "WH-0042", "code": code, "purpose": "经贸洽谈",
        "arrives": "2027-03-01", "persons": 4,
    }  # fmt: skip
    assert [one["name"] for one in sent["files"]] == ["a.pdf"]
    ministry.answer(second, "accepted", letter_no="部函〔2026〕7号")
    work()
    row = get("invitation", pk)
    assert (row.state, row.letter_no) == ("issued", "部函〔2026〕7号")
    again = invite(world)
    assert get("invitation", again).state == "report"  # the bureau is registered


def test_rows_that_are_new_are_added_where_the_step_says_so(world, ministry):
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    pk = invite(world)
    work()
    letters = [{"no": "函1", "guests": 3}, {"no": "函2", "guests": 1}]
    ministry.answer(key_of(pk), "accepted", letter_no="部函〔2026〕8号", letters=letters)
    work()
    with acting_as(SYSTEM):
        session.expire_all()
        row = records.find(registry.object("invitation"), pk)
        assert (row.state, row.letter_no) == ("issued", "部函〔2026〕8号")
        assert [(one.no, one.guests) for one in row.letters] == [("函1", 3), ("函2", 1)]
        (*_, last) = engine.history_of(engine.case_of(row))
        assert "没有对应" not in (last.comment or "")


def test_a_refusal_comes_back_to_the_office_with_its_words(world, ministry):
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    pk = invite(world)
    work()
    ministry.answer(key_of(pk), "refused", comment="人数过多")
    work()
    assert get("invitation", pk).state == "accept"
    with acting_as(SYSTEM):
        assert engine.last_move(engine.case_of(get("invitation", pk))).comment == "人数过多"
    do(world, "invitation", pk, "officer", "pass")
    do(world, "invitation", pk, "director", "pass")
    work()
    assert len(ministry.messages()) == 2  # reported anew, under a key of its own


@pytest.mark.parametrize("fault", ["busy", "lost", "error"])
def test_what_goes_wrong_on_the_way_arrives_once(world, ministry, fault):
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    ministry.fault(fault)
    pk = invite(world)
    work()
    assert states()[0][0] == "pending"
    clock.set_clock(lambda: NOW + timedelta(minutes=1))
    work()
    assert states() == [("sent", 2)]
    assert list(ministry.messages()) == [key_of(pk)]


def test_an_answer_that_comes_twice_or_to_nobody_moves_nothing(world, ministry):
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    pk, other = invite(world), invite(world)
    work()
    key = key_of(pk)
    ministry.answer("answered-99999-1", "accepted")
    ministry.answer(key, "accepted", letter_no="1")
    ministry.answer(key, "accepted", letter_no="2")
    ministry.answer(key_of(other), "accepted", letter_no="3")
    assert work() == "外交部邀请函系统：回执 4 件，推进 2 件"
    assert [get("invitation", one).letter_no for one in (pk, other)] == ["1", "3"]
    assert work() is None  # nobody waits, nobody is asked


def test_late_it_is_a_todo_and_goes_on_by_hand(world, ministry):
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    pk = invite(world)
    with refused(Refused, "未到办理时限"):
        do(world, "invitation", pk, "officer", "by_hand")
    clock.set_clock(lambda: NOW + timedelta(days=7))
    with acting_as(SYSTEM):
        reminders.run()
    session.remove()
    late = key_of(pk)
    do(world, "invitation", pk, "officer", "by_hand")
    assert get("invitation", pk).state == "issued"
    ministry.answer(late, "refused")
    invite(world)  # somebody waits, so answers are fetched
    assert "推进 0 件" in work()
    assert get("invitation", pk).state == "issued"


def test_where_there_is_a_district_it_is_asked_first(world, ministry):
    write("bureau", world.bureaus["east"], area="江岸")
    world.actors["district"] = replace(
        world.actors["officer"], user_id=4, roles=frozenset({"district"}), district="江岸",
        grants=frozenset({("view", "EX86"), ("pass", "EX86"), ("send_back", "EX86")}),
        role_grants={"district": frozenset({("pass", "EX86"), ("view", "EX86")})},
        role_reach={"district": "district"},
    )  # fmt: skip
    pk = invite(world, ("district", "pass"))
    assert get("invitation", pk).state == "register"
    west = replace(world.actors["district"], district="洪山")
    with acting_as(west), elevated():
        case = session.scalars(select(Case).where(Case.record_id == pk)).first()
        assert case.district == "江岸"


def test_nobody_is_connected_and_the_message_waits(world, monkeypatch):
    clock.set_clock(lambda: NOW)
    plugin.forget_plugins()
    write("bureau", world.bureaus["east"], ministry_no="WH-1")
    pk = invite(world)
    assert work() is None
    assert states()[0][0] == "pending"
    assert get("invitation", pk).state == "report"
