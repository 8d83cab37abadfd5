"""A small table as an Excel workbook."""

import io
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, request
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from app.core import clock, history
from app.core.database import unit_of_work

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RISKY = ("=", "+", "-", "@", "\t")  # a spreadsheet would take such a text for a formula


def send(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Return the rows as an attachment, and note in the history what went out."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, head) for head in heads])
    number = 0
    for row in rows:
        sheet.append([_safe(sheet, value) for value in row])
        number += 1
    file = io.BytesIO()
    book.save(file)
    with unit_of_work():
        conditions = request.query_string.decode("ascii", "replace") or "全部"
        detail = {"title": title, "rows": number, "columns": list(heads), "conditions": conditions}
        history.note("export", 0, "export", detail)
    response = Response(file.getvalue(), mimetype=MIME)
    name = quote(f"{title}_{clock.today():%Y%m%d}.xlsx")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _safe(sheet: Any, value: Any) -> Any:
    if isinstance(value, str) and value.startswith(RISKY):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    return value
