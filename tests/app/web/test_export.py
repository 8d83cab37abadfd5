import io
import tracemalloc
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit.history import Change
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.jobs import background
from app.core.jobs.background import LongJob, folder
from app.core.records import queries
from app.web.excel import exporting
from app.web.views import columns, export
from tests.app.web.conftest import fill
from tests.app.web.store.registry import Thing


def work(app: Flask) -> None:
    """Do what the worker does, until nothing waits."""
    with app.app_context(), acting_as(SYSTEM):
        while background.work_once("test"):
            pass


def rows_of(content: bytes) -> list[tuple]:
    return list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def peak_of(client: FlaskClient) -> int:
    """The most memory that an export takes at once."""
    tracemalloc.start()
    answer = client.get("/W01/export")
    pieces = sum(len(piece) for piece in answer.iter_encoded())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    answer.close()
    assert answer.mimetype == export.MIME
    assert pieces == answer.content_length
    return peak


def test_memory_does_not_grow_with_the_rows(
    filled: Flask, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 100_000)
    with filled.app_context():
        fill(1000)
    clerk.get("/W01/export", buffered=True)
    few = peak_of(clerk)
    with filled.app_context():
        fill(4000)
    assert peak_of(clerk) < few * 1.5


def test_too_many_rows_are_refused_not_cut(
    clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST", 44)
    answer = clerk.get("/W01/export")
    assert answer.status_code == 403
    assert "一次最多导出 44 行" in answer.text
    assert clerk.get("/W01/export?f.kind=desk", buffered=True).status_code == 200


def test_what_a_spreadsheet_would_take_for_a_formula_is_a_text(
    filled: Flask, clerk: FlaskClient
) -> None:
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1"]
    with filled.app_context(), acting_as(SYSTEM), unit_of_work():
        for thing, name in zip(session.scalars(select(Thing)), names, strict=False):
            thing.name = name
    answer = clerk.get("/W01/export", buffered=True)
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.value for cell in cells} >= set(names)
    assert {cell.data_type for cell in cells if str(cell.value)[0] in "=+-@\t"} == {"s"}


def test_many_rows_are_exported_by_the_worker(
    filled: Flask, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 20)
    at_once = rows_of(clerk.get("/W01/export?f.kind=desk&sort=name", buffered=True).data)
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    answer = clerk.get("/W01/export?f.kind=desk&sort=name")
    assert answer.status_code == 303
    page = answer.location
    assert "正在排队" in clerk.get(page).text
    assert clerk.get(f"{page}/file").status_code == 409
    work(filled)
    assert f"共 {len(at_once) - 1} 行" in clerk.get(page).text
    assert rows_of(clerk.get(f"{page}/file", buffered=True).data) == at_once


def test_every_export_is_written_down(filled: Flask, clerk: FlaskClient) -> None:
    clerk.get("/W01/export?f.kind=desk", buffered=True)
    with filled.app_context(), acting_as(SYSTEM):
        note = session.scalars(select(Change).where(Change.object == "export")).one()
    assert note.actor_name == "林文"
    assert "类别：桌椅" in note.detail
    assert '"rows": ' in note.detail
    assert "保管人" not in note.detail, "only what was exported"


def test_a_cancelled_export_leaves_nothing(
    filled: Flask, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    page = clerk.get("/W01/export").location
    pk = int(page.rpartition("/")[2])
    with filled.app_context():
        job = session.get(LongJob, pk)
        folder.wish_away(job.id)
    work(filled)
    assert "已取消" in clerk.get(page).text
    place: Path = background.file_of(pk, "x").parent
    assert not list(place.glob(f"{pk}.*.xlsx*"))


def test_a_mask_holds_where_rows_are_read_whole(filled: Flask) -> None:
    with filled.app_context(), acting_as(SYSTEM):
        obj = registry.object("thing")
        some = queries.query(obj).where(Thing.holder.is_not(None)).limit(3)
        (batch,) = export._of_records(obj, [columns.column(obj, "holder")], some)
    assert batch[0] and all("********" in text for text in batch[0])
