"""A process that hangs with the only lock of writers of SQLite: who reads goes on, who writes is told."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import registry
from tests.app.web.desk.people import hidden
from tests.examples.deeds import save


def _impatient(connection, record):
    connection.execute("PRAGMA busy_timeout=50")


def test_who_writes_is_told_and_may_go_on_when_the_lock_is_free(world, client, database_url):
    if not database_url.startswith("sqlite"):
        pytest.skip("rows are locked one by one there")
    pk = save(
        world,
        "fund",
        {"unit": str(world.bureaus["east"]), "name": "培训", "granted": "1000"},
        who="officer",
    )
    clerk = client("clerk", world.bureaus["east"])
    token = {"X-CSRFToken": hidden(clerk, "/FU02/import")["csrf_token"]}
    values = {"fund": pk, "purpose": "报表", "items": [{"kind": "meal", "amount": "70.00"}]}

    def write():
        answer = clerk.post("/api/v1/claim/", json={"values": values}, headers=token)
        session.remove()
        return answer

    engine = session.get_bind()
    session.remove()
    engine.dispose()
    event.listen(engine, "connect", _impatient)
    path = make_url(database_url).database
    with closing(sqlite3.connect(path, isolation_level=None)) as hung:
        hung.execute("BEGIN IMMEDIATE")
        told = write()
        assert told.status_code == 503 and "数据没有改变。请稍等片刻再试" in told.get_data(
            as_text=True
        )
        page = clerk.get("/FU02/")
        assert page.status_code == 200 and "报表" not in page.get_data(as_text=True)
        assert clerk.get("/readyz").get_json()["ready"] is True
    assert write().status_code == 201  # whoever held it was ended: nobody has to mend anything
    with acting_as(SYSTEM), elevated():
        assert session.query(registry.object("claim").model).count() == 1
