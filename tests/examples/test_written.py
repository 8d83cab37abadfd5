"""Written reports: figures as counted by hand in the Word file, pictures, the job, and what is refused."""

import io
import zipfile

import pytest
from docx import Document
from PIL import Image
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit.history import Change
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.files.attachments import MEDIA_TYPES
from app.core.jobs import background
from app.core.jobs.background import LongJob
from app.documents import pdf_conversion
from app.reports import charts
from app.web.excel import told
from tests.app.web.desk.people import hidden
from tests.examples.test_reports import put

ALLOWED = 303


@pytest.fixture
def office_of(world, client):
    """Somebody of a role signed in, over the four journeys that were counted by hand."""
    put(world)
    clock.set_clock(None)
    return client


def without_office(monkeypatch):
    def missing(docx):
        raise pdf_conversion.OfficeMissing("服务器未安装 LibreOffice")

    monkeypatch.setattr(pdf_conversion, "pdf_of", missing)


def work(app):
    with app.app_context(), acting_as(SYSTEM):
        while background.work_once("test"):
            pass


def ask(person, function="RP03", form="/RP01/", **sent):
    """Send the form, with the key that every page of the person holds."""
    key = hidden(person, form)["csrf_token"]
    return person.post(f"/{function}/docx", data={"docx": "analysis", "csrf_token": key, **sent})


def written(app, person, function="RP03", **sent):
    """Ask for a report, let the worker write it, and return its page and the Word file."""
    answer = ask(person, function, **sent)
    assert answer.status_code == ALLOWED, answer.text
    work(app)
    page = person.get(answer.location).text
    assert "报告已生成" in page, page
    return answer.location, Document(io.BytesIO(person.get(f"{answer.location}/docx").data))


def cells(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def texts(file):
    return "\n".join(paragraph.text for paragraph in file.paragraphs)


def test_figures_are_those_counted_by_hand(app, office_of, monkeypatch):
    without_office(monkeypatch)
    _, file = written(app, office_of("officer"))
    months, where = file.tables
    assert cells(months) == [
        ["出发月份", "团组数", "人次", "在外天数", "平均天数"],
        ["2027-03", "2", "5", "7", "3.5"],
        ["2027-04", "2", "2", "5", "2.5"],
        ["合计", "4", "7", "12", "3.0"],
    ]
    assert cells(where) == [
        ["途经地", "主要负责人", "副职", "其他人员", "合计"],
        ["北城", "1", "0", "2", "3"],
        ["南城", "0", "1", "2", "3"],
        ["海滨", "1", "0", "1", "2"],
        ["（空）", "1", "0", "0", "1"],
        ["合计", "2", "1", "4", "7"],
    ]
    said = texts(file)
    assert "全部日期，共出行 7 人次，平均 3.0 天。" in said
    assert "各行" not in said
    assert "各项之和可能大于合计" in said
    assert "{" not in said


def test_it_says_what_was_asked_and_what_the_figures_count(app, office_of, monkeypatch):
    without_office(monkeypatch)
    sent = {"from": "2027-04-01", "to": "2027-04-30", "f.grade": "head"}
    _, file = written(app, office_of("officer"), **sent)
    said = texts(file)
    assert "2027年4月1日至2027年4月30日，共出行 1 人次，平均 4.0 天。" in said
    basis = registry.report_model("journeys").basis
    assert f"2027年4月1日至2027年4月30日；级别：主要负责人。统计口径：{basis}。" in said
    assert cells(file.tables[0])[-1] == ["合计", "1", "1", "4", "4.0"]
    with app.app_context(), acting_as(SYSTEM):
        note = session.scalars(select(Change).where(Change.object == "export")).one()
        assert basis in note.detail
        assert "级别：主要负责人" in note.detail
        lines = {line.label: line.after for line in told.exported(note)}
    assert (lines["格式"], lines["统计口径版本"]) == ("Word", basis)
    assert not {"行数", "列"} & lines.keys(), "a report is no list of rows"


def test_pictures_stand_in_it(app, office_of, monkeypatch):
    without_office(monkeypatch)
    _, file = written(app, office_of("officer"))
    assert len(file.inline_shapes) == 3
    sizes = [
        Image.open(io.BytesIO(part.blob)).size
        for part in file.part.package.image_parts
    ]  # fmt: skip
    assert all(width > 1000 and height > 400 for width, height in sizes)


def test_pictures_are_drawn_of_their_figures():
    two = charts.drawn("bar", "人次", [("甲", 1.0, "1"), ("乙", 9.0, "9")]).getvalue()
    same = charts.drawn("bar", "人次", [("甲", 1.0, "1"), ("乙", 9.0, "9")]).getvalue()
    other = charts.drawn("bar", "人次", [("甲", 9.0, "9"), ("乙", 1.0, "1")]).getvalue()
    assert two == same != other


@pytest.mark.parametrize("form", ["bar", "line", "pie"])
@pytest.mark.parametrize("name", ["$x^{", r"\frac{", "_nolegend_", "很" * 300, "a\nb", "%s{}"])
def test_no_name_breaks_a_picture(form, name):
    points = [(name, 3.0, "3"), ("其他", 0.0, "0")]
    Image.open(charts.drawn(form, name, points)).verify()


def test_nothing_found_is_said(app, office_of, monkeypatch):
    without_office(monkeypatch)
    _, file = written(app, office_of("officer"), **{"from": "2030-01-01"})
    assert not file.tables
    assert not file.inline_shapes
    assert "2030年1月1日起，共出行 0 人次，平均 — 天。去得最多的是无。" in texts(file)
    assert texts(file).count("（没有符合条件的记录）") == 5


def test_nobody_writes_without_the_right(app, world, office_of, monkeypatch):
    without_office(monkeypatch)
    clerk = office_of("clerk", world.bureaus["east"])
    assert clerk.get("/RP03/").status_code == 403
    assert ask(clerk).status_code == 403
    assert clerk.get("/RP01/").status_code == 200
    assert "生成报告" not in clerk.get("/RP01/").text
    assert ask(clerk, "RP01").status_code == 403
    with app.app_context(), acting_as(SYSTEM):
        assert session.scalars(select(LongJob)).first() is None


def test_figures_are_limited_to_what_the_person_reaches(world):
    from app.reports import written as made
    from app.reports.arguments import Asked

    put(world)
    model = registry.report_model("journeys")
    everything = Asked(model=model, rows=None, show=())
    with world.acting("clerk") as actor, acting_as(actor, "RP01"):
        found = made.made(model, model.docx[0], everything, "全部", "全部")
    assert found.tables["persons"].whole == (5,)  # of the east alone
    assert cells(Document(io.BytesIO(found.docx)).tables[0])[-1][2] == "5"


def test_a_right_that_was_taken_away_meanwhile_counts(app, office_of, monkeypatch):
    person = office_of("officer")
    page = ask(person).location
    assert "正在排队" in person.get(page).text
    waiting = person.get(page.replace("docx/", "jobs/") + "/progress")
    assert "回到本功能的“最近的任务”即可看到结果" in waiting.text
    assert person.get(f"{page}/docx").status_code == 409

    def nobody(user_id):
        from app.core.access.actor import Actor

        return Actor(user_id=user_id, name="无权", org_id=None, roles=frozenset())

    from app.security import request_identity

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(request_identity, "actor_of", nobody)
        work(app)
    assert "您的权限已被收回" in person.get(page).text
    assert person.get(f"{page}/docx").status_code == 409


def test_bad_input_is_said_and_kept(app, office_of):
    person = office_of("officer")
    sent = {"from": "2027-13-40", "to": "2027-04-30", "f.grade": "<b>"}
    answer = ask(person, **sent)
    assert answer.status_code == 422
    assert "日期不正确" in answer.text
    assert "“级别”没有这个值" in answer.text
    assert 'value="2027-13-40"' in answer.text
    answer = ask(person, docx="../../etc/passwd")
    assert answer.status_code == 422
    assert "请选择要生成的报告" in answer.text
    assert person.get("/RP03/docx/999").status_code == 404
    with app.app_context(), acting_as(SYSTEM):
        assert session.scalars(select(LongJob)).first() is None


def test_hostile_names_are_text(app, world, office_of, monkeypatch):
    without_office(monkeypatch)
    hostile = "<w:p/>&{{ 7*7 }}{% for x in y %}\x0b$a_b$</w:t>"
    monkeypatch.setattr(
        "app.core.reference.dictionaries.title", lambda book, code: f"{hostile}{code}"
    )
    _, file = written(app, office_of("officer"))
    names = [row[0] for row in cells(file.tables[1])]
    assert "<w:p/>&{{ 7*7 }}{% for x in y %}$a_b$</w:t>north" in names


def test_others_do_not_get_it(app, office_of, monkeypatch):
    without_office(monkeypatch)
    person = office_of("officer")
    page, _ = written(app, person)
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        session.scalars(select(LongJob)).one().user_id += 1000
    assert person.get(page).status_code == 404
    assert person.get(f"{page}/docx").status_code == 404


def test_without_libreoffice_the_word_file_remains(app, office_of, monkeypatch):
    without_office(monkeypatch)
    person = office_of("officer")
    page, _ = written(app, person)
    assert "没有生成 PDF：服务器未安装 LibreOffice" in person.get(page).text
    answer = person.get(f"{page}/pdf")
    assert answer.status_code == 409
    assert "服务器未安装 LibreOffice" in answer.text


@pytest.mark.skipif(not pdf_conversion.soffice(), reason="LibreOffice is not installed")
def test_it_comes_as_pdf_too(app, office_of):
    person = office_of("officer")
    page, _ = written(app, person, function="RP01")
    assert "下载 PDF" in person.get(page).text
    answer = person.get(f"{page}/pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data[:5] == b"%PDF-"
    answer = person.get(f"{page}/docx")
    assert answer.mimetype == MEDIA_TYPES["docx"]
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()


@pytest.mark.parametrize("most", [0, 4, 8])
def test_lying_bars_stand_in_the_order_of_their_table(most):
    """The first group at the top; upside down, names and bars would belong to each other no more than to the table."""
    points = [(f"第{n}个很长的单位名称", 9.0 if n == most else 1.0, "") for n in range(9)]
    picture = Image.open(charts.drawn("bar", "人次", points)).convert("RGB")
    blue = tuple(int(charts.BLUE[n : n + 2], 16) for n in (1, 3, 5))
    pixels = picture.load()
    lengths = [
        sum(pixels[x, y] == blue for x in range(0, picture.width, 4)) for y in range(picture.height)
    ]
    bars = [y for y, length in enumerate(lengths) if length]
    longest = [y for y, length in enumerate(lengths) if length == max(lengths)]
    place = (sum(longest) / len(longest) - bars[0]) / (bars[-1] - bars[0])
    assert round(place * 8) == most
