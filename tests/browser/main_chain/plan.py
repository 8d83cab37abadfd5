"""The plan of next year is held against its quota."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.main_chain.story import REGISTRANT, UNIT, liaison


def fill_item(desk: Desk, row: int, **more: str) -> None:
    values = {
        "name": "赴德国职业教育合作团组",
        "nature": "教学科研（区别管理）",
        "kind": "自行组团",
        "category": "教学科研人员",
        "level": "处级",
        "purpose": "合作交流",
        "countries": "德国",
        "depart_month": "2027-03-01",
        "days": "5",
        "headcount": "9",
        "budget": "180000",
        "fund_source": "单位自筹",
        "task": "与合作院校商定双元制课程共建方案",
        **more,
    }
    desk.more(f"items.{row}")
    desk.enter({f"items.{row}.{name}": value for name, value in values.items()})


@pytest.mark.functions("PP01", "PP02Q")
@pytest.mark.musts("PP01.1", "PP01.2")
def test_a_plan_over_its_quota_is_refused_with_reason_and_source(city, story, told):
    desk = liaison(city)
    desk.open("/PP01/new")
    desk.enter({"year": "2027", "contact_phone": "027-87000911"})
    row = desk.row("items")
    fill_item(desk, row)
    expect(desk.control("headcount")).to_have_text("9")
    desk.look("40-plan-without-quota")
    desk.press("上报")
    expect(desk.fault("quota")).to_be_visible()
    desk.press("保存草稿")
    desk.page.wait_for_url(re.compile("/PP01/\\d+/edit"))
    draft = desk.number

    office = city.desk("jingban")
    office.open("/PP02Q/new")
    office.pick("unit", UNIT)
    office.enter({"year": "2027", "headcount": "8", "basis": "武外办〔2026〕71号"})
    office.look("41-quota")
    office.press("保存")
    office.page.wait_for_url("**/PP02Q/")

    desk.open(f"/PP01/{draft}/edit")
    expect(desk.control("items.0.name")).to_have_value("赴德国职业教育合作团组")
    desk.pick("quota", "2027")
    desk.hand_in(
        letter=story.paper("申报函.pdf"),
        table=story.paper("计划表.pdf"),
        budget_proof=story.paper("预算说明.pdf"),
    )
    hold = desk.page.locator("[data-hold]")
    expect(hold).to_contain_text("-1")
    desk.look("42-plan-over-quota")
    desk.press("上报")
    expect(desk.faults).to_have_count(1)
    expect(desk.faults).to_contain_text("武外办〔2026〕71号")
    expect(desk.faults).to_contain_text("剩余 8，本次需要 9，超出 1")
    desk.look("43-plan-refused")
    desk.more("items.0")
    desk.enter({"items.0.headcount": "5"})
    expect(hold).to_contain_text("3")
    desk.submit("上报")
    desk.look("44-plan-sent")
    story.case["plan"] = desk.number
    told()


@pytest.mark.functions("PP02")
@pytest.mark.musts("PP02.2")
def test_the_plan_is_approved_step_by_step(city, story, told):
    for who, words in (("jingban", "通过"), ("chuzhang", "通过"), ("lingdao", "批准")):
        desk = city.desk(who)
        desk.find("PP02", UNIT)
        desk.look(f"45-plan-{who}")
        desk.decide(words, comment="同意")
    desk = liaison(city)
    desk.open(f"/PP01/{story.case['plan']}")
    desk.shows("已批准")
    desk.look("46-plan-approved")
    city.text_to(REGISTRANT["phone"], "出访计划")
    told()
