"""The screens of reports: tables, figures that lead to their records, workbooks, saved ones, refusals."""

import io
import re
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.reports.models import SavedQuery
from tests.app.security.people import post
from tests.examples.test_reports import put


@pytest.fixture
def office(world, client):
    put(world)
    return client("officer")


def figures(page):
    """The table of a page as lists of texts."""
    (table,) = re.findall(r'<table class="data sticky report-table">.*?</table>', page, re.S)
    body = re.sub(r"<thead>.*?</thead>", "", table, flags=re.S)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr(?: data-figures)?>(.*?)</tr>", body, re.S)
    ]  # fmt: skip


def links(page):
    return [link.replace("&amp;", "&") for link in re.findall(r'href="(/RP01/rows[^"]+)"', page)]


def test_each_shipped_report_opens_with_its_figures(office):
    assert figures(office.get("/RP01/").text) == [
        ["主要负责人", "2", "2", "9"], ["副职", "1", "1", "2"], ["其他人员", "4", "3", "10"],
        ["合计", "7", "4", "21"],
    ]  # fmt: skip
    page = office.get("/RP01/?report=by_place").text
    assert figures(page)[0] == ["北城", "1", "0", "2", "3"]
    assert figures(page)[-1] == ["合计", "2", "1", "4", "7"]
    assert "各项之和可能大于合计" in page
    page = office.get("/RP01/?report=by_bureau").text
    assert figures(page)[1][0] in ("east", "west")
    assert figures(page)[-1] == ["合计", "2", "5", "2", "2", "4", "7"]


def test_each_figure_leads_to_exactly_its_records(office):
    page = office.get("/RP01/?report=by_place").text
    found = links(page)
    assert found
    for link in found:
        shown = re.search(re.escape(link.replace("&", "&amp;")) + r'">([\d,]+)<', page)[1]
        behind = office.get(link).text
        assert len(re.findall(r'<td class="first', behind)) == int(shown), unquote(link)
    assert "人0" in behind
    assert f"第 1–{shown} 条，共 {shown} 条" in behind
    record = re.search(r'class="first"><a href="(/open/[^"]+)"', behind)[1]
    assert office.get(record).location.startswith("/EX05/")


def test_a_figure_of_somebody_else_is_in_no_table_and_no_list(world, client):
    put(world)
    clerk = client("clerk", world.bureaus["east"])
    page = clerk.get("/RP01/?report=by_bureau").text
    assert figures(page) == [["east", "2", "5", "2", "5"], ["合计", "2", "5", "2", "5"]]
    west = f"/RP01/rows?report=by_bureau&f.bureau={world.bureaus['west']}&of=persons"
    behind = clerk.get(west).text
    assert "没有可以查看的明细" in behind
    assert "不在您的查看范围内" in behind
    assert "west" not in re.sub(r"<nav.*?</nav>", "", behind, flags=re.S)
    assert clerk.get("/RP01/export").status_code == 403
    assert clerk.get("/RP01/rows/export?of=persons").status_code == 403
    assert "导出" not in page


def test_nobody_opens_it_without_a_grant(client):
    assert client("director").get("/RP01/").status_code == 403


def test_tables_and_records_go_out_as_workbooks(office):
    sheet = load_workbook(io.BytesIO(office.get("/RP01/export?report=by_place").data)).active
    rows = [[cell.value for cell in row] for row in sheet.rows]
    assert rows[0] == ["途经地", "主要负责人", "副职", "其他人员", "合计"]
    assert rows[1] == ["北城", 1, 0, 2, 3]
    assert rows[-1] == ["合计", 2, 1, 4, 7]
    page = office.get("/RP01/rows?report=by_place&f.place=coast&of=persons&from=2026-01-01").text
    assert "出发：<strong>2026-01-01 起</strong>" in page
    answer = office.get("/RP01/rows/export?report=by_place&f.place=coast&of=persons")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.rows]
    assert rows[0][:3] == ["姓名", "级别", "编号"]
    assert [row[0] for row in rows[1:]] == ["人0", "人1"]


def test_a_sign_that_no_workbook_can_hold_is_left_out_of_it(office):
    with acting_as(SYSTEM), unit_of_work():
        for row in session.scalars(select(registry.object("traveller").model)):
            row.name = f"{row.name}\x07"
    answer = office.get("/RP01/rows/export?report=by_place&f.place=coast&of=persons")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert [row[0].value for row in sheet.rows][1:] == ["人0", "人1"]


def test_a_table_of_ones_own_is_asked_for_and_kept(office):
    page = office.get("/RP01/?rows=length&columns=grade&show=journeys&from=2027-03-01").text
    assert '<label for="from">出发</label>' in page
    assert figures(page)[-1] == ["合计", "2", "1", "3", "4"]
    query = "?rows=length&columns=grade&show=journeys&from=2027-03-01"
    assert post(office, "/RP01/saved", title="我的", query=query).status_code == 303
    page = office.get("/RP01/").text
    assert "我的</a>" in page
    (pk,) = set(re.findall(r'name="drop" value="([0-9]+)"', page))
    post(office, "/RP01/saved", drop=pk, query="")
    assert "我的</a>" not in office.get("/RP01/").text
    assert post(office, "/RP01/saved", title=" ", query=query).status_code == 422


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("report=none", "没有这张报表"),
        ("rows=none", "没有这个行维度"),
        ("rows=grade&columns=grade&show=persons", "行与列相同"),
        ("rows=grade&columns=x&show=persons", "没有这个列维度"),
        ("rows=place&show=days&show=persons", "“在外天数”不能按“途经地”划分"),
        ("rows=place&show=days", "“在外天数”不能按“途经地”划分"),
        ("from=2027-13-40", "日期不正确"),
        ("from=2027-05-01&to=2027-01-01", "已对调"),
        ("f.bureau=abc", "“单位”没有这个值"),
        ("f.month=" + "9" * 40, "“出发月份”没有这个值"),
        ("f.grade=none", "“级别”没有这个值"),
        ("f.nothing=1", "没有“nothing”这个条件"),
        ("x=1", "不认识的参数"),
    ],
)
def test_what_an_address_says_wrongly_is_named(office, query, said):
    answer = office.get("/RP01/?" + query)
    assert answer.status_code == 200
    assert said in answer.text


def test_strange_values_find_nothing_and_break_nothing(office):
    for value in ("'", "~", "999999999999999999", "-1", "坏"):
        for name in ("grade", "bureau", "month", "place", "length"):
            assert office.get(f"/RP01/?f.{name}={value}").status_code == 200, (name, value)
    assert office.get("/RP01/rows?of=none").status_code == 404


QUERY = "?rows=bureau&show=persons&from=2027-03-01"


def test_a_saved_table_is_shared_with_a_role_and_counted_under_the_receivers_scope(world, client):
    put(world)
    office, clerk = client("officer"), client("clerk", world.bureaus["east"])
    post(office, "/RP01/saved", title="各单位", query=QUERY, role="clerk")
    link = re.search(
        r'href="([^"]+saved=[0-9]+)"[^>]*>(?:(?!</a>).)*各单位</a>', clerk.get("/RP01/").text, re.S
    )[1]
    link = "/RP01/" + link.replace("&amp;", "&")
    assert figures(office.get(link).text)[-1] == ["合计", "7"]
    page = clerk.get(link).text
    assert figures(page) == [["east", "5"], ["合计", "5"]]
    assert "统计口径没有变" in page
    assert 'name="drop"' not in page
    pk = link.rpartition("=")[2]
    assert post(clerk, "/RP01/saved", drop=pk, query="").status_code == 404
    post(office, "/RP01/saved", title="各单位", query=QUERY)  # the same name, no longer shared
    assert "各单位</a>" not in clerk.get("/RP01/").text


def test_it_is_shared_with_nobody_who_may_not_open_it(office):
    page = office.get("/RP01/").text
    options = re.search(r'name="role">(.*?)</select>', page, re.S)[1]
    assert set(re.findall(r'value="([a-z]+)"', options)) == {"officer", "clerk"}
    answer = post(office, "/RP01/saved", title="各单位", query=QUERY, role="director")
    assert answer.status_code == 422
    assert "各单位</a>" not in office.get("/RP01/").text


def test_a_table_tells_when_what_is_counted_has_changed_since(office):
    post(office, "/RP01/saved", title="各单位", query=QUERY)
    with acting_as(SYSTEM), unit_of_work():
        session.scalars(select(SavedQuery)).one().basis = "00000000"
    session.remove()
    link = re.search(r'href="([^"]+saved=[0-9]+)"', office.get("/RP01/").text)[1].replace(
        "&amp;", "&"
    )
    assert "保存以后统计口径有调整（当时 00000000" in office.get("/RP01/" + link).text
