"""What stands where people look: on a low screen, beside what causes it, and in the order in which it is known."""

import re

import pytest
from playwright.sync_api import expect

from tests.harness.browser import SIZE

pytestmark = pytest.mark.browser

LOW = {"width": 1366, "height": 768}


def test_a_form_asks_in_the_order_in_which_things_are_known(desk):
    page = desk("zhuanban").open("/PP17/new").page
    panels = page.locator("#form-contents .t").all_inner_texts()
    order = [panels.index(name) for name in ("出访成员", "出访安排", "出访地", "团长与计划")]
    assert order == sorted(order), panels
    panel = page.locator("#form .panel", has_text="团长与计划").first
    for name in ("leader", "plan"):
        expect(panel.locator(f'[data-path="{name}"]')).to_have_count(1)


def test_a_long_name_has_the_whole_width(desk):
    page = desk("zhuanban").open("/PP17/new").page
    wide = page.locator("#c-name").bounding_box()["width"]
    panel = page.locator(".fg-fields").first.bounding_box()["width"]
    assert wide > panel * 0.9


def test_the_notice_of_a_country_stands_at_the_stops_and_above_the_materials(desk):
    clerk = desk("zhuanban").open("/PP17/new")
    page = clerk.page
    page.set_viewport_size(LOW)
    row = clerk.row("stops")
    clerk.pick(f"stops.{row}.country", "法国")
    stops = page.locator('.panel[data-group]:has([data-child="stops"]) [data-notes]')
    expect(stops).to_contain_text("法国人员安全提醒")
    page.evaluate("window.scrollTo(0, 0)")
    aside = page.locator("[data-asides] .beside").first
    expect(aside).to_be_in_viewport()
    assert aside.bounding_box()["y"] < page.locator("#materials").bounding_box()["y"]
    page.set_viewport_size(SIZE)


def a_case(desk, function="PP20"):
    desk.open(f"/{function}/")
    desk.page.locator("[data-rows] tbody tr a").first.click()
    desk.page.wait_for_url(re.compile(rf"/{function}/\d+"))
    return desk.page


def led(desk, *, signed=False):
    """Lead a case as far as the division, or on to the director; return the page on which they decide it."""
    chief = desk("chuzhang")
    chief.open("/PP20/")
    if not chief.page.locator("[data-rows] tbody tr a").count():
        for who, function in (("chuangkou", "PP18"), ("jingban", "PP19")):
            a_case(desk(who), function)
            desk(who).decide("通过")
    page = a_case(chief)
    if not signed:
        return page
    chief.decide("通过")
    return a_case(desk("lingdao"))


def test_a_low_screen_leaves_its_height_to_the_record(desk):
    page = a_case(desk("chuangkou"), "PP18")
    page.set_viewport_size(LOW)
    dock = page.locator(".dock").bounding_box()["height"]
    top = page.locator(".case-panel").first.bounding_box()["y"]
    assert dock <= 120
    assert LOW["height"] - dock - top >= 350
    page.set_viewport_size(SIZE)


def test_a_label_that_says_all_is_well_looks_so_and_marks_nothing(desk):
    page = a_case(desk("chuangkou"), "PP18")
    page.locator(".reader-label", has_text="合格").first.click()
    expect(page.locator("#dock-marks")).to_be_hidden()
    green = page.locator(".reader-label.is-good input:checked + span")
    expect(green).to_have_css("background-color", "rgb(228, 243, 234)")
    page.locator(".reader-label", has_text="扫描不清").first.click()
    expect(page.locator("#dock-marks")).to_contain_text("扫描不清")
    expect(page.locator("#dock-marks")).not_to_contain_text("合格")


def test_a_scan_that_is_a_pdf_stands_as_a_picture_beside_seal_and_signature(desk):
    page = led(desk)
    pictures = page.locator(".specimen-box img")
    expect(pictures).to_have_count(3)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
    expect(page.locator(".specimen", has_text="出访请示").get_by_text("看全文")).to_be_visible()


def test_a_side_act_that_was_done_is_not_said_for_ever(desk):
    page = led(desk)
    act = page.locator(".dock-actions").get_by_role("button", name="同步办照")
    expect(act).to_be_visible()
    act.click()
    with page.expect_navigation():
        page.locator("#confirm-yes").click()
    expect(page.locator(".dock-actions").get_by_role("button", name="同步办照")).to_have_count(0)
    expect(page.locator(".dock")).not_to_contain_text("已经同意同步办照")
    expect(page.locator(".case-main")).to_contain_text("同步办照")


def test_nobody_is_asked_whether_they_are_sure_before_they_are_told_what_is_missing(desk):
    page = led(desk, signed=True)
    button = page.locator(".dock-actions .btn-primary")
    button.click()
    expect(
        page.locator("#confirm")
    ).to_be_visible()  # nothing is missing: it ends the case for good
    page.locator("#confirm [data-close]").first.click()
    page.evaluate(
        """() => { const box = document.createElement('fieldset'); box.className = 'dock-checks';
        box.innerHTML = '<label><input type="checkbox" name="check" value="x"> x</label>';
        document.querySelector('.dock-head').append(box); }"""
    )
    refusal = {"errors": [{"path": "checks", "message": "请先确认：x"}]}
    page.route("**/do/*", lambda route: route.fulfill(status=422, json=refusal))
    button.click()
    expect(page.locator("#dock-notice")).to_contain_text("请先确认")
    expect(page.locator("#confirm")).to_be_hidden()
    page.unroute("**/do/*")
