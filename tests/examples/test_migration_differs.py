"""Rows that say otherwise than the record that is there: counted, listed and decided, never passed over."""

import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit.history import Change
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict
from app.intake import corrections, differences, reconciliation, runner
from tests.examples import legacy
from tests.examples.test_migration import holders, reasons, rows, run, source

assert source


@pytest.fixture
def ways(monkeypatch):
    """Let the migration of persons do this with records that are there."""

    def say(same, **more):
        known = registry.registry().migrations
        fresh = replace(known["old_holders"], same=same, **more)
        monkeypatch.setitem(known, "old_holders", fresh)
        return fresh

    return say


def doubled(source, **more):
    """Two rows of one number that are not the same person: another name, another telephone."""
    return source(
        [
            legacy.person(1, SJ="13800000001", BZ=""),
            legacy.person(2, SFZH=legacy.card_no(1), XM="别人", SJ="13911112222", BZ="后来的"),
        ],
        **more,
    )


def decide(key, whole=True, **words):
    row = rows()[key]
    spec = runner.find("old_holders")
    told = lambda one: differences.told(spec, one, whole=whole)  # noqa: E731
    with unit_of_work():
        return differences.decide(rows()[key], words, differences.seen(row), told)


def values_of(key):
    found = differences.differing(rows()[key])
    return {one.place: (one.held, one.said) for one in found.values} if found else {}


@pytest.mark.parametrize("same", ["fill", "keep"])
def test_doubles_that_differ_are_counted_listed_and_spoil_the_balance(source, ways, same):
    doubled(source)
    ways(same)
    run("old_bureaus")
    said = "共 2 行：已载入 1，已合并 1；其中 1 行与已有记录不同，没有采用"
    assert run("old_holders").note == said
    expected = {"name": ("人1", "别人"), "phone": ("13800000001", "13911112222")}
    assert values_of("2") == expected | ({"remark": ("", "后来的")} if same == "keep" else {})
    account = reconciliation.reconcile(runner.find("old_holders"))
    assert not account.balanced
    found = {(one.key, one.title): (one.source, one.target) for one in account.differences}
    assert found["2", "姓名"] == ("别人", "人1")
    # again: nothing is done, and it is not forgotten
    note = "共 2 行：以前已处理 2；其中 1 行与已有记录不同，没有采用"
    assert run("old_holders").note == note


def test_a_row_that_comes_again_changed_and_is_not_taken_is_said_to_be(source, ways):
    place = source([legacy.person(1, SJ="13800000001")])
    ways("keep")
    run("old_bureaus")
    assert run("old_holders").note == "共 1 行：已载入 1"
    legacy.change(place, "update T_RYXX set SJ = '13911112222'")
    said = "共 1 行：已载入 1；其中 1 行与已有记录不同，没有采用"
    assert run("old_holders").note == said
    (one,) = reconciliation.reconcile(runner.find("old_holders")).differences
    assert (one.source, one.target) == ("13911112222", "13800000001")


def test_what_differs_waits_until_it_is_decided_value_by_value(source, ways):
    place = doubled(source)
    spec = ways("refuse")
    run("old_bureaus")
    assert run("old_holders").note == "共 2 行：已载入 1，有冲突 1"
    (one,) = holders()
    assert (one.name, one.phone, one.remark) == ("人1", "13800000001", None), "nothing by half"
    assert rows()["2"].record_id is None, "what refers to the row must not reach that record"
    account = reconciliation.reconcile(spec)
    assert not account.balanced and account.tables[0][2] == {"已载入": 1, "有冲突": 1}
    assert {one.title for one in account.differences} == {"姓名", "手机号"}
    # a decision about some of it changes nothing yet
    assert decide("2", name="keep") == 1
    assert run("old_holders").note == "共 2 行：有冲突 1，以前已处理 1"
    assert decide("2", phone="take") == 1
    # what was decided about another value does not count
    legacy.change(place, "update T_RYXX set SJ = '13700000000' where RY_ID = 2")
    assert run("old_holders").note == "共 2 行：有冲突 1，以前已处理 1"
    assert values_of("2") == {"phone": ("13800000001", "13700000000")}
    decide("2", phone="take")
    assert run("old_holders").note == "共 2 行：已合并 1，以前已处理 1"
    (one,) = holders()
    assert (one.name, one.phone, one.remark) == ("人1", "13700000000", "后来的")
    assert rows()["2"].record_id == one.id and rows()["2"].differs is None
    noted = select(Change.detail).where(Change.object == "migration", Change.kind == "decide")
    said = [json.loads(detail) for detail in session.scalars(noted.order_by(Change.id))]
    assert said[-1]["手机号（采用来源的值）"] == ["13800000001", "13700000000"]
    assert run("old_holders").note == "共 2 行：以前已处理 2"


def test_a_row_that_is_another_person_is_corrected_and_becomes_a_record_of_its_own(source, ways):
    doubled(source)
    ways("refuse")
    run("old_bureaus")
    run("old_holders")
    assert decide("2", **{differences.WHOLE: differences.OTHER}) == 1
    assert run("old_holders").note == "共 2 行：待更正 1，以前已处理 1"
    assert reasons(rows()["2"]) == ["已认定与身份证号相同的记录不是同一条，请更正身份证号"]
    with unit_of_work():
        assert corrections.correct(rows()["2"], {"sfzh": legacy.card_no(2)})
    assert run("old_holders").note == "共 2 行：已载入 1，以前已处理 1"
    assert [one.name for one in holders()] == ["人1", "别人"]


def test_a_row_loaded_before_that_comes_changed_keeps_its_record_while_it_waits(source, ways):
    place = source([legacy.person(1, SJ="13800000001")])
    ways("refuse")
    run("old_bureaus")
    run("old_holders")
    legacy.change(place, "update T_RYXX set SJ = '13911112222'")
    said = "共 1 行：已载入 1；其中 1 行与已有记录不同，没有采用"
    assert run("old_holders").note == said
    assert holders()[0].phone == "13800000001" and rows()["1"].record_id == holders()[0].id
    decide("1", phone="take")
    assert run("old_holders").note == "共 1 行：已载入 1"
    assert holders()[0].phone == "13911112222"


@pytest.mark.parametrize("same", ["refuse", "fill"])
def test_what_somebody_changed_since_is_a_difference_and_stays_one(source, ways, same):
    place = source([legacy.person(1, SJ="13800000001")])
    ways(same)
    run("old_bureaus")
    run("old_holders")
    with unit_of_work():
        session.merge(holders()[0]).phone = None
        session.flush()
    for name in ("甲", "乙"):  # a second run must not take the record for untouched
        legacy.change(place, "update T_RYXX set XM = ?", name)
        run("old_holders")
        assert values_of("1") == {"name": ("人1", name), "phone": ("", "13800000001")}
        assert (holders()[0].name, holders()[0].phone) == ("人1", None)


def test_rows_of_lists_that_differ_are_listed_too(source, ways):
    place = source([legacy.person(1)], [(1, 1, "法国", "20200101", "3")])
    spec = ways("fill")
    run("old_bureaus")
    run("old_holders")
    assert reconciliation.reconcile(spec).balanced
    legacy.change(place, "update T_CGJL set TS = '5', GJ = '德国'")
    run("old_holders")
    assert values_of("1") == {"trips.1.days": ("3", "5"), "trips.1.place": ("法国", "德国")}
    found = {
        one.title: (one.source, one.target) for one in reconciliation.reconcile(spec).differences
    }
    assert {text for text, _ in found.values()} == {"5", "德国"}
    decide("1", **{"trips.1.days": "take", "trips.1.place": "keep"})
    run("old_holders")
    assert [(row.place, row.days) for row in holders()[0].trips] == [("法国", 5)]


@pytest.mark.parametrize("mode", ["all", "good"])
def test_all_or_none_is_none_while_something_differs(source, ways, mode):
    doubled(source)
    ways("refuse", mode=mode)
    run("old_bureaus")
    job = run("old_holders")
    if mode == "all":
        assert job.state == "failed" and holders() == []
        assert "与已有记录不同，现为“人1”" in (
            runner.background.file_of(job.id, runner.BAD).read_text("utf-8-sig")
        )
    else:
        assert job.note == "共 2 行：已载入 1，有冲突 1"


def test_a_decision_about_what_nobody_saw_is_refused(source, ways):
    doubled(source)
    ways("refuse")
    run("old_bureaus")
    run("old_holders")
    with pytest.raises(Conflict, match="差异已经变化"), unit_of_work():
        differences.decide(rows()["2"], {"name": "take"}, "another", lambda one: ["", "", ""])


def test_on_screen_differences_are_listed_decided_and_told(source, client, ways):
    doubled(source)
    ways("refuse")
    run("old_bureaus")
    run("old_holders")
    office = client("officer")
    assert "有冲突" in office.get("/MG01/").text
    page = office.get("/MG01/old_holders").text
    assert "与记录不同的行" in page and "别人" in page
    pk = rows()["2"].id
    form = office.get(f"/MG01/old_holders/rows/{pk}/differences").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    about = re.search(r'name="about" value="(\w+)"', form)
    assert token and about
    sent = {"csrf_token": token[1], "about": "0", "name": "keep", "phone": "take"}
    where = f"/MG01/old_holders/rows/{pk}/differences"
    refused = office.post(where, data=sent)
    assert refused.status_code == 409 and "差异已经变化" in refused.text
    assert re.search(r'name="phone" value="take"[^>]* checked', refused.text), (
        "what was chosen stays"
    )
    assert office.post(where, data=sent | {"about": about[1]}).status_code == 303
    assert "已决定，待载入" in office.get("/MG01/old_holders").text
    told = re.sub(r"<[^>]+>", "", office.get(where).text)
    assert "手机号（采用来源的值）" in told and "决定差异" in told
    with acting_as(SYSTEM):
        assert run("old_holders").note == "共 2 行：已合并 1，以前已处理 1"
    assert office.get(where).status_code == 404
