"""A trip that two subsystems have: what the abstract object says holds for both, each keeps its own table."""

import io

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, NotFound, Refused, Rejected
from app.core.files import attachments
from app.core.records import materials
from app.core.records import service as records
from app.flow import engine
from app.flow.execution.cases import case_of
from tests.derived.values import CONTENT
from tests.examples.deeds import do
from tests.harness.refusals import refused

KINDS = ("land_tour", "air_tour")
CHECKS = ("完整性", "合规性", "准确性")


def region(name="甲国"):
    with acting_as(SYSTEM), unit_of_work():
        obj = registry.object("region")
        known = session.query(obj.model).filter_by(name=name).first()
        return str((known or records.save(obj, None, {"name": name}, complete=True)).id)


def raw(world, **more):
    given = {
        "name": "经贸洽谈", "kind": "own", "plan": str(world.allotments["east2027"]),
        "depart_on": "2027-03-01", "return_on": "2027-03-05",
        "members": [{"name": "甲"}, {"name": "乙"}],
        "stops": [{"region": region(), "arrive_on": "2027-03-02"}],
    }  # fmt: skip
    return given | more


def file(world, name, title="经贸洽谈", **more):
    values = raw(world, name=title, **more)
    with world.acting("clerk"), unit_of_work():
        obj = registry.object(name)
        return records.save(obj, None, values, complete=False).id


def scan(world, name, pk, *lines):
    with world.acting("clerk"), unit_of_work():
        obj = registry.object(name)
        found = {one.name: one for one in obj.materials}
        for line in lines:
            stored = attachments.store(io.BytesIO(CONTENT["pdf"]()), f"{line}.pdf", ("pdf",), 10**7)
            materials.attach(obj, pk, found[line], stored)


def filed(world, name, **more):
    pk = file(world, name, **more)
    scan(world, name, pk, "request", "letter")
    do(world, name, pk, "clerk", "submit")
    return pk


def look(name, pk, *names):
    with acting_as(SYSTEM), elevated():
        record = session.get_one(registry.object(name).model, pk)
        return [getattr(record, one) for one in names]


def held(world):
    return look("allotment", world.allotments["east2027"], "used")[0]


def approve(world, name, pk):
    do(world, name, pk, "officer", "pass", checks=CHECKS)
    do(world, name, pk, "officer", "pass")
    do(world, name, pk, "officer", "pass")
    do(world, name, pk, "director", "approve")


@pytest.mark.parametrize("name", KINDS)
def test_both_take_the_same_way_and_hold_what_they_ask_for(world, name):
    pk = filed(world, name)
    assert look(name, pk, "days", "headcount", "regions") == [5, 2, "甲国"]
    assert held(world) == 2
    with pytest.raises(Rejected) as told:
        do(world, name, pk, "officer", "pass")
    assert [f.message for f in told.value.faults] == [f"请先确认：{'、'.join(CHECKS)}"]
    approve(world, name, pk)
    assert look(name, pk, "state") == ["approved"]
    assert held(world) == 2


@pytest.mark.parametrize("end", ["reject", "cancel"])
def test_what_is_held_is_given_back_at_the_ends_that_say_so(world, end):
    pk = filed(world, "land_tour")
    do(world, "land_tour", pk, "clerk" if end == "cancel" else "officer", end)
    assert held(world) == 0


@pytest.mark.parametrize(
    ("kind", "lacking"), [("own", {"request", "letter"}), ("joint", {"request"}), ("online", set())]
)
def test_a_table_decides_which_materials_are_asked_for(world, kind, lacking):
    pk = file(world, "air_tour", kind=kind)
    if not lacking:
        do(world, "air_tour", pk, "clerk", "submit")
        return
    with pytest.raises(Rejected) as told:
        do(world, "air_tour", pk, "clerk", "submit")
    assert {f.path for f in told.value.faults} == {f"material.{one}" for one in lacking}


def test_an_online_tour_holds_no_places(world):
    pk = file(world, "land_tour", kind="online")
    do(world, "land_tour", pk, "clerk", "submit")
    assert look("land_tour", pk, "plan_id") == [None]
    assert held(world) == 0


def test_the_days_follow_the_policy_by_the_number_of_places(world):
    obj = registry.object("land_tour")
    long = raw(world, return_on="2027-03-07")
    more = raw(world, return_on="2027-03-07", stops=[
        {"region": region(), "arrive_on": "2027-03-02"},
        {"region": region("乙国"), "arrive_on": "2027-03-04"},
    ])  # fmt: skip
    with world.acting("clerk"):
        told = [f for f in records.check(obj, None, long, complete=True) if f.level == "warning"]
        assert [f.message for f in told] == ["在外 7 天，超过规定"]
        assert told[0].source.startswith("通行做法（本市")
        found = records.check(obj, None, more, complete=True)
        assert not [f for f in found if f.level == "warning"]


@pytest.mark.parametrize("name", KINDS)
def test_papers_started_beside_the_approval_are_withdrawn_with_it(world, name):
    pk = filed(world, name)
    do(world, name, pk, "officer", "parallel")
    with pytest.raises(Conflict, match="已经同意同步办证"):
        do(world, name, pk, "officer", "parallel")
    with acting_as(SYSTEM), elevated():
        paper = session.query(registry.object("tour_paper").model).one()
        assert (paper.kind, paper.tour.name, paper.tour.variant) == (name, "经贸洽谈", name)
        assert getattr(paper, f"tour_{name}_id") == pk
        child = paper.id
    do(world, name, pk, "officer", "reject")
    assert look("tour_paper", child, "state") == ["cancelled"]


def test_papers_stay_where_the_tour_is_approved(world):
    pk = filed(world, "land_tour")
    do(world, "land_tour", pk, "officer", "parallel")
    approve(world, "land_tour", pk)
    with acting_as(SYSTEM), elevated():
        assert session.query(registry.object("tour_paper").model).one().state == "draft"


def test_one_list_shows_both_and_each_reach_its_own(world):
    for name in KINDS:
        filed(world, name, title=f"{name}一行")
    obj = registry.object("tour")
    with world.acting("officer"):
        rows = records_of(obj)
        assert sorted((r.variant, r.name, r.headcount) for r in rows) == [
            ("air_tour", "air_tour一行", 2), ("land_tour", "land_tour一行", 2),
        ]  # fmt: skip
    with world.acting("other"):
        assert records_of(obj) == []


def records_of(obj):
    return list(session.scalars(select(obj.model)))


def test_each_function_offers_what_its_step_allows_and_nobody_else(world):
    pk = filed(world, "air_tour")
    for who, kind, words in (
        ("clerk", Refused, "没有这项操作的权限"),
        ("director", Refused, "没有这项操作的权限"),
        ("other", NotFound, "不在您的查看范围内"),
    ):
        with refused(kind, words):
            do(world, "air_tour", pk, who, "pass", checks=CHECKS)
    with world.acting("officer"):
        record = records.find(registry.object("air_tour"), pk)
        case = case_of(record)
        offered = {one.action.name for one in engine.offers(case, record) if not one.refusal}
    assert {"pass", "send_back", "reject", "parallel"} <= offered
