"""What whoever watches over a process is answered while its database is no use."""

from flask import Flask
from sqlalchemy import text

from app.core.database import session
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
