"""Workbooks and comma-separated texts become lines of JSON: one for each row that has anything in it.

A line is [number of the row, [[column, kind, value], …]]; kinds are those of `app.core.files.workbooks.Cell`.
Rows that are not there cost nothing, whatever numbers the others have.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from app.core.files import archives
from app.core.files.archives import Unfit

LAST_ROW = 1_048_576  # that a spreadsheet has
WIDEST = 200  # columns that are looked at
MOST_ROWS = 400_000
MOST_CELLS = 8_000_000
MOST_TEXT = 300_000_000  # characters
BLOCK = 1024 * 1024
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\s[^>]*?hidden="(?:1|true)"')
_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")


class _Lines:
    """The lines that are written, counted against what a table may hold."""

    def __init__(self, file: IO[str], *, unbounded: bool) -> None:
        self._file, self._unbounded = file, unbounded
        self.rows = self._cells = self._text = 0

    def add(self, number: int, cells: list[list[Any]]) -> None:
        """Write a row."""
        line = json.dumps([number, cells], ensure_ascii=True)
        self.rows += 1
        self._cells += len(cells)
        self._text += len(line)
        if not self._unbounded:
            if self.rows > MOST_ROWS:
                raise Unfit("huge", f"文件超过 {MOST_ROWS:,} 行，请分成几个文件")
            if self._cells > MOST_CELLS or self._text > MOST_TEXT:
                raise Unfit("huge", "文件的内容太多，请分成几个文件")
        self._file.write(line + "\n")

    def tell(self) -> int:
        """Return where the next line begins."""
        return self._file.tell()


# --- workbooks --------------------------------------------------------------------------------------


def workbook(
    source: Path, target: Path, *, formulas: bool = True, unbounded: bool = False
) -> dict[str, Any]:
    """Write the rows of all sheets, and return what the workbook says of itself."""
    from openpyxl import load_workbook

    limits = archives.WORKBOOK
    with archives.opened(source, limits) as archive:
        archives.scan(archive, limits)
    with source.open("rb") as file:
        book: Any = load_workbook(file, read_only=True, keep_links=False, data_only=not formulas)
        sheets = [one for one in book.worksheets if hasattr(one, "_worksheet_path")]
        said = []
        with (target / "rows").open("w", encoding="ascii") as rows:
            lines = _Lines(rows, unbounded=unbounded)
            for sheet in sheets:
                begin = lines.tell()
                _sheet(book, sheet, lines)
                said.append(
                    {"title": sheet.title, "hidden": sheet.sheet_state != "visible"}
                    | {"begin": begin, "end": lines.tell()}
                    | _shape(sheet)
                )
        return {"epoch": book.epoch.isoformat(), "sheets": said}


def _sheet(book: Any, sheet: Any, lines: _Lines) -> None:
    """Write the rows of a sheet as they come; the library's own way walks through all that are not there."""
    from openpyxl.worksheet._reader import WorkSheetParser

    last = 0
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source, sheet._shared_strings, data_only=book.data_only, epoch=book.epoch,
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        for number, row in parser.parse():
            if not 1 <= number <= LAST_ROW:
                raise Unfit(
                    "broken",
                    f"工作表“{sheet.title[:40]}”里有第 {number:,} 行，而表格最多只有 {LAST_ROW:,} 行。"
                    "文件已损坏，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传",
                )
            cells = [made for cell in row if (made := _cell(cell)) is not None]
            if not cells:
                continue
            if number <= last:
                raise Unfit(
                    "broken",
                    f"工作表“{sheet.title[:40]}”里第 {number:,} 行出现了两次。"
                    "文件已损坏，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传",
                )
            last = number
            lines.add(number, cells)


def _cell(cell: dict[str, Any]) -> list[Any] | None:
    value, kind, column = cell["value"], cell["data_type"], cell["column"]
    if value is None or column > WIDEST or (isinstance(value, str) and not value.strip()):
        return None
    if kind not in ("n", "b", "f", "e", "d"):
        return [column, "s", str(value)]
    if isinstance(value, (datetime, date, time)):
        return [column, kind, [type(value).__name__, value.isoformat()]]
    if isinstance(value, timedelta):
        return [column, kind, ["timedelta", value.total_seconds()]]
    if isinstance(value, (bool, int, float, str)):
        return [column, kind, value]
    return [column, kind, str(getattr(value, "text", None) or value)]


def _shape(sheet: Any) -> dict[str, Any]:
    """Look through the source of a sheet for what reading by rows does not tell."""
    merged: list[str] = []
    rows = hidden_rows = hidden_columns = 0
    for text in _tags(sheet):
        rows += len(_ROW.findall(text))
        hidden_rows += len(_HIDDEN_ROW.findall(text))
        hidden_columns += len(_HIDDEN_COLUMN.findall(text))
        merged += [ref.decode() for ref in _MERGED.findall(text)][: 1000 - len(merged)]
    return {
        "rows": rows, "merged": merged, "hidden_rows": hidden_rows, "hidden_columns": hidden_columns,
    }  # fmt: skip


def _tags(sheet: Any) -> Iterator[bytes]:
    """Return the source in pieces that cut no tag."""
    rest = b""
    with sheet._get_source() as source:
        while block := source.read(BLOCK):
            text = rest + block
            cut = text.rfind(b"<")
            cut = len(text) if cut < 0 or len(text) - cut > 4096 else cut
            yield text[:cut]
            rest = text[cut:]
    yield rest


# --- comma-separated text ---------------------------------------------------------------------------


def separated_text(source: Path, target: Path, *, unbounded: bool = False) -> dict[str, Any]:
    """Write the lines of a file that is UTF-8, or of the encoding that older systems use here."""
    from app.core.files import delimited_text

    encoding = _encoding(source)
    number = 0
    with (
        source.open(encoding=encoding, errors="replace", newline="") as text,
        (target / "rows").open("w", encoding="ascii") as rows,
    ):
        lines = _Lines(rows, unbounded=unbounded)
        try:
            for number, line in enumerate(delimited_text.lines_of(_without_nul(text)), 1):
                cells = [[n, "s", one] for n, one in enumerate(line, 1) if one.strip()]
                if cells:
                    lines.add(number, cells)
        except delimited_text.Unreadable as error:
            raise Unfit("broken", str(error)) from error
        end = lines.tell()
    sheet = {"title": "", "hidden": False, "begin": 0, "end": end, "rows": number}
    shape = {"merged": [], "hidden_rows": 0, "hidden_columns": 0}
    return {"epoch": "1899-12-30T00:00:00", "sheets": [sheet | shape]}


def _encoding(source: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with source.open(encoding=encoding, newline="") as text:
                while text.read(BLOCK):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    return "utf-8-sig"


def _without_nul(text: IO[str]) -> Iterator[str]:
    for line in text:
        yield line.replace("\0", "")
