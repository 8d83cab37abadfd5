"""A leader analyses: chooses by mouse and by keys, follows a figure and comes back, keeps it and hands it on."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import LARGE
from tests.harness.browser import SIZE

pytestmark = pytest.mark.browser

TABLE = "#explore-table table"


def number(text):
    return int(re.sub(r"\D", "", text))


def total(page):
    return number(page.locator(f"{TABLE} tfoot td").last.inner_text())


@pytest.mark.functions("DA06")
@pytest.mark.musts("DA06.1", "DA06.2", "DA06.4")
def test_a_leader_puts_a_table_together_follows_a_figure_and_keeps_it(desk):
    leader = desk("lingdao")
    page = leader.page
    page.set_viewport_size(SIZE)
    page.goto("/DA06/")
    expect(page.locator("#explore-table canvas").first).to_be_visible()
    page.get_by_label("行", exact=True).select_option(label="申报单位")
    expect(page.locator("#explore-table h2")).to_contain_text("申报单位")
    page.get_by_label("行内再分").select_option(label="职级")
    expect(page.locator(f"{TABLE} tr.within").first).to_be_visible()
    page.get_by_label("列", exact=True).select_option(label="团组类型")
    expect(page.locator(f"{TABLE} thead")).to_contain_text("自行组团")
    whole = total(page)

    page.get_by_role("button", name="+ 条件").click()
    page.get_by_role("link", name="出访国家（地区）").click()
    values = page.get_by_role("dialog", name="条件：出访国家（地区）")
    values.get_by_role("checkbox").first.check()
    values.get_by_role("button", name="确定").click()
    expect(page.locator(".explore-form .chip")).to_contain_text("出访国家（地区）")
    assert 0 < total(page) < whole

    figure = page.locator(f"{TABLE} tr.within td a").first
    shown, address = number(figure.inner_text()), page.url
    figure.click()
    page.wait_for_url("**/DA06/rows?**")
    assert number(page.locator(".panel-head .small").inner_text()) == shown
    page.get_by_role("link", name="返回分析").click()
    expect(page.locator(f"{TABLE} tr.within").first).to_be_visible()
    assert sorted(page.url.partition("?")[2].split("&")) == sorted(
        address.partition("?")[2].split("&")
    )

    page.get_by_role("button", name="保存", exact=True).click()
    dialog = page.get_by_role("dialog", name="存为我的报表")
    dialog.get_by_label("名称").fill("各单位按职级和类型")
    dialog.get_by_label("共享给").select_option(label="处室负责人")
    dialog.get_by_role("button", name="保存").click()
    expect(page.locator("#messages")).to_contain_text("已共享")

    head = desk("chuzhang").page
    head.goto("/DA06/")
    head.get_by_role("button", name="打开", exact=True).click()
    head.get_by_role("link", name="各单位按职级和类型").click()
    expect(head.locator(".explore-form .chip")).to_contain_text("出访国家（地区）")
    expect(head.locator("#explore")).to_contain_text("统计口径没有变")

    with page.expect_download() as taken:
        page.get_by_role("button", name="导出", exact=True).click()
        page.get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename.endswith(".csv")


def test_the_boxes_are_walked_by_keys_and_keep_the_focus(desk):
    page = desk("lingdao").page
    page.set_viewport_size(LARGE)
    page.goto("/DA06/")
    page.locator("#x-rows").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#x-rows")).to_be_focused()
    expect(page).to_have_url(re.compile("rows=sex"))
    page.keyboard.press("Tab")
    expect(page.locator("#x-inner")).to_be_focused()
    box = page.locator("#x-show-persons")
    box.focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("show=persons"))
    expect(page.locator("#x-show-persons")).to_be_focused()
    expect(page.locator(f"{TABLE} thead")).to_contain_text("人数（不重复）")
    page.locator("#x-limit").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    values = page.locator("#values")
    expect(values).to_be_visible()
    page.keyboard.press("Escape")
    expect(values).to_be_hidden()
    page.locator("#x-rows").select_option(label="申报单位")
    page.locator("#x-limit").click()  # before the table is there
    page.get_by_role("link", name="办理状态").click()
    values.get_by_role("checkbox").first.check()
    values.get_by_role("button", name="确定").click()
    expect(page).to_have_url(re.compile("rows=unit.*f.state="))
    page.go_back()
    expect(page).not_to_have_url(re.compile("f.state="))
    page.goto("/DA06/")
    page.locator("#x-show-persons").press("Space")
    expect(page).to_have_url(re.compile("show=persons"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("show=persons"))
    expect(page.locator("#x-show-persons")).not_to_be_checked()


def test_a_measure_that_may_not_be_added_says_why(desk):
    page = desk("lingdao").page
    page.set_viewport_size(SIZE)
    page.goto("/DA06/?rows=rank&show=travels&show=budget&show=days")
    budget = page.locator("#x-show-budget")
    expect(budget).to_be_disabled()
    expect(page.locator("#x-why-budget")).to_have_text("不能按“职级”划分，会重复计算")
    expect(page.locator("#explore .notice")).to_contain_text("“预算（元）”不能按“职级”划分")
    page.get_by_label("行", exact=True).select_option(label="申报单位")
    expect(budget).to_be_enabled()


def test_a_table_of_many_columns_names_some_that_lie_beyond_its_edge(desk):
    page = desk("lingdao").page
    page.set_viewport_size(SIZE)
    page.goto("/DA06/?rows=unit&columns=month&show=travels&show=delegations")
    beyond = page.locator(".beyond")
    expect(beyond).to_contain_text(re.compile(r"、…、合计 等 \d+ 列"))
    assert len(beyond.inner_text()) < 200


def test_who_was_not_granted_it_has_no_analysis(desk):
    page = desk("zhuanban").page
    assert page.goto("/DA06/").status == 403
