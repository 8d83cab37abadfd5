"""The rows of a list as an Excel workbook, in memory that does not grow with them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter
from sqlalchemy import Select

from app.core.db.database import session
from app.core.declare import Object
from app.core.records import display, queries
from app.web.page import case_status
from app.web.views import column_texts
from app.web.views.columns import Column

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH = 500
LEVEL = 3
MOST = 1_000_000  # rows of one workbook
_NO_TEXT = frozenset("=#")  # openpyxl takes what begins so for a formula, or for an error
_UNPRINTABLE = {number: None for number in range(32) if chr(number) not in "\n\t"}


def write(
    file: IO[bytes],
    obj: Object,
    title: str,
    columns: Sequence[Column],
    statement: Select[Any],
    step: Callable[[int], None] | None = None,
) -> int:
    """Write the rows of a select and return their number; `step` is told how many there are so far."""
    with new_book() as book:
        number = _fill(book, obj, title, columns, statement, step)
        save(book, file)
    return number


def save(book: Any, file: IO[bytes]) -> None:
    """Write a workbook to a file, packed at a level that takes a third of the usual one's time."""
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        ExcelWriter(book, archive).save()


@contextmanager
def new_book() -> Iterator[Any]:
    """Return a workbook that is written row by row; what it wrote goes away where it is not finished."""
    book = Workbook(write_only=True)
    try:
        yield book
    except BaseException:
        for sheet in book.worksheets:
            with suppress(Exception):
                sheet.close()
            with suppress(Exception):
                sheet._writer.cleanup()  # type: ignore[attr-defined]
        raise


def _fill(
    book: Any,
    obj: Object,
    title: str,
    columns: Sequence[Column],
    statement: Select[Any],
    step: Callable[[int], None] | None,
) -> int:
    sheet: Any = book.create_sheet(_sheet_name(title))
    for index, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = _width(column)
    sheet.freeze_panes = "A2"
    sheet.append([_head(sheet, column.title) for column in columns])
    number = 0
    for texts in _texts(obj, columns, statement):
        cells = [
            (_numbers if column.numeric else _plain)(sheet, of_column)
            for column, of_column in zip(columns, texts, strict=True)
        ]
        for row in zip(*cells, strict=True):
            sheet.append(row)
        number += len(texts[0]) if texts else 0
        if step is not None:
            step(number)
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(columns), 1))}{number + 1}"
    return number


def _texts(
    obj: Object, columns: Sequence[Column], statement: Select[Any]
) -> Iterator[Sequence[Sequence[str]]]:
    """Return the texts of each column, a batch of rows at a time."""
    return column_texts.batches(obj, columns, statement, BATCH) or _of_records(
        obj, columns, statement
    )


def _of_records(
    obj: Object, columns: Sequence[Column], statement: Select[Any]
) -> Iterator[Sequence[Sequence[str]]]:
    eager = queries.eager(obj, [column.path for column in columns])
    query = statement.options(*eager).execution_options(yield_per=BATCH)
    readers = [display.reader(obj, column.path, masked=True) for column in columns]
    states = [place for place, column in enumerate(columns) if column.state]
    for batch in session.scalars(query).partitions(BATCH):  # the session keeps no row that we drop
        came = case_status.came_back(obj, batch)
        texts = [list(map(read, batch)) for read in readers]
        for line, record in enumerate(batch) if states and came else ():
            for place in states if record.id in came else ():
                texts[place][line] = case_status.of(obj, record.state, came[record.id]).title
        yield texts


def _head(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E9F0FB")
    cell.alignment = Alignment(vertical="center")
    return cell


def _plain(sheet: Any, texts: Sequence[str]) -> list[Any]:
    """Return the cells of a column of texts; nearly all are the text itself, told at a glance.

    An empty one is no cell at all: written as a text it would cost as much as a full one.
    """
    return [
        text or None if text.isprintable() and text[:1] not in _NO_TEXT else _text(sheet, text)
        for text in texts
    ]


def _numbers(sheet: Any, texts: Sequence[str]) -> list[Any]:
    """Return the cells of a column of numbers; one that is no number, or too long, stays a text."""
    plain = [text.replace(",", "") for text in texts]
    return [
        _number(number) if _is_number(number) else _text(sheet, text)
        for number, text in zip(plain, texts, strict=True)
    ]


def _number(text: str) -> float | int:
    return float(text) if "." in text else int(text)


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal() and len(text) < 16


def _text(sheet: Any, text: str) -> Any:
    if not text.isprintable():
        text = text.translate(_UNPRINTABLE)
    if text[:1] not in _NO_TEXT:
        return text or None
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # a text that begins with = is no formula
    return cell


def _width(column: Column) -> int:
    if column.numeric:
        return 12
    return {"date": 14, "code": 24}.get(column.kind, max(14, 2 * len(column.title) + 4))


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in r"[]:*?/\'")[:31] or "导出"
