"""The whole chain over the interface for programs: from a newcomer's unit to a paper that is void."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask

from app.core import clock
from tests.product import office as made
from tests.product.callers import Caller, paths, refused
from tests.product.filing import Unit
from tests.product.office import Clock, Office


@pytest.fixture
def time(app: Flask) -> Iterator[Clock]:
    """The clock of the test."""
    yield Clock()
    clock.set_clock(None)


@pytest.fixture
def office(app: Flask, time: Clock) -> Office:
    """The office on that day."""
    return Office(app)


@pytest.fixture
def unit(app: Flask, office: Office, time: Clock) -> Unit:
    """A unit with liaison, travellers and an approved plan."""
    found = Unit(app, office, time)
    found.file()
    found.file_liaison()
    found.file_people("张团长", "李团员", "王团员")
    found.plan()
    return found


@pytest.mark.both_databases
@pytest.mark.musts("PP20.3", "PP28.3", "PP18.4")
def test_a_trip_from_draft_to_papers(app: Flask, unit: Unit, office: Office, time: Clock) -> None:
    person = unit.person
    item = unit.items[0]
    assert unit.remaining(item) == 3

    # a paper is missing
    draft = unit.apply(item, "invitation")
    pk = draft["id"]
    assert "material.invitation" in {fault["path"] for fault in draft["faults"]}
    assert paths(refused(person.try_to("delegation", pk, "submit"), 422)) == {"material.invitation"}
    invitation = person.upload("delegation", "material.invitation")
    person.patch(f"delegation/{pk}", materials={"invitation": [invitation]})
    sent = person.act("delegation", pk, "submit")
    assert re.fullmatch(r"武外出〔2026〕\d{4}号", sent["values"]["code"])
    assert (sent["values"]["days"], sent["values"]["headcount"]) == (5, 2)
    assert unit.remaining(item) == 1

    # nobody changes what is under way
    refused(
        person.call("PATCH", f"delegation/{pk}", {"version": sent["version"], "values": {}}), 409
    )

    # called back, sent again, opened: now it cannot be called back any more
    assert person.act("delegation", pk, "recall")["state"]["code"] == "draft"
    time.forward(minutes=5)
    person.act("delegation", pk, "submit")
    checks = office.checks(office.reception, "delegation", pk)
    answer = refused(person.try_to("delegation", pk, "recall"), 409)
    assert "已经打开" in answer["message"]

    # sent back with a mark; what is marked must be replaced
    refused(office.reception.try_to("delegation", pk, "send_back", target="draft"), 422)
    mark = {"target": "material.invitation", "labels": ["unclear"], "comment": "请重新扫描"}
    labels = {entry["code"] for entry in person.get("dictionaries/material_label")["entries"]}
    mark["labels"] = [sorted(labels)[0]]
    office.reception.act(
        "delegation", pk, "send_back", target="draft", comment="邀请函不清晰", marks=[mark]
    )
    returned = person.get(f"delegation/{pk}?check=1")
    assert returned["state"]["code"] == "draft"
    assert [m["target"] for m in returned["marks"] if m["open"]] == ["material.invitation"]
    assert paths(refused(person.try_to("delegation", pk, "submit"), 422)) == {"material.invitation"}
    other = person.upload("delegation", "material.request")
    locked = {"version": returned["version"], "materials": {"request": [other]}}
    refused(person.call("PATCH", f"delegation/{pk}", locked), 403)
    newer = person.upload("delegation", "material.invitation")
    person.patch(f"delegation/{pk}", materials={"invitation": [newer]})
    again = person.act("delegation", pk, "submit")
    assert again["case"]["round"] > 1
    files = next(m for m in again["materials"] if m["name"] == "invitation")["files"]
    assert {file["id"]: file["current"] for file in files} == {invitation: False, newer: True}

    # everybody in turn; whoever acts on what is no longer there reads who was first
    answer = refused(office.reception.try_to("delegation", pk, "pass", comment="同意"), 422)
    assert paths(answer) == {"checks"}
    steps = office.reception.get(f"delegation/{pk}")["case"]["steps"]
    office.reception.act("delegation", pk, "pass", checks=checks, expected=steps)
    late = office.reception.try_to("delegation", pk, "pass", checks=checks, expected=steps)
    assert "李预审" in refused(late, 409)["message"]
    office.passes(office.handler, "delegation", pk)
    office.passes(office.head, "delegation", pk)
    refused(office.head.try_to("delegation", pk, "approve"), 403)
    approved = office.passes(office.director, "delegation", pk, "approve")
    assert approved["state"]["code"] == "approved"
    assert approved["values"]["approved_on"] == "2026-11-24"
    assert [
        node["state"] for node in approved["case"]["route"] if node["step"] != "countersign"
    ] == ["done"] * 6
    assert unit.remaining(item) == 1

    # papers
    papers = office.clerk.get("issued_document/?sort=title")["items"]
    assert {paper["title"].split()[0] for paper in papers} == {"任务批件", "任务确认件"}
    for paper in papers:
        _paper(app, office, person, paper["id"])


def _paper(app: Flask, office: Office, person: Caller, pk: int) -> None:
    """One paper: edited, sealed, handed out, fetched, void, and said to be void."""
    clerk, place = office.clerk, f"issued_document/{pk}"
    refused(person.call("GET", place), 404)
    paper = clerk.get(place)
    word = clerk.call("GET", f"{place}/docx")
    assert word.data.startswith(b"PK")
    refused(clerk.call("PATCH", place, {"texts": {"number": "1"}, "revision": 1}), 422)
    body = {"texts": {"body": "同意执行本次任务。"}, "revision": paper["revision"]}
    edited = clerk.call("PATCH", place, body)
    assert edited.get_json()["texts"]["body"] == "同意执行本次任务。"
    refused(clerk.call("PATCH", place, body), 409)
    for revision, status in (("", 422), ("x", 422), (paper["revision"], 409)):
        form = {"file": (BytesIO(word.data), "改.docx"), "revision": str(revision)}
        said = refused(clerk.call("POST", f"{place}/docx", data=form), status)
        assert status == 409 or paths(said) == {"revision"}
    assert clerk.get(place)["revision"] == paper["revision"] + 1
    form = {"file": (BytesIO(word.data), "改.docx"), "revision": str(paper["revision"] + 1)}
    assert clerk.call("POST", f"{place}/docx", data=form).get_json()["revision"] == (
        paper["revision"] + 2
    )
    refused(office.head.try_to("issued_document", pk, "seal"), 403)
    unseen = refused(clerk.try_to("issued_document", pk, "seal"), 422)
    assert paths(unseen) == {"revision"}, "sealed is what was read"
    sealed = clerk.act("issued_document", pk, "seal", revision=paper["revision"] + 2)
    assert sealed["state"]["code"] == "sealed", sealed["trouble"]
    assert re.fullmatch(r"武外出.字〔2026〕\d{4}号", sealed["values"]["number"])
    refused(person.call("GET", place), 404)
    clerk.act("issued_document", pk, "issue")
    fetched = person.call("GET", f"{place}/pdf")
    assert fetched.status_code == 200 and fetched.data.startswith(b"%PDF")
    assert "下载" in {event["what"] for event in person.get(place)["events"]}
    refused(person.call("GET", f"{place}/docx"), 403)

    verify = re.sub(r"^https?://[^/]+", "", sealed["address"])
    assert "有效" in app.test_client().get(verify).text
    assert paths(refused(clerk.try_to("issued_document", pk, "void"), 422)) == {"reason"}
    clerk.act("issued_document", pk, "void", reason="行程改变")
    page = app.test_client().get(verify).text
    assert "已作废" in page
    assert sealed["values"]["number"] in page
    voided = person.call("GET", f"{place}/pdf")
    assert voided.status_code == 200 and voided.data != fetched.data


@pytest.mark.both_databases
def test_a_rejected_trip_gives_back_what_it_held(unit: Unit, office: Office) -> None:
    item = unit.items[0]
    pk = unit.apply(item)["id"]
    unit.person.act("delegation", pk, "submit")
    assert unit.remaining(item) == 1
    office.passes(office.reception, "delegation", pk)
    office.handler.get(f"delegation/{pk}")
    ended = office.handler.act("delegation", pk, "reject", comment="任务与职能无关")
    assert ended["state"]["code"] == "rejected"
    assert unit.remaining(item) == 3
    seen = unit.person.get(f"delegation/{pk}")
    assert seen["offers"] == []
    assert seen["history"][0]["why"] == "任务与职能无关"


@pytest.mark.both_databases
@pytest.mark.musts("PP17.1")
def test_a_trip_over_its_plan_is_refused_where_the_plan_is_named(unit: Unit) -> None:
    values = made.trip(unit.office, unit.items[1], unit.people)
    papers = unit.person.papers("delegation", *made.TRIP_PAPERS)
    pk = unit.person.post("delegation/", values=values, materials=papers)["id"]
    answer = refused(unit.person.try_to("delegation", pk, "submit"), 422)
    assert paths(answer) == {"plan"}
    assert "剩余 2，本次需要 3" in answer["faults"][0]["message"]
    fewer = {"members": unit.person.get(f"delegation/{pk}")["values"]["members"][:2]}
    unit.person.patch(f"delegation/{pk}", values=fewer)
    assert unit.person.act("delegation", pk, "submit")["state"]["code"] == "prescreen"


@pytest.mark.both_databases
def test_policies_warn_with_their_source_and_let_pass(unit: Unit) -> None:
    values = made.trip(unit.office, unit.items[0], unit.people[:2]) | {"return_on": "2027-03-18"}
    made_of = unit.person.post("delegation/", values=values)
    warnings = [fault for fault in made_of["faults"] if fault["level"] == "warning"]
    days = next(fault for fault in warnings if fault["path"] == "days")
    assert "在外 9 天" in days["message"]
    assert days["source"]


@pytest.mark.both_databases
def test_a_draft_is_deleted_a_filed_trip_is_not(unit: Unit) -> None:
    person = unit.person
    pk = unit.apply(unit.items[0])["id"]
    assert person.call("DELETE", f"delegation/{pk}").status_code == 204
    refused(person.call("GET", f"delegation/{pk}"), 404)
    kept = unit.apply(unit.items[0])["id"]
    person.act("delegation", kept, "submit")
    refused(person.call("DELETE", f"delegation/{kept}"), 409)
    person.act("delegation", kept, "recall")
    refused(person.call("DELETE", f"delegation/{kept}"), 409)
    cancelled = person.act("delegation", kept, "cancel", comment="不再需要")
    assert cancelled["state"]["code"] == "cancelled"
    assert unit.remaining(unit.items[0]) == 3
