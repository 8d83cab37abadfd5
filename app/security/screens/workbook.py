"""A small table as an Excel workbook, or as a file of values with commas."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, request
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from app.core import clock
from app.core.audit import history
from app.core.db.database import unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.files import delimited_text

SHEET = re.compile(r"[\\/*?:\[\]]")  # signs that the name of a sheet cannot have
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    about: Sequence[tuple[str, str]] = (),
    asked: str = "",
) -> Response:
    """Return the rows as an attachment, and note in the history what went out.

    `about` stands on a second sheet: what the rows are, as pairs of words. `asked` says for the
    history which rows they are; else the address does.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(SHEET.sub(" ", title)[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, head) for head in heads])
    number = 0
    for row in rows:
        sheet.append([_safe(sheet, value) for value in row])
        number += 1
    if about:
        second: Any = book.create_sheet("说明")
        for name, words in about:
            second.append([_bold(second, name), _safe(second, words)])
    file = io.BytesIO()
    book.save(file)
    _noted(title, heads, number, asked)
    return _attachment(file.getvalue(), f"{title}_{clock.today():%Y%m%d}.xlsx", MIME)


def send_csv(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], asked: str = ""
) -> Response:
    """Return the rows as a file of values with commas, which spreadsheets open as UTF-8; noted as well."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_plain(head) for head in heads])
    number = 0
    for row in rows:
        writer.writerow([_plain(value) for value in row])
        number += 1
    _noted(title, heads, number, asked)
    content = text.getvalue().encode("utf-8-sig")
    return _attachment(content, f"{title}_{clock.today():%Y%m%d}.csv", "text/csv; charset=utf-8")


def _noted(title: str, heads: Sequence[str], number: int, asked: str) -> None:
    with bookkeeping(history.Change), unit_of_work():
        conditions = asked or request.query_string.decode("ascii", "replace") or "全部"
        detail = {"title": title, "rows": number, "columns": list(heads), "conditions": conditions}
        history.note("export", 0, "export", detail)


def _attachment(content: bytes, name: str, mime: str) -> Response:
    response = Response(content, content_type=mime)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _plain(value: Any) -> Any:
    return delimited_text.plain(value) if isinstance(value, str) else value


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _safe(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub(
            "", value
        )  # pasted along with a text; no workbook has them
    if isinstance(value, str) and value.startswith(delimited_text.RISKY):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    return value
