"""BM19C: the calendar by which time limits are counted, day by day and by the yearly notice."""

import html
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.reference import calendar_edits, reference_data, workdays
from app.core.reference.workdays import Workday
from tests.app.security.people import Statements
from tests.harness.people import Browserlike

pytestmark = pytest.mark.functions("BM19C")

DAY = date(2027, 3, 8)  # a Monday of which nothing is said
SATURDAY = date(2027, 3, 13)
SHIPPED = date(2026, 10, 1)
HEAD = "日期,安排,名称,依据\n"


@pytest.fixture
def admin(client_for: Callable[..., Browserlike]) -> Browserlike:
    return client_for("system_admin")


def stamp(day: date) -> str:
    session.remove()
    return calendar_edits.stamp(calendar_edits.one(day))


def edit(client: Browserlike, day: date, works: str, title: str = "", **more: Any) -> Any:
    data = {"works": works, "title": title, "source": "", "seen": stamp(day), **more}
    return client.post(f"/BM19C/{day}/edit", data=data)


def send(client: Browserlike, content: bytes | str, name: str = "notice.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post("/BM19C/import", data={"file": (io.BytesIO(data), name)})


def confirm(client: Browserlike, page: str) -> Any:
    held = page.split('name="lines" value="')[1].split('"')[0]
    return client.post("/BM19C/import", data={"lines": held.replace("&#34;", '"')})


def count() -> int:
    session.remove()
    return session.scalar(select(func.count(Workday.id))) or 0


@pytest.mark.both_databases
def test_a_day_that_is_changed_counts_from_then_on(admin: Browserlike) -> None:
    friday, tuesday = date(2027, 3, 5), date(2027, 3, 9)
    assert workdays.add(friday, 1) == DAY
    assert edit(admin, DAY, "0", "机关停电检修").status_code == 303
    session.remove()
    assert not workdays.is_workday(DAY)
    assert workdays.add(friday, 1) == tuesday
    assert workdays.between(friday, tuesday) == 1
    edit(admin, SATURDAY, "1", "补班")
    session.remove()
    assert workdays.is_workday(SATURDAY)
    page = admin.get("/BM19C/?year=2027").text
    assert "机关停电检修" in page
    assert "本单位调整" in page
    entry = history.changes_of(calendar_edits.OBJECT, 20270308)[0]
    assert "机关停电检修" in entry.detail
    assert entry.actor_name


@pytest.mark.both_databases
def test_what_shipped_can_be_changed_survives_an_upgrade_and_comes_back(
    admin: Browserlike,
) -> None:
    assert not workdays.is_workday(SHIPPED)
    edit(admin, SHIPPED, "")
    session.remove()
    assert workdays.is_workday(SHIPPED), "as its weekday says"
    with acting_as(SYSTEM), unit_of_work():
        reference_data.seed()
    session.remove()
    assert workdays.is_workday(SHIPPED)
    page = admin.get(f"/BM19C/{SHIPPED}").text
    assert "系统默认：休息，国庆节" in page
    admin.post(f"/BM19C/{SHIPPED}/restore")
    session.remove()
    assert not workdays.is_workday(SHIPPED)
    assert calendar_edits.one(SHIPPED).title == "国庆节"
    kinds = [e.kind for e in history.changes_of(calendar_edits.OBJECT, 20261001)]
    assert kinds == ["update", "restore"]


def test_an_own_day_is_taken_back(admin: Browserlike) -> None:
    before = count()
    edit(admin, DAY, "0", "停电")
    admin.post(f"/BM19C/{DAY}/restore")
    assert count() == before
    assert workdays.is_workday(DAY)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"works": "0", "title": ""}, "请写明原因"),
        ({"works": "2", "title": "节"}, "请选择上班、休息或按星期"),
        ({"works": "0", "title": "长" * 61}, "不能超过 60 个字，现有 61 个"),
        ({"works": "0", "title": "节", "source": "长" * 201}, "不能超过 200 个字，现有 201 个"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    admin: Browserlike, typed: dict[str, str], said: str
) -> None:
    before = count()
    answer = edit(admin, DAY, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed["title"]}"' in answer.text
    assert count() == before


@pytest.mark.both_databases
def test_two_who_edit_one_day_hear_of_each_other(admin: Browserlike) -> None:
    seen = stamp(DAY)
    assert edit(admin, DAY, "0", "停电", seen=seen).status_code == 303
    late = edit(admin, DAY, "0", "停水", seen=seen)
    assert late.status_code == 409
    assert "刚被别人修改过" in late.text
    assert "当前安排：休息，停电" in late.text
    assert 'value="停水"' in late.text
    assert calendar_edits.one(DAY).title == "停电"


def seen_of(page: str) -> str:
    return html.unescape(re.search(r'name="seen" value="([^"]*)"', page)[1])


def test_a_slip_on_the_way_does_not_hide_what_another_person_saved(admin: Browserlike) -> None:
    seen = seen_of(admin.get(f"/BM19C/{DAY}").text)
    assert edit(admin, DAY, "0", "停电", seen=seen).status_code == 303
    slip = edit(admin, DAY, "0", "长" * 61, seen=seen)
    assert slip.status_code == 422
    late = edit(admin, DAY, "0", "停水", seen=seen_of(slip.text))
    assert late.status_code == 409
    assert calendar_edits.one(DAY).title == "停电"
    assert edit(admin, DAY, "0", "停水", seen=seen_of(late.text)).status_code == 303


def test_a_day_is_changed_again_whatever_the_length_of_its_source(admin: Browserlike) -> None:
    assert edit(admin, DAY, "0", "长" * 60, source="文" * 200).status_code == 303
    seen = seen_of(admin.get(f"/BM19C/{DAY}").text)
    assert edit(admin, DAY, "0", "停水", seen=seen).status_code == 303


@pytest.mark.parametrize("path", ["/BM19C/2027-02-30", "/BM19C/x", "/BM19C/1999-12-31"])
def test_a_day_that_is_none_is_not_found(admin: Browserlike, path: str) -> None:
    assert admin.get(path).status_code == 404
    assert admin.post(f"{path}/edit", data={"works": "0"}).status_code == 404


def test_a_year_without_a_notice_says_so(admin: Browserlike) -> None:
    assert "还没有录入" in admin.get("/BM19C/?year=2050").text
    for year in ("1999", "20260", "abc", "２０２６"):
        assert "年的日历，以下是今年" in admin.get(f"/BM19C/?year={year}").text


# -- the notice --------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_notice_is_checked_first_and_written_when_confirmed(admin: Browserlike) -> None:
    before = count()
    notice = (
        "\ufeff" + HEAD + "2028-01-01,休息,元旦,国办发明电〔2027〕9号\n"
        "2028年1月3日,休,元旦,国办发明电〔2027〕9号\n2028/1/8,班,元旦调休上班,\n\n"
    )
    page = send(admin, notice).text
    assert "3 天有变化" in page
    assert "确认导入 3 天" in page
    assert count() == before, "nothing is written before it is confirmed"
    assert confirm(admin, page).status_code == 303
    session.remove()
    assert [workdays.is_workday(date(2028, 1, n)) for n in (3, 4, 8)] == [False, True, True]
    again = send(admin, notice).text
    assert "0 天有变化" in again
    assert again.count(">不变<") == 3
    assert confirm(admin, again).headers["Location"].endswith("year=2028")
    assert count() == before + 3


def test_the_template_can_be_sent_back_as_it_is(admin: Browserlike) -> None:
    book = admin.get("/BM19C/template?year=2026").data
    rows = list(load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True))
    assert rows[0] == ("日期", "安排", "名称", "依据")
    page = send(admin, book, "年.xlsx").text
    assert "0 天有变化" in page
    assert page.count(">不变<") == len(rows) - 1


def test_a_workbook_with_real_dates_is_read(admin: Browserlike) -> None:
    book = Workbook()
    book.active.append(["名称", "日期", "类型"])
    book.active.append(["元旦", date(2029, 1, 1), "放假"])
    file = io.BytesIO()
    book.save(file)
    page = send(admin, file.getvalue(), "n.xlsx").text
    assert "2029-01-01" in page
    assert "1 天有变化" in page


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2028-02-30,休息,节,", "日期不正确"),
        (",休息,节,", "没有日期"),
        ("2028-01-01,也许,节,", "安排应为“休息”或“上班”"),
        ("2028-01-01,休息,,", "请写明原因"),
        ("1980-01-01,休息,节,", "只能安排 2000 至 2099 年"),
        ("2028-01-03,休息,节,", "与第 2 行日期重复"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_written(
    admin: Browserlike, line: str, said: str
) -> None:
    before = count()
    page = send(admin, f"{HEAD}2028-01-03,休息,元旦,\n{line}\n")
    assert page.status_code == 200
    assert said in page.text
    assert "1 行有误" in page.text
    assert "确认导入" not in page.text
    cells = line.split(",")
    lines = json.dumps([[2, ["2028-01-03", "休息", "元旦", ""]], [3, cells]])
    forced = admin.post("/BM19C/import", data={"lines": lines})
    assert forced.status_code == 422
    assert said in forced.text
    assert count() == before


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * (40 * 1024 * 1024))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "请选择文件"),
        (b"\x89PNG\r\n", "a.png", "只接受 .xlsx 或 .csv 文件"),
        (b"PK\x03\x04broken", "a.xlsx", "不能读取这个文件"),
        (_bomb(), "a.xlsx", "不能读取这个文件"),
        (b"\xff\xfe\x00\xd8", "a.csv", "不能识别文件的文字编码"),
        ("甲,乙\n1,2\n".encode(), "a.csv", "第一行缺少列：日期、安排、名称"),
        (HEAD.encode(), "a.csv", "只有表头"),
        ((HEAD + "2028-01-01,休息,节,\n" * 401).encode(), "a.csv", "一次不能超过 400 行"),
        (b"x" * 300_001, "a.csv", "文件太大"),
    ],
)
def test_a_file_that_is_no_notice_is_refused_in_words(
    admin: Browserlike, content: bytes, name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_edits, "LARGEST", 300_000)
    answer = send(admin, content, name)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_notice_in_the_encoding_of_the_office_is_read(admin: Browserlike) -> None:
    assert "元旦" in send(admin, f"{HEAD}2028-01-03,休息,元旦,\n".encode("gb18030")).text


@pytest.mark.parametrize("lines", ["", "[]", "{}", "[1]", '[["a", []]]', "[[2, [1]]]", "x" * 9])
def test_a_confirmation_that_was_tampered_with_is_refused(admin: Browserlike, lines: str) -> None:
    answer = admin.post("/BM19C/import", data={"lines": lines})
    assert answer.status_code == 422
    assert "页面内容已失效" in answer.text
    assert admin.post("/BM19C/import").status_code == 422


def test_each_operation_needs_its_grant(client_for: Callable[..., Browserlike]) -> None:
    reader, stranger = client_for("fao_handler"), client_for("auditor")
    page = reader.get("/BM19C/?year=2026")
    assert page.status_code == 200
    assert "导入节假日安排" not in page.text
    assert ">保存</button>" not in reader.get(f"/BM19C/{DAY}").text
    before = count()
    for client in (reader, stranger):
        assert edit(client, DAY, "0", "节").status_code == 403
        assert client.post(f"/BM19C/{SHIPPED}/restore").status_code == 403
        assert client.get("/BM19C/import").status_code == 403
        assert client.get("/BM19C/template").status_code == 403
        assert send(client, HEAD + "2028-01-03,休息,元旦,\n").status_code == 403
    assert stranger.get("/BM19C/").status_code == 403
    assert stranger.get(f"/BM19C/{DAY}").status_code == 403
    assert count() == before


def test_a_year_costs_the_same_with_many_days(app: Flask, admin: Browserlike) -> None:
    def cost(path: str) -> int:
        admin.get(path)
        with Statements(app) as ran:
            assert admin.get(path).status_code == 200
        return len(ran)

    assert cost("/BM19C/?year=2050") == cost("/BM19C/?year=2026") <= 6


def test_another_source_of_the_same_day_stands_in_the_trail(admin: Browserlike) -> None:
    edit(admin, DAY, "0", "机关停电检修", source="通知一号")
    assert edit(admin, DAY, "0", "机关停电检修", source="通知二号").status_code == 303
    session.remove()
    last = history.changes_of(calendar_edits.OBJECT, calendar_edits.number_of(DAY))[-1]
    assert json.loads(last.detail) == {"source": ["通知一号", "通知二号"]}
