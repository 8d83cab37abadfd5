"""PP78, PP79: what happened on a trip is reported, set against what was approved, asked for again and again."""

from typing import Any

import pytest

from app.flow.deadlines import escalations
from tests.product import office as made
from tests.product.callers import paths, refused
from tests.product.filing import PHONE, Unit, at_screen

NAME = "赴德国职业教育合作团组"


def travelled(filed: Unit) -> int:
    """A trip is approved and comes back; return its number."""
    pk = filed.submitted(filed.items[0])
    office = filed.office
    for who in (office.reception, office.handler, office.head):
        office.passes(who, "delegation", pk)
    office.passes(office.director, "delegation", pk, "approve")
    filed.wait_until(2027, 3, 20)
    return pk


def actual(filed: Unit, trip: int, **more: Any) -> dict[str, Any]:
    """Return a report that says the trip went exactly as approved."""
    was = made.trip(filed.office, filed.items[0], filed.people[:2])
    stop = {key: was["stops"][0][key] for key in ("country", "city", "arrive_on", "leave_on")}
    visa = {"country": filed.office.country, "number": "V8812345", "valid_until": "2027-06-30"}
    kept = {key: was[key] for key in ("name", "kind", "task", "depart_on", "return_on")}
    return {
        "target": trip,
        **kept,
        "stops": [stop],
        "visas": [{**visa, "person": pk} for pk in filed.people[:2]],
        "costs": [{"item": filed.office.code("budget_item"), "amount": "50000.00"}],
        **more,
    }


def report(filed: Unit, trip: int, **more: Any) -> dict[str, Any]:
    """Save a report as a draft; return it."""
    papers = filed.person.papers("actual_trip", "itinerary")
    found: dict[str, Any] = filed.person.post(
        "actual_trip/", values=actual(filed, trip, **more), materials=papers
    )
    return found


def dunned(filed: Unit, day: tuple[int, int, int]) -> list[str]:
    """Let the morning of a day come; return what the liaison is told by text message."""
    filed.wait_until(*day)
    before = [text for way, text in filed.told() if way == "sms"]
    escalations.run()
    return [text for way, text in filed.told() if way == "sms"][len(before) :]


@pytest.mark.functions("PP78")
@pytest.mark.musts("PP78.2")
def test_only_a_trip_that_came_back_is_reported_and_wholly(filed: Unit) -> None:
    person = filed.person
    trip = travelled(filed)
    filed.wait_until(2027, 3, 14)
    early = refused(person.call("POST", "actual_trip/", {"values": actual(filed, trip)}), 422)
    assert "target" in paths(early), "it has not come back yet"
    filed.wait_until(2027, 3, 20)
    pk = person.post("actual_trip/", values={"target": trip})["id"]
    lacking = paths(refused(person.try_to("actual_trip", pk, "submit"), 422))
    assert {"stops", "costs", "visas", "material.itinerary"} <= lacking, lacking
    papers = person.papers("actual_trip", "itinerary")
    person.patch(f"actual_trip/{pk}", values=actual(filed, trip), materials=papers)
    sent = person.act("actual_trip", pk, "submit")
    assert sent["state"]["code"] == "review"
    values = sent["values"]
    assert (values["days"], values["travelled"], values["cost_total"]) == (5, 2, "50000.00")
    assert values["differences"] is None, "what went as approved differs in nothing"
    again = report(filed, trip)["id"]
    assert paths(refused(person.try_to("actual_trip", again, "submit"), 422)) == {"target"}, (
        "one report for a trip"
    )
    page = at_screen(filed.app, "fao_handler").get(f"/PP79/{pk}").text
    for words in (NAME, "自行组团", "签署合作协议", "柏林", "张团长", "V8812345", "50,000.00"):
        assert words in page, words
    assert "扫描件.pdf" in page


@pytest.mark.functions("PP78", "PP79")
@pytest.mark.musts("PP78.1")
def test_what_differs_from_the_approval_is_marked_and_explained(filed: Unit) -> None:
    person = filed.person
    trip = travelled(filed)
    draft = report(filed, trip, return_on="2027-03-16", task="签署合作备忘录")
    pk = draft["id"]
    stop = {"country": filed.office.country, "city": filed.office.city}
    members = draft["values"]["members"]
    assert [row["person"]["id"] for row in members] == filed.people[:2], "who was approved stands there"
    rows = [
        {"id": members[0]["id"]},
        {"id": members[1]["id"], "went": False, "note": "临时有公务"},
        {"person": filed.people[2], "note": "接替李团员"},
    ]
    person.patch(
        f"actual_trip/{pk}",
        values={
            "members": rows,
            "stops": [{**stop, "arrive_on": "2027-03-10", "leave_on": "2027-03-15"}],
            "costs": [{"item": filed.office.code("budget_item"), "amount": "61000.00"}],
        },
    )
    lacking = refused(person.try_to("actual_trip", pk, "submit"), 422)
    assert paths(lacking) == {"reason"}, "a difference is explained"
    person.patch(f"actual_trip/{pk}", values={"reason": "航班取消，改签两日后"})
    values = person.act("actual_trip", pk, "submit")["values"]
    assert values["differences"].split() == ["出访任务", "入境日期", "人员", "费用"]
    assert (values["days"], values["approved_days"]) == (7, 5)
    assert (values["cost_total"], values["approved_budget"]) == ("61000.00", "50000.00")
    page = at_screen(filed.app, "fao_handler").get(f"/PP79/{pk}").text
    for words in ("实际在外 7 天，批准 5 天", "超过批准的预算", "航班取消", "2027-03-13", "2027-03-15"):
        assert words in page, words


@pytest.mark.functions("PP79")
@pytest.mark.musts("PP79.1", "PP79.2")
def test_a_report_is_sent_back_put_right_and_passed_and_the_unit_is_told(filed: Unit) -> None:
    person, handler = filed.person, filed.office.handler
    pk = report(filed, travelled(filed))["id"]
    person.act("actual_trip", pk, "submit")
    handler.get(f"actual_trip/{pk}")
    assert paths(refused(handler.try_to("actual_trip", pk, "send_back"), 422)) == {"comment"}

    def told(action: str, **more: Any) -> list[str]:
        before = [text for way, text in filed.told() if way == "sms"]
        handler.get(f"actual_trip/{pk}")
        handler.act("actual_trip", pk, action, **more)
        return [text for way, text in filed.told() if way == "sms"][len(before) :]

    (text,) = told("send_back", comment="请补填经停城市")
    assert "被驳回" in text and "请补填经停城市" in text and NAME in text
    assert "请补填经停城市" in at_screen(filed.app, username=PHONE).get(f"/PP78/{pk}").text
    person.patch(f"actual_trip/{pk}", values={"task": "签署合作协议", "reason": "按实际表述"})
    assert person.act("actual_trip", pk, "submit")["state"]["code"] == "review"
    (text,) = told("approve", comment="同意")
    assert "已审批通过" in text and NAME in text
    assert person.get(f"actual_trip/{pk}")["values"]["accepted_on"] == "2027-03-20"


@pytest.mark.functions("PP78", "PP79", "PP79D")
@pytest.mark.musts("PP79.1")
def test_who_does_not_report_is_dunned_in_steps_and_locked_until_it_is_done(filed: Unit) -> None:
    person = filed.person
    trip = travelled(filed)
    assert person.get(f"delegation/{trip}")["values"]["actual_due_on"] == "2027-04-13"
    report_of = "报送实际出访信息"
    assert not [t for t in dunned(filed, (2027, 4, 5)) if "实际出访" in t]
    (soon,) = [t for t in dunned(filed, (2027, 4, 6)) if "实际出访" in t]
    assert report_of in soon and NAME in soon and "2027-04-13" in soon
    assert not [t for t in dunned(filed, (2027, 4, 13)) if "实际出访" in t]

    values = made.trip(filed.office, filed.items[1], filed.people[:2])
    values["name"] = "赴德国友城工作团组"
    other = person.post("delegation/", values=values)["id"]

    def locked() -> bool:
        answer = refused(person.try_to("delegation", other, "submit"), 422)
        return any("实际出访信息，至今未报" in fault["message"] for fault in answer["faults"])

    assert not locked(), "the last day is within"
    (late,) = [t for t in dunned(filed, (2027, 4, 14)) if "实际出访" in t]
    assert "已逾期" in late and "不能申报" in late
    assert locked()
    desk = at_screen(filed.app, "fao_handler")
    assert NAME in desk.get("/PP79D/").text
    (long,) = [t for t in dunned(filed, (2027, 4, 28)) if "实际出访" in t]
    assert "至今未报" in long
    assert not [t for t in dunned(filed, (2027, 4, 29)) if "实际出访" in t], "each step once"

    pk = report(filed, trip)["id"]
    assert locked(), "a draft is no report"
    person.act("actual_trip", pk, "submit")
    assert not locked()
    assert NAME not in desk.get("/PP79D/").text
    filed.office.handler.get(f"actual_trip/{pk}")
    filed.office.handler.act("actual_trip", pk, "send_back", comment="请补正")
    assert locked(), "what was sent back is owed again"
    assert NAME in desk.get("/PP79D/").text
