"""Large imports in real worker processes: killed, stopped and cancelled while rows are being written."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.audit.history import Change
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.jobs import background
from app.core.jobs.background import LongJob
from app.web.excel import importing
from tests.harness.patience import PATIENCE, until
from tests.harness.people import Browserlike, open_person, organisation, sign_in
from tests.harness.workers import started
from tests.product.sheets import content, filled, person_number, persons, send

ROWS = 160  # four batches of the worker program
PEOPLE = "PP11"


def worker(url: str) -> AbstractContextManager[subprocess.Popen[str]]:
    """Start a worker that writes a few rows at a time."""
    return started("tests.product.worker_program", {"DATABASE_URL": url})


def job() -> LongJob:
    """Return the import as it is now."""
    session.rollback()
    found = select(LongJob).where(LongJob.kind == importing.WRITE)
    return session.scalars(found.execution_options(populate_existing=True)).one()


def people() -> int:
    session.rollback()
    with acting_as(SYSTEM), elevated():
        model: Any = registry.object("person").model
        return int(session.scalar(select(func.count()).select_from(model)) or 0)


def wait(condition: Any) -> None:
    until(condition, lambda: (job().state, job().note, background.progress_of(job())))


def writing() -> bool:
    """Whether some rows, but not all, are written and not committed."""
    progress = background.progress_of(waiting_job)
    return progress.words == "正在写入" and 0 < progress.done < ROWS


waiting_job: LongJob


@pytest.fixture
def put(wsgi: Flask, own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database in which a large import waits for a worker; return its URL."""
    global waiting_job
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    wsgi.test_client_class = Browserlike
    with wsgi.app_context():
        unit = organisation()
        with acting_as(SYSTEM), unit_of_work():
            session.get(registry.object("unit").model, unit.id).state = "filed"
        pk = open_person("liaison", org=unit, username="import-liaison")
        client = sign_in(wsgi.test_client(), "import-liaison")
        sent = content(filled(client.get(f"/{PEOPLE}/import/template").data, *persons(range(ROWS))))
        page = send(client, PEOPLE, sent).location
        with acting_as(SYSTEM):
            while background.work_once("test"):
                pass
        assert client.post(f"{page}/write", data={"mode": "all"}).status_code == 303
        waiting_job = job()
        session.expunge(waiting_job)
        assert (waiting_job.state, waiting_job.user_id) == ("waiting", pk)
        session.remove()
        yield own_database
        session.remove()


@pytest.mark.both_databases
@pytest.mark.timeout(300)
def test_a_killed_worker_loses_nothing_and_doubles_nothing(put: str) -> None:
    with worker(put) as first:
        wait(writing)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert people() == 0, "half an import is none"
    assert job().state == "running", "it must have been killed in the middle"
    with worker(put), worker(put):
        wait(lambda: job().state != "running" and not job().open)
    assert (job().state, job().attempts) == ("done", 2)
    assert job().outcome["written"] == people() == ROWS
    with acting_as(SYSTEM), elevated():
        model: Any = registry.object("person").model
        numbers = set(session.scalars(select(model.resident_id)))
        assert numbers == {person_number(number) for number in range(ROWS)}
        assert len(session.scalars(select(Change).where(Change.object == "import")).all()) == 1
        made = select(func.count()).select_from(Change).where(Change.object == "person")
        assert session.scalar(made) == ROWS
        assert list(verification.verify()) == []


@pytest.mark.both_databases
@pytest.mark.timeout(300)
def test_cancelled_while_rows_are_written_nothing_is_kept(put: str) -> None:
    with worker(put):
        wait(writing)
        background.cancel(waiting_job_now())
        wait(lambda: not job().open)
    assert (job().state, job().note) == ("cancelled", "已取消，没有写入任何数据")
    assert people() == 0
    assert job().key is None, "it may be asked for again"


def waiting_job_now() -> LongJob:
    """Return the job as a person who looks at the page has it: read before the writing ends."""
    found = job()
    assert found.state == "running"
    return found


@pytest.mark.both_databases
@pytest.mark.timeout(300)
def test_a_worker_that_is_stopped_hands_the_job_on(put: str) -> None:
    with worker(put) as first:
        wait(writing)
        first.send_signal(signal.SIGTERM)
        assert first.wait(PATIENCE) == 0
    assert (job().state, job().attempts) == ("waiting", 0)
    assert people() == 0
    with worker(put):
        wait(lambda: not job().open)
    assert job().state == "done"
    assert people() == ROWS
