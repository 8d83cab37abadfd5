"""Whatever somebody sends instead of a workbook is refused with words that help, before it is unpacked."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.core.errors import Rejected
from app.web.excel import book
from app.web.excel.book import Book


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
    assert "已损坏" in refusal(tmp_path, changed(workbook(), SHEET, bomb))


def test_a_small_file_that_unfolds_into_a_huge_one_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = changed(workbook(), "xl/media/picture.xml", b" " * 3_000_000)
    assert len(content) < 30_000
    monkeypatch.setattr(book, "LARGEST_UNPACKED", 2_000_000)
    monkeypatch.setattr(book, "load_workbook", None)
    assert "展开后太大" in refusal(tmp_path, content)


def test_a_huge_table_of_texts_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "LARGEST_TEXTS", 10)
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

    monkeypatch.setattr(book, "_BLOCK", 61)
    with opened(tmp_path, workbook(fill)) as made:
        shape = made.shape("Sheet")
    assert (shape.rows, shape.merged) == (302, ("A3:A5",))
