"""What comes after the papers: supplements, explanations, a new paper for a void one."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.main_chain.papers import paper_of
from tests.browser.main_chain.story import REGISTRANT, TRIP, liaison


@pytest.mark.functions("PP22", "PP22R")
@pytest.mark.musts("PP22.1")
def test_missing_papers_are_handed_in_later(city, story, told):
    desk = liaison(city)
    desk.open("/PP22/new")
    desk.pick("target", "陈志远")
    desk.enter({"kind": "译文或公证", "content": "补交邀请函公证译文"})
    desk.press("提交")
    expect(desk.faults).to_contain_text("补充材料")
    desk.hand_in(papers=[story.paper("notarised.pdf")])
    desk.submit("提交")
    desk.look("83-supplement")
    office = city.desk("jingban")
    office.find("PP22R", TRIP)
    office.look("84-supplement-review")
    office.decide("采纳并入")
    desk.open(f"/PP17/{story.case['trip']}")
    desk.tab("材料")
    expect(desk.page.locator("#p-materials")).to_contain_text("notarised.pdf")
    desk.look("85-supplement-merged")
    told()


@pytest.mark.functions("PP16", "PP16A", "PP16R")
@pytest.mark.musts("PP16.2")
def test_the_office_asks_for_an_explanation(city, story, told):
    office = city.desk("jingban")
    office.open("/PP16/new")
    office.pick("target", "陈志远")
    office.enter({"stage": "出访", "requirement": "请说明经停安排", "due_on": "2026-11-20"})
    office.look("86-explanation")
    office.submit("推送要求")
    city.text_to(REGISTRANT["phone"], "请说明经停安排")
    desk = liaison(city)
    desk.find("PP16A", TRIP)
    desk.look("87-explanation-asked")
    desk.page.get_by_role("link", name="修改", exact=True).click()
    desk.enter({"answer": "法兰克福经停两小时，不出机场"})
    desk.hand_in(papers=[story.paper("explanation.pdf")])
    desk.look("88-explanation-form")
    desk.press("保存")
    desk.shows("已保存")
    desk.open(f"/PP16A/{desk.number}")
    desk.decide("上报说明")
    office.find("PP16R", TRIP)
    office.decide("采纳并入")
    desk.open(f"/PP17/{story.case['trip']}")
    desk.tab("材料")
    expect(desk.page.locator("#p-materials")).to_contain_text("explanation.pdf")
    told()


@pytest.mark.functions("PP27", "PP28", "PP29", "PP29R")
@pytest.mark.musts("PP29.1", "PP29.2")
def test_a_voided_paper_says_so_and_a_new_one_takes_its_place(city, story, told):
    desk = city.desk("wenshu")
    desk.open("/PP29/new")
    desk.pick("target", "陈志远")
    desk.pick("document", "任务批件")
    desk.enter({"reason": "出访安排变更", "explanation": "经停城市变更，重出批件"})
    desk.hand_in(change_proof=story.paper("change.pdf"))
    desk.look("89-reissue")
    desk.press("检查、作废并提交")
    expect(desk.page.locator("#confirm-text")).to_contain_text("任务批件")
    desk.confirm()
    desk.page.wait_for_url(re.compile(r"/\w+/\d+$"))
    anybody = city.desk()
    anybody.open(story.address)
    expect(anybody.page.locator("h1")).to_have_text("已作废")
    anybody.look("90-void")
    for who, words in (("chuzhang", "通过"), ("lingdao", "同意重出")):
        decider = city.desk(who)
        decider.find("PP29R", TRIP)
        decider.look(f"91-reissue-{who}")
        decider.decide(words, comment="同意")
    paper_of(desk, "任务批件")
    desk.shows("代替")
    desk.look("92-reissued")
    unit = liaison(city)
    unit.open(f"/PP28/{story.case['paper']}")
    unit.shows("已作废")
    unit.look("93-void-for-the-unit")
    told()


def test_the_unit_was_told_of_everything(city, story, told):
    desk = liaison(city)
    desk.open("/")
    desk.page.locator("a", has_text="消息").first.click()
    desk.shows("任务批准")
    desk.look("94-messages")
    texts = city.texts(REGISTRANT["phone"])
    for words in ("备案已通过", "已批准", "被退回", "已退案", "已发放", "已作废"):
        assert any(words in text for text in texts), (words, texts)
    told()
