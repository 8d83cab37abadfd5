"""What people do with keyboard and mouse on the screens of the frame, in a real browser."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.flow.models import Case, Task
from tests.app.security.people import PASSWORD, open_person
from tests.harness import axe
from tests.harness.serving import served


@pytest.fixture
def address(filled: Flask) -> Iterator[str]:
    """The store, served on a port of its own."""
    open_person(filled, "clerk", "clerk", name="林文")
    with filled.app_context(), acting_as(SYSTEM), unit_of_work():
        for n in range(8):
            case = Case(
                object="thing", record_id=n + 1, flow="thing_flow", flow_version="1", state="check",
                title=f"第 {n + 1} 件", org_id=1, created_at=clock.now(), submitted_at=clock.now(),
            )  # fmt: skip
            due = clock.now() + timedelta(days=n - 1)
            case.tasks = [
                Task(function="W03", step="check", role="clerk", opened_at=clock.now(), due_at=due)
            ]
            session.add(case)
    session.remove()
    with served(filled) as where:
        yield where


@pytest.fixture
def page(address: str, browser: Browser) -> Iterator[Page]:
    """A window in which the clerk has signed in; whatever its console says is an error."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=address)
    page = context.new_page()
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/sign-in")
    page.fill("[name=username]", "clerk")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/")
    yield page
    context.close()
    assert said == []


def test_twelve_rows_stand_above_the_fold_and_the_pager_with_them(page: Page) -> None:
    page.goto("/W01/")
    rows = page.locator("[data-rows] tbody tr")
    assert sum(rows.nth(n).bounding_box()["y"] + 36 < 712 for n in range(20)) >= 12
    expect(page.get_by_text("下一页")).to_be_in_viewport()
    expect(page.locator("thead th").first).to_be_in_viewport()
    expect(page.locator("#tabs .n").first).to_have_text("45")


def test_rows_are_walked_opened_and_chosen_by_keys(page: Page) -> None:
    page.goto("/W01/")
    for key in "jjkx":
        page.keyboard.press(key)
    expect(page.locator("tr.is-at")).to_have_count(1)
    expect(page.locator("[data-rows] tbody tr").first).to_have_class(re.compile("is-chosen"))
    expect(page.locator("#chosen")).to_contain_text("已选 1 行")
    page.check("#choose-all")
    expect(page.locator("#chosen-count")).to_have_text("20")
    assert (
        page.get_attribute("#export-chosen", "href").count("%2C")
        + page.get_attribute("#export-chosen", "href").count(",")
        == 19
    )
    page.keyboard.press("f")
    page.keyboard.type("0007")
    page.keyboard.press("Enter")
    expect(page.locator("[data-rows] tbody tr")).to_have_count(1)


def test_a_function_is_found_by_initials(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("cjgl")
    expect(page.locator("#found-functions li")).to_have_text("厂家管理W02")
    page.keyboard.press("Enter")
    page.wait_for_url("**/W02/")
    page.keyboard.press("/")
    page.keyboard.type("zzz")
    expect(page.locator("#found-functions")).to_contain_text("没有这个功能")


def test_conditions_are_set_in_the_dialog_and_taken_off_as_chips(page: Page) -> None:
    page.goto("/W01/")
    page.click("text=+ 条件")
    dialog = page.locator("#conditions")
    dialog.get_by_label("桌椅").check()
    dialog.get_by_label("购置日期从").fill("2026-03-01")
    dialog.get_by_role("button", name="筛选").click()
    expect(page.locator(".chip")).to_have_count(2)
    page.click(".chip >> nth=0 >> a")
    expect(page.locator(".chip")).to_have_count(1)
    page.click(".list-bar >> text=保存")
    page.fill("#save-name", "三月以后")
    page.locator("#save").get_by_role("button", name="保存").click()
    expect(page.locator("#messages")).to_contain_text("已保存筛选")
    page.click("text=我的筛选")
    expect(page.get_by_role("link", name="三月以后").first).to_be_visible()


def test_columns_are_moved_and_hidden(page: Page) -> None:
    page.goto("/W01/")
    page.click("[data-open=columns]")
    page.get_by_label("下移 编号").click()
    page.locator("#columns").get_by_label("价格", exact=True).uncheck()
    page.locator("#columns").get_by_role("button", name="保存").click()
    heads = page.locator("thead th")
    expect(heads.nth(1)).to_have_text("登记单位")
    expect(page.locator("thead")).not_to_contain_text("价格")


def test_a_chart_is_drawn_from_its_table_and_gives_way_to_it(page: Page) -> None:
    page.goto("/W01/")
    page.click("text=图形")
    expect(page.locator(".chart-box canvas")).to_have_count(4)
    page.locator(".chart-switch").first.click()
    expect(page.locator(".chart-table").first).to_be_visible()
    page.locator(".chart-table a").first.click()
    expect(page.locator(".chip")).to_have_count(1)


def test_a_workbook_is_downloaded(page: Page, tmp_path: Path) -> None:
    page.goto("/W01/")
    with page.expect_download() as coming:
        page.click("text=导出 Excel")
    assert coming.value.suggested_filename == "物品查询_20261124.xlsx"


def test_the_side_bar_folds_and_stays_folded(page: Page) -> None:
    page.click("#fold-side")
    assert page.locator("#side").bounding_box()["width"] == 56
    page.goto("/W01/")
    assert page.locator("#side").bounding_box()["width"] == 56
    page.keyboard.press("/")
    assert page.locator("#side").bounding_box()["width"] == 216


@pytest.mark.parametrize(
    "path", ["/", "/W01/", "/W01/?view=charts&f.kind=desk", "/W01/?q=nothing", "/W02/", "/me"]
)
@pytest.mark.parametrize("width", [1366, 683])
def test_axe_finds_nothing_serious(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert axe.serious(page) == []


def test_axe_finds_nothing_serious_in_the_dialogs(page: Page) -> None:
    page.goto("/W01/?f.kind=desk")
    for name in ("conditions", "columns", "save", "keys", "confirm"):
        page.evaluate("name => document.getElementById(name).showModal()", name)
        assert axe.serious(page) == [], name
        page.keyboard.press("Escape")


@pytest.mark.parametrize("path", ["/", "/W01/"])
def test_at_double_size_nothing_is_cut_off(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 683, "height": 384})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 683
    page.click("#open-side")
    expect(page.locator("#find-function")).to_be_focused()
