"""An analysis: tables that people put together over several models, kept and shared."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl, quote

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.reports import query, saved
from app.reports.models import SavedQuery
from app.reports.table import Room, table
from app.web.reports import explore
from tests.app.security.people import post
from tests.examples.exploring import NESTED, links, office_of, officer, rows
from tests.examples.test_reports import asked, put
from tests.harness.statements import heard

__all__ = ["office_of", "officer"]  # fixtures


def test_it_opens_with_a_table_of_its_first_model_and_lets_people_choose_another(officer):
    page = officer.get("/RP04/").text
    assert rows(page)[-1] == ["合计", "7", "4", "21"]
    models = re.search(r'aria-label="分析哪类数据">(.*?)</nav>', page, re.S)[1]
    assert re.findall(r'href="\?model=(\w+)"( aria-current="page")?', models) == [
        ("journeys", ' aria-current="page"'), ("papers", "")
    ]  # fmt: skip
    page = officer.get("/RP04/?model=papers").text
    assert '<option value="place" selected>所在</option>' in page
    assert "出发月份" not in page


def test_rows_within_rows_have_sums_of_their_own(officer):
    page = officer.get(f"/RP04/?{NESTED}").text
    assert rows(page) == [
        ["east", "5", "0", "5"], ["主要负责人", "1", "0", "1"], ["副职", "1", "0", "1"],
        ["其他人员", "3", "0", "3"],
        ["west", "0", "2", "2"], ["主要负责人", "0", "1", "1"], ["其他人员", "0", "1", "1"],
        ["合计", "5", "2", "7"],
    ]  # fmt: skip
    assert "单位 › 级别" in page
    page = officer.get("/RP04/?rows=bureau&inner=place&show=persons").text
    assert rows(page)[0] == ["east", "5"]
    assert [line[1] for line in rows(page)[1:4]] == ["2", "3", "2"], "one stands under two places"
    assert "各项之和可能大于合计" in page


def test_each_figure_leads_to_exactly_its_records_and_back_to_the_same_table(officer):
    asked_for = f"/RP04/?{NESTED}&f.length={quote('三天以内')}&f.grade=staff&f.grade=head"
    page = officer.get(asked_for).text
    found = links(page)
    assert len(found) > 8
    for link, shown in found:
        behind = officer.get(link).text
        assert len(re.findall(r'<td class="first', behind)) == shown, link
        back = re.search(r'href="(/RP04/\?[^"]+)">(?:(?!</a>).)*返回分析', behind, re.S)[1]
        again = officer.get(back.replace("&amp;", "&")).text
        assert rows(again) == rows(page), link


def test_a_measure_that_may_not_be_added_is_refused_with_its_reason(officer):
    for side in ("rows=place", "rows=grade&inner=place", "rows=grade&columns=place"):
        page = officer.get(f"/RP04/?{side}&show=days&show=persons").text
        assert "“在外天数”不能按“途经地”划分（会重复计算），已略去" in page, side
        assert re.search(r'value="days" disabled aria-describedby="x-why-days"', page), side
        assert "不能按“途经地”划分，会重复计算" in page
        assert "在外天数</th>" not in page
    page = officer.get("/RP04/?rows=place&show=days").text
    assert "在外天数</th>" not in page
    assert rows(page)[-1] == ["合计", "4"], "another measure takes its place"


def test_where_no_measure_may_be_divided_the_table_is_divided_less(officer, monkeypatch):
    model = registry.report_model("journeys")
    never = tuple(replace(item, not_by=("place",)) for item in model.measures)
    monkeypatch.setitem(
        registry.registry().reports, "journeys", replace(model, measures=never, reports=model.reports[:1])
    )  # fmt: skip
    page = officer.get("/RP04/?rows=grade&columns=place&show=persons").text
    assert "没有指标可以这样划分，已减少维度" in page
    assert rows(page)[-1] == ["合计", "4"]
    page = officer.get("/RP04/?rows=place&show=persons").text
    assert "没有指标可以按“途经地”划分" in page
    assert rows(page)[-1] == ["合计", "7", "4", "21"]


def test_the_measure_in_the_picture_is_chosen(officer):
    page = officer.get("/RP04/?rows=grade&show=persons&show=journeys&draw=journeys").text
    assert 'data-measure="团组数"' in page
    drawn = re.findall(r'data-value="(\d+)"', page)
    assert drawn == ["2", "1", "3"]


def test_the_most_comes_first_where_that_is_asked_for(officer):
    asked_for = "rows=grade&inner=place&show=journeys&show=persons&draw=persons"
    names = [line[0] for line in rows(officer.get(f"/RP04/?{asked_for}").text)]
    assert [name for name in names if "人" in name or name == "副职"] == [
        "主要负责人",
        "副职",
        "其他人员",
    ]
    page = officer.get(f"/RP04/?{asked_for}&order=largest").text
    whole = [line for line in rows(page) if line[0] in ("主要负责人", "副职", "其他人员")]
    assert whole == [["其他人员", "3", "4"], ["主要负责人", "2", "2"], ["副职", "1", "1"]]
    assert rows(page)[1:3] == [["北城", "2", "2"], ["南城", "1", "2"]]
    lines = (
        officer.get(f"/RP04/export/csv?{asked_for}&order=largest")
        .data.decode("utf-8-sig")
        .splitlines()
    )
    assert lines[1].startswith("其他人员,")
    page = officer.get("/RP04/?rows=month&show=persons&order=largest").text
    assert [line[0] for line in rows(page)] == ["2027-03", "2027-04", "合计"], (
        "days keep their order"
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("model=none", "这里没有“none”这类数据，已显示“出行统计”"),
        ("rows=none", "没有这个行维度"),
        ("rows=grade&inner=x", "没有这个第二层行维度"),
        ("rows=grade&inner=grade", "两层行维度相同"),
        ("rows=grade&columns=x", "没有这个列维度"),
        ("rows=grade&inner=month&columns=month", "行与列相同"),
        ("rows=grade&show=x&show=persons", "有不认识的指标，已略去"),
        ("rows=grade&draw=x", "没有要画成图的这个指标"),
        ("rows=grade&chart=rose", "没有这种图形"),
        ("rows=grade&order=least", "没有这种次序"),
        ("rows=grade&columns=month&show=persons&chart=pie", "分了列的表画不成饼图，已改画柱形"),
        ("rows=place&show=persons&chart=pie", "一件可以有几个“途经地”"),
        ("rows=grade&show=head_share&chart=pie", "各组的“主要负责人占比”加起来不是整体"),
        ("rows=grade&show=persons&show=head_share&draw=head_share&chart=pie", "已改画柱形"),
        ("from=2027-02-30", "日期不正确，没有按它统计：2027-02-30"),
        ("f.grade=none", "“级别”没有这个值"),
        ("f.nothing=1", "没有“nothing”这个条件"),
        ("at.nothing=1", "没有“nothing”这个条件"),
        ("saved=99", "没有这份保存的分析，或已不再共享给您"),
        ("saved=x", "没有这份保存的分析，或已不再共享给您"),
        ("x=1", "不认识的参数"),
        ("model=papers&rows=month", "没有这个行维度"),
    ],
)
def test_what_an_address_says_wrongly_is_named(officer, query, said):
    answer = officer.get("/RP04/?" + query)
    assert answer.status_code == 200
    assert said in answer.text
    assert "report-table" in answer.text or "没有可以统计的记录" in answer.text


def test_the_number_of_measures_is_bounded(officer, monkeypatch):
    model = registry.report_model("journeys")
    more = tuple(replace(model.measures[1], name=f"m{n}", title=f"数{n}") for n in range(8))
    monkeypatch.setitem(
        registry.registry().reports, "journeys", replace(model, measures=model.measures + more)
    )
    page = officer.get("/RP04/?rows=grade&" + "&".join(f"show=m{n}" for n in range(8))).text
    assert "最多同时看 6 个指标" in page
    assert len(rows(page)[0]) == 7


def test_more_groups_than_can_be_read_are_refused_and_what_was_chosen_stays(officer, monkeypatch):
    monkeypatch.setattr(query, "MOST", 2)
    answer = officer.get("/RP04/?rows=bureau&columns=month&show=journeys")
    assert answer.status_code == 200
    assert "分组超过 2 个" in answer.text
    assert '<option value="bureau" selected>' in answer.text
    assert "report-table" not in answer.text
    assert "导出" not in answer.text
    assert officer.get("/RP04/export?rows=bureau&columns=month").status_code == 403


def test_a_page_holds_so_many_figures_and_the_total_is_of_all(officer, monkeypatch):
    monkeypatch.setattr(explore, "PAGE", Room(cells=9))
    page = officer.get(f"/RP04/?{NESTED}").text
    assert rows(page) == [
        ["east", "5", "0", "5"], ["主要负责人", "1", "0", "1"], ["副职", "1", "0", "1"],
        ["合计", "5", "2", "7"],
    ]  # fmt: skip
    assert "另有 4 行没有列出，合计包括它们" in page


def test_a_table_of_rows_within_rows_is_one_statement(world):
    put(world)
    question = asked(rows="bureau", columns="month", show=("persons", "days", "mean"))
    question = replace(question, inner=question.model.dimension("grade"))
    with world.acting("officer") as actor, acting_as(actor, "RP04"):
        table(question)  # dictionaries are read once
        with heard() as ran:
            table(question)
    assert len(ran) == 2, "and one for the names of bureaus"


# -- who may see what


def test_it_opens_for_its_roles_and_counts_what_each_may_see(world, office_of):
    assert office_of("director").get("/RP04/").status_code == 403
    clerk = office_of("clerk", world.bureaus["east"])
    page = clerk.get("/RP04/?rows=bureau&inner=month&show=persons").text
    assert rows(page) == [["east", "5"], ["2027-03", "5"], ["合计", "5"]]
    assert "导出" not in page
    values = clerk.get("/RP04/values?rows=grade&by=bureau").text
    assert "east" in values
    assert "west" not in re.sub(r"<nav.*?</nav>", "", values, flags=re.S)
    west = clerk.get(f"/RP04/?rows=grade&f.bureau={world.bureaus['west']}").text
    assert "没有可以统计的记录" in west
    assert "west" not in west
    behind = clerk.get(f"/RP04/rows?rows=bureau&at.bureau={world.bureaus['west']}&of=persons").text
    assert "没有可以查看的明细" in behind


def test_without_a_grant_nothing_is_exported_or_kept(world, office_of):
    clerk, director = office_of("clerk", world.bureaus["east"]), office_of("director")
    for path in ("/RP04/export", "/RP04/export/csv", "/RP04/rows/export?of=persons"):
        assert clerk.get(path).status_code == 403, path
        assert director.get(path).status_code == 403, path
    assert post(clerk, "/RP04/export/paper", query="?rows=grade").status_code == 403
    for path in ("/RP04/values?by=grade", "/RP04/rows?of=persons"):
        assert director.get(path).status_code == 403, path
    assert post(director, "/RP04/saved", title="我的", query="?rows=grade").status_code == 403


# -- conditions


def test_conditions_are_ticked_among_the_values_that_there_are(officer, world):
    page = officer.get("/RP04/values?rows=grade&show=persons&f.grade=head&by=bureau").text
    assert "条件：单位" in page
    values = re.findall(r'name="f.bureau" value="(\d+)"', page)
    assert values == [str(world.bureaus[name]) for name in ("east", "west")]
    only_east = officer.get("/RP04/values?rows=grade&show=persons&f.place=coast&by=bureau").text
    assert re.findall(r'name="f.bureau" value="(\d+)">', only_east) == values[:1]
    hidden = dict(re.findall(r'type="hidden" name="([\w.]+)" value="([^"]*)"', page))
    assert hidden["f.grade"] == "head"
    assert hidden["rows"] == "grade"
    apart = officer.get(
        "/RP04/values?rows=grade&by=bureau", headers={"X-Requested-With": "fetch"}
    ).text
    assert "<html" not in apart
    assert 'data-title="条件：单位"' in apart
    page = officer.get("/RP04/values?rows=grade&f.month=209912&by=month").text
    assert re.search(r'value="209912" checked', page), "what is set can be taken away"
    assert officer.get("/RP04/values?by=none").status_code == 404


def test_a_condition_narrows_every_figure_and_is_shown_to_be_taken_away(officer, world):
    east = world.bureaus["east"]
    page = officer.get(f"/RP04/?rows=grade&show=persons&f.bureau={east}&f.place=north").text
    assert rows(page) == [["主要负责人", "1"], ["其他人员", "1"], ["合计", "2"]]
    assert "单位：east" in page
    without = re.search(r'class="close" href="([^"]+)"[^>]*aria-label="去掉条件 单位：east"', page)[
        1
    ]
    assert rows(officer.get("/RP04/" + without.replace("&amp;", "&")).text)[-1] == ["合计", "3"]


# -- what is kept


def keep(person, title, query, role=""):
    answer = post(person, "/RP04/saved", title=title, query=query, role=role)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_what_is_kept_is_opened_again_by_its_owner_and_by_the_role_under_their_own_reach(
    world, office_of
):
    officer, clerk = office_of("officer"), office_of("clerk", world.bureaus["east"])
    where = keep(officer, "各单位人次", "?model=journeys&rows=bureau&show=persons", "clerk")
    assert rows(officer.get(where).text)[-1] == ["合计", "7"]
    page = clerk.get("/RP04/").text
    (link,) = re.findall(r'href="([^"]+saved=\d+)">各单位人次<', page)
    shared = clerk.get(link.replace("&amp;", "&")).text
    assert rows(shared) == [["east", "5"], ["合计", "5"]]
    assert "各单位人次”由" in shared
    assert "统计口径没有变" in shared
    assert "数字按您现在的查看范围重新统计" in shared
    assert "已共享给" in officer.get("/RP04/").text
    assert "统计口径没有变" not in officer.get(where).text, "one's own, just as it was kept"
    with acting_as(SYSTEM), unit_of_work():
        session.scalars(select(SavedQuery)).one().basis = "00000000"
    session.remove()
    assert "保存以后统计口径有调整（当时 00000000" in officer.get(where).text
    pk = link.rpartition("=")[2]
    assert post(clerk, "/RP04/saved", drop=pk, query="").status_code == 404
    assert "各单位人次" not in clerk.get("/RP01/").text, "it belongs to this function"
    assert post(officer, "/RP04/saved", drop=pk, query="").status_code == 303
    assert "没有这份保存的分析" in clerk.get(link.replace("&amp;", "&")).text


def test_nothing_is_kept_that_cannot_be(officer):
    assert post(officer, "/RP04/saved", title=" ", query="?rows=grade").status_code == 422
    assert (
        post(officer, "/RP04/saved", title="甲", query="?rows=grade", role="director").status_code
        == 422
    )
    long = "?rows=grade" + "&f.bureau=1" * 1000
    assert post(officer, "/RP04/saved", title="甲", query=long).status_code == 422
    # the other model says nothing of sharing
    papers = post(officer, "/RP04/saved", title="甲", query="?model=papers", role="clerk")
    assert papers.status_code == 422
    with acting_as(SYSTEM):
        assert session.scalars(select(SavedQuery)).all() == []


def test_what_was_kept_of_a_model_that_has_gone_says_so(officer, monkeypatch):
    where = keep(officer, "证件", "?model=papers&rows=place&show=papers")
    known = registry.registry().functions
    monkeypatch.setitem(known, "RP04", replace(known["RP04"], models=("journeys",)))
    page = officer.get(where).text
    assert "这里没有“papers”这类数据" in page
    assert dict(parse_qsl(where.partition("?")[2]))["model"] == "papers"
    assert saved.MOST >= 20
