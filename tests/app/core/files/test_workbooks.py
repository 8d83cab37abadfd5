"""Whatever somebody sends instead of a workbook is refused with words that help, before it is unpacked."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.core.errors import Rejected
from app.core.files import archives, reader_process, workbooks
from app.core.files.reader_process import Bounds
from app.core.files.readers import tables
from app.core.files.workbooks import Book


def workbook(fill: Callable[[Workbook], None] | None = None) -> bytes:
    made = Workbook()
    made.active.append(["名称", "数量"])
    made.active.append(["书桌", 3])
    if fill:
        fill(made)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def changed(content: bytes, name: str, part: bytes | None) -> bytes:
    """The workbook with one of its parts replaced, added, or (None) left out."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.namelist():
            if item != name:
                new.writestr(item, old.read(item))
        if part is not None:
            new.writestr(name, part)
    return file.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def refusal(place: Path, content: bytes) -> str:
    path = place / "sent.upload"
    path.write_bytes(content)
    with pytest.raises(Rejected) as refused, Book(path) as opened:
        for title in opened.titles:
            list(opened.rows(title))
    return refused.value.message


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"name,amount\r\n1,2\r\n", "不是 Excel 工作簿"),
        (b"%PDF-1.7 ...", "不是 Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 .xls"),
        (b"PK\x03\x04 and nothing more", "已损坏"),
        (zipped("word/document.xml", b"<w/>"), "不是 Excel 工作簿"),
        (workbook()[:-200], "已损坏"),
        (changed(workbook(), "xl/vbaProject.bin", b"\xd0\xcf"), "含有宏"),
        (changed(workbook(), SHEET, b"<worksheet><sheetData><row><c"), "已损坏"),
        (changed(workbook(), SHEET, b"not xml at all"), "已损坏"),
        (changed(workbook(), "xl/styles.xml", b"<broken"), "已损坏"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refusal(tmp_path, content)


def test_entities_that_unfold_are_never_read(tmp_path: Path) -> None:
    lines = [b'<!ENTITY e0 "ha">']
    lines += [b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 20) for n in range(1, 12)]
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [%s]><worksheet>&e11;</worksheet>' % b"".join(lines)
    assert "声明了实体" in refusal(tmp_path, changed(workbook(), SHEET, bomb))


def test_a_small_file_that_unfolds_into_a_huge_one_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = changed(workbook(), "xl/media/picture.xml", b" " * 3_000_000)
    assert len(content) < 30_000
    monkeypatch.setattr(archives, "WORKBOOK", replace(archives.WORKBOOK, unpacked=2_000_000))
    monkeypatch.setattr(reader_process, "run", None)
    assert "展开后太大" in refusal(tmp_path, content)


def test_a_huge_table_of_texts_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "LARGEST_TEXTS", 10)
    content = changed(workbook(), "xl/sharedStrings.xml", b"<sst></sst>")
    assert "展开后太大" in refusal(tmp_path, content)


def opened(place: Path, content: bytes) -> Book:
    path = place / "sent.upload"
    path.write_bytes(content)
    return Book(path)


def test_rows_keep_their_numbers_and_kinds(tmp_path: Path) -> None:
    def fill(made: Workbook) -> None:
        sheet = made.active
        sheet["A5"], sheet["B5"], sheet["C5"] = "=1+1", date(2026, 1, 2), True
        sheet["D5"] = "  "

    with opened(tmp_path, workbook(fill)) as made:
        rows = list(made.rows("Sheet"))
    assert [number for number, _ in rows] == [1, 2, 5]
    assert [cell.kind for cell in rows[2][1]] == ["f", "d", "b"]
    assert [cell.letter for cell in rows[2][1]] == ["A", "B", "C"]


def test_a_wrong_dimension_hides_nothing(tmp_path: Path) -> None:
    content = workbook()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read(SHEET)
    assert b'<dimension ref="A1:B2"' in sheet
    content = changed(content, SHEET, sheet.replace(b'ref="A1:B2"', b'ref="A1"'))
    with opened(tmp_path, content) as made:
        assert len(list(made.rows("Sheet"))) == 2


def test_what_people_hide_and_merge_is_seen(tmp_path: Path) -> None:
    def fill(made: Workbook) -> None:
        sheet = made.active
        sheet.merge_cells("A3:A5")
        sheet["B9"] = 1
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[2].hidden = True

    with opened(tmp_path, workbook(fill)) as made:
        shape = made.shape("Sheet")
    assert shape.merged == ("A3:A5",)
    assert (shape.hidden_columns, shape.hidden_rows) == (1, 1)
    assert shape.rows >= 3


def test_tags_are_counted_where_the_source_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(made: Workbook) -> None:
        for number in range(300):
            made.active.append([f"第 {number} 件", number])
        made.active.merge_cells("A3:A5")

    monkeypatch.setattr(tables, "BLOCK", 61)
    path = tmp_path / "sent.upload"
    path.write_bytes(workbook(fill))
    (shape,) = tables.workbook(path, tmp_path)["sheets"]
    assert (shape["rows"], shape["merged"]) == (302, ["A3:A5"])


def cell_at(row: str) -> bytes:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="%s"><c r="A%s"><v>2</v></c></row></sheetData></worksheet>'
    )
    return changed(workbook(), SHEET, sheet % (row.encode(), row.encode()))


def test_empty_rows_before_the_last_cost_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, cell_at("1048576")) as made:
        assert [number for number, _ in made.rows("Sheet")] == [1, 1_048_576]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1048577", "第 1,048,577 行，而表格最多只有 1,048,576 行"),
        ("99999999999", "已损坏"),
        ("0", "已损坏"),
        ("-5", "已损坏"),
        ("1", "第 1 行出现了两次"),
    ],
)
def test_a_row_that_no_spreadsheet_has_is_refused_in_words(
    tmp_path: Path, row: str, words: str
) -> None:
    assert words in refusal(tmp_path, cell_at(row))


def test_a_sheet_of_more_cells_than_are_read_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_CELLS", 3)
    path = tmp_path / "sent.upload"
    path.write_bytes(workbook())
    with pytest.raises(archives.Unfit, match="内容太多"):
        tables.workbook(path, tmp_path)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds(memory=40 * 1024 * 1024), "内存太多"),
        (Bounds(seconds=0), "太长时间"),
        (Bounds(written=1000), "内存太多"),
    ],
)
def test_what_a_reader_may_use_is_bounded_and_told_in_words(
    tmp_path: Path, bounds: Bounds, words: str
) -> None:
    def fill(made: Workbook) -> None:
        for number in range(3000):
            made.active.append([f"第 {number} 件", "x" * 200])

    path = tmp_path / "sent.upload"
    path.write_bytes(workbook(fill))
    with pytest.raises(Rejected) as refused:
        Book(path, bounds=bounds)
    assert words in refused.value.message


def test_whoever_cancels_ends_the_reading(tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    def cancel() -> None:
        raise Cancelled

    path = tmp_path / "sent.upload"
    path.write_bytes(workbook())
    with pytest.raises(Cancelled):
        Book(path, tick=cancel)
