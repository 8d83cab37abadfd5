"""The main chain as a clerk walks it: a unit registers, files, plans, applies, and gets its sealed paper.

The chapters follow one another on one unit; each is a test that needs those before it.
"""

import re
import subprocess
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.browser.conftest import City
from tests.browser.desk import Desk, scan
from tests.harness.identity import credit_code, resident_id

pytestmark = pytest.mark.browser

UNIT = "武汉市江城职业技术学院"
CREDIT_CODE = credit_code("12420100", "MB1A2345")
REGISTRANT = {"name": "周晓岚", "phone": "13800000911", "post": "外事专干"}
PASSWORD = "Huanghe-Lou-2026"


@dataclass
class Story:
    """What the chapters before have led to."""

    folder: Path
    told: list[str] = field(default_factory=list)
    case: dict[str, int] = field(default_factory=dict)
    address: str = ""  # where the paper's code leads

    def paper(self, name: str) -> Path:
        """Return a scan of that name."""
        place = self.folder / name
        return place if place.exists() else scan(self.folder, name)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("papers"))


@pytest.fixture(autouse=True)
def chapter(request: pytest.FixtureRequest, story: Story) -> None:
    """A chapter is told only after those before it."""
    names = [item.name for item in request.session.items if item.path == request.path]
    before = names[: names.index(request.node.name)]
    missing = [name for name in before if name not in story.told]
    if missing:
        pytest.fail(f"the chapter before did not come to its end: {missing[0]}", pytrace=False)


@pytest.fixture
def told(request: pytest.FixtureRequest, story: Story):
    """Call at the end of a chapter."""
    return lambda: story.told.append(request.node.name)


def liaison(city: City) -> Desk:
    return city.desks["liaison"]


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


# -- the liaison officers ---------------------------------------------------------------------------


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


# -- the travellers ----------------------------------------------------------------------------------

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


# -- the plan of next year -----------------------------------------------------------------------------


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


# -- the trips -----------------------------------------------------------------------------------------

TRIP = "陈志远等2人赴德国职业教育合作团组"


def fill_trip(desk: Desk, story: Story, name: str, people: list[str], **more: str) -> None:
    """Fill in a whole trip but its papers."""
    desk.enter(
        {
            "name": name,
            "kind": "自行组团",
            "nature": "教学科研（区别管理）",
            "purpose": "合作交流",
            "category": "教学科研人员",
            "depart_on": "2027-03-01",
            "return_on": "2027-03-05",
            "route": "武汉—法兰克福—柏林—武汉",
            "task": "与柏林合作院校商定双元制课程共建方案，签署合作备忘录",
            "necessity": "已列入年度计划，须当面商定",
            "outcome": "签署备忘录一份",
            "fund_source": "单位自筹",
            "publicized_from": "2026-11-02",
            "publicized_until": "2026-11-09",
            "publicity_place": "学院门户网站公示栏",
            "contact_phone": "027-87000911",
            **more,
        }
    )
    for person in people:
        desk.pick_row("members", person)
    desk.pick("plan", "德国")
    desk.pick("leader", people[0])
    stop = desk.row("stops")
    desk.more(f"stops.{stop}")
    desk.enter(
        {
            f"stops.{stop}.country": "德国",
            f"stops.{stop}.city": "柏林",
            f"stops.{stop}.arrive_on": "2027-03-01",
            f"stops.{stop}.leave_on": "2027-03-05",
            f"stops.{stop}.inviter": "柏林工业技术学院",
            f"stops.{stop}.inviter_kind": "高校、科研机构",
            f"stops.{stop}.agenda": "商定课程共建方案",
        }
    )
    day = desk.row("itinerary")
    desk.more(f"itinerary.{day}")
    desk.enter(
        {
            f"itinerary.{day}.day": "2027-03-01",
            f"itinerary.{day}.place": "武汉—柏林",
            f"itinerary.{day}.morning": "从武汉出发，经法兰克福抵达柏林",
        }
    )
    line = desk.row("budget")
    desk.more(f"budget.{line}")
    desk.enter({f"budget.{line}.item": "国际旅费", f"budget.{line}.amount": "38000"})


def papers_of_trip(story: Story) -> dict[str, Path]:
    names = ("request", "task_form", "invitation_translation", "schedule", "name_list")
    names += ("budget_form", "publicity_proof", "foreign_contact")
    return {name: story.paper(f"{name}.pdf") for name in names}


def test_a_trip_is_filled_in_kept_and_taken_up_again(city, story, told):
    desk = liaison(city)
    desk.open("/")
    desk.look("50-liaison-workbench")
    desk.open("/PP17/new")
    desk.look("51-trip-empty")
    late = {"return_on": "2027-03-07", "publicized_until": "2026-11-04"}
    fill_trip(desk, story, TRIP, ["陈志远", "林静怡"], **late)
    expect(desk.page.locator("#saved")).to_contain_text("已自动保存")
    expect(desk.control("days")).to_have_text("7")
    expect(desk.control("headcount")).to_have_text("2")
    expect(desk.control("countries")).to_have_text("德国")
    expect(desk.control("budget_total")).to_have_text("38,000.00")
    expect(desk.page.locator("[data-hold]")).to_contain_text("3")
    trip = desk.page.locator(".fg", has=desk.control("days"))
    expect(trip.locator(".fg-notes .fg-warning")).to_contain_text("超过规定的天数")
    expect(trip.locator(".fg-notes .fg-warning .fg-source").first).to_contain_text("依据")
    expect(desk.material("explanation").locator("[data-need]")).to_have_text("必交")
    desk.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    desk.look("52-trip-filled")
    desk.press("保存草稿")
    desk.page.wait_for_url(re.compile("/PP17/\\d+/edit"))
    story.case["trip"] = desk.number

    desk.open("/PP17/")
    desk.look("53-trip-list")
    desk.find("PP17", TRIP)
    expect(desk.control("members.1.post")).to_have_value("机电学院教授")
    desk.enter({"return_on": "2027-03-05"})
    expect(desk.control("days")).to_have_text("5")
    expect(trip.locator(".fg-notes .fg-ok", has_text="在外天数 5")).to_be_visible()
    expect(desk.material("explanation").locator("[data-need]")).to_have_text("选交")
    told()


def test_papers_are_dropped_looked_at_and_a_missing_one_is_refused(city, story, told):
    desk = liaison(city)
    desk.open(f"/PP17/{story.case['trip']}/edit")
    desk.enter({"kind": "联合组团", "publicized_until": "2026-11-09", "return_on": "2027-03-05"})
    desk.drop("invitation", story.paper("invitation.pdf"))
    bad = story.folder / "请示.pdf"
    bad.write_bytes("这不是 PDF".encode())
    line = desk.material("request")
    line.locator("[data-file]").set_input_files(bad)
    expect(line.locator("[data-faults]")).to_contain_text("请上传 PDF、JPG、PNG 文件")
    desk.look("54-trip-wrong-paper")
    papers = papers_of_trip(story)
    late = papers.pop("foreign_contact")
    desk.hand_in(**papers, participants_consent=story.paper("participants_consent.pdf"))
    desk.material("invitation").locator("a[data-view]").click()
    viewer = desk.page.locator("#viewer")
    expect(viewer).to_be_visible()
    expect(viewer.locator("iframe")).to_have_attribute("src", re.compile(r"/view#"))
    desk.look("55-trip-preview")
    desk.page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    desk.press("提交")
    expect(desk.faults).to_have_count(1)
    expect(desk.faults).to_contain_text("缺未通过中介机构联系承诺书")
    desk.look("56-trip-refused")
    desk.faults.locator("a").click()
    desk.drop("foreign_contact", late)
    desk.submit("提交")
    desk.shows("材料预审", "武外出〔2026〕")
    desk.look("57-trip-sent")
    told()


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
    page.locator("#ask-send_back textarea").fill("")
    page.locator("#ask-send_back [data-act]").click()
    expect(page.locator("#dock-notice")).to_contain_text("须填写意见")
    desk.ask("send_back", "请示缺负责人签字，请补签后重新扫描")
    assert "被退回" in city.text_to(REGISTRANT["phone"], "请示缺负责人签字")
    told()


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


# -- the papers ----------------------------------------------------------------------------------------


def paper_of(desk: Desk, title: str) -> None:
    """Open a paper of the trip."""
    desk.open("/PP27/")
    row = desk.page.locator("[data-rows] tbody tr", has_text=TRIP).filter(has_text=title).first
    row.locator("a").first.click()
    desk.page.wait_for_url(re.compile(r"/PP27/\d+"))


def shown(desk: Desk) -> None:
    """Wait until the pages of a paper have been drawn."""
    expect(desk.page.locator(".paper-panel img").first).to_be_visible(timeout=60_000)


def test_the_paper_is_edited_and_sealed(city, story, told, tmp_path):
    desk = city.desk("wenshu")
    desk.open("/PP27/")
    desk.look("72-papers")
    paper_of(desk, "任务批件")
    shown(desk)
    desk.look("73-paper")
    page = desk.page
    page.get_by_role("link", name="修改内容").click()
    page.get_by_label(re.compile("^抬头|^主送|^addressee|^收文")).or_(
        page.locator("[name=addressee]")
    ).first.fill(f"{UNIT}并送财务处")
    body = page.locator("[name=body]")
    body.fill(body.input_value() + "\n请于回国后七日内交回护照。")
    desk.look("74-paper-edit")
    page.get_by_role("button", name="保存并更新预览").click()
    shown(desk)
    desk.shows("与系统生成内容的差别", "请于回国后七日内交回护照")
    desk.look("75-paper-edited")

    page.get_by_role("link", name="修改内容").or_(page.locator("#texts")).first.wait_for()
    if page.get_by_role("link", name="修改内容").count():
        page.get_by_role("link", name="修改内容").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载 Word").click()
    word = tmp_path / "修改稿.docx"
    coming.value.save_as(word)
    document = Document(str(word))
    document.add_paragraph("附：出访期间联系人周晓岚。")
    document.save(str(word))
    wrong = tmp_path / "不是.docx"
    wrong.write_bytes(b"no document")
    page.locator("#docx").set_input_files(wrong)
    page.get_by_role("button", name="上传").click()
    expect(page.locator("#messages .notice").first).to_be_visible()
    desk.look("76-paper-wrong-upload")
    page.locator("#docx").set_input_files(word)
    page.get_by_role("button", name="上传").click()
    desk.shows("附：出访期间联系人周晓岚")
    paper_of(desk, "任务批件")
    shown(desk)
    desk.look("77-paper-uploaded")
    page.get_by_role("button", name="编号并签章").click()
    confirm = page.locator("#confirm[open]").get_by_role("button", name="确定")
    if confirm.count():
        confirm.click()
    desk.shows("武外出任字〔2026〕")
    expect(page.get_by_role("link", name="下载 PDF")).to_be_visible(timeout=60_000)
    desk.look("78-paper-sealed")
    page.get_by_role("button", name="发放").click()
    expect(page.locator("#messages .notice.success")).to_be_visible()
    city.text_to(REGISTRANT["phone"], "已发放")
    story.case["paper"] = desk.number
    told()


def test_the_unit_downloads_its_paper_and_anybody_can_check_it(city, story, told, tmp_path):
    desk = liaison(city)
    desk.open("/PP28/")
    desk.look("79-downloads")
    desk.find("PP28", TRIP)
    desk.look("80-download")
    with desk.page.expect_download() as coming:
        desk.page.get_by_role("link", name="下载 PDF").click()
    pdf = tmp_path / "批件.pdf"
    coming.value.save_as(pdf)
    text = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True
    ).stdout.decode()
    for words in (
        UNIT,
        "武外出任字〔2026〕",
        "陈志远",
        "林静怡",
        "德国",
        "请于回国后七日内交回护照",
        "联系人周晓岚",
    ):
        assert words in text.replace("\n", ""), f"{words} is not in {text}"
    second = city.desks["second"]
    second.open("/PP28/")
    second.shows(TRIP)
    stranger = city.desk("zhuanban")
    stranger.open("/PP28/")
    expect(stranger.page.locator("#main")).not_to_contain_text(TRIP)
    answer = stranger.page.goto(f"/PP28/{story.case['paper']}")
    assert answer.status == 404

    office = city.desk("wenshu")
    office.open(f"/PP27/{story.case['paper']}")
    address = office.fact_at("查验地址")
    story.address = address[address.index("/", 8) :]
    anybody = city.desk()
    anybody.open(story.address)
    expect(anybody.page.locator("h1")).to_have_text("有效")
    anybody.look("81-valid")
    anybody.open(story.address[:-6] + "zzzzzz")
    expect(anybody.page.locator("h1")).to_have_text("查无此件")
    anybody.look("82-unknown")
    told()


# -- what comes afterwards ------------------------------------------------------------------------------


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
    desk.page.get_by_role("link", name="修改").click()
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


def test_a_voided_paper_says_so_and_a_new_one_takes_its_place(city, story, told):
    desk = city.desk("wenshu")
    desk.open("/PP29/new")
    desk.pick("target", "陈志远")
    desk.pick("document", "任务批件")
    desk.enter({"reason": "出访安排变更", "explanation": "经停城市变更，重出批件"})
    desk.hand_in(change_proof=story.paper("change.pdf"))
    desk.look("89-reissue")
    desk.submit("作废并提交")
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
