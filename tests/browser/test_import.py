"""An import with mistakes, walked by somebody of the office: looked through, put right in part, done by the worker."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.harness import axe

CITIES = "BM28"


def rows(numbers: range, **changes: Any) -> list[dict[str, Any]]:
    return [
        {
            "类别": "国外城市",
            "国家（地区）": "德国",
            "城市名称": f"试验市{n}",
            "城市代码": f"DE-X{n:03}",
        }
        | changes
        for n in numbers
    ]


def workbook(template: Path, lines: list[dict[str, Any]], kind: str) -> bytes:
    book = load_workbook(template)
    sheet = book.worksheets[0]
    heads = [str(cell.value).rstrip(" *") for cell in sheet[1]]
    for line in lines:
        sheet.append(
            [
                {**line, "类别": kind if line["类别"] == "国外城市" else line["类别"]}.get(h)
                for h in heads
            ]
        )
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def page(city) -> Any:
    """The window of somebody of the office."""
    return city.desk("jingban").page


@pytest.fixture
def template(page, tmp_path) -> Path:
    """The workbook to fill in, downloaded as a person does."""
    page.goto(f"/{CITIES}/")
    page.get_by_role("link", name="导入", exact=True).click()
    with page.expect_download() as found:
        page.get_by_role("link", name="下载导入模板").click()
    assert found.value.suggested_filename == "城市导入模板.xlsx"
    place = tmp_path / "template.xlsx"
    found.value.save_as(place)
    return place


@pytest.fixture
def foreign(template) -> str:
    """What the first kind of city that has a country is called in the list."""
    lists = load_workbook(template)["选项"]
    return next(str(c.value) for c in lists["A"] if "外" in str(c.value))


def send(page: Any, content: bytes, name: str) -> None:
    page.goto(f"/{CITIES}/import")
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator("#file").set_input_files(file)
    expect(page.locator("#drop-name")).to_have_text(name)
    page.get_by_role("button", name="上传并检查").click()


def accessible(page: Any) -> None:
    assert axe.serious(page) == []


def test_mistakes_are_shown_and_the_good_rows_imported_by_a_second_decision(
    city, page, template, foreign, tmp_path
) -> None:
    lines = [
        *rows(range(2)),
        *rows(range(7, 8), 类别="天上的"),
        *rows(range(1, 2), 城市名称="又一个"),
    ]
    accessible(page)
    send(page, workbook(template, lines, foreign), "城市名单.xlsx")
    figures = page.locator(".check-figures")
    expect(figures).to_contain_text("共4行")
    expect(figures).to_contain_text("有错误2行")
    table = page.locator(".check-table")
    expect(table.locator("tbody tr", has_text="第 4 行")).to_contain_text("没有“天上的”这一项")
    expect(table.locator("tbody tr", has_text="第 5 行")).to_contain_text("城市代码与第 3 行重复")
    expect(page.get_by_role("button", name="全部导入")).to_have_count(0)
    accessible(page)
    with page.expect_download() as found:
        page.get_by_role("link", name="下载错误标注").click()
    found.value.save_as(tmp_path / "marked.xlsx")
    marked = load_workbook(tmp_path / "marked.xlsx").worksheets[0]
    assert "天上的" in [cell.value for cell in marked[4]]
    assert any(cell.comment and "天上的" in cell.comment.text for cell in marked[4])
    page.get_by_role("button", name="仅导入正确的 2 行").click()
    expect(page.locator("#confirm-text")).to_contain_text("没有导入的行都会记录在案")
    page.locator("#confirm-yes").click()
    expect(page.get_by_text("写入 2 条，没有导入 2 行")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="查看列表").click()
    expect(page.locator("[data-rows] tbody")).to_contain_text("试验市1")
    assert page.locator("[data-rows] tbody").get_by_text("又一个").count() == 0


def test_many_rows_are_written_by_the_worker_while_the_page_tells_how_far_it_is(
    city, page, template, foreign
) -> None:
    send(page, workbook(template, rows(range(100, 500)), foreign), "四百个城市.xlsx")
    page.get_by_role("button", name="全部导入").click()
    page.wait_for_url("**/import/*")
    expect(page.get_by_text("写入 400 条")).to_be_visible(timeout=60_000)
    page.goto(f"/{CITIES}/import")
    first = page.locator("table.data tbody tr").first
    expect(first).to_contain_text("四百个城市.xlsx")
    expect(first).to_contain_text("已完成")


def test_what_is_no_workbook_is_refused_on_the_page(city, page, template) -> None:
    send(page, b"a,b\n1,2\n", "名单.xlsx")
    expect(page.get_by_role("alert")).to_contain_text("不是 Excel 工作簿")
    expect(page.get_by_role("button", name="上传并检查")).to_be_visible()
