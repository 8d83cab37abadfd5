"""Imports: looked through before anything is written, all or nothing, and by whom they are granted."""

import io
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit.history import Change
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.jobs import background
from app.core.jobs.background import LongJob, folder, queue
from app.web.excel import importing, intake
from tests.harness.people import organisation
from tests.harness.statements import heard
from tests.product.sheets import cells, content, filled, persons, send, words

PEOPLE = "PP11"


def model(name: str) -> Any:
    return registry.object(name).model


def count(name: str) -> int:
    with acting_as(SYSTEM), elevated():
        return int(session.scalar(select(func.count()).select_from(model(name))) or 0)


def work() -> None:
    """Do what the worker does, until nothing waits."""
    with acting_as(SYSTEM):
        while background.work_once("test"):
            pass


def filed_unit() -> Any:
    """Make a unit that may file."""
    unit = organisation()
    with acting_as(SYSTEM), unit_of_work():
        session.get(model("unit"), unit.id).state = "filed"
    return unit


@pytest.fixture
def liaison(client_for):
    """Somebody who files for a unit."""
    return client_for("liaison", name="陈思远", org=filed_unit())


@pytest.fixture
def template(liaison) -> bytes:
    """The workbook to fill in."""
    return liaison.get(f"/{PEOPLE}/import/template").data


def checked(client, sent: bytes, function: str = PEOPLE) -> str:
    """Upload a workbook, and return the address of what was found."""
    answer = send(client, function, sent)
    assert answer.status_code == 303, words(answer)
    return str(answer.location)


def test_the_template_says_everything(template: bytes) -> None:
    book = load_workbook(io.BytesIO(template))
    assert book.sheetnames == ["出访人员", "家庭成员", "填写说明", "选项"]
    assert book["选项"].sheet_state == "hidden"
    heads = [cell.value for cell in book["出访人员"][1]]
    assert heads[:2] == ["序号 *", "姓名 *"]
    assert "曾用名" in heads
    assert not {"备案日期", "工作单位", "状态"} & set(heads), "only what people type"
    lists = {
        str(v.sqref).rstrip("0123456789"): v
        for v in book["出访人员"].data_validations.dataValidation
    }
    assert len(lists) >= 6
    assert all(v.formula1.startswith("'选项'!$") for v in lists.values())
    help_text = {row[1]: row for row in book["填写说明"].iter_rows(values_only=True) if row[1]}
    assert help_text["姓名"][2] == "是"
    assert "身份证" in str(help_text["身份证号码"])
    assert "最多 100 字" in str(help_text["职务"])


def test_a_good_workbook_is_imported_as_drafts_of_the_own_unit(liaison, template, app) -> None:
    page = checked(liaison, content(filled(template, *persons(range(3)))))
    assert "全部 3 行检查通过" in words(liaison.get(page))
    assert count("person") == 0, "nothing is written by looking"
    answer = liaison.post(f"{page}/write", data={"mode": "all"})
    assert "写入 3 条" in words(liaison.get(answer.location))
    with acting_as(SYSTEM):
        people = session.scalars(select(model("person")).order_by(model("person").id)).all()
        assert {person.state for person in people} == {"draft"}
        assert {person.unit_id for person in people} != {None}
        assert len({person.unit_id for person in people}) == 1
        assert [len(person.family) for person in people] == [1, 1, 1]
        assert people[0].birthplace.code == "420100"
        made = session.scalars(select(Change).where(Change.object == "person")).all()
        assert {entry.actor_name for entry in made} == {"陈思远"}
        assert len(made) == 3


@pytest.mark.parametrize(
    "place", ["武汉市", "湖北省武汉市", "湖北省武汉市（420100）", "420100", "wuhan"]
)
def test_a_reference_is_named_as_people_name_it(liaison, template, place: str) -> None:
    """By its title, its key, both, or the part of the title that is enough to tell it; nothing else."""
    people, families = persons(range(1))
    people[0]["出生地"] = place
    shown = words(liaison.get(checked(liaison, content(filled(template, people, families)))))
    assert ("有错误 0 行" in shown) is (place != "wuhan")
    assert ("没有找到城市“wuhan”" in shown) is (place == "wuhan")


def test_a_part_of_several_titles_names_none_of_them(liaison, template) -> None:
    people, families = persons(range(1))
    people[0]["出生地"] = "湖北省"
    shown = words(liaison.get(checked(liaison, content(filled(template, people, families)))))
    assert "个“湖北省”，请填城市代码" in shown


MISTAKES = {
    "性别": ("男士", "没有“男士”这一项，可填：男、女"),
    "出生日期": ("1985-02-30", "没有这一天"),
    "身份证号码": (4.2010619850312e17, "末尾几位已丢失"),
    "出生地": ("火星", "没有找到城市“火星”"),
    "职务": (None, "请填写职务"),
    "姓名": ("李 1 号", "姓名应为中文"),
    "职级": ("=A1", "单元格是公式"),
}


@pytest.mark.parametrize("column", MISTAKES)
def test_every_mistake_is_said_beside_its_cell(liaison, template, column: str) -> None:
    value, said = MISTAKES[column]
    people, families = persons(range(3))
    people[1][column] = value
    book = filled(template, people, families)
    page = checked(liaison, content(book))
    shown = words(liaison.get(page))
    assert "第 3 行" in shown
    assert said in shown
    assert "有错误 1 行" in shown
    heads = [str(cell.value).rstrip(" *") for cell in book.worksheets[0][1]]
    marked = load_workbook(io.BytesIO(liaison.get(f"{page}/marked").data)).worksheets[0]
    cell = marked.cell(row=3, column=heads.index(column) + 1)
    assert said in cell.comment.text
    assert cell.fill.fgColor.rgb.endswith("F9C9C4")
    assert said in str(marked.cell(row=3, column=len(heads) + 1).value)
    answer = liaison.post(f"{page}/write", data={"mode": "all"})
    assert answer.status_code == 409
    assert "不能全部导入" in words(answer)
    assert count("person") == 0


def test_good_rows_only_is_a_second_decision_that_is_kept(liaison, template) -> None:
    people, families = persons(range(4))
    people[1]["性别"], people[3]["出生日期"] = "女", "昨天"
    page = checked(liaison, content(filled(template, people, families)))
    shown = liaison.get(page).text
    assert "仅导入正确的 2 行" in shown
    assert "data-confirm" in shown
    answer = liaison.post(f"{page}/write", data={"mode": "good"})
    assert "写入 2 条，没有导入 2 行" in words(liaison.get(answer.location))
    with acting_as(SYSTEM):
        note = session.scalars(select(Change).where(Change.object == "import")).one()
    assert note.actor_name == "陈思远"
    for part in ("仅导入正确的行", '"left_out": 2', '"row": 3', '"row": 5', "日期请写成", "sha256"):
        assert part in note.detail
    again = liaison.post(f"{page}/write", data={"mode": "good"})
    assert again.location == answer.location, "the second click leads to the first import"
    assert count("person") == 2


def test_rows_of_lists_are_joined_by_their_number(liaison, template) -> None:
    people, families = persons(range(2))
    families[1]["所属序号"] = 77
    page = checked(liaison, content(filled(template, people, families)))
    shown = words(liaison.get(page))
    assert "没有序号为“77”的记录" in shown
    assert "“家庭成员”至少填写 1 行" in shown


def test_what_is_there_already_is_counted_as_repeated(liaison, template) -> None:
    people, families = persons([1, 2])
    people[1]["身份证号码"] = people[0]["身份证号码"]
    page = checked(liaison, content(filled(template, people, families)))
    shown = words(liaison.get(page))
    assert "其中重复 1 行" in shown
    assert "身份证号码与第 2 行重复" in shown
    liaison.post(f"{page}/write", data={"mode": "good"})
    page = checked(liaison, content(filled(template, *persons([1]))))
    assert "已有身份证号码相同的草稿" in words(liaison.get(page))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda book: book.remove(book.worksheets[0]), "工作簿里没有“出访人员”工作表"),
        (lambda book: book.worksheets[0].delete_rows(2, 99), "没有填写任何内容"),
        (lambda book: book.worksheets[0].delete_cols(2), "缺少必填的列：姓名"),
        (lambda book: book.worksheets[0].cell(1, 3, "姓名"), "有两列都叫“姓名”"),
        (lambda book: book.worksheets[0].delete_rows(1), "没有找到列名"),
    ],
)
def test_a_workbook_of_the_wrong_shape_is_refused(liaison, template, change, said: str) -> None:
    book = filled(template, *persons(range(2)))
    change(book)
    answer = send(liaison, PEOPLE, content(book))
    if answer.status_code == 303:
        answer = liaison.get(answer.location)
    assert said in words(answer)
    assert count("person") == 0


def test_headings_may_stand_lower_and_in_any_order(liaison, template) -> None:
    book = filled(template, *persons(range(2)))
    sheet = book.worksheets[0]
    sheet.move_range(f"B1:B{sheet.max_row}", cols=30)
    sheet.insert_rows(1)
    sheet["A1"] = "2026 年人员名单"
    sheet["AD2"] = "备注"
    sheet.column_dimensions["D"].hidden = True
    shown = words(liaison.get(checked(liaison, content(book))))
    assert "全部 2 行检查通过" in shown
    assert "不认识的列没有读取：AD 列“备注”" in shown
    assert "有隐藏的列" in shown


def test_merged_cells_are_said(liaison, template) -> None:
    book = filled(template, *persons(range(3)))
    book.worksheets[0].merge_cells("H2:H4")
    shown = words(liaison.get(checked(liaison, content(book))))
    assert "H2:H4 是合并的单元格" in shown
    assert "全部导入" not in shown


@pytest.mark.parametrize(
    ("sent", "name", "said"),
    [
        (b"", "空.xlsx", "文件是空的"),
        (b"a,b\n1,2", "表.csv", "不是 Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧.xls", "旧版 .xls"),
        (b"PK\x03\x04", "坏.xlsx", "已损坏"),
    ],
)
def test_other_files_are_refused_beside_the_upload(liaison, sent, name, said) -> None:
    answer = send(liaison, PEOPLE, sent, name)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "上传并检查" in words(answer)


def test_no_file_and_too_much_are_refused(liaison, template, monkeypatch) -> None:
    assert "请选择要导入的文件" in words(liaison.post(f"/{PEOPLE}/import", data={}))
    sent = content(filled(template, *persons(range(5))))
    monkeypatch.setattr(intake, "MOST_ROWS", 4)
    shown = words(liaison.get(checked(liaison, sent)))
    assert "有 5 行（含设了格式的空行），一次最多导入 4 行" in shown
    monkeypatch.setattr(importing, "LARGEST_FILE", 1000)
    assert "文件超过" in words(send(liaison, PEOPLE, sent))


def test_who_has_no_grant_may_nothing(client_for, liaison, template) -> None:
    stranger = client_for("fao_handler")
    assert stranger.get(f"/{PEOPLE}/import").status_code == 403
    assert stranger.get(f"/{PEOPLE}/import/template").status_code == 403
    assert send(stranger, PEOPLE, b"x").status_code == 403
    page = checked(liaison, content(filled(template, *persons([1]))))
    other = client_for("liaison")
    for path in (page, f"{page}/marked", page.replace("/import/", "/jobs/") + "/progress"):
        assert other.get(path).status_code == 404, path
    assert other.post(f"{page}/write", data={"mode": "all"}).status_code == 404
    assert count("person") == 0


def test_references_of_other_units_cannot_be_named(client_for, liaison) -> None:
    template = liaison.get("/PP17/import/template").data
    with acting_as(SYSTEM), unit_of_work():
        foreign = model("person")(name="外人", unit_id=organisation().id, state="filed",
                                  resident_id="420106198503120018")  # fmt: skip
        session.add(foreign)
    book = filled(template, [{"序号": 1, "团组名称": "赴德国团组", "团长": "外人"}])
    shown = words(liaison.get(checked(liaison, content(book), "PP17")))
    assert "没有找到出访人员“外人”，或不可选用、不在您的范围内" in shown


def test_a_right_that_was_withdrawn_stops_the_job(liaison, template, app, monkeypatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    page = checked(liaison, content(filled(template, *persons(range(3)))))
    written = liaison.post(f"{page}/write", data={"mode": "all"}).location
    assert "正在排队" in words(liaison.get(written))
    from flask_appbuilder.security.sqla.models import User

    with acting_as(SYSTEM), unit_of_work():
        job = session.scalars(select(LongJob).order_by(LongJob.id.desc())).first()
        session.get(User, job.user_id).active = False
    work()
    with acting_as(SYSTEM):
        job = session.get(LongJob, job.id, populate_existing=True)
        assert (job.state, job.note) == ("failed", "您的权限已被收回或账户已停用，没有执行")
    assert count("person") == 0


def test_what_changed_since_the_check_writes_nothing(liaison, template, monkeypatch) -> None:
    sent = content(filled(template, *persons(range(3))))
    first, second = checked(liaison, sent), checked(liaison, sent)
    liaison.post(f"{first}/write", data={"mode": "all"})
    written = liaison.post(f"{second}/write", data={"mode": "all"}).location
    shown = words(liaison.get(written))
    assert "检查之后情况有变，没有写入任何数据" in shown
    assert count("person") == 3


def test_statements_do_not_grow_with_the_rows(liaison, template, app) -> None:
    def statements(rows: int) -> int:
        sent = content(filled(template, *persons(range(rows))))
        with heard() as said:
            page = checked(liaison, sent)
        assert f"全部 {rows} 行检查通过" in words(liaison.get(page))
        return len(said)

    assert statements(40) == statements(4)


def test_large_files_are_checked_by_the_worker_and_can_be_cancelled(
    liaison, template, app: Flask, monkeypatch
) -> None:
    monkeypatch.setattr("app.core.files.workbooks.SMALL", 0)
    page = checked(liaison, content(filled(template, *persons(range(3)))))
    assert "正在排队" in words(liaison.get(page))
    answer = liaison.post(page.replace("/import/", "/jobs/") + "/cancel")
    assert answer.location == page
    work()
    assert "已取消" in words(liaison.get(page))
    page = checked(liaison, content(filled(template, *persons(range(3)))))
    work()
    assert "全部 3 行检查通过" in words(liaison.get(page))
    done = liaison.get(page.replace("/import/", "/jobs/") + "/progress")
    assert done.headers["HX-Refresh"] == "true"


def test_results_expire(liaison, template, app, monkeypatch) -> None:
    page = checked(liaison, content(filled(template, *persons(range(2)))))
    monkeypatch.setattr(queue, "KEPT", -queue.KEPT)
    monkeypatch.setattr(folder, "_old", lambda place: True)
    with acting_as(SYSTEM):
        queue.expire()
    pk = int(page.rpartition("/")[2])
    assert not background.file_of(pk, importing.FILE).exists()
    assert liaison.post(f"{page}/write", data={"mode": "all"}).status_code == 409
    assert count("person") == 0


def test_what_was_marked_can_be_put_right_and_sent_again(liaison, template) -> None:
    people, families = persons(range(2))
    people[0]["性别"] = "男士"
    page = checked(liaison, content(filled(template, people, families)))
    marked = liaison.get(f"{page}/marked").data
    assert cells(marked)[0][-1] == "错误说明"
    book = load_workbook(io.BytesIO(marked))
    heads = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].cell(row=2, column=heads.index("性别 *") + 1).value = "男"
    assert "全部 2 行检查通过" in words(liaison.get(checked(liaison, content(book))))


def test_the_auditor_reads_what_came_in_and_went_out(liaison, template, client_for) -> None:
    people, families = persons(range(3))
    people[1]["性别"] = "女士"
    page = checked(liaison, content(filled(template, people, families)))
    liaison.post(f"{page}/write", data={"mode": "good"})
    assert liaison.get(f"/{PEOPLE}/export/whole").status_code == 200
    auditor = client_for("auditor")
    shown = words(auditor.get("/BM19A/?object=import"))
    assert "陈思远" in shown
    assert "仅导入正确的行" in shown
    assert "第 3 行 林二" in shown
    assert "没有“女士”这一项" in shown
    shown = words(auditor.get("/BM19A/?object=export"))
    assert "团组人员备案" in shown
    assert "全部字段（可再导入）" in shown
    assert auditor.get("/BM01/export").status_code == 200
    assert "用户登录信息" in words(auditor.get("/BM19A/?object=export"))


def test_a_file_that_is_no_longer_what_was_checked_writes_nothing(liaison, template) -> None:
    first = checked(liaison, content(filled(template, *persons(range(2)))))
    second = checked(liaison, content(filled(template, *persons(range(5, 8)))))
    numbers = [int(page.rpartition("/")[2]) for page in (first, second)]
    for name in (importing.FILE, importing.REPORT):
        there = background.file_of(numbers[1], name).read_bytes()
        background.file_of(numbers[0], name).write_bytes(there)
    written = liaison.post(f"{first}/write", data={"mode": "all"}).location
    assert "文件与检查时不一致，没有写入任何数据" in words(liaison.get(written))
    assert count("person") == 0
