"""What whoever watches over a process is answered while its database is no use."""

import shutil

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.db.database import session
from app.security.models import PermissionVersion


def test_it_lives_and_is_not_ready_without_its_tables(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/readyz").get_json()["ready"] is True
    table = PermissionVersion.__tablename__
    with session.get_bind().begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_gone"))
    said = client.get("/readyz")
    assert (said.status_code, said.get_json()["ready"]) == (503, False)
    assert "数据库暂不可用" in said.get_json()["message"] and "gone" not in said.text
    assert client.get("/healthz").status_code == 200


def test_a_disk_that_fills_up_is_warned_of(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 96 % nothing was said, and at 100 % nothing could be saved any more."""
    usage = type(shutil.disk_usage("/"))

    def disk(total: int, free: int) -> list[str]:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(total, total - free, free))
        answer = app.test_client().get("/readyz")
        assert answer.status_code == 200, "people can still work"
        return [words for words in answer.get_json()["warnings"] if "磁盘" in words]

    assert disk(200 * 2**30, 50 * 2**30) == []
    (said,) = disk(200 * 2**30, 8 * 2**30)
    assert "只剩 8.0 GB（已用 96%）" in said
    assert disk(10 * 2**30, 1 * 2**30) != [], "a tenth of a small disk is little"
