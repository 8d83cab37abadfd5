"""PP14, DA01, DA04, DA05: trips are found, counted, drawn and written about, as the demonstration has them."""

import re
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import registry
from app.core.jobs import background
from app.documents import pdf_conversion
from tests.harness.people import Browserlike
from tests.product.filing import at_screen


def trips(*conditions: Any) -> list[Any]:
    """Return the demonstration's trips that have been submitted, counted below the screens."""
    model: Any = registry.object("delegation").model
    query = select(model).where(model.submitted_on.is_not(None), model.state != "cancelled")
    with acting_as(SYSTEM), elevated():
        return list(session.scalars(query.where(*conditions)))


def cells(page: str, title: str) -> dict[str, str]:
    """Return the table beside a picture: what its rows are called, and their figures."""
    section = re.search(rf'<section[^>]*aria-label="{re.escape(title)}".*?</section>', page, re.S)
    assert section, title
    rows = re.findall(r"<tr[^>]*data-value.*?</tr>", section[0], re.S)
    texts = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return {plain(name): plain(value) for name, value in texts}


def plain(html: str) -> str:
    """Return the words of a piece of a page."""
    return re.sub(r"<[^>]+>|\s", "", html)


@pytest.fixture
def leader(demonstration: Flask) -> Browserlike:
    """A leader of the office, at the screen."""
    return at_screen(demonstration, "fao_director")


@pytest.mark.functions("PP14")
@pytest.mark.musts("PP14.2")
def test_trips_are_shown_as_a_table_and_as_pictures_of_the_same_rows(
    demonstration: Flask, leader: Browserlike
) -> None:
    everything = leader.get("/PP14/?view=charts").text
    kinds = cells(everything, "按出访类别")
    with acting_as(SYSTEM), elevated():
        model: Any = registry.object("delegation").model
        whole = session.scalar(select(func.count(model.id)).where(model.code.is_not(None)))
        online = session.scalar(
            select(func.count(model.id)).where(model.code.is_not(None), model.kind == "online")
        )
    assert sum(map(int, kinds.values())) == whole
    narrowed = leader.get("/PP14/?view=charts&f.kind=online").text
    assert sum(map(int, cells(narrowed, "按出访类别").values())) == online < whole
    assert re.search(rf"共\s*{online}\s*", plain(narrowed)) or str(online) in plain(narrowed)
    for title in ("按国家（地区）", "按出访类别", "按月份", "各单位出访人数"):
        assert cells(everything, title), title
    stranger = at_screen(demonstration, "liaison").get("/PP14/?view=charts").text
    assert not cells(stranger, "按出访类别"), "of others nothing is counted"


@pytest.mark.functions("DA04")
@pytest.mark.musts("DA04.2", "DA04.6")
def test_the_dashboard_draws_each_kind_of_picture_from_the_same_figures(
    demonstration: Flask, leader: Browserlike
) -> None:
    page = leader.get("/DA04/?span=all").text
    for form in ("bar", "line", "pie"):
        assert f'data-chart="{form}"' in page, form
    words = re.search(r'data-tile="hot".*?</section>', page, re.S)
    assert words
    assert re.search(r'<ul class="tile-body words">.*?depth-\d', words[0], re.S), "a cloud of words"
    number = re.search(r'data-tile="travels".*?</section>', page, re.S)
    assert number
    assert re.search(r'<polyline points="[\d., -]{20,}"', number[0]), "a course below the number"
    counted = trips()
    assert plain(number[0].partition("kpi-value")[2].partition("<small")[0]).endswith(
        str(sum(trip.headcount for trip in counted))
    )
    assert sum(map(int, cells(page, "团组类型").values())) == len(counted)
    for form in ("ranking", "heat"):
        assert f'class="tile-body {form}"' in page or f'class="{form}"' in page, form
    assert at_screen(demonstration, "liaison").get("/DA04/").status_code == 403


@pytest.mark.functions("DA05")
@pytest.mark.musts("DA05.1", "DA05.2")
def test_a_report_is_written_from_a_template_about_what_was_chosen(
    demonstration: Flask, leader: Browserlike, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(docx: bytes) -> bytes:
        raise pdf_conversion.OfficeMissing("服务器未安装 LibreOffice")

    monkeypatch.setattr(pdf_conversion, "pdf_of", missing)  # the Word file is what is asked for
    wrong = leader.post("/DA05/docx", data={"docx": "nothing", "from": "2026-01-01"})
    assert wrong.status_code == 422
    assert "请选择要生成的报告" in wrong.text

    def written(**chosen: str) -> Any:
        answer = leader.post("/DA05/docx", data={"docx": "analysis", **chosen})
        assert answer.status_code == 303, answer.text
        with acting_as(SYSTEM):
            while background.work_once("test"):
                pass
        with leader.get(f"{answer.location}/docx") as sent:
            return Document(BytesIO(sent.data))

    model: Any = registry.object("delegation").model
    spring = trips(model.depart_on >= "2026-01-01", model.depart_on <= "2026-06-30")
    file = written(**{"from": "2026-01-01", "to": "2026-06-30", "f.kind": "own"})
    own = [trip for trip in spring if trip.kind == "own"]
    said = "\n".join(paragraph.text for paragraph in file.paragraphs)
    assert "2026年1月1日至2026年6月30日" in said
    assert "{" not in said, "each place of the template is filled"
    purposes = next(t for t in file.tables if "团组数" in [c.text for c in t.rows[0].cells])
    column = [cell.text for cell in purposes.rows[0].cells].index("团组数")
    assert purposes.rows[-1].cells[column].text == str(len(own)) != str(len(spring))
    assert len(file.inline_shapes) >= 3, "pictures, not only tables"
    assert at_screen(demonstration, "liaison").get("/DA05/").status_code == 403


@pytest.mark.functions("DA01")
@pytest.mark.musts("DA01.2", "DA01.4")
def test_each_statistic_goes_out_as_it_is_shown_in_every_format(
    demonstration: Flask, leader: Browserlike
) -> None:
    reports = [report.name for report in registry.report_model("trips").reports]
    for name in reports:
        sheet = load_workbook(BytesIO(leader.get(f"/DA01/export?report={name}").data)).active
        assert sheet is not None
        rows = [[str(c) for c in row if c is not None] for row in sheet.iter_rows(values_only=True)]
        total = next(row for row in rows if row[0] == "合计")
        shown = re.search(r"<tfoot>.*?</tfoot>", leader.get(f"/DA01/?report={name}").text, re.S)
        assert shown, name
        texts = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", shown[0], re.S)
        figures = [plain(text).replace(",", "") for text in texts]
        assert [float(n) for n in figures[1:]] == [float(n) for n in total[1:]], name

    units = "/DA01/export?report=units"
    rows = list(load_workbook(BytesIO(leader.get(units).data)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    total = next(row for row in rows if row[0] == "合计")
    assert total[1] == len(trips()), "each trip counts once"
    csv = leader.get("/DA01/export/csv?report=units").data.decode("utf-8-sig")
    assert f"合计,{len(trips())}," in csv
    answer = leader.post("/DA01/export/paper", data={"query": "?report=units"})
    assert answer.status_code == 303
    with acting_as(SYSTEM):
        while background.work_once("test"):
            pass
    for form, start in (("docx", b"PK"), ("pdf", b"%PDF"), ("png", b"\x89PNG")):
        with leader.get(f"{answer.location}/{form}") as sent:
            assert sent.data.startswith(start), form
    reader = at_screen(demonstration, "liaison")
    assert reader.get("/DA01/").status_code == 200
    assert reader.get(units).status_code == 403
