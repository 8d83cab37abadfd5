"""Rows as an Excel workbook, written and sent piece by piece, in memory that does not grow."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import IO, Any
from urllib.parse import quote

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from sqlalchemy import Select, func, select

from app.core import clock, display, rows
from app.core.database import session
from app.core.declare import Object
from app.core.errors import Refused
from app.web.views.columns import Column

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH = 500
MOST = 50_000  # rows of one workbook, a matter of seconds
PIECE = 64 * 1024


def chosen(raw: str) -> list[int]:
    """Return the ids of chosen rows in an address."""
    parts = [part for part in raw.split(",")[:1000] if part.isascii() and part.isdigit()]
    return [int(part) for part in parts if len(part) < 19]


def workbook(
    obj: Object, title: str, columns: Sequence[Column], statement: Select[Any]
) -> Response:
    """Return the rows of a select as an attachment."""
    _refuse_too_many(obj, statement)
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        _write(file, obj, title, columns, statement)
        stack.pop_all()  # from here on the answer closes it
    length = file.tell()
    file.seek(0)
    response = Response(_pieces(file), mimetype=MIME)
    response.call_on_close(file.close)
    name = f"{title}_{clock.today():%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Length"] = str(length)
    return response


def _refuse_too_many(obj: Object, statement: Select[Any]) -> None:
    model: Any = obj.model
    inner = statement.with_only_columns(model.id).order_by(None).limit(MOST + 1).subquery()
    if (session.scalar(select(func.count()).select_from(inner)) or 0) > MOST:
        raise Refused(f"一次最多导出 {MOST:,} 行，请用条件缩小范围，分几次导出")


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _write(
    file: IO[bytes], obj: Object, title: str, columns: Sequence[Column], statement: Select[Any]
) -> None:
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_sheet_name(title))
    for index, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = _width(column)
    sheet.freeze_panes = "A2"
    sheet.append([_head(sheet, column.title) for column in columns])
    number = 1
    for record in _records(obj, columns, statement):
        sheet.append([_cell(sheet, obj, record, column) for column in columns])
        number += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(columns), 1))}{number}"
    book.save(file)


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
