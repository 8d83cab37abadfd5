"""What the product says and does when what it stands on fails: and that nobody has to mend it by hand."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, inspect, select, text

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history, verification
from app.core.audit.history import Change
from app.core.db.database import bind, make_engine, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Unavailable
from app.core.files import attachments
from app.messaging import sms
from app.ops.ports import free_port
from app.ops.supervisor import die_with_parent
from app.settings import ROOT
from app.web.http import health
from tests.app.test_kills import Person
from tests.harness import gateway as harness
from tests.harness import postgres
from tests.harness.patience import PATIENCE, until
from tests.harness.people import Browserlike, open_person, sign_in


@contextmanager
def run(environment: dict[str, str], *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env={**os.environ, **environment},
        preexec_fn=die_with_parent, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def command(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "run.py", *arguments], cwd=ROOT, env={**os.environ, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def ask(url: str, **headers: str) -> tuple[int, str]:
    """Return status and text of an answer; 0 where nobody listens."""
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=60
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except urllib.error.URLError:
        return 0, ""


# --- the database is restarted ------------------------------------------------------------------


@pytest.mark.timeout(600)
def test_a_restarted_database_is_told_and_everything_goes_on_by_itself(
    wsgi, own_var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = session.get_bind()
    with postgres.restartable() as server, harness.running() as gateway:
        url = postgres.Databases(server.url).make()
        port = free_port()
        environment = {
            **gateway.environment, "DATABASE_URL": url, "VAR": str(own_var), "PORT": str(port),
            "WEB_PROCESSES": "2",
        }  # fmt: skip
        done = command(environment, "upgrade")
        assert done.returncode == 0, done.stderr
        bind(make_engine(url))
        with wsgi.app_context():
            open_person(_a_role(), username="clerk")
        session.remove()
        with run(environment, "run.py", "serve") as product:
            site = f"http://127.0.0.1:{port}"
            until(lambda: ask(f"{site}/readyz")[0] == 200, "it never got ready")
            person = Person(site, "clerk")
            person.sign_in()
            session.get_bind().dispose()
            server.stop()
            status, said = ask(f"{site}/readyz")
            assert status == 503
            assert json.loads(said) == {"ready": False, "message": health.AWAY}
            assert ask(f"{site}/healthz")[0] == 200
            with pytest.raises(urllib.error.HTTPError) as refused:
                person.look("/me")
            page = refused.value.read().decode()
            assert refused.value.code == 503
            assert "数据库暂时连不上" in page
            assert "Traceback" not in page and "psycopg" not in page
            server.start()
            until(lambda: ask(f"{site}/readyz")[0] == 200, "it never recovered")
            person.look("/me")  # still signed in
            with acting_as(SYSTEM), unit_of_work():
                sms.send("13900000001", "恢复之后", message="test")
            until(lambda: len(gateway.messages()) == 1, "the worker never recovered")
            assert product.poll() is None, "nobody started it anew"
        session.remove()
        session.get_bind().dispose()
    bind(before)


def _a_role() -> str:
    return next(role.name for role in registry.registry().roles.values() if role.face != "portal")


# --- the disk is full -----------------------------------------------------------------------------


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: the system refuses as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_an_upload_without_room_is_told_and_leaves_nothing(app, own_var: Path) -> None:
    content = b"%PDF-1.4 " + bytes(2_000_000) + b"%%EOF"
    with acting_as(SYSTEM):
        with (
            little_room(1_000_000),
            pytest.raises(Unavailable, match="存储空间已满"),
            unit_of_work(),
        ):
            attachments.store(BytesIO(content), "大.pdf", ("pdf",), 10_000_000)
        assert (
            session.scalars(select(attachments.File).where(attachments.File.name == "大.pdf")).all()
            == []
        )
        assert [path for path in (own_var / "files").rglob("*") if path.is_file()] == []
        with unit_of_work():
            stored = attachments.store(BytesIO(content), "大.pdf", ("pdf",), 10_000_000)
        assert attachments.check_all() == []
        assert stored.size == len(content)


def test_a_store_without_room_is_told_by_the_health_address(
    app, own_var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_files", (0.0, ""))
    with little_room(10_000):
        answer = app.test_client().get("/readyz")
    assert answer.status_code == 200, "people can still read"
    assert any("存储空间已满" in words for words in answer.get_json()["warnings"])
    monkeypatch.setattr(health, "_files", (0.0, ""))
    assert app.test_client().get("/readyz").get_json() == {"ready": True, "warnings": []}


def test_a_full_database_is_told_and_takes_writes_again_when_there_is_room(
    wsgi, own_database: str, own_var: Path
) -> None:
    """SQLite itself says "database or disk is full": it is given no page more than it has."""
    engine = session.get_bind()
    full = [False]

    def limit(connection: sqlite3.Connection, record: object) -> None:
        if full[0]:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages}")

    with wsgi.app_context():
        open_person(_a_role(), username="clerk")
    wsgi.test_client_class = Browserlike
    client = wsgi.test_client()
    client.look("/sign-in")
    _open_anew(engine)
    event.listen(engine, "connect", limit)
    full[0] = True
    for number in range(500):  # every attempt to sign in is written down
        before = _counts(own_database)
        answer = client.post("/sign-in", data={"username": f"nobody{number}" * 9, "password": "x"})
        if answer.status_code == 503:
            break
    assert answer.status_code == 503, answer.status
    assert "服务器存储空间已满" in answer.text
    assert "Traceback" not in answer.text
    assert _counts(own_database) == before, "nothing of it was written"
    assert client.get("/readyz").status_code == 200, "what is there can be read"
    full[0] = False
    _open_anew(engine)
    sign_in(client, "clerk")
    assert _counts(own_database) == before + 1


def _open_anew(engine: Engine) -> None:
    session.remove()
    engine.dispose()


def _counts(url: str) -> int:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return int(connection.execute("SELECT count(*) FROM sys_sign_in").fetchone()[0])


# --- the clock is set back ------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_clock_that_was_set_back_is_told_and_holds_nothing_up(app) -> None:
    now = datetime(2040, 11, 20, 4, 0, tzinfo=UTC)
    clock.set_clock(lambda: now)
    try:
        with acting_as(SYSTEM), unit_of_work():
            history.note("account", 1, "step", {"before": True})
        assert app.test_client().get("/readyz").get_json()["warnings"] == []
        now -= timedelta(hours=3)
        warnings = app.test_client().get("/readyz").get_json()["warnings"]
        assert warnings == ["服务器时间比最近的记录（2040-11-20 12:00）早，请校准时钟"]
        with acting_as(SYSTEM), unit_of_work():
            history.note("account", 1, "step", {"after": True})
        entries = session.scalars(
            select(Change).where(Change.object == "account", Change.record_id == 1)
        )
        assert [json.loads(entry.detail) for entry in entries.all()][-2:] == [
            {"before": True}, {"after": True},
        ]  # fmt: skip
        assert list(verification.verify()) == []
    finally:
        clock.set_clock(None)


# --- an upgrade is killed -------------------------------------------------------------------------


@pytest.mark.timeout(600)
def test_an_upgrade_that_is_killed_leaves_nothing_by_half(database_url: str, own_var: Path) -> None:
    environment = {"DATABASE_URL": database_url, "VAR": str(own_var)}
    killed = 0
    for pause in (0.0, 0.3, 0.8):
        with run(environment, "run.py", "upgrade", "--quiet") as process:
            until(
                lambda p=process: _working(database_url) or p.poll() is not None, "it never began"
            )
            time.sleep(pause)
            if process.poll() is None:
                process.kill()
                process.wait()
                killed += 1
                # PostgreSQL takes a moment to see that its client is gone.
                until(lambda: not _seen(database_url), "everything or nothing")
    assert killed >= 2, "the upgrades were killed while they worked"
    told = command(environment, "verify-history")
    assert told.returncode == 1
    assert "run.py upgrade" in told.stderr and "Traceback" not in told.stderr
    with run(environment, "run.py", "upgrade", "--quiet") as process:
        until(
            lambda: _seen(database_url) or process.poll() is not None, "it never ended", pause=0.01
        )
        process.kill()  # as soon as others see a table
    whole = command(environment, "upgrade")
    assert whole.stdout.strip() == "数据库已是最新。", f"they saw it by half: {whole.stdout}"
    told = command(environment, "verify-archive")
    assert (told.returncode, told.stdout) == (0, "✓ 归档的办理件完整，未被改动\n"), told.stderr


def _working(url: str) -> bool:
    """Tell whether an upgrade is under way: its transaction has written."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return any(
            Path(f"{path}{ending}").exists() and Path(f"{path}{ending}").stat().st_size
            for ending in ("-wal", "")
        )
    engine = create_engine(url)
    with engine.connect() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
        found = connection.execute(text(query)).scalar()
    engine.dispose()
    return bool(found)


def _seen(url: str) -> set[str]:
    """Return the tables that others than the upgrade see."""
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()
