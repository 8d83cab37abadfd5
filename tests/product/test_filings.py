"""BM05, BM08–BM14: units and those who file for them are put on file, changed and taken off it."""

import re
from typing import Any

import pytest

from tests.product import office as made
from tests.product.callers import paths, refused, with_token
from tests.product.filing import PHONE, Unit, at_screen

SECOND, THIRD, FOURTH = "13871000002", "13871000003", "13871000004"
KINDS = ("does_outbound", "does_hkmacau", "does_documents", "does_invitation")


def news(filed: Unit, before: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what the unit's first liaison was told since."""
    found = filed.told()
    for line in before:
        found.remove(line)
    return found


def draft_of_liaison(filed: Unit, phone: str, name: str) -> int:
    """File somebody else who files for the unit, as a draft."""
    values = made.liaison(filed.office, f"login{phone[-4:]}") | {"name": name, "phone": phone}
    papers = filed.person.papers("liaison", "authorisation", "identity")
    return int(filed.person.post("liaison/", values=values, materials=papers)["id"])


def active(filed: Unit, phone: str, name: str) -> int:
    """Let the office approve somebody else who files for the unit."""
    pk = draft_of_liaison(filed, phone, name)
    filed.person.act("liaison", pk, "submit")
    filed.office.passes(filed.office.reception, "liaison", pk, "approve")
    return pk


def change(filed: Unit, name: str, target: int, kind: str, after: Any = None) -> int:
    """File a change of a record, and send it."""
    values = {"target": target, "kind": kind, "reason": "工作变动"}
    papers = filed.person.papers(f"{name}_change", "proof")
    draft = filed.person.post(f"{name}_change/", values=values, materials=papers)
    if after:
        filed.person.patch(f"{name}_change/{draft['id']}", values={"after": after})
    filed.person.act(f"{name}_change", draft["id"], "submit")
    return int(draft["id"])


@pytest.mark.functions("BM08", "BM14Q")
@pytest.mark.musts("BM08.3")
def test_units_of_each_kind_of_business_are_filed_in_one_place(filed: Unit) -> None:
    newcomer = made.register(filed.app, "13871000009", "郑经办")
    papers = newcomer.papers("unit", *made.UNIT_PAPERS)
    values = made.unit(filed.office, newcomer, "武汉市示例集团", "13871000009")
    none = values | dict.fromkeys(KINDS, False)
    pk = newcomer.post("unit/", values=none, materials=papers)["id"]
    refusal = refused(newcomer.try_to("unit", pk, "submit"), 422)
    assert paths(refusal) == {"does_outbound"}
    assert "至少选择一类办理业务" in refusal["faults"][0]["message"]
    newcomer.patch(f"unit/{pk}", values={"does_hkmacau": True, "does_invitation": True})
    newcomer.act("unit", pk, "submit")
    filed.office.passes(filed.office.reception, "unit", pk)
    office = filed.office.passes(filed.office.head, "unit", pk, "approve")
    assert office["state"]["code"] == "filed"
    reader = at_screen(filed.app, "fao_handler")
    for kind, names in zip(
        KINDS, ({"武汉市测试教育局"}, {"武汉市示例集团"}, set(), {"武汉市示例集团"}), strict=True
    ):
        page = reader.get(f"/BM14Q/?f.{kind}=1").text
        assert {n for n in ("武汉市测试教育局", "武汉市示例集团") if n in page} == names, kind


@pytest.mark.functions("BM09", "BM09R", "BM14C")
@pytest.mark.musts("BM09.1", "BM14.2")
def test_the_office_decides_on_new_changed_and_closed_units(filed: Unit) -> None:
    office, person = filed.office, filed.person
    before = person.get(f"unit/{filed.id}")["values"]
    assert before["filed_on"], "a new one was checked and signed"
    seal = person.upload("unit_change", "after.seal", made.picture("blue"), "公章.png")
    after = {
        "address": "武汉市江岸区沿江大道 2 号",
        "signatory_name": "郑外事",
        "seal": seal,
    }
    pk = change(filed, "unit", filed.id, "amend", after)
    assert person.get(f"unit/{filed.id}")["values"]["signatory_name"] == "周外事"
    office.reception.get(f"unit_change/{pk}")
    refused(office.head.try_to("unit_change", pk, "approve"), 409)
    told = filed.told()
    office.reception.act("unit_change", pk, "send_back", target="draft", comment="请补任职文件")
    assert any("请补任职文件" in text for _, text in news(filed, told))
    rework = at_screen(filed.app, username=PHONE)
    assert "请补任职文件" in rework.get("/BM14C/").text
    person.patch(
        f"unit_change/{pk}",
        values={"after": {"phone": "027-82880001"}},
        materials={"proof": [person.upload("unit_change", "material.proof")]},
    )
    person.act("unit_change", pk, "submit")
    office.passes(office.reception, "unit_change", pk)
    office.passes(office.head, "unit_change", pk, "approve")
    now = person.get(f"unit/{filed.id}")["values"]
    assert (now["signatory_name"], now["phone"]) == ("郑外事", "027-82880001")
    assert now["address"] == "武汉市江岸区沿江大道 2 号"
    assert now["seal"] != before["seal"]
    assert now["name"] == before["name"], "what was not changed stays"

    closing = change(filed, "unit", filed.id, "close")
    office.passes(office.reception, "unit_change", closing)
    assert office.head.get(f"unit/{filed.id}")["state"]["code"] == "filed", "not by the first alone"
    office.passes(office.head, "unit_change", closing, "approve")
    assert office.head.get(f"unit/{filed.id}")["state"]["code"] == "closed"
    refusal = refused(person.call("POST", "plan/", {"values": {"kind": "key", "year": 2027}}), 422)
    assert paths(refusal) == {"unit"}, "a closed unit files nothing more"


@pytest.mark.functions("BM12", "BM12Q", "BM12R")
@pytest.mark.musts("BM12.1", "BM12.2")
def test_the_office_decides_on_liaisons_and_messages_go_to_those_on_file(filed: Unit) -> None:
    office, person = filed.office, filed.person
    pk = draft_of_liaison(filed, SECOND, "钱专办")
    person.act("liaison", pk, "submit")
    half = refused(office.reception.try_to("liaison", pk, "approve", checks=[]), 422)
    assert half["faults"]
    trip = filed.submitted(filed.items[0])

    def told_back(comment: str) -> set[str]:
        """Send the trip back and say whose telephones heard of it."""
        office.reception.get(f"delegation/{trip}")
        office.reception.act("delegation", trip, "send_back", target="draft", comment=comment)
        person.act("delegation", trip, "submit")
        page = at_screen(filed.app, "system_admin").get(f"/IF06/?q={comment}").text
        return {phone for phone in (PHONE, SECOND, THIRD) if phone in page}

    assert told_back("请补第一页") == {PHONE}, "who is not on file yet hears nothing"
    office.passes(office.reception, "liaison", pk, "approve")
    assert told_back("请补第二页") == {PHONE, SECOND}

    moved = change(filed, "liaison", pk, "amend", {"phone": THIRD})
    assert told_back("请补第三页") == {PHONE, SECOND}
    office.passes(office.reception, "liaison_change", moved, "approve")
    assert told_back("请补第四页") == {PHONE, THIRD}
    reader = at_screen(filed.app, "fao_handler")
    assert "钱专办" in reader.get("/BM12Q/?f.state=active").text

    gone = change(filed, "liaison", pk, "close")
    office.passes(office.reception, "liaison_change", gone, "approve")
    assert told_back("请补第五页") == {PHONE}
    assert "钱专办" not in reader.get("/BM12Q/?f.state=active").text
    assert "钱专办" in reader.get("/BM12Q/?f.state=closed").text


@pytest.mark.functions("BM13")
@pytest.mark.musts("BM13.1", "BM13.3")
def test_a_unit_has_three_liaisons_until_one_of_them_leaves(filed: Unit) -> None:
    person, office = filed.person, filed.office
    second = active(filed, SECOND, "钱专办")
    active(filed, THIRD, "孙专办")
    fourth = draft_of_liaison(filed, FOURTH, "李专办")
    refusal = refused(person.try_to("liaison", fourth, "submit"), 422)
    assert paths(refusal) == {"unit"}
    assert "剩余 0" in refusal["faults"][0]["message"]
    signed_in = with_token(filed.app, account_of(SECOND))
    assert signed_in.call("GET", "liaison/").status_code == 200

    gone = change(filed, "liaison", second, "close")
    assert signed_in.call("GET", "liaison/").status_code == 200, "not before the office decides"
    office.passes(office.reception, "liaison_change", gone, "approve")
    assert signed_in.call("GET", "liaison/").status_code == 401, "the account is closed"
    assert person.act("liaison", fourth, "submit")["state"]["code"] == "review"


def account_of(phone: str) -> int:
    """Return the account with a telephone number."""
    from sqlalchemy import select

    from app.core.access.actor import SYSTEM, acting_as
    from app.core.db.database import session, unit_of_work
    from app.security.models import Account

    session.remove()
    with acting_as(SYSTEM), unit_of_work():
        account = session.scalars(select(Account).where(Account.phone == phone)).one()
        account.must_change_password = False  # signed in for the first time
        return account.id


def sent(client: Any, address: str, values: dict[str, str]) -> Any:
    """Send a form as its page does."""
    page = client.get(address).text
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]
        for name in ("_token", "_version")
    }
    return client.post(address, data={**values, **hidden, "_do": "save"})


@pytest.mark.functions("BM05", "BM05E")
@pytest.mark.musts("BM05.3")
def test_a_guide_is_written_found_and_read(filed: Unit) -> None:
    office, unit = at_screen(filed.app, "fao_handler"), at_screen(filed.app, username=PHONE)
    values = {
        "key": "example",
        "business": "trip",
        "title": "示例业务指南",
        "published_on": "2026-11-20",
    }
    bare = sent(office, "/BM05E/new", values)
    assert bare.status_code == 422
    for words in ("请填写所需材料", "请填写办理流程", "请填写注意事项"):
        assert words in bare.text, words
    texts = {"papers": "示例申请表", "process": "先报后办", "attention": "提前四十天"}
    hidden = {**values, **texts, "published": "0"}
    assert sent(office, "/BM05E/new", hidden).status_code == 303
    assert "示例业务指南" not in unit.get("/BM05/?q=示例申请").text, "not published yet"
    pk = filed.office.handler.get("guide/?q=示例业务指南")["items"][0]["id"]
    shown = sent(office, f"/BM05E/{pk}/edit", {**hidden, "published": "1"})
    assert shown.status_code == 303
    for word in ("示例业务", "示例申请", "先报后办", "提前四十天"):
        assert "示例业务指南" in unit.get(f"/BM05/?q={word}").text, word
    page = unit.get(f"/BM05/{pk}").text
    for words in ("所需材料", "示例申请表", "办理流程", "先报后办", "注意事项", "提前四十天"):
        assert words in page, words
    assert unit.get("/BM05E/").status_code == 403
