"""BM27, BM29: missions with their districts and what visas cost are kept on screen, by date."""

from collections.abc import Callable

import pytest

from tests.app.web.screens.test_catalogs import beside, exists, sent, stored
from tests.harness.people import Browserlike


@pytest.fixture
def clerk(client_for: Callable[..., Browserlike]) -> Browserlike:
    return client_for("fao_handler")


@pytest.mark.functions("BM27")
@pytest.mark.both_databases
@pytest.mark.musts("BM27.1", "BM27.2", "BM27.3")
def test_a_mission_is_added_found_changed_and_deleted(
    clerk: Browserlike, client_for: Callable[..., Browserlike]
) -> None:
    france = stored("country", code="FR")
    wrong = sent(
        clerk,
        "/BM27/new",
        {
            "name": "示例国驻武汉总领事馆",
            "phone": "请打电话",
            "email": "nowhere",
            "website": "www.example.com",
            "verified_on": "2099-01-01",
        },
    )
    assert wrong.status_code == 422
    for name, words in (
        ("country", "请选择国家（地区）"),
        ("kind", "请选择馆别"),
        ("district", "请填写领区"),
        ("address", "请填写地址"),
        ("phone", "联系电话由数字"),
        ("website", "网址应以"),
        ("verified_on", "核实日期不能晚于今天"),
    ):
        assert words in beside(wrong.text, name), name
    assert beside(wrong.text, "email")
    assert 'value="示例国驻武汉总领事馆"' in wrong.text, "what was typed is kept"

    values = {
        "country": str(france.id),
        "kind": "consulate_general",
        "name": "示例国驻武汉总领事馆",
        "city": "武汉",
        "district": "湖北、湖南、江西",
        "hubei": "1",
        "address": "示例大道1号",
        "phone": "027-85550000、027-85550001",
        "email": "visa@example.com",
    }
    assert sent(clerk, "/BM27/new", values).status_code == 303
    pk = stored("mission", name=values["name"]).id
    again = sent(clerk, "/BM27/new", values)
    assert "不能重复" in again.text
    reader = client_for("liaison")
    page = reader.get(f"/BM27/{pk}").text
    for words in (
        "总领事馆", "湖北、湖南、江西", "示例大道1号", "027-85550001", "visa@example.com",
        france.short, france.name_en,
    ):  # fmt: skip
        assert words in page, words
    name = values["name"]
    for narrowed in (
        "q=湖南",
        "f.kind=consulate_general",
        f"f.country.is={france.id}",
        "f.hubei=1",
    ):
        assert name in reader.get(f"/BM27/?{narrowed}").text, narrowed
    for narrowed in ("q=广东", "f.kind=embassy", "f.hubei=0"):
        assert name not in reader.get(f"/BM27/?{narrowed}").text, narrowed
    assert reader.get("/BM27/new").status_code == 403

    moved = {**values, "address": "示例大道2号"}
    assert sent(clerk, f"/BM27/{pk}/edit", moved).status_code == 303
    assert stored("mission", name=name).address == "示例大道2号"
    assert "已删除" in clerk.post(f"/BM27/{pk}/delete", follow_redirects=True).text
    assert not exists("mission", pk)


def fee(**values: str) -> dict[str, str]:
    return {
        "country": str(stored("country", code="FR").id),
        "item": "agency",
        "visa_kind": "各类签证",
        "per": "copy",
        "amount": "300",
        "tiered": "none",
        "effective_on": "2026-01-01",
        "basis": "示例收费公告",
    } | values


@pytest.mark.functions("BM29", "BM29Q")
@pytest.mark.both_databases
@pytest.mark.musts("BM29.1", "BM29.2", "BM29.3")
def test_a_fee_is_kept_by_country_item_and_date(
    clerk: Browserlike, client_for: Callable[..., Browserlike]
) -> None:
    wrong = sent(clerk, "/BM29/new", {"amount": "-1", "effective_on": "2026-02-30"})
    assert wrong.status_code == 422
    for name in ("country", "item", "amount", "effective_on", "basis"):
        assert beside(wrong.text, name), name
    early = sent(clerk, "/BM29/new", fee(expires_on="2025-12-31"))
    assert "失效日期不能早于生效日期" in beside(early.text, "expires_on")
    assert sent(clerk, "/BM29/new", fee()).status_code == 303
    first = stored("visa_fee", effective_on="2026-01-01", item="agency").id

    overlap = sent(clerk, "/BM29/new", fee(effective_on="2026-06-01", amount="250"))
    assert overlap.status_code == 422
    assert "有效期重叠" in beside(overlap.text, "effective_on")
    assert sent(clerk, "/BM29/new", fee(item="visa")).status_code == 303, "another item may overlap"
    assert sent(clerk, f"/BM29/{first}/edit", fee(expires_on="2026-05-31")).status_code == 303
    later = fee(effective_on="2026-06-01", amount="250")
    assert sent(clerk, "/BM29/new", later).status_code == 303
    back = sent(clerk, f"/BM29/{first}/edit", fee(expires_on="2026-07-31"))
    assert "有效期重叠" in beside(back.text, "effective_on"), "nor by a change of the earlier one"

    reader = client_for("liaison")
    now = reader.get("/BM29Q/?f.item=agency").text
    assert "250.00" in now
    assert "300.00" not in now, "what has run out is no standard of today"
    both = clerk.get("/BM29/?f.item=agency").text
    assert "250.00" in both
    assert "300.00" in both
    assert reader.get("/BM29/").status_code == 403
    assert "已删除" in clerk.post(f"/BM29/{first}/delete", follow_redirects=True).text
    assert not exists("visa_fee", first)


@pytest.mark.functions("BM29")
def test_a_fee_in_tiers_begins_with_one(clerk: Browserlike) -> None:
    def tiers(*rows: tuple[str, str]) -> dict[str, str]:
        found = fee(tiered="batch")
        for index, (number, amount) in enumerate(rows):
            found |= {
                f"tiers.{index}.from_number": number,
                f"tiers.{index}.amount": amount,
                "tiers": "",
            }
        return found

    assert "至少" in sent(clerk, "/BM29/new", tiers()).text
    late = sent(clerk, "/BM29/new", tiers(("6", "250"), ("11", "200")))
    assert "第一档的起始数量应为 1" in late.text
    other = sent(clerk, "/BM29/new", tiers(("1", "280"), ("6", "250")))
    assert "金额应与起始数量为 1 的那一档一致" in other.text
    kept = sent(clerk, "/BM29/new", tiers(("1", "300"), ("6", "250"), ("11", "200")))
    assert kept.status_code == 303
    pk = stored("visa_fee", item="agency").id
    page = clerk.get(f"/BM29/{pk}").text
    for words in ("整批按所在档计", "250.00", "200.00"):
        assert words in page, words
