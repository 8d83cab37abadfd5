import io
import re
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.app.security.people import Statements, post
from tests.app.web.conftest import fill


def lines(page: str) -> int:
    return len(re.findall(r"<tr data-id=", page))


def test_a_page_has_twenty_rows_and_says_how_many_there_are(clerk: FlaskClient) -> None:
    page = clerk.get("/W01/").text
    assert lines(page) == 20
    assert "第 1–20 行，共 45 行" in page
    assert lines(clerk.get("/W01/?page=3").text) == 5


def test_a_page_costs_the_same_however_many_rows_it_shows(
    filled: Flask, clerk: FlaskClient
) -> None:
    clerk.get("/W01/")
    with Statements(filled) as few:
        clerk.get("/W01/?f.amount.from=1&q=sz&size=20")
    with filled.app_context():
        fill(300)
    with Statements(filled) as many:
        page = clerk.get("/W01/?size=100").text
    assert lines(page) == 100
    assert len(many) == len(few) <= 10, "\n".join(many)


@pytest.mark.parametrize(
    "arguments",
    [
        "page=0", "page=-1", "page=abc", "page=99999999999999999999", "page=٣", "size=abc", "size=-5", "size=1e9",
        "sort=nothing", "sort=__class__", "sort=-house", "tab=nowhere", "f.kind=unheard", "f.nothing=1",
        "f.bought_on.from=2026-13-45", "f.price.from=abc", "f.house.is=99999", "f.house.is=abc",
        "f.house.is=99999999999999999999999", "q=%25_%5C'\"", "q=" + "长" * 500, "view=nothing", "unknown=1",
        "f.kind=" + "&f.kind=x" * 100, "f.state=done&tab=check",
    ],
)  # fmt: skip
def test_no_argument_of_an_address_breaks_the_list(clerk: FlaskClient, arguments: str) -> None:
    for path in ("/W01/", "/W01/counts", "/W01/export"):
        assert clerk.get(f"{path}?{arguments}", buffered=True).status_code == 200, path


@pytest.mark.parametrize("arguments", ["f.code=%00", "q=%00", "q=a%00b"])
def test_what_no_database_can_store_is_refused_in_words(clerk: FlaskClient, arguments: str) -> None:
    for path in ("/W01/", "/W01/counts", "/W01/export"):
        answer = clerk.get(f"{path}?{arguments}")
        assert answer.status_code == 400
        assert "空字符" in answer.text


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ("page=0", "没有这一页"),
        ("page=99999", "最多逐页翻到第 200,000 行"),
        ("sort=remark", "不能按这一列排序"),
        ("tab=nowhere", "没有这个状态"),
        ("f.kind=unheard", "没有这个选项"),
        ("f.nothing=1", "没有“nothing”这个条件"),
        ("f.bought_on.from=2026-13-45", "没有这一天"),
        ("unknown=1", "不认识的参数：unknown"),
    ],
)
def test_what_is_ignored_is_said(clerk: FlaskClient, arguments: str, hint: str) -> None:
    assert hint in clerk.get(f"/W01/?{arguments}").text


def test_conditions_narrow_and_stand_as_chips(clerk: FlaskClient) -> None:
    page = clerk.get("/W01/?f.kind=desk&f.kind=book&f.bought_on.from=2026-03-01&f.house=三中").text
    assert "类别：桌椅、图书" in page
    assert "购置日期：2026-03-01 起" in page
    assert "登记单位：三中" in page
    assert 0 < lines(page) < 20
    assert "工具" not in re.findall(r"<tbody>.*?</tbody>", page, re.DOTALL)[0]


def test_the_quick_search_finds_names_and_codes(clerk: FlaskClient) -> None:
    assert lines(clerk.get("/W01/?q=0007").text) == 1
    assert lines(clerk.get("/W01/?q=书桌").text) > 1
    assert "没有符合条件的记录" in clerk.get("/W01/?q=没有这样的东西").text


def test_sorting_goes_both_ways(clerk: FlaskClient) -> None:
    def days(arguments: str) -> list[str]:
        return re.findall(
            r'<td class="nowrap">(\d{4}-\d\d-\d\d)', clerk.get(f"/W01/?{arguments}").text
        )

    assert days("sort=bought_on") == sorted(days("sort=bought_on"))
    assert days("sort=-bought_on") == sorted(days("sort=-bought_on"), reverse=True)


def test_tabs_get_their_numbers_in_a_second_request_of_one_statement(
    filled: Flask, clerk: FlaskClient
) -> None:
    page = clerk.get("/W01/?q=书桌").text
    assert 'hx-get="/W01/counts?q=' in page
    with Statements(filled) as statements:
        tabs = clerk.get("/W01/counts?tab=check", headers={"X-Background": "1"}).text
    assert len([s for s in statements if "store_thing" in s]) == 1
    assert re.findall(r'class="n">([\d,]*)', tabs) == ["45", "7", "14", "18", "6"]


def test_what_is_masked_is_masked_in_the_export_too(clerk: FlaskClient) -> None:
    post(clerk, "/W01/columns", column=["code", "holder"], query="q=0007")
    assert "420106********4527" in clerk.get("/W01/?q=0007").text
    book = load_workbook(io.BytesIO(clerk.get("/W01/export?q=0007").data))
    assert [[c.value for c in row] for row in book.active.iter_rows()] == [
        ["编号", "保管人证件号"],
        ["物〔2026〕0007号", "420106********4527"],
    ]


def test_the_export_holds_exactly_what_is_filtered(clerk: FlaskClient) -> None:
    book = load_workbook(io.BytesIO(clerk.get("/W01/export?f.kind=desk&sort=price").data)).active
    head, *rows = [[cell.value for cell in row] for row in book.iter_rows()]
    assert head == ["编号", "登记单位", "名称", "类别", "厂家", "数量", "价格", "购置日期", "状态"]
    assert {row[3] for row in rows} == {"桌椅"}
    assert [row[6] for row in rows] == sorted(row[6] for row in rows)
    answer = clerk.get("/W01/export?ids=3,1,x")
    assert answer.headers["Content-Disposition"].endswith("_20261124.xlsx")
    assert load_workbook(io.BytesIO(answer.data)).active.max_row == 3


def test_a_formula_in_a_name_stays_text(filled: Flask, clerk: FlaskClient) -> None:
    from app.core.access.actor import SYSTEM, acting_as
    from app.core.db.database import session, unit_of_work
    from tests.app.web.store.registry import Thing

    with filled.app_context(), acting_as(SYSTEM), unit_of_work():
        session.get(Thing, 1).name = '=HYPERLINK("http://x")\x02'
    sheet = load_workbook(io.BytesIO(clerk.get("/W01/export?ids=1").data)).active
    assert sheet["C2"].data_type == "s"
    assert sheet["C2"].value == '=HYPERLINK("http://x")'


def test_columns_are_remembered_until_reset(clerk: FlaskClient) -> None:
    assert (
        post(clerk, "/W01/columns", column=["name", "remark", "wrong"], query="q=1").location
        == "/W01/?q=1"
    )
    heads = re.findall(r"<th scope=\"col\".*?</th>", clerk.get("/W01/").text, re.DOTALL)
    assert [re.sub("<.*?>", "", head).strip() for head in heads[:2]] == ["名称", "说明"]
    post(clerk, "/W01/columns", column=["name"], reset="1")
    assert "购置日期" in clerk.get("/W01/").text.partition("</thead>")[0].rpartition("<thead>")[2]


def test_a_filter_is_saved_and_dropped(clerk: FlaskClient) -> None:
    answer = post(clerk, "/W01/filters", title="桌椅", query="f.kind=desk&evil=1&next=//x")
    assert answer.location == "/W01/?f.kind=desk"
    assert 'href="?f.kind=desk">桌椅' in clerk.get("/W01/").text
    post(clerk, "/W01/filters", drop="桌椅")
    assert "我的筛选" not in clerk.get("/W01/").text


def test_charts_count_and_every_figure_leads_to_its_rows(clerk: FlaskClient) -> None:
    page = clerk.get("/W01/?view=charts&f.bought_on.from=2026-02-01").text
    figures = re.findall(r'<tr data-value="([\d.]+)"[^>]*><td><a href="\?([^"]+)">', page)
    assert len(figures) > 15
    for value, query in figures:
        if "month" in query or "." not in value:
            query = query.replace("&amp;", "&")
            if "to=" in query and "f.kind" not in query and "is=" not in query:
                continue  # sums of money are not counts
            numbers = clerk.get(f"/W01/counts?{query}").text
            assert re.search(r'class="n">(\d+)', numbers)[1] == value, query


def test_a_person_of_a_unit_sees_and_counts_that_unit_only(filled: Flask) -> None:
    from tests.app.security.people import open_person, sign_in

    open_person(filled, "own", "liaison", name="王安", org_id=2)
    client = filled.test_client()
    sign_in(client, "own")
    page = client.get("/W01/?view=charts").text
    assert "共 9 行" in page
    assert set(re.findall(r"第.中学", page.partition("<tbody>")[2])) == {"第二中学"}
    assert re.findall(r'class="n">([\d,]*)', client.get("/W01/counts").text)[0] == "9"
    assert load_workbook(io.BytesIO(client.get("/W01/export").data)).active.max_row == 10
    assert client.get("/W02/").status_code == 403


def test_a_figure_takes_the_place_of_the_condition_that_it_narrows(clerk: FlaskClient) -> None:
    """Two conditions of one field would mean either: the figure would lead to more rows than it counts."""
    page = clerk.get("/W01/?view=charts&f.kind=desk&f.kind=lamp&f.bought_on.from=2026-02-01").text
    seen = set()
    for query in re.findall(r'<tr data-value="[^"]+"[^>]*><td><a href="\?([^"]+)">', page):
        names = [name for name, _ in parse_qsl(query.replace("&amp;", "&"))]
        seen |= {name for name in ("f.kind", "f.bought_on.from") if names.count(name) == 1}
        assert names.count("f.bought_on.from") == 1, query
    assert "f.kind" in seen, "a figure by kind leads to its kind alone"
