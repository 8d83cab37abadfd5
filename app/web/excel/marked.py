"""The workbook that was sent, with what is wrong marked in its cells."""

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter

from app.core.files.workbooks import Book, Cell
from app.web.excel.layout import CHOICES, EXPLAINED, HELP
from app.web.excel.template import DAY, HEAD, MOMENT, TEXT, printable
from app.web.views.export import new_book

MOST_COMMENTS = 3000
WRONG = PatternFill("solid", fgColor="F9C9C4")
DOUBTFUL = PatternFill("solid", fgColor="FDECC8")

Marks = dict[int, list[dict[str, Any]]]  # by row


def write(book: Book, path: Path, faults: list[dict[str, Any]], heads: dict[str, int]) -> None:
    """Write the sheets of the book again; `heads` are the rows of the headings by sheet."""
    by_sheet: dict[str, Marks] = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        by_sheet[fault["sheet"]][fault["row"]].append(fault)
    left = MOST_COMMENTS
    with new_book() as made:
        for title in book.titles:
            if title in (HELP, CHOICES) or book.is_hidden(title):
                continue
            left = _sheet(book, made, title, by_sheet[title], heads.get(title, 0), left)
        made.save(path)


def _sheet(book: Book, made: Any, title: str, marks: Marks, head: int, comments: int) -> int:
    sheet = made.create_sheet(title)
    last = _last_column(book, title, head)
    for place in range(1, last + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 16
    sheet.column_dimensions[get_column_letter(last + 1)].width = 60
    if head:
        sheet.freeze_panes = f"A{head + 1}"
    at = 1
    for number, row in book.rows(title):
        for _ in range(at, number):
            sheet.append([])
        at = number + 1
        line: list[Any] = [None] * last
        for cell in row:
            if cell.column <= last:
                line[cell.column - 1] = _copy(sheet, cell, number == head)
        found = marks.get(number, [])
        comments = _mark(sheet, line, found, comments)
        if number == head:
            line.append(_bold(sheet, EXPLAINED))
        elif found:
            line.append(_text(sheet, "；".join(_said(fault) for fault in found)))
        sheet.append(line)
    return comments


def _last_column(book: Book, title: str, head: int) -> int:
    """The explanations stand behind the last heading, or the last cell of the first rows."""
    widest = 1
    for number, row in book.rows(title):
        if number > max(head, 10):
            break
        shown = [c.column for c in row if c.value != EXPLAINED]
        widest = max([widest, *shown])
    return widest


def _mark(sheet: Any, line: list[Any], faults: list[dict[str, Any]], left: int) -> int:
    for letter in {fault["letter"] for fault in faults if fault["letter"]}:
        here = [fault for fault in faults if fault["letter"] == letter]
        place = column_index_from_string(letter)
        if place > len(line):
            continue
        cell = line[place - 1] or WriteOnlyCell(sheet, value="")
        cell.fill = WRONG if any(f["level"] == "error" for f in here) else DOUBTFUL
        if left > 0:
            comment = Comment("\n".join(fault["message"] for fault in here), "系统")
            comment.width, comment.height = 260, 40 + 20 * len(here)
            cell.comment = comment
            left -= 1
        line[place - 1] = cell
    return left


def _said(fault: dict[str, Any]) -> str:
    return f"{fault['title']}：{fault['message']}" if fault["title"] else fault["message"]


def _copy(sheet: Any, cell: Cell, head: bool) -> Any:
    if head:
        return _bold(sheet, str(cell.value))
    value = cell.value
    if isinstance(value, (bool, int, float)):
        return WriteOnlyCell(sheet, value=value)
    if isinstance(value, (datetime, date)):
        made = WriteOnlyCell(sheet, value=value)
        made.number_format = MOMENT if isinstance(value, datetime) and value.hour else DAY
        return made
    return _text(sheet, str(value))


def _text(sheet: Any, text: str) -> Any:
    made = WriteOnlyCell(sheet, value=printable(text))
    made.data_type = "s"
    made.number_format = TEXT
    return made


def _bold(sheet: Any, text: str) -> Any:
    made = _text(sheet, text)
    made.font = Font(bold=True)
    made.fill = HEAD
    return made
