"""Scores: events become entries in the step's own transaction, caps hold, mistakes are reversed, scope holds."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, NotFound, Rejected
from app.scores import posting, standings
from app.scores.models import ScoreEntry
from app.web.scores import screen
from tests.app.security.people import post
from tests.examples.deeds import do, form, save
from tests.harness.refusals import refused
from tests.harness.threads import at_once


@pytest.fixture(autouse=True)
def _today(world):
    clock.set_clock(lambda: datetime(2027, 1, 5, 2, tzinfo=UTC))


def submitted(world, count=1, **changes):
    pk = save(world, "journey", form(world, count, **changes), attach="letter")
    do(world, "journey", pk, "clerk", "submit")
    return pk


def entries(world, who="officer"):
    with world.acting(who):
        query = select(ScoreEntry).order_by(ScoreEntry.id)
        return [(one.item, one.points, one.full) for one in session.scalars(query)]


def points(world, period="2027"):
    with world.acting("officer") as actor, acting_as(actor, "SC01"):
        found = standings.standings(registry.score("bureau_credit"), period)
        return {one.title: one.points for one in found}


def test_events_take_and_give_points_up_to_their_caps(world):
    for _ in range(3):
        pk = submitted(world)
    assert points(world) == {"east": 102, "west": 100}
    for _ in range(4):
        do(world, "journey", pk, "officer", "send_back", target="draft")
        do(world, "journey", pk, "clerk", "submit")
    assert points(world) == {"east": 99, "west": 100}
    found = entries(world)
    assert [one[1:] for one in found if one[0] == "planned"] == [(1, 1), (1, 1), *[(0, 1)] * 5]
    assert [one[1:] for one in found if one[0] == "quality"] == [(-1, -1)] * 3 + [(0, -1)]


def test_a_condition_and_a_computed_number(world):
    pk = submitted(world, 3, depart_on="2027-02-01", return_on="2027-02-03")
    assert entries(world) == []  # too late for the bonus
    do(world, "journey", pk, "officer", "reject")
    assert entries(world) == [("refused", -2, -2)]


def test_a_step_that_fails_leaves_no_entry(world):
    pk = save(world, "journey", form(world, 1))  # the letter is missing
    with refused(Rejected, "缺少材料：邀请函"):
        do(world, "journey", pk, "clerk", "submit")
    assert entries(world) == []


def test_points_count_in_the_period_of_their_day(world):
    clock.set_clock(lambda: datetime(2026, 12, 31, 16, 30, tzinfo=UTC))  # new year in the office
    submitted(world)
    assert points(world, "2026")["east"] == 100
    assert points(world, "2027")["east"] == 101


def test_entries_are_reversed_once_and_never_changed(world):
    submitted(world)
    score = registry.score("bureau_credit")
    with world.acting("officer") as actor, acting_as(actor, "SC01"):
        (entry,) = session.scalars(select(ScoreEntry)).all()
        with refused(Rejected, "请写明理由"):
            posting.reverse(score, entry.id, "  ")
        session.rollback()
        with pytest.raises(Rejected, match="不能超过 500 个字，现有 501 个"):
            posting.reverse(score, entry.id, "误" * 501)
        session.rollback()
        posting.reverse(score, entry.id, "误记")
        with pytest.raises(Conflict, match="已经冲销"):
            posting.reverse(score, entry.id, "再冲")
        session.rollback()
        (first, second) = session.scalars(select(ScoreEntry).order_by(ScoreEntry.id)).all()
        assert (second.points, second.reverses_id) == (-1, first.id)
        with refused(Conflict, "这一条已经冲销"):
            posting.reverse(score, second.id, "冲销的冲销")
        session.rollback()
        with pytest.raises(RuntimeError, match="never changed"), unit_of_work():
            session.get(ScoreEntry, entry.id).points = 9
        session.rollback()
    assert points(world)["east"] == 100
    assert list(verification.verify()) == []


def test_after_a_reversal_there_is_room_below_the_cap_again(world):
    for _ in range(3):
        submitted(world)
    score = registry.score("bureau_credit")
    with world.acting("officer") as actor, acting_as(actor, "SC01"):
        first = session.scalars(select(ScoreEntry).order_by(ScoreEntry.id)).first()
        posting.reverse(score, first.id, "误记")
    submitted(world)
    assert points(world)["east"] == 102


def test_events_at_once_do_not_go_beyond_the_cap(world):
    pks = [save(world, "journey", form(world, 1), attach="letter") for _ in range(4)]
    assert at_once(4, lambda n: do(world, "journey", pks[n], "clerk", "submit")) == [None] * 4
    assert points(world)["east"] == 102


def test_everybody_sees_their_own(world, client):
    submitted(world)
    score = registry.score("bureau_credit")
    west = world.bureaus["west"]
    with world.acting("clerk") as actor, acting_as(actor, "SC01"):
        assert [one.title for one in standings.standings(score, "2027")] == ["east"]
        with pytest.raises(NotFound):
            posting.add(score, west, "2027", 5, "理由")
    clerk = client("clerk", world.bureaus["east"])
    page = clerk.get("/SC01/").text
    assert "101" in page and "第 1–1 行，共 1 行" in page
    assert clerk.get(f"/SC01/{west}").status_code == 404
    own = world.bureaus["east"]
    assert post(clerk, f"/SC01/{own}/add", points="5", reason="x").status_code == 403
    assert "冲销</button>" not in clerk.get(f"/SC01/{own}").text
    assert client("director").get("/SC01/").status_code == 403


def test_the_office_looks_corrects_and_takes_back_on_screen(world, client, monkeypatch):
    pk = submitted(world)
    east = world.bureaus["east"]
    office = client("officer")
    page = office.get(f"/SC01/{east}").text
    assert "单位信用 2027：101 分" in page
    record = re.search(r'href="(/open/[^"]+)"', page)[1]
    assert office.get(record).location == f"/EX04/{pk}", "where it waits for them"
    wrong = post(office, f"/SC01/{east}/add", points="abc", reason="来访接待得力", period="2027")
    assert wrong.status_code == 422
    assert "1 至 1000" in wrong.text
    assert 'value="来访接待得力"' in wrong.text
    assert post(office, f"/SC01/{east}/add", points="5", reason="").status_code == 422
    assert post(office, f"/SC01/{east}/add", points="5", reason="接待得力").status_code == 303
    assert "单位信用 2027：106 分" in office.get(f"/SC01/{east}").text
    with acting_as(SYSTEM):
        last = session.scalars(select(ScoreEntry).order_by(ScoreEntry.id.desc())).first().id
    session.remove()
    assert post(office, f"/SC01/{east}/reverse/{last}", reason="记错单位").status_code == 303
    page = office.get(f"/SC01/{east}").text
    assert "单位信用 2027：101 分" in page
    assert "已冲销" in page
    assert post(office, f"/SC01/{east}/reverse/{last}", reason="再来").status_code == 409
    assert post(office, f"/SC01/{east}/reverse/999999", reason="x").status_code == 404
    assert office.get("/SC01/export?period=2027").status_code == 200
    monkeypatch.setattr(screen, "MOST_EXPORTED", 1)
    refused = office.get("/SC01/export?period=2027")
    assert refused.status_code == 409, "a workbook is whole or it is none"
    assert "分别导出" in refused.text
    assert "没有这个期间" in office.get("/SC01/?period=1900").text
