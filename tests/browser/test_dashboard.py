"""A leader's dashboard: figures lead to their records, by mouse and by keys; the wall renews itself."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import LARGE
from tests.harness.browser import SIZE

pytestmark = pytest.mark.browser


def number(text):
    return int(re.sub(r"\D", "", text))


def records(page):
    return number(page.locator(".panel-head .small").inner_text())


@pytest.mark.functions("DA04")
@pytest.mark.musts("DA04.4")
def test_every_kind_of_figure_leads_to_its_records(desk):
    page = desk("lingdao").page
    page.set_viewport_size(SIZE)
    page.goto("/DA04/?span=all")
    expect(page.locator("[data-chart] canvas").first).to_be_visible()
    for picked in (
        '[data-tile="travels"] .kpi-value a', '[data-tile="hot"] li a', '[data-tile="units"] .value a',
        '[data-tile="continents"] td a',
    ):  # fmt: skip
        link = page.locator(picked).first
        counted = link.locator(".count")
        shown = number((counted if counted.count() else link).inner_text())
        link.click()
        page.wait_for_url("**/DA04/rows?**")
        assert records(page) == shown > 0, picked
        page.locator("td.first a").first.click()
        page.wait_for_url(re.compile(r"/PP\d+\w?/\d+$"))
        page.go_back()
        page.get_by_role("link", name="返回驾驶舱").click()
        page.wait_for_url("**/DA04/")
        page.goto("/DA04/?span=all")


@pytest.mark.musts("DA04.5")
def test_a_picture_is_a_table_for_who_asks_and_keys_open_its_figures(desk):
    page = desk("lingdao").page
    page.set_viewport_size(SIZE)
    page.goto("/DA04/?span=all")
    tile = page.locator('[data-tile="kinds"]')
    tile.get_by_role("button", name="表格").press("Enter")
    expect(tile.locator("table")).to_be_visible()
    expect(tile.locator("canvas")).to_be_hidden()
    link = tile.locator("tbody a").first
    shown = number(link.inner_text())
    link.press("Enter")
    page.wait_for_url("**/DA04/rows?**")
    assert records(page) == shown


def test_a_slice_of_a_picture_leads_to_its_records(desk):
    page = desk("lingdao").page
    page.emulate_media(reduced_motion="reduce")  # the picture is there at once
    page.set_viewport_size(SIZE)
    page.goto("/DA04/?span=all")
    box = page.locator('[data-tile="kinds"] [data-chart]')
    expect(box.locator("canvas")).to_be_visible()
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    radius = min(place["width"], place["height"]) / 2 * 0.58  # within the ring
    page.mouse.click(place["x"] + place["width"] * 0.36 + radius, place["y"] + place["height"] / 2)
    page.wait_for_url("**/DA04/rows?**")
    assert "f.kind=" in page.url
    assert records(page) > 0


@pytest.mark.musts("DA04.1")
def test_the_wall_is_read_from_afar_and_renews_itself(desk):
    page = desk("lingdao").page
    page.set_viewport_size(LARGE)
    page.goto("/DA04/wall?span=all")
    expect(page.locator("[data-chart] canvas").first).to_be_visible()
    size = page.locator(".kpi-value").first.evaluate(
        "one => parseFloat(getComputedStyle(one).fontSize)"
    )
    assert size >= 48
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    first = page.locator("[data-chart]").first.element_handle()
    with page.expect_response("**/DA04/tiles**") as answer:
        page.evaluate("document.dispatchEvent(new Event('board:renew'))")
    assert answer.value.request.headers["x-background"] == "1"
    page.wait_for_function("one => !one.isConnected", arg=first)
    expect(page.locator("[data-chart] canvas").first).to_be_visible()
    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('board:renew'))")
    expect(page.locator("[data-board-at]")).to_contain_text("暂时连不上服务器")
    page.context.set_offline(False)
    page.evaluate("document.dispatchEvent(new Event('board:renew'))")
    expect(page.locator("[data-board-at]")).to_have_text(re.compile(r"^数据时间 [\d:]{8}$"))
