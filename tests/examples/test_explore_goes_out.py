"""What an analysis is taken out as: a workbook, values, Word, a picture, PDF; and under which name."""

import csv
import io
import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit.history import Change
from app.core.db.database import session
from app.core.declare import registry
from app.core.jobs import background
from app.documents import pdf_conversion
from tests.app.security.people import post
from tests.examples.exploring import NESTED, office_of, officer, rows

__all__ = ["office_of", "officer"]  # fixtures


def work(app):
    with app.app_context(), acting_as(SYSTEM):
        while background.work_once("test"):
            pass


@pytest.mark.musts("DA06.3")
def test_it_goes_out_as_a_workbook_that_says_what_was_asked(officer):
    answer = officer.get(f"/RP04/export?{NESTED}&from=2027-01-01&f.grade=head&f.grade=staff")
    book = load_workbook(io.BytesIO(answer.data))
    lines = [[cell.value for cell in row] for row in book.active.rows]
    assert lines[0] == ["单位", "级别", "2027-03", "2027-04", "合计"]
    assert lines[1:3] == [["east", "小计", 4, 0, 4], ["east", "主要负责人", 1, 0, 1]]
    assert lines[-1] == ["合计", None, 4, 2, 6]
    said = {row[0].value: row[1].value for row in book["说明"].rows}
    assert said["统计条件"] == "出发：2027年1月1日起；级别：主要负责人、其他人员"
    assert said["统计口径版本"] == registry.report_model("journeys").basis
    with acting_as(SYSTEM):
        (note,) = session.scalars(select(Change).where(Change.object == "export")).all()
    assert said["统计条件"] in note.detail, "the history names it in words"


def test_it_goes_out_as_values_that_no_spreadsheet_takes_for_a_formula(officer, monkeypatch):
    answer = officer.get("/RP04/export/csv?rows=bureau&columns=month&show=persons&show=mean")
    assert answer.data[:3] == b"\xef\xbb\xbf"
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert lines[0] == ["单位", *(
        f"{group} {measure}" for group in ("2027-03", "2027-04", "合计") for measure in ("人次", "平均天数")
    )]  # fmt: skip
    assert lines[1] == ["east", "5", "3.5", "0", "", "5", "3.5"]
    model = registry.report_model("journeys")
    monkeypatch.setitem(registry.registry().reports, "journeys", replace(
        model, dimensions=tuple(replace(one, title="=1+1") for one in model.dimensions)
    ))  # fmt: skip
    text = officer.get("/RP04/export/csv?rows=grade&show=persons").data.decode("utf-8-sig")
    assert text.startswith("'=1+1,")


@pytest.mark.parametrize(
    ("asked_for", "name"),
    [
        ("report=by_grade", "人次、团组数、人天（按级别）"),
        ("rows=bureau&columns=month&show=persons", "人次（按单位与出发月份）"),
    ],
)
def test_it_goes_out_under_what_is_analysed(officer, asked_for, name):
    """Also where a shipped report shows the same table: that name says nothing of an analysis."""
    answer = officer.get(f"/RP04/export?{asked_for}")
    assert quote(name) in answer.headers["Content-Disposition"]
    assert f"<h2>{name}</h2>" in officer.get(f"/RP04/?{asked_for}").text


def without_office(monkeypatch):
    def missing(docx):
        raise pdf_conversion.OfficeMissing("服务器未安装 LibreOffice")

    monkeypatch.setattr(pdf_conversion, "pdf_of", missing)


def made(app, person, asked_for):
    clock.set_clock(None)
    answer = post(person, "/RP04/export/paper", query=f"?{asked_for}")
    assert answer.status_code == 303
    work(app)
    return answer.location, person.get(answer.location).text


def test_it_goes_out_as_word_and_picture(app, officer, monkeypatch):
    without_office(monkeypatch)
    where, page = made(app, officer, f"{NESTED}&chart=line&from=2027-01-01")
    assert "下载图片" in page
    assert "没有生成 PDF：服务器未安装 LibreOffice" in page
    file = Document(io.BytesIO(officer.get(f"{where}/docx").data))
    cells = [[cell.text for cell in row.cells] for row in file.tables[0].rows]
    assert cells[0] == ["单位", "级别", "2027-03", "2027-04", "合计"]
    assert cells[1] == ["east", "小计", "5", "0", "5"]
    assert cells[-1] == ["合计", "", "5", "2", "7"]
    said = "\n".join(one.text for one in file.paragraphs)
    assert "统计条件：出发：2027年1月1日起" in said
    assert registry.report_model("journeys").basis in said
    assert len(file.inline_shapes) == 1
    picture = Image.open(io.BytesIO(officer.get(f"{where}/png").data))
    assert picture.format == "PNG"
    assert len(picture.convert("RGB").getcolors(1 << 24)) > 8, "something is drawn"
    back = re.search(r'href="(/RP04/\?[^"]+)">(?:(?!</a>).)*返回统计表', page, re.S)[1]
    assert rows(officer.get(back.replace("&amp;", "&")).text)[-1] == ["合计", "5", "2", "7"]
    with app.app_context(), acting_as(SYSTEM):
        (note,) = session.scalars(select(Change).where(Change.object == "export")).all()
        assert '"png"' in note.detail


def test_an_empty_table_has_no_picture(app, officer, monkeypatch):
    without_office(monkeypatch)
    where, page = made(app, officer, "rows=grade&show=persons&from=2030-01-01")
    assert "下载图片" not in page
    assert officer.get(f"{where}/png").status_code == 409
    file = Document(io.BytesIO(officer.get(f"{where}/docx").data))
    assert not file.tables
    assert "没有符合条件的记录" in "\n".join(one.text for one in file.paragraphs)


@pytest.mark.skipif(not pdf_conversion.soffice(), reason="LibreOffice is not installed")
@pytest.mark.musts("DA06.5")
def test_it_goes_out_as_pdf(app, officer):
    where, page = made(app, officer, NESTED)
    assert "下载 PDF" in page
    assert officer.get(f"{where}/pdf").data[:5] == b"%PDF-"


def test_a_file_of_somebody_else_is_not_there(app, officer, client, monkeypatch):
    without_office(monkeypatch)
    where, _ = made(app, officer, NESTED)
    assert client("keeper").get(where).status_code == 403
    other = where.replace("/RP04/", "/RP01/")
    assert officer.get(other).status_code == 404


def test_the_worker_refuses_a_model_that_is_no_longer_analysed_here(app, officer, monkeypatch):
    clock.set_clock(None)
    answer = post(officer, "/RP04/export/paper", query="?model=papers")
    known = registry.registry().functions
    monkeypatch.setitem(known, "RP04", replace(known["RP04"], models=("journeys",)))
    work(app)
    page = officer.get(answer.location).text
    assert "这个功能已不再分析这类数据" in page
