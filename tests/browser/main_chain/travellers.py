"""Those who will travel are put on file."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.main_chain.story import Story, liaison
from tests.harness.identity import resident_id

PEOPLE = {
    "陈志远": (date(1975, 3, 9), "男", "国际交流处处长", "正处级"),
    "林静怡": (date(1983, 7, 21), "女", "机电学院教授", "正高级职称"),
    "高海波": (date(1990, 12, 2), "男", "国际交流处科员", "科员及以下"),
}


def fill_person(desk: Desk, name: str, story: Story) -> None:
    born, sex, post, rank = PEOPLE[name]
    desk.enter(
        {
            "name": name,
            "resident_id": resident_id(born, sex),
            "sex": sex,
            "birth": f"{born}",
            "birthplace": "武汉",
            "post": post,
            "rank": rank,
            "job_nature": "事业单位人员",
            "political_status": "中共党员",
        }
    )
    row = desk.row("family")
    desk.enter(
        {
            f"family.{row}.relation": "配偶",
            f"family.{row}.name": "何晓雨" if sex == "男" else "何晓阳",
            f"family.{row}.employer": "武汉市某中学教师，武汉",
        }
    )
    desk.hand_in(identity=story.paper("身份证.jpg"), filing_form=story.paper("备案表.pdf"))


@pytest.mark.functions("PP11")
@pytest.mark.musts("PP11.2")
def test_travellers_are_filed_and_their_numbers_checked(city, story, told):
    desk = liaison(city)
    desk.open("/PP11/new")
    fill_person(desk, "陈志远", story)
    right = resident_id(*PEOPLE["陈志远"][:2])
    desk.enter({"resident_id": right[:-1] + ("5" if right[-1] != "5" else "6")})
    expect(desk.fault("resident_id")).to_contain_text("校验")
    desk.enter({"resident_id": right, "birth": "1976-03-09", "sex": "女"})
    expect(desk.fault("birth")).to_contain_text("出生日期与身份证号码不一致")
    expect(desk.fault("sex")).to_contain_text("性别与身份证号码不一致")
    desk.press("提交备案")
    expect(desk.faults).to_have_count(2)
    expect(desk.control("family.0.name")).to_have_value("何晓雨")
    expect(desk.material("identity")).to_contain_text("身份证.jpg")
    desk.look("31-person-refused")
    desk.enter({"birth": "1975-03-09", "sex": "男"})
    desk.submit("提交备案")
    desk.look("32-person-sent")

    desk.open("/PP11/new")
    fill_person(desk, "陈志远", story)
    desk.press("提交备案")
    expect(desk.fault("resident_id")).to_be_visible()
    desk.look("33-person-twice")
    desk.page.locator("[data-leave]").click()

    for name in ("林静怡", "高海波"):
        desk.open("/PP11/new")
        fill_person(desk, name, story)
        desk.submit("提交备案")
    told()


@pytest.mark.functions("PP11R")
def test_the_office_accepts_several_at_once(city, story, told):
    desk = city.desk("jingban")
    desk.open("/PP11R/?q=陈志远")
    desk.page.locator("[data-rows] tbody tr a").first.click()
    desk.look("34-person-review")
    desk.decide("审核通过")
    desk.open("/PP11R/")
    for name in ("林静怡", "高海波"):
        desk.page.get_by_label(f"选中 {name}").check()
    desk.look("35-persons-chosen")
    desk.page.locator("#chosen").get_by_role("button", name="批量审核通过").click()
    desk.look("35b-confirm")
    desk.page.locator("#confirm").get_by_role("button", name="确定").click()
    desk.shows("办成 2 件")
    desk.look("36-persons-accepted")
    told()


@pytest.mark.functions("PP12", "PP12R")
@pytest.mark.musts("PP12.1")
def test_a_traveller_on_file_is_changed(city, story, told):
    desk = liaison(city)
    desk.open("/PP12/new")
    desk.pick("target", "高海波")
    desk.enter({"kind": "职务职级变更", "after.post": "国际交流处副科长", "after.rank": "副科级"})
    desk.enter({"reason": "任职调整"})
    desk.hand_in(proof=story.paper("任职通知.pdf"))
    desk.submit("提交")
    office = city.desk("jingban")
    office.find("PP12R", "高海波")
    office.tab("变更")
    expect(office.page.locator("#p-amendment tr.has-changes")).to_have_count(2)
    office.decide("同意")
    desk.open("/PP11/?q=高海波")
    desk.shows("国际交流处副科长", "副科级")
    told()
