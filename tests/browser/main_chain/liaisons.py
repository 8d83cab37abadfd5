"""The people who file for the unit, and what changes of them and of the unit itself."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.main_chain.story import PASSWORD, REGISTRANT, UNIT, liaison
from tests.harness.identity import resident_id


@pytest.mark.functions("BM11", "BM12")
@pytest.mark.musts("BM11.1")
def test_the_first_liaison_officer_comes_with_the_unit(city, story, told):
    desk = liaison(city)
    desk.find("BM11", REGISTRANT["name"])
    desk.look("20-first-liaison")
    own = resident_id(date(1991, 5, 6), "女")
    desk.enter({"resident_id": own[:-1] + ("1" if own[-1] != "1" else "2"), "sex": "男"})
    expect(desk.fault("resident_id")).to_contain_text("校验")
    desk.enter({"resident_id": own})
    expect(desk.fault("sex")).to_contain_text("性别与身份证号码不一致")
    desk.look("21-first-liaison-form")
    desk.enter({"sex": "女", "login": "zhouxl", "post": "外事专干"})
    desk.hand_in(authorisation=story.paper("授权书.pdf"), identity=story.paper("身份证.jpg"))
    desk.submit("提交备案")

    reception = city.desk("chuangkou")
    reception.find("BM12", REGISTRANT["name"])
    reception.look("22-liaison-review")
    reception.decide("同意并开通账户")
    told()


@pytest.mark.functions("BM11", "BM12")
@pytest.mark.musts("BM11.2")
def test_a_second_one_signs_in_for_the_first_time(city, story, told):
    desk = liaison(city)
    desk.open("/BM11/new")
    desk.enter(
        {
            "name": "孙立群",
            "resident_id": resident_id(date(1988, 11, 3), "男"),
            "sex": "男",
            "post": "国际交流处科员",
            "phone": "13800000921",
            "login": "sunlq",
        }
    )
    desk.hand_in(authorisation=story.paper("授权书.pdf"), identity=story.paper("身份证.jpg"))
    desk.submit("提交备案")
    reception = city.desk("chuangkou")
    reception.find("BM12", "孙立群")
    reception.decide("同意并开通账户")

    said = city.text_to("13800000921", "初始密码 ")
    initial = re.search(r"初始密码 (\S+?)，", said)[1]
    newcomer = city.desk()
    newcomer.sign_in("sunlq", initial)
    expect(newcomer.page).to_have_url(re.compile("/me/password"))
    newcomer.look("23-first-password")
    newcomer.open("/PP17/")
    expect(newcomer.page).to_have_url(re.compile("/me/password"))
    newcomer.page.locator("[name=old]").fill(initial)
    newcomer.page.locator("#password").fill(PASSWORD)
    newcomer.page.locator("#again").fill(PASSWORD)
    newcomer.page.locator("form .btn-primary").click()
    newcomer.page.wait_for_url(lambda url: "/me/password" not in url)
    newcomer.look("24-second-liaison-workbench")
    city.desks["second"] = newcomer
    told()


@pytest.mark.functions("BM12R", "BM13")
@pytest.mark.musts("BM13.2")
def test_a_liaison_officer_is_changed_by_a_draft(city, story, told):
    desk = liaison(city)
    desk.open("/BM13/new")
    desk.pick("target", "孙立群")
    desk.enter({"kind": "信息变更"})
    desk.enter({"after.post": "国际交流处副科长", "after.phone": "1380000"})
    desk.look("25-liaison-change")
    desk.press("提交")
    expect(desk.fault("after.phone")).to_contain_text("手机")
    expect(desk.control("after.post")).to_have_value("国际交流处副科长")
    desk.enter({"after.phone": "13800000922", "reason": "职务调整，更换手机"})
    desk.hand_in(proof=story.paper("任职通知.pdf"))
    desk.submit("提交")
    desk.look("26-liaison-change-sent")
    reception = city.desk("chuangkou")
    reception.find("BM12R", "孙立群")
    reception.look("27-liaison-change-review")
    reception.tab("变更")
    expect(reception.page.locator("#p-amendment tr.has-changes")).to_have_count(2)
    reception.decide("同意")
    desk.open("/BM11/")
    desk.shows("国际交流处副科长")
    told()


@pytest.mark.functions("BM09R", "BM10")
@pytest.mark.musts("BM10.1")
def test_the_unit_is_changed_and_both_states_stand_side_by_side(city, story, told):
    desk = liaison(city)
    desk.open("/BM10/new")
    desk.pick("target", "江城")
    desk.enter({"kind": "负责人或印章变更"})
    desk.enter(
        {
            "after.signatory_name": "吴江月",
            "after.signatory_post": "院长",
            "after.signatory_signature": story.paper("新签字样.png"),
            "reason": "外事负责人调整",
        }
    )
    desk.hand_in(proof=story.paper("任职通知.pdf"))
    desk.look("28-unit-change", whole=True)
    desk.submit("提交")
    reception = city.desk("chuangkou")
    reception.find("BM09R", UNIT)
    reception.look("29-unit-change-review")
    reception.tab("变更")
    table = reception.page.locator("#p-amendment")
    expect(table.locator("tr", has_text="外事负责人").first).to_contain_text("郑国栋")
    expect(table.locator("tr", has_text="外事负责人").first).to_contain_text("吴江月")
    reception.look("30-unit-change-side-by-side")
    reception.decide("核对通过")
    head = city.desk("chuzhang")
    head.find("BM09R", UNIT)
    head.decide("签批同意")
    desk.open("/BM08/")
    desk.shows("吴江月")
    told()
