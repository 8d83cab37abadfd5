"""The rows of a list as an Excel workbook, in memory that does not grow with them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from sqlalchemy import Select

from app.core import display, rows
from app.core.database import session
from app.core.declare import Object
from app.web.views.columns import Column

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH = 500
MOST = 1_000_000  # rows of one workbook


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
        book.save(file)
    return number


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
    number = 1
    for record in _records(obj, columns, statement):
        sheet.append([_cell(sheet, obj, record, column) for column in columns])
        number += 1
        if step is not None and number % 500 == 0:
            step(number - 1)
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(columns), 1))}{number}"
    return number - 1


def _records(obj: Object, columns: Sequence[Column], statement: Select[Any]) -> Iterator[Any]:
    eager = rows.eager(obj, [column.path for column in columns])
    query = statement.options(*eager).execution_options(yield_per=BATCH)
    for batch in session.scalars(query).partitions(BATCH):  # the session keeps no row that we drop
        yield from batch


def _head(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E9F0FB")
    cell.alignment = Alignment(vertical="center")
    return cell


def _cell(sheet: Any, obj: Object, record: Any, column: Column) -> Any:
    text = display.text_of(obj, record, column.path, masked=True)
    plain = text.replace(",", "")
    if column.numeric and _is_number(plain):
        return float(plain) if "." in plain else int(plain)
    cell = WriteOnlyCell(sheet, value=_printable(text))
    cell.data_type = "s"  # a text that begins with = is no formula
    return cell


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal() and len(text) < 16


def _printable(text: str) -> str:
    return "".join(c for c in text if c >= " " or c in "\n\t")


def _width(column: Column) -> int:
    if column.numeric:
        return 12
    return {"date": 14, "code": 24}.get(column.kind, max(14, 2 * len(column.title) + 4))


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in r"[]:*?/\'")[:31] or "导出"
