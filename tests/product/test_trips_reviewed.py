"""PP11, PP16, PP17, PP19–PP21: a trip is filled in, checked by everybody in turn, sent back step by step."""

import re
from typing import Any

import pytest

from tests.product import office as made
from tests.product.callers import paths, refused
from tests.product.filing import PHONE, Unit, at_screen

ONLINE = {
    "kind": "online",
    "conference": "国际职业教育线上大会",
    "conference_host": "柏林职业教育中心",
    "conference_from": "2027-03-10",
    "conference_until": "2027-03-11",
    "conference_platform": "主办方会议平台",
    "conference_role": "作主旨发言",
}
ONLINE_PAPERS = (
    "request",
    "task_form",
    "invitation",
    "invitation_translation",
    "name_list",
    "conference_notice",
    "speech",
)
NOT_ONLINE = (
    *("plan", "depart_on", "return_on", "route", "fund_source", "publicized", "publicized_from"),
    *("publicized_until", "publicity_place", "stops", "itinerary", "budget"),
)


def news(filed: Unit, before: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what the unit's liaison was told since."""
    found = filed.told()
    for line in before:
        found.remove(line)
    return found


def stops(page: str) -> dict[str, str]:
    """Return the titles of the picture of the way with the state of each."""
    found = re.findall(r'<li class="route-(\w+).*?route-title">([^<]+)<', page, re.S)
    return {title.strip(): state for state, title in found}


@pytest.mark.functions("PP11", "PP11Q")
@pytest.mark.musts("PP11.1")
def test_a_traveller_is_chosen_only_once_the_office_has_approved(filed: Unit) -> None:
    person, office = filed.person, filed.office
    papers = person.papers("person", *made.PERSON_PAPERS)
    pk = person.post("person/", values=made.person(office, "赵新人"), materials=papers)["id"]
    values = made.trip(office, filed.items[0], [filed.people[0], pk])

    def chosen() -> Any:
        return person.call("POST", "delegation/", {"values": values})

    for state in ("draft", "review"):
        assert person.get(f"person/{pk}")["state"]["code"] == state
        refusal = refused(chosen(), 422)
        assert paths(refusal) == {"members.1.person"}
        assert "不可选用" in refusal["faults"][0]["message"]
        if state == "draft":
            person.act("person", pk, "submit")
    handler = at_screen(filed.app, "fao_handler")
    assert "赵新人" not in handler.get("/PP11Q/?f.state=filed").text
    office.passes(office.handler, "person", pk, "approve")
    assert "赵新人" in handler.get("/PP11Q/?f.state=filed&f.name=赵新").text
    assert chosen().status_code == 201


@pytest.mark.functions("PP17")
@pytest.mark.musts("PP17.3")
def test_a_meeting_online_takes_nothing_from_a_plan(filed: Unit) -> None:
    person = filed.person
    trip = made.trip(filed.office, filed.items[0], filed.people[:2])
    online = ONLINE | {"conference_country": filed.office.country}
    values = {key: value for key, value in trip.items() if key not in NOT_ONLINE} | online
    values["name"] = "参加国际职业教育线上大会"
    wrong = {**values, "conference_until": "2027-03-09", "conference_platform": None}
    pk = person.post("delegation/", values=wrong)["id"]
    lacking = paths(refused(person.try_to("delegation", pk, "submit"), 422))
    assert {"conference_until", "conference_platform"} <= lacking
    assert {"material.conference_notice", "material.speech"} <= lacking
    assert not lacking & {"plan", "depart_on", "route", "stops", "itinerary", "material.schedule"}
    papers = person.papers("delegation", *ONLINE_PAPERS)
    person.patch(f"delegation/{pk}", values=online, materials=papers)
    assert person.act("delegation", pk, "submit")["state"]["code"] == "prescreen"
    assert [filed.remaining(item) for item in filed.items] == [3, 2]
    page = at_screen(filed.app, "fao_reception").get(f"/PP18/{pk}").text
    assert "国际职业教育线上大会" in page and "线上国际会议" in page


@pytest.mark.functions("PP17")
@pytest.mark.musts("PP17.4")
def test_the_form_leads_through_what_is_still_to_be_done(filed: Unit) -> None:
    liaison = at_screen(filed.app, username=PHONE)
    page = liaison.get("/PP17/new").text
    titles = re.findall(r"data-number>\d+</span>([^<]+)</h2>", page)
    order = [
        title for title in ("团组信息", "出访任务", "出访安排", "团长与计划") if title in titles
    ]
    assert order == ["团组信息", "出访任务", "出访安排", "团长与计划"], titles
    assert "办理前请阅读办事指南" in page

    def told(**typed: str) -> str:
        return str(liaison.post("/PP17/preview", data=typed).get_json())

    assert "组团单位" in told(kind="ministry") or "organiser" in told(kind="ministry")
    answer = liaison.post("/PP17/new", data={"kind": "ministry", "_do": "act:submit"})
    assert answer.status_code == 422
    for words in ("请填写团组名称", "请填写组团单位", "请填写出访任务", "请填写出境日期"):
        assert words in answer.text, words
    online = liaison.post("/PP17/new", data={"kind": "online", "_do": "act:submit"}).text
    assert "请填写会议名称" in online
    assert "请填写组团单位" not in online, "what does not apply is not asked"


@pytest.mark.functions("PP19")
@pytest.mark.musts("PP19.1")
def test_the_acceptance_checks_each_part_and_says_what_disagrees(filed: Unit) -> None:
    office = filed.office
    pk = filed.submitted(filed.items[0])
    office.passes(office.reception, "delegation", pk)
    checks = office.checks(office.handler, "delegation", pk)
    assert checks == ["团组信息", "人员信息", "出访地信息", "计划占用"]
    for some in ([], checks[:3], ["团组信息", "别的"]):
        refusal = refused(office.handler.try_to("delegation", pk, "pass", checks=some), 422)
        assert paths(refusal) == {"checks"}
    page = at_screen(filed.app, "fao_handler").get(f"/PP19/{pk}").text
    for words in (*checks, "张团长", "柏林", "赴德国职业教育合作团组"):
        assert words in page, words
    seen = office.handler.act("delegation", pk, "pass", checks=checks, comment="同意")
    assert seen["state"]["code"] == "review"


@pytest.mark.functions("PP20", "PP21")
@pytest.mark.musts("PP20.1", "PP20.2", "PP20.5", "PP21.1", "PP21.3")
def test_a_trip_goes_up_and_back_step_by_step_and_the_unit_follows(filed: Unit) -> None:
    person, office = filed.person, filed.office
    pk = filed.submitted(filed.items[0])
    unit = at_screen(filed.app, username=PHONE)
    number = person.get(f"delegation/{pk}")["values"]["code"]

    def at() -> str:
        return next(
            t for t, s in stops(unit.get(f"/BM06/?q={number}").text).items() if s == "current"
        )

    up = (
        (office.reception, "prescreen", "材料预审"),
        (office.handler, "accept", "电子接案"),
        (office.head, "review", "处室审核"),
        (office.director, "sign_off", "领导签批"),
    )
    for who, _, title in up[:3]:
        assert at() == title, "the unit sees each step at once"
        offers = office.director.get(f"delegation/{pk}")["offers"]
        assert "approve" not in {offer["action"] for offer in offers}, "nobody is passed over"
        office.passes(who, "delegation", pk)
    assert at() == "领导签批"
    for (who, _, _), (_, step, title) in zip(reversed(up[1:]), reversed(up[:3]), strict=True):
        who.get(f"delegation/{pk}")
        silent = refused(who.try_to("delegation", pk, "send_back", target=step), 422)
        assert paths(silent) == {"comment"}
        who.act("delegation", pk, "send_back", target=step, comment=f"退至{title}")
        assert at() == title, "back by one step"
    for who, _, _ in up[:3]:
        office.passes(who, "delegation", pk)

    before = filed.told()
    office.director.get(f"delegation/{pk}")
    office.director.act("delegation", pk, "send_back", target="draft", comment="任务表述请写实")
    told = news(filed, before)
    assert {way for way, _ in told} == {"sms", "inbox"}
    assert all("被退回" in text and "任务表述请写实" in text for _, text in told)
    listed = unit.get("/PP21/").text
    assert "赴德国职业教育合作团组" in listed and "任务表述请写实" in listed
    page = unit.get(f"/PP21/{pk}/edit").text
    for words in ("赴德国职业教育合作团组", "任务表述请写实", "钱主任", "09:30"):
        assert words in page, words
    assert "任务表述请写实" not in at_screen(filed.app, "liaison").get("/PP21/").text
    person.patch(f"delegation/{pk}", values={"task": "签署合作协议"})
    assert person.act("delegation", pk, "submit")["state"]["code"] != "draft"
    assert "任务表述请写实" not in unit.get("/PP21/").text, "what is done waits no more"


@pytest.mark.functions("PP16")
@pytest.mark.musts("PP16.1", "PP16.3")
def test_an_explanation_is_asked_for_at_every_stage_from_filing_to_return(filed: Unit) -> None:
    office, person = filed.office, filed.person
    pk = filed.apply(filed.items[0])["id"]

    def ask(stage: str, day: str) -> Any:
        values = {"target": pk, "stage": stage, "requirement": f"说明{stage}", "due_on": day}
        return office.handler.call("POST", "explanation/", {"values": values})

    assert paths(refused(ask("apply", "2026-12-01"), 422)) == {"target"}, (
        "drafts are the unit's own"
    )
    person.act("delegation", pk, "submit")

    def asked(stage: str, day: str) -> None:
        answer = ask(stage, day)
        assert answer.status_code == 201, answer.text
        mine = answer.get_json()["id"]
        before = filed.told()
        office.handler.act("explanation", mine, "push")
        told = news(filed, before)
        assert {way for way, _ in told} == {"sms", "inbox"}
        assert all(f"说明{stage}" in text and "情况说明上报" in text for _, text in told)
        assert f"说明{stage}" in at_screen(filed.app, username=PHONE).get(f"/PP16A/{mine}").text

    late = ask("apply", "2026-11-01")
    assert late.status_code == 201
    assert paths(refused(office.handler.try_to("explanation", late.get_json()["id"], "push"), 422))
    asked("apply", "2026-12-01")
    for who in (office.reception, office.handler, office.head):
        office.passes(who, "delegation", pk)
    asked("approve", "2026-12-01")
    office.passes(office.director, "delegation", pk, "approve")
    asked("document", "2026-12-01")
    asked("visa", "2026-12-01")
    filed.wait_until(2027, 3, 12)
    asked("abroad", "2027-03-20")
    filed.wait_until(2027, 4, 12)
    asked("returned", "2027-04-20")
