"""A whole trip, from signing in to its submission, by somebody who has no mouse."""

import re

import pytest
from playwright.sync_api import expect

from app.security.demonstration import PASSWORD
from tests.browser.desk import Desk, scan
from tests.browser.keys import Keys

pytestmark = pytest.mark.browser

PAPERS = (
    "request", "task_form", "invitation", "invitation_translation", "schedule", "name_list",
    "budget_form", "publicity_proof", "foreign_contact",
)  # fmt: skip


@pytest.fixture
def keys(city) -> Keys:
    """The keyboard of a liaison officer's window, before signing in."""
    city.desks["keyboard"] = Desk(city._window(), city.url)
    return Keys(city.desks["keyboard"].page)


def sign_in(keys: Keys) -> None:
    keys.page.goto("/sign-in")
    if not keys.page.evaluate("document.activeElement.matches('[name=username]')"):
        keys.to("[name=username]")
    keys.keyboard.type("zhuanban")
    keys.to("[name=password]")
    keys.keyboard.type(PASSWORD)
    keys.press("Enter")
    keys.page.wait_for_url(lambda url: "/sign-in" not in url)


@pytest.mark.functions("PP17")
def test_a_whole_trip_is_filled_in_and_submitted_by_keyboard(keys, tmp_path):
    sign_in(keys)
    keys.open_function("rwsb", "PP17")
    keys.press("n")
    keys.page.wait_for_url("**/PP17/new")
    expect(keys.page.locator('[data-material="request"]')).to_be_visible()

    keys.write("name", "键盘填写的出访团组")
    keys.press("Enter")
    expect(keys.page).to_have_url(re.compile("/PP17/new$"))
    keys.choose("kind", "自行组团")
    keys.choose("nature", "教学科研（区别管理）")
    keys.choose("purpose", "合作交流")
    keys.choose("category", "教学科研人员")
    keys.write("task", "与柏林合作院校签署课程共建备忘录")
    keys.write("necessity", "已列入年度计划，须当面签署")
    keys.write("outcome", "签署备忘录一份")
    keys.write("depart_on", "20270810")
    keys.write("return_on", "2027年8月14日")
    keys.write("route", "武汉—法兰克福—柏林—武汉")
    expect(keys.page.locator('[id="c-depart_on"]')).to_have_value("2027-08-10")
    expect(keys.page.locator('[id="c-days"]')).to_have_text("5")
    keys.choose("fund_source", "单位自筹")
    keys.write("publicized_from", "2026-11-02")
    keys.write("publicized_until", "2026-11-09")
    keys.write("publicity_place", "门户网站公示栏")
    keys.write("contact_phone", "027-82880000")

    keys.to('[data-child="members"] [data-adder] [role=combobox]')
    keys.search('[data-child="members"] [data-adder] [role=listbox]')
    expect(keys.page.locator('[data-child="members"] [data-rows] > .ft-row')).to_have_count(1)
    leader = keys.page.locator('[id="c-members.0.person"]').inner_text().strip()

    keys.add_row("stops")
    keys.search('[id="o-stops.0.country"]', "德国")
    keys.write("stops.0.arrive_on", "2027-08-10")
    keys.write("stops.0.leave_on", "2027-08-14")
    keys.pick("stops.0.city", "柏林")
    keys.write("stops.0.inviter", "柏林工业技术学院")
    keys.choose("stops.0.inviter_kind", "高校、科研机构")
    keys.write("stops.0.agenda", "签署课程共建备忘录")

    keys.add_row("itinerary")
    keys.keyboard.type("2027-08-10")
    keys.write("itinerary.0.place", "武汉—柏林")
    keys.write("itinerary.0.morning", "从武汉出发，经法兰克福抵达柏林")
    keys.add_row("budget")
    keys.press("Shift+Tab")
    keys.choose("budget.0.item", "国际旅费")
    keys.write("budget.0.amount", "38000")

    for name in PAPERS:
        keys.hand_in(name, scan(tmp_path, f"{name}.pdf"))

    keys.press("Control+Enter")
    expect(keys.page.locator("#form-faults")).to_contain_text("还有 2 处需要修改")
    keys.at("#form-faults")
    keys.to('#form-faults [data-goto="plan"]')
    keys.press("Enter")
    keys.at('[id="c-plan"]')
    keys.search('[id="o-plan"]')
    keys.pick("leader", leader)
    keys.press("Control+Enter")
    keys.page.wait_for_url(re.compile(r"/PP17/\d+$"))
    expect(keys.page.locator("#messages .notice.success")).to_contain_text("已提交")
    expect(keys.page.locator("#main")).to_contain_text("材料预审")
