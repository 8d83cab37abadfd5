"""A unit is filed: somebody registers for it, the office sends it back, it is corrected and accepted."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.main_chain.story import PASSWORD, REGISTRANT, UNIT, liaison
from tests.harness.identity import credit_code

CREDIT_CODE = credit_code("12420100", "MB1A2345")


@pytest.mark.functions("BM11")
def test_somebody_registers_on_the_public_page(city, story, told):
    desk = city.desk()
    desk.open("/sign-in")
    desk.look("01-sign-in")
    desk.page.get_by_role("link", name="单位经办人注册").click()
    page = desk.page
    page.get_by_label("姓名").fill(REGISTRANT["name"])
    page.get_by_label("职务").fill(REGISTRANT["post"])
    page.get_by_label("手机号").fill("1380000091")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-said")).to_contain_text("11 位手机号码")
    page.get_by_label("手机号").fill(REGISTRANT["phone"])
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-said")).to_contain_text("验证码已经发出")
    code = re.search(r"\d{6}", city.text_to(REGISTRANT["phone"], "注册账户"))[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    page.locator("#code").fill(wrong)
    page.locator("#password").fill("12345678")
    page.locator("#again").fill("12345678")
    page.get_by_role("button", name="注册", exact=True).click()
    desk.look("02-register-refused")
    expect(page.get_by_text("验证码不正确或已过期")).to_be_visible()
    expect(page.get_by_label("姓名")).to_have_value(REGISTRANT["name"])
    page.locator("#code").fill(code)
    page.locator("#password").fill("12345678")
    page.locator("#again").fill("12345678")
    page.get_by_role("button", name="注册", exact=True).click()
    expect(page.get_by_text("须含大写字母")).to_be_visible()
    page.locator("#code").fill(code)
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="注册", exact=True).click()
    page.wait_for_url("**/BM08/**")
    desk.look("03-registered")
    city.desks["liaison"] = desk
    told()


@pytest.mark.functions("BM08")
@pytest.mark.musts("BM08.1", "BM08.2")
def test_the_unit_is_filed_with_errors_put_right(city, story, told):
    desk = liaison(city)
    desk.open("/BM08/new")
    desk.enter(
        {"name": UNIT, "credit_code": CREDIT_CODE[:-1] + ("0" if CREDIT_CODE[-1] != "0" else "1")}
    )
    expect(desk.fault("credit_code")).to_contain_text("校验")
    desk.look("04-unit-form")
    desk.press("提交备案")
    desk.look("05-unit-refused")
    expect(desk.control("name")).to_have_value(UNIT)
    desk.enter(
        {
            "credit_code": CREDIT_CODE,
            "nature": "高等院校",
            "level": "正处级",
            "address": "武汉市洪山区珞喻路100号",
            "phone": "027-87000911",
            "signatory_name": "郑国栋",
            "signatory_post": "副院长",
            "signatory_phone": "13800000912",
            "signatory_signature": story.paper("签字样.png"),
            "seal": story.paper("公章样.png"),
            "registrant_name": REGISTRANT["name"],
            "registrant_phone": REGISTRANT["phone"],
            "registrant_post": REGISTRANT["post"],
        }
    )
    desk.hand_in(certificate=story.paper("法人证书.pdf"), application=story.paper("登记表.pdf"))
    desk.press("提交备案")
    expect(desk.faults).to_have_count(1)
    expect(desk.faults).to_contain_text("专办员授权书")
    desk.look("06-unit-missing")
    desk.hand_in(authorisation=story.paper("授权书.jpg"))
    desk.submit("提交备案")
    story.case["unit"] = desk.number
    desk.look("07-unit-submitted")
    desk.shows("备案核对")
    told()


@pytest.mark.functions("BM09")
def test_the_office_sends_the_registration_back_with_a_reason(city, story, told):
    desk = city.desk("chuangkou")
    desk.open("/")
    desk.look("08-reception-workbench")
    desk.find("BM09", UNIT)
    desk.look("09-unit-review")
    page = desk.page
    page.locator("#reader-choice").select_option(label="专办员授权书")
    page.locator('[name="note|material.authorisation"]').fill("授权书未加盖公章，请补盖后重新扫描")
    page.locator('[data-mark="field.address"]').click()
    page.locator('[name="note|field.address"]').fill("门牌号与证书不一致")
    desk.look("10-unit-marks")
    desk.ask("send_back", "授权书缺公章，地址与证书不符")
    assert "授权书缺公章" in city.text_to(REGISTRANT["phone"], "备案被退回")
    told()


@pytest.mark.functions("BM09", "BM14")
def test_the_unit_corrects_what_was_marked_and_is_accepted(city, story, told):
    desk = liaison(city)
    desk.open("/BM14/")
    desk.look("11-rework-list")
    desk.find("BM14", UNIT)
    desk.look("12-rework-case")
    desk.shows("授权书缺公章，地址与证书不符", "门牌号与证书不一致")
    desk.look("13-rework-form")
    desk.press("提交备案")
    expect(desk.page.locator("#form-faults")).to_contain_text("专办员授权书")
    desk.hand_in(authorisation=story.paper("授权书（补章）.jpg"))
    desk.enter({"address": "武汉市洪山区珞喻路1000号"})
    desk.submit("提交备案")

    reception = city.desk("chuangkou")
    reception.find("BM09", UNIT)
    reception.look("14-unit-second-round")
    expect(reception.fact("单位地址")).to_contain_text("珞喻路1000号")
    reception.decide("核对通过")
    head = city.desk("chuzhang")
    head.find("BM09", UNIT)
    head.look("15-unit-sign")
    head.decide("签批同意")
    city.text_to(REGISTRANT["phone"], "申报单位备案已通过")
    desk.open("/")
    desk.look("16-liaison-workbench")
    told()
