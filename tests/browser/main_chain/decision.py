"""The office returns, rejects, or decides on trips."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.main_chain.story import REGISTRANT, TRIP, liaison
from tests.browser.main_chain.trip import fill_trip, papers_of_trip


@pytest.mark.functions("PP18")
@pytest.mark.musts("PP18.1", "PP18.2")
def test_the_prescreen_marks_papers_and_returns_the_trip(city, story, told):
    desk = city.desk("chuangkou")
    desk.find("PP18", TRIP)
    page = desk.page
    page.locator("#reader-choice").select_option(label="出访请示")
    reader = page.locator('[data-item="request"]')
    reader.get_by_text("缺签字或盖章").click()
    page.locator('[name="note|material.request"]').fill("请示未见负责人签字")
    page.locator("#reader-choice").select_option(label="邀请函")
    page.locator('[data-item="invitation"]').get_by_text("合格", exact=True).click()
    page.locator('[data-mark="field.route"]').click()
    page.locator('[name="note|field.route"]').fill("请写明经停城市")
    desk.look("58-prescreen-marks")
    page.locator("[data-ask=send_back]").click()
    desk.look("59-prescreen-return")
    returning = page.locator("#ask-send_back")
    returning.locator("textarea").fill("")
    returning.locator("[data-act]").click()
    expect(returning.locator("[data-said]")).to_contain_text("须填写意见")
    expect(returning.locator("textarea")).to_be_focused()
    returning.get_by_role("button", name="取消").click()
    desk.ask("send_back", "请示缺负责人签字，请补签后重新扫描")
    assert "被退回" in city.text_to(REGISTRANT["phone"], "请示缺负责人签字")
    told()


@pytest.mark.functions("PP18", "PP21")
@pytest.mark.musts("PP18.4", "PP21.2")
def test_only_what_was_marked_is_replaced_and_the_old_paper_stays(city, story, told):
    desk = liaison(city)
    desk.open("/PP21/")
    desk.look("60-rework")
    desk.find("PP21", TRIP)
    desk.shows("请示缺负责人签字", "请写明经停城市")
    desk.look("61-rework-form")
    expect(desk.material("request").locator("[data-choose]")).to_be_visible()
    expect(desk.material("invitation").locator("[data-choose]")).to_have_count(0)
    expect(desk.page.locator("input#c-name")).to_have_count(0)
    desk.press("提交")
    expect(desk.faults).to_have_count(1)
    expect(desk.faults).to_contain_text("出访请示")
    desk.hand_in(request=story.paper("请示（补签）.pdf"))
    desk.enter({"route": "武汉—法兰克福（经停）—柏林—武汉"})
    desk.submit("提交")
    desk.tab("材料")
    expect(desk.page.locator("#p-materials")).to_contain_text("以前的 1 份")
    desk.look("62-resubmitted")

    office = city.desk("chuangkou")
    office.find("PP18", TRIP)
    expect(office.fact("出访路线")).to_contain_text("法兰克福（经停）")
    office.shows("退回后第 2 次")
    office.look("63-second-round")
    office.decide("通过")
    city.text_to(REGISTRANT["phone"], "武外出")
    told()


@pytest.mark.functions("PP10B", "PP17", "PP18")
def test_a_second_trip_is_called_back_and_a_third_one_rejected_for_good(city, story, told):
    desk = liaison(city)
    for name, person in (("高海波赴德国对接团组", "高海波"), ("林静怡赴德国讲学团组", "林静怡")):
        desk.open("/PP17/new")
        fill_trip(desk, story, name, [person])
        desk.hand_in(**papers_of_trip(story), invitation=story.paper("invitation.pdf"))
        desk.submit("提交")
        story.case[name] = desk.number
    assert remaining(desk) == "1"

    desk.open(f"/PP17/{story.case['高海波赴德国对接团组']}")
    desk.look("64-before-recall")
    desk.page.get_by_role("button", name="撤回").click()
    with desk.page.expect_response(re.compile("/do/recall")):
        desk.page.locator("#confirm").get_by_role("button", name="确定").click()
    desk.shows("填报")
    assert (
        remaining(desk) == "1"
    )  # a trip that is called back keeps its places until it is given up

    office = city.desk("chuangkou")
    office.find("PP18", "林静怡赴德国讲学团组")
    office.ask("reject", "讲学任务与年度计划不符，不予受理")
    desk.open(f"/PP17/{story.case['林静怡赴德国讲学团组']}")
    desk.shows("已退案", "讲学任务与年度计划不符")
    desk.look("65-rejected")
    assert remaining(desk) == "2"
    assert "所占计划已释放" in city.text_to(REGISTRANT["phone"], "已退案")
    told()


def remaining(desk: Desk) -> str:
    """Return how many places the plan has left, as its execution shows."""
    desk.open("/PP10B/")
    row = desk.page.locator("[data-rows] tbody tr", has_text="赴德国职业教育合作团组")
    return row.locator("td").last.inner_text().strip()


@pytest.mark.functions("BM06", "PP19", "PP20")
@pytest.mark.musts("PP19.2", "PP20.4", "BM09.2")
def test_the_trip_is_endorsed_by_everybody_in_turn(city, story, told):
    handler = city.desk("jingban")
    handler.find("PP19", TRIP)
    handler.look("66-accept")
    handler.decide("通过")
    city.text_to(REGISTRANT["phone"], "已受理")
    head = city.desk("chuzhang")
    head.find("PP20", TRIP)
    expect(head.page.locator(".specimen")).to_have_count(3)
    head.look("67-review")
    head.decide("通过", comment="任务明确，同意")
    head.find("PP20", TRIP)
    head.shows("会签")
    head.look("68-countersign")
    head.decide("通过", comment="同意会签")
    handler.find("PP20", TRIP)
    handler.decide("通过", comment="同意")
    director = city.desk("lingdao")
    director.find("PP20", TRIP)
    director.look("69-sign-off")
    director.decide("批准", comment="同意")
    desk = liaison(city)
    desk.open(f"/PP17/{story.case['trip']}")
    desk.shows("已批准")
    desk.look("70-approved")
    desk.open("/BM06/")
    desk.look("71-progress")
    city.text_to(REGISTRANT["phone"], "已批准")
    told()
