"""BM15–BM17: the office locks a unit, the unit appeals, the office locks again or lets it go on."""

from typing import Any

import pytest

from tests.product import office as made
from tests.product.callers import caller, paths, refused
from tests.product.filing import PHONE, Unit, at_screen
from tests.product.test_filings import news, sent

LOCKED = "申报备案已于2026-11-24锁定"


def lock(filed: Unit, **more: Any) -> int:
    """The office locks the unit."""
    values = {"target": filed.id, "cause": "rectify", "reason": "证照未按规定集中保管"} | more
    pk = int(filed.office.handler.post("unit_lock/", values=values)["id"])
    filed.office.handler.act("unit_lock", pk, "lock")
    return pk


def appeal(filed: Unit, pk: int) -> None:
    """The unit says what it has put right, with papers, and asks to be unlocked."""
    paper = filed.person.upload("unit_lock", "material.papers")
    values = {"statement": "已建立台账并集中保管"}
    filed.person.patch(f"unit_lock/{pk}", values=values, materials={"papers": [paper]})
    filed.person.act("unit_lock", pk, "appeal")


@pytest.mark.functions("BM15")
@pytest.mark.musts("BM15.1", "BM15.2")
def test_a_lock_has_its_reason_and_is_told_to_the_liaison(filed: Unit) -> None:
    office = filed.office
    bare = office.handler.post("unit_lock/", values={"target": filed.id, "cause": "rectify"})
    refusal = refused(office.handler.try_to("unit_lock", bare["id"], "lock"), 422)
    assert paths(refusal) == {"reason"}
    late = {"reason": "证照未按规定集中保管", "rectify_by": "2026-11-01"}
    office.handler.patch(f"unit_lock/{bare['id']}", values=late)
    refusal = refused(office.handler.try_to("unit_lock", bare["id"], "lock"), 422)
    assert paths(refusal) == {"rectify_by"}
    before = filed.told()
    assert filed.person.call("GET", f"unit_lock/{bare['id']}").status_code == 404, (
        "not yet pushed to the unit"
    )
    office.handler.patch(f"unit_lock/{bare['id']}", values={"rectify_by": "2026-12-31"})
    locked = office.handler.act("unit_lock", bare["id"], "lock")
    assert locked["values"]["locked_on"] == "2026-11-24"
    told = news(filed, before)
    assert {way for way, _ in told} == {"sms", "inbox"}
    assert all("证照未按规定集中保管" in text for _, text in told)
    page = at_screen(filed.app, username=PHONE).get(f"/BM16/{bare['id']}").text
    assert "证照未按规定集中保管" in page
    again = office.handler.call(
        "POST",
        "unit_lock/",
        {"values": {"target": filed.id, "cause": "other", "reason": "又一次"}},
    )
    assert paths(refused(again, 422)) == {"target"}
    assert at_screen(filed.app, username=PHONE).get("/BM15/").status_code == 403
    stranger = caller(filed.app, "fao_reception")
    assert stranger.call("POST", "unit_lock/", {"values": {}}).status_code == 403


@pytest.mark.functions("BM15")
@pytest.mark.musts("BM15.3")
def test_a_locked_unit_files_nothing_until_it_is_unlocked(filed: Unit) -> None:
    person = filed.person
    trip = int(filed.apply(filed.items[0])["id"])
    pk = lock(filed)
    refusal = refused(person.try_to("delegation", trip, "submit"), 422)
    assert "unit" in paths(refusal)
    assert any(LOCKED in fault["message"] for fault in refusal["faults"])
    person_values = made.person(filed.office, "赵新人")
    for name, values in (
        ("delegation", made.trip(filed.office, filed.items[0], filed.people[:2])),
        ("plan", {"kind": "key", "year": 2027}),
        ("person", person_values),
        ("liaison", made.liaison(filed.office, "another")),
        ("person_change", {"target": filed.people[0], "kind": "amend", "reason": "工作变动"}),
        ("supplement", {"kind": "paper"}),
    ):
        refusal = refused(person.call("POST", f"{name}/", {"values": values}), 422)
        assert any(
            fault["path"] == "unit" and LOCKED in fault["message"] for fault in refusal["faults"]
        ), name
    before = len(person.get("delegation/")["items"])
    screen = at_screen(filed.app, username=PHONE)
    typed = {"name": "赴示例国团组"}
    answer = sent(screen, "/PP17/new", typed)
    assert answer.status_code == 422
    assert LOCKED in answer.text
    assert "证照未按规定集中保管" in answer.text, "the reason is read where it stops somebody"
    assert "赴示例国团组" in answer.text, "what was typed is kept"
    assert len(person.get("delegation/")["items"]) == before
    appeal(filed, pk)
    assert refused(person.try_to("delegation", trip, "submit"), 422), (
        "an appeal alone unlocks nothing"
    )
    filed.office.passes(filed.office.handler, "unit_lock", pk, "resume")
    assert person.act("delegation", trip, "submit")["state"]["code"] != "draft"


@pytest.mark.functions("BM16", "BM17")
@pytest.mark.musts("BM16.1", "BM17.1", "BM17.2", "BM17.3")
def test_a_unit_appeals_and_is_locked_again_or_goes_on(filed: Unit) -> None:
    office, person = filed.office, filed.person
    pk = lock(filed)
    refusal = refused(person.try_to("unit_lock", pk, "appeal"), 422)
    assert paths(refusal) == {"statement", "material.papers"}
    appeal(filed, pk)
    queue = at_screen(filed.app, "fao_handler").get("/BM17/").text
    assert "武汉市测试教育局" in queue
    page = at_screen(filed.app, "fao_handler").get(f"/BM17/{pk}").text
    assert "已建立台账并集中保管" in page
    assert "扫描件.pdf" in page

    before = filed.told()
    refused(office.handler.try_to("unit_lock", pk, "relock"), 422)
    assert not news(filed, before), "without a comment nothing is decided"
    office.handler.act("unit_lock", pk, "relock", comment="台账不完整，请补齐")
    told = news(filed, before)
    assert {way for way, _ in told} == {"sms", "inbox"}
    assert all("再次锁定" in text and "台账不完整，请补齐" in text for _, text in told)
    found = person.get(f"unit_lock/{pk}")
    assert (found["state"]["code"], found["values"]["relocked"]) == ("locked", 1)
    assert refused(person.call("POST", "plan/", {"values": {"kind": "key", "year": 2027}}), 422)

    appeal(filed, pk)
    before = filed.told()
    office.handler.act("unit_lock", pk, "resume", comment="整改到位")
    told = news(filed, before)
    assert {way for way, _ in told} == {"sms", "inbox"}
    assert all("已解锁" in text and "整改到位" in text for _, text in told)
    found = person.get(f"unit_lock/{pk}")
    assert (found["state"]["code"], found["values"]["decided_on"]) == ("unlocked", "2026-11-24")
    answer = person.call("POST", "plan/", {"values": {"kind": "key", "year": 2027}})
    assert answer.status_code == 201
    second = lock(filed)
    office.handler.act("unit_lock", second, "withdraw", comment="录入有误")
    assert (
        person.call("POST", "plan/", {"values": {"kind": "key", "year": 2027}}).status_code == 201
    )


@pytest.mark.functions("BM08", "PP01", "PP17")
@pytest.mark.musts("BM08.3")
def test_a_unit_files_only_the_kinds_of_business_that_it_is_on_file_for(filed: Unit) -> None:
    office, person = filed.office, filed.person
    draft = filed.apply(filed.items[0])
    assert not [fault for fault in draft["faults"] if fault["level"] == "error"]
    trip = int(draft["id"])
    values = {"target": filed.id, "kind": "amend", "reason": "业务调整"}
    papers = person.papers("unit_change", "proof")
    pk = person.post("unit_change/", values=values, materials=papers)["id"]
    after = {"does_outbound": False, "does_invitation": True}
    person.patch(f"unit_change/{pk}", values={"after": after})
    person.act("unit_change", pk, "submit")
    office.passes(office.reception, "unit_change", pk)
    office.passes(office.head, "unit_change", pk, "approve")
    refusal = refused(person.try_to("delegation", trip, "submit"), 422)
    assert any("未选定“因公出国”业务" in fault["message"] for fault in refusal["faults"])
    plan = person.post("plan/", values={"kind": "key", "year": 2027})
    assert any("未选定“因公出国”业务" in fault["message"] for fault in plan["faults"])
