import tracemalloc

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.views import export
from tests.app.web.conftest import fill


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


def test_memory_does_not_grow_with_the_rows(filled: Flask, clerk: FlaskClient) -> None:
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
