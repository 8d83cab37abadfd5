"""PP01–PP10: plans are filed within their days, checked, sent back, approved, found and counted."""

import re
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.product import office as made
from tests.product.callers import paths, refused
from tests.product.filing import PHONE, Unit, at_screen

KEY_PAPERS = ("letter", "key_letter", "key_members", "key_itinerary")
MORE_PAPERS = ("letter", "budget_proof", "supplementary_proof")
SOURCE = "市委外办〔2026〕12号"


def values(filed: Unit, kind: str, year: int = 2027, **more: Any) -> dict[str, Any]:
    """Return a plan of a kind with one trip of five days."""
    whole = made.plan(filed.office, 0, 5)
    item = {**whole["items"][0], "depart_month": f"{year}-09-01", **more}
    return {
        "kind": kind,
        "year": year,
        "contact_phone": whole["contact_phone"],
        "items": [item],
        "reason": "友城邀请，年度计划时尚未收到" if kind == "supplementary" else None,
    }


def drafted(filed: Unit, kind: str, papers: tuple[str, ...], **more: Any) -> dict[str, Any]:
    """File a plan as a draft; return what the form says."""
    found: dict[str, Any] = filed.person.post(
        "plan/",
        values=values(filed, kind, **more),
        materials=filed.person.papers("plan", *papers) if papers else {},
    )
    return found


def said(draft: dict[str, Any], path: str) -> str:
    """Return what a draft's form says against a field."""
    return "；".join(f["message"] for f in draft["faults"] if f["path"] == path)


def quota(filed: Unit, year: int, headcount: int = 5) -> int:
    """Return the number of persons that the office gives the unit for a year."""
    given = {"unit": filed.id, "year": year, "headcount": headcount}
    return int(filed.office.handler.post("plan_quota/", values=given)["id"])


def approve(filed: Unit, pk: int) -> dict[str, Any]:
    """Everybody in turn passes a plan."""
    office = filed.office
    office.passes(office.handler, "plan", pk)
    office.passes(office.head, "plan", pk)
    found: dict[str, Any] = office.passes(office.director, "plan", pk, "approve")
    return found


def decreed(filed: Unit, policy: str, day: str) -> None:
    """The head of division sets a day of the plans for 2027, on screen."""
    head = at_screen(filed.app, "fao_division_head")
    seen = re.search(r'name="seen" value="([^"]*)"', head.get(f"/BM19B/{policy}/new").text)
    assert seen
    data = {
        "seen": seen[1],
        "valid_from": "2026-11-24",
        "level": "error",
        "source": SOURCE,
        "key0": ["2027", "其他"],
        "value": [day, "2026-12-17"],
    }
    assert head.post(f"/BM19B/{policy}/new", data=data).status_code == 303


@pytest.mark.functions("PP01")
@pytest.mark.musts("PP01.3")
def test_next_years_plan_is_taken_within_the_days_that_the_office_sets(filed: Unit) -> None:
    for year, taken in ((2026, False), (2027, True), (2028, False)):
        told = said(drafted(filed, "annual", (), year=year), "year")
        assert ("不在" not in told) is taken, (year, told)
    draft = drafted(filed, "annual", made.PLAN_PAPERS, headcount=2)
    pk = draft["id"]
    decreed(filed, "plan_close", "2026-11-20")
    late = refused(filed.person.try_to("plan", pk, "submit"), 422)
    fault = next(f for f in late["faults"] if f["path"] == "year")
    assert "不在 2027 年度计划的报送时限内" in fault["message"]
    assert SOURCE in fault["source"], "who is refused reads by which rule"
    decreed(filed, "plan_close", "2026-11-24")
    last = refused(filed.person.try_to("plan", pk, "submit"), 422)
    assert "year" not in paths(last), "the last day is within"


@pytest.mark.functions("PP02")
@pytest.mark.musts("PP02.1", "PP02.3")
def test_a_plan_is_checked_part_by_part_and_comes_back_to_be_put_right(filed: Unit) -> None:
    person, office = filed.person, filed.office
    filed.wait_until(2027, 10, 12)
    pk = drafted(filed, "annual", made.PLAN_PAPERS, year=2028)["id"]
    person.patch(f"plan/{pk}", values={"quota": quota(filed, 2028)})
    person.act("plan", pk, "submit")

    seen = office.handler.get(f"plan/{pk}")
    (item,) = seen["values"]["items"]
    assert (item["name"], item["headcount"]) == ("赴德国职业教育合作团组", 3)
    assert item["countries"] and item["category"] and item["level"]
    assert {m["name"]: len(m["files"]) for m in seen["materials"] if m["files"]} == {
        "letter": 1, "table": 1, "budget_proof": 1,
    }  # fmt: skip
    checks = office.checks(office.handler, "plan", pk)
    assert checks == ["团组信息", "人员信息", "出访地信息", "附件信息"]
    half = refused(office.handler.try_to("plan", pk, "pass", checks=checks[:3]), 422)
    assert paths(half) == {"checks"}, "each part is confirmed"

    refused(office.handler.try_to("plan", pk, "send_back", target="draft"), 422)
    mark = {"target": "material.letter", "labels": ["unsigned"], "comment": "请补盖公章"}
    before = filed.told()
    office.handler.act(
        "plan", pk, "send_back", target="draft", comment="申报函没有盖章", marks=[mark]
    )
    news = [line for line in filed.told() if line not in before]
    assert {way for way, _ in news} == {"sms", "inbox"}
    assert all("被驳回" in text and "申报函没有盖章" in text for _, text in news)

    assert paths(refused(person.try_to("plan", pk, "submit"), 422)) == {"material.letter"}
    newer = person.upload("plan", "material.letter")
    person.patch(f"plan/{pk}", materials={"letter": [newer]})
    assert person.act("plan", pk, "submit")["state"]["code"] == "verify"
    assert approve(filed, pk)["state"]["code"] == "approved"


@pytest.mark.functions("PP03")
@pytest.mark.musts("PP03.1", "PP03.2")
def test_a_key_plan_comes_with_its_papers_while_it_is_open(filed: Unit) -> None:
    person = filed.person
    draft = drafted(filed, "key", ("letter",))
    pk = draft["id"]
    lacking = {f"material.{name}" for name in KEY_PAPERS[1:]}
    assert paths(refused(person.try_to("plan", pk, "submit"), 422)) == lacking
    person.patch(f"plan/{pk}", materials=person.papers("plan", *KEY_PAPERS[1:]))
    for day, open_ in (((2026, 11, 1), False), ((2027, 1, 30), False), ((2027, 1, 29), True)):
        filed.wait_until(*day)
        if open_:
            assert person.act("plan", pk, "submit")["state"]["code"] == "verify"
        else:
            closed = refused(person.try_to("plan", pk, "submit"), 422)
            assert paths(closed) == {"year"}
            assert "尚未开启报送或已截止" in closed["faults"][0]["message"]


@pytest.mark.functions("PP04")
@pytest.mark.musts("PP04.1")
def test_a_key_plan_is_sent_back_approved_or_refused(filed: Unit) -> None:
    person, office = filed.person, filed.office
    pk = drafted(filed, "key", KEY_PAPERS)["id"]
    person.act("plan", pk, "submit")
    waiting = at_screen(filed.app, "fao_handler")
    code = person.get(f"plan/{pk}")["values"]["code"]
    assert code in waiting.get("/PP04/").text
    assert code not in waiting.get("/PP02/").text, "annual plans wait elsewhere"
    office.handler.get(f"plan/{pk}")
    refused(office.handler.try_to("plan", pk, "send_back", target="draft"), 422)
    office.handler.act("plan", pk, "send_back", target="draft", comment="名单请写全")
    assert person.get(f"plan/{pk}")["state"]["code"] == "draft"
    person.act("plan", pk, "submit")
    refused(person.try_to("plan", pk, "pass"), 403)
    assert approve(filed, pk)["state"]["code"] == "approved"

    other = drafted(filed, "key", KEY_PAPERS)["id"]
    person.act("plan", other, "submit")
    office.handler.get(f"plan/{other}")
    ended = office.handler.act("plan", other, "reject", comment="与市里安排重复")
    assert ended["state"]["code"] == "rejected"
    assert any("未予批准。原因：与市里安排重复" in text for _, text in filed.told())


@pytest.mark.functions("PP07")
@pytest.mark.musts("PP07.2", "PP07.3")
def test_a_supplement_that_is_late_or_too_near_is_refused_with_the_reason(filed: Unit) -> None:
    person = filed.person
    bare = drafted(filed, "supplementary", MORE_PAPERS[:2])
    proof = "material.supplementary_proof"
    assert paths(refused(person.try_to("plan", bare["id"], "submit"), 422)) == {proof}
    person.patch(f"plan/{bare['id']}", materials=person.papers("plan", MORE_PAPERS[2]))

    filed.wait_until(2027, 8, 3)  # 29 days before
    near = refused(person.try_to("plan", bare["id"], "submit"), 422)
    (fault,) = [f for f in near["faults"] if f["level"] == "error"]
    assert fault["path"].startswith("items.") and fault["path"].endswith(".depart_month")
    assert "距拟出访日期不足规定天数" in fault["message"] and fault["source"]

    late = drafted(filed, "supplementary", MORE_PAPERS, depart_month="2027-12-31")["id"]
    filed.wait_until(2027, 12, 1)
    closed = refused(person.try_to("plan", late, "submit"), 422)
    assert paths(closed) == {"year"}
    assert "增补计划报送时间已截止，不予申请" in closed["faults"][0]["message"]
    filed.wait_until(2027, 11, 30)
    assert person.act("plan", late, "submit")["state"]["code"] == "verify"


@pytest.mark.functions("PP01", "PP03", "PP07")
@pytest.mark.musts("PP07.1")
def test_the_form_says_until_when_a_plan_is_taken(filed: Unit) -> None:
    unit = at_screen(filed.app, username=PHONE)

    def shown(function: str, year: str) -> Any:
        answer = unit.post(f"/{function}/preview", data={"year": year}).get_json()
        return answer["values"].get("close_on")

    assert shown("PP07", "2027") == "2027-11-30"
    assert shown("PP07", "2026") == "2026-11-30"
    assert shown("PP01", "2027") == "2026-12-17"
    assert shown("PP03", "2027") == "2027-01-29"
    assert not shown("PP07", ""), "no year, no day"
    pk = drafted(filed, "supplementary", MORE_PAPERS)["id"]
    assert filed.person.get(f"plan/{pk}")["values"]["close_on"] == "2027-11-30"
    decreed(filed, "supplementary_close", "2027-10-20")
    form = unit.get(f"/PP07/{pk}/edit").text
    assert "报送截止日" in form
    assert "2027-10-20" in form and "2027-11-30" not in form, "the form says what holds today"


@pytest.mark.functions("PP08")
@pytest.mark.musts("PP08.1", "PP08.2", "PP08.3")
def test_a_supplement_is_put_right_approved_and_then_used(filed: Unit) -> None:
    person, office = filed.person, filed.office
    pk = drafted(filed, "supplementary", MORE_PAPERS, depart_month="2027-03-01")["id"]
    person.act("plan", pk, "submit")
    item = person.get(f"plan/{pk}")["values"]["items"][0]["id"]
    early = made.trip(office, item, filed.people[:2])
    refusal = refused(person.call("POST", "delegation/", {"values": early}), 422)
    assert paths(refusal) == {"plan"}

    checks = office.checks(office.handler, "plan", pk)
    assert checks == ["团组信息", "人员信息", "出访地信息", "附件信息"]
    assert paths(refused(office.handler.try_to("plan", pk, "pass", checks=[]), 422)) == {"checks"}
    before = filed.told()
    office.handler.act("plan", pk, "send_back", target="draft", comment="请说明必要性")
    news = [line for line in filed.told() if line not in before]
    assert {way for way, _ in news} == {"sms", "inbox"}
    assert all("请说明必要性" in text for _, text in news)
    person.patch(f"plan/{pk}", values={"reason": "友城五十周年活动"})
    person.act("plan", pk, "submit")
    before = filed.told()
    assert approve(filed, pk)["state"]["code"] == "approved"
    news = [line for line in filed.told() if line not in before]
    assert {way for way, text in news if "已批准，共3人次" in text} == {"sms", "inbox"}

    trip = filed.apply(item)
    assert person.act("delegation", trip["id"], "submit")["state"]["code"] == "prescreen"
    assert filed.remaining(item) == 1


@pytest.mark.functions("PP09")
@pytest.mark.musts("PP09.1", "PP09.2")
def test_plans_are_found_by_what_they_say_and_taken_along_as_a_table(filed: Unit) -> None:
    austria = filed.office.handler.get("country/?q=奥地利")["items"][0]["id"]
    pk = drafted(filed, "key", KEY_PAPERS, countries=[austria])["id"]
    filed.person.act("plan", pk, "submit")
    annual, key = (
        filed.person.get(f"plan/{one}")["values"]["code"]
        for one in (filed.person.get("plan/?f.kind=annual")["items"][0]["id"], pk)
    )
    handler = at_screen(filed.app, "fao_handler")

    def found(query: str) -> set[str]:
        page = handler.get(f"/PP09/?{query}").text
        return {code for code in (annual, key) if f">{code}<" in page}

    both, none = {annual, key}, set[str]()
    for query, codes in (
        ("", both),
        (f"f.code={annual}", {annual}),
        ("f.year.from=2027&f.year.to=2027", both),
        ("f.year.from=2028", none),
        ("f.items.depart_month.from=2027-01-01&f.items.depart_month.to=2027-03-31", {annual}),
        ("f.items.depart_month.from=2027-09-01&f.items.depart_month.to=2027-09-30", {key}),
        ("f.items.depart_month.from=2027-02-10&f.items.depart_month.to=2027-10-10", both),
        ("f.unit=武汉市测试教育局", both),
        ("f.unit=没有这个单位", none),
        ("f.items.countries=奥地利", {key}),
        ("f.items.countries=德国", {annual}),
    ):
        assert found(query) == codes, query

    answer = handler.get("/PP09/export?f.items.countries=奥地利", follow_redirects=True)
    book = load_workbook(_file(answer.data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert sum(key in map(str, row) for row in rows) == 1
    assert not any(annual in map(str, row) for row in rows)


def _file(content: bytes) -> Any:
    from io import BytesIO

    return BytesIO(content)


@pytest.mark.functions("PP10")
@pytest.mark.musts("PP10.1", "PP10.2", "PP10.3")
def test_what_is_used_of_a_plan_moves_with_its_trips(filed: Unit) -> None:
    own = at_screen(filed.app, username=PHONE)
    office, other = at_screen(filed.app, "fao_handler"), at_screen(filed.app, "liaison")

    def shown(client: Any) -> list[str]:
        page = client.get("/PP10/").text
        row = re.search(
            r"<tr[^>]*>((?:(?!</tr>).)*武汉市测试教育局(?:(?!</tr>).)*)</tr>", page, re.S
        )
        if row is None:
            return []
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.S)
        return [re.sub(r"<[^>]+>|\s", "", cell) for cell in cells]

    def numbers(client: Any) -> list[str]:
        return [text for text in shown(client) if re.fullmatch(r"[\d.]+", text)]

    assert numbers(office) == numbers(own)
    assert numbers(own)[-4:] == ["5", "0", "5", "0.0"], shown(own)
    assert shown(other) == [], "another unit's liaison sees nothing of it"
    pk = filed.apply(filed.items[0])["id"]
    filed.person.act("delegation", pk, "submit")
    assert numbers(office)[-4:] == numbers(own)[-4:] == ["5", "2", "3", "40.0"]
    filed.office.passes(filed.office.reception, "delegation", pk)
    filed.office.handler.get(f"delegation/{pk}")
    filed.office.handler.act("delegation", pk, "reject", comment="任务与职能无关")
    assert numbers(office)[-4:] == ["5", "0", "5", "0.0"]
