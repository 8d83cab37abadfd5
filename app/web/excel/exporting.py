"""Exports: small ones answer at once, large ones are made by the worker; each is written down.

What an export holds is what its list shows, filtered and ordered as on screen; `full` ones hold
everything that an import reads, in the layout of its template, so that they may be imported again.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import IO, Any
from urllib.parse import quote

from flask import Response, current_app, has_request_context
from sqlalchemy import Select, func, select

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.declare import Object
from app.core.errors import Refused
from app.core.jobs import background
from app.core.jobs.background import Kind, LongJob, Work
from app.security.background_jobs import as_asked
from app.web.excel import template
from app.web.excel.layout import layout_of
from app.web.views import export
from app.web.views.columns import Column

EXPORT = "export"
FILE = "out.xlsx"
AT_ONCE = 2000  # rows that are written while the page waits
PIECE = 64 * 1024


def count(obj: Object, statement: Select[Any]) -> int:
    """Count the rows of an export; Refused where they are more than one workbook may hold."""
    model: Any = obj.model
    inner = statement.with_only_columns(model.id).order_by(None).limit(export.MOST + 1).subquery()
    found = session.scalar(select(func.count()).select_from(inner)) or 0
    if found > export.MOST:
        raise Refused(f"一次最多导出 {export.MOST:,} 行，请用条件缩小范围，分几次导出")
    return int(found)


def put(
    view: Any, query: str, columns: Sequence[Column], rows: int, conditions: str, *, full: bool
) -> LongJob:
    """Put the job of an export as this request asks for it."""
    payload = {
        "query": query,
        "columns": [] if full else [column.path for column in columns],
        "full": full,
        "rows": rows,
        "conditions": conditions,
        "ip": current_actor().ip,
    }
    with unit_of_work():
        return background.put(EXPORT, view.function, f"导出 {view.list_title}", payload)


def make(work: Work) -> None:
    """Write the workbook of an export, and what it holds into the history."""
    values = work.values
    view = _view_of(work.job.function)
    address = f"{view.route_base}/export?{values['query']}"
    with _asked_again(address), as_asked(work, "export"):
        columns, statement = view.exported(values["columns"])
        place = work.new_file(FILE)

        def step(done: int) -> None:
            work.step(done, max(done, values["rows"]), "正在写入工作簿")

        step(0)
        with place.open("wb") as file:
            if values["full"]:
                layout = layout_of(view.declared)
                rows = template.write(file, layout, statement, step)
                titles = [column.title for sheet in layout.sheets for column in sheet.columns]
            else:
                rows = export.write(file, view.object, view.list_title, columns, statement, step)
                titles = [column.title for column in columns]
        session.rollback()
        work.keep_file(FILE)
        with unit_of_work():
            detail = {
                "function": work.job.function,
                "title": view.list_title,
                "rows": rows,
                "columns": titles,
                "conditions": values["conditions"],
                "whole": values["full"],
            }
            history.note("export", work.job.id, "export", detail)
            work.finish(
                {"rows": rows, "size": background.file_of(work.job.id, FILE).stat().st_size}
            )


def _asked_again(address: str) -> AbstractContextManager[Any]:
    """Let the list read its address as it stood in the request; the worker has none of its own."""
    return nullcontext() if has_request_context() else current_app.test_request_context(address)


def _view_of(function: str) -> Any:
    views = current_app.extensions["appbuilder"].baseviews
    return next(view for view in views if getattr(view, "function", "") == function)


def send(job: LongJob, title: str) -> Response:
    """Return the workbook that a job has made as an attachment."""
    place = background.kept_file(job, FILE)
    return attachment(place.open("rb"), f"{title}_{clock.local(job.created_at):%Y%m%d}.xlsx")


def attachment(file: IO[bytes], name: str, media_type: str = export.MIME) -> Response:
    """Return a file as an attachment, sent piece by piece."""
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    response = Response(_pieces(file), mimetype=media_type)
    response.call_on_close(file.close)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Length"] = str(length)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


background.register(Kind(name=EXPORT, title="导出", run=make))
