"""Real worker processes: killed in the middle, several at once, stopped cleanly."""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.jobs.outbox import OutboxItem
from app.core.jobs.scheduler import JobRun, Lease
from app.messaging import sms
from app.messaging.models import SmsRecord
from tests.harness import gateway as harness
from tests.harness.patience import PATIENCE, until
from tests.harness.workers import started

pytestmark = pytest.mark.timeout(3 * PATIENCE)  # several processes, each of which may take its time


@contextmanager
def worker(url: str, gateway: harness.Gateway) -> Iterator[subprocess.Popen]:
    """Start a worker that sends to this gateway."""
    environment = {**gateway.environment, "DATABASE_URL": url}
    environment["SMS_GATEWAY_TIMEOUT"] = "120"  # a slow gateway holds the worker while it is killed
    with started("tests.app.worker_program", environment) as process:
        yield process


def put(count: int) -> None:
    with acting_as(SYSTEM), unit_of_work():
        for number in range(count):
            sms.send(f"139{number:08}", f"第 {number} 条", message="test")


def states() -> Counter:
    session.rollback()
    with acting_as(SYSTEM):
        return Counter(session.scalars(select(SmsRecord.state)))


def wait(condition) -> None:
    until(condition, states)


def test_killed_workers_lose_nothing_and_double_nothing(world, database_url):
    with harness.running() as gateway:
        put(40)
        gateway.fault("slow", times=40, seconds=60)
        with worker(database_url, gateway) as first:
            wait(_sending)
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        assert states() == Counter(queued=40) and _sending(), "killed while sending"
        gateway.fault("slow", times=0)
        with worker(database_url, gateway), worker(database_url, gateway):
            wait(lambda: states()["queued"] == 0)
            wait(lambda: states()["delivered"] == 40)
        sent = Counter(message["receiver"] for message in gateway.messages())
    assert len(sent) == 40
    assert set(sent.values()) == {1}


def _sending() -> int:
    session.rollback()
    with acting_as(SYSTEM):
        return len(session.scalars(select(OutboxItem).where(OutboxItem.state == "sending")).all())


def test_one_of_two_leads_and_the_other_takes_over(world, database_url):
    with harness.running() as gateway, worker(database_url, gateway) as first:
        wait(lambda: _runs() >= 2)
        with worker(database_url, gateway) as second:
            first.send_signal(signal.SIGTERM)
            assert first.wait(PATIENCE) == 0, "it stops cleanly"
            before = _runs()
            wait(lambda: _runs() >= before + 2)
            second.send_signal(signal.SIGTERM)
            assert second.wait(PATIENCE) == 0
    session.rollback()
    with acting_as(SYSTEM):
        runs = session.execute(select(JobRun.due_at).where(JobRun.job == "tick")).all()
        assert len(runs) == len(set(runs))
        assert session.scalars(select(Lease)).one().owner is None, "the lead was given back"


def _runs() -> int:
    session.rollback()
    with acting_as(SYSTEM):
        done = select(JobRun).where(JobRun.job == "tick", JobRun.state == "done")
        return len(session.scalars(done).all())


def test_a_hung_worker_loses_its_work_and_its_lead_to_another(world, database_url):
    if database_url.startswith("sqlite"):
        pytest.skip("a process that is stopped while it writes holds the whole SQLite file")
    with harness.running() as gateway, worker(database_url, gateway) as hung:
        wait(lambda: _leader() is not None)
        leader = _leader()
        gateway.fault("slow", seconds=3)
        put(1)
        wait(lambda: _sending() == 1)
        hung.send_signal(signal.SIGSTOP)  # in the middle of sending: no lease is renewed any more
        try:
            with worker(database_url, gateway) as other:
                wait(lambda: states()["delivered"] == 1)
                wait(lambda: _leader() not in (leader, None))
                hung.send_signal(signal.SIGCONT)  # what it still does counts for nothing
                put(1)
                wait(lambda: states()["delivered"] == 2)
                assert other.poll() is None
        finally:
            hung.send_signal(signal.SIGCONT)
        assert len(gateway.messages()) == 2
    session.rollback()
    with acting_as(SYSTEM):
        first = session.scalars(select(OutboxItem).order_by(OutboxItem.id)).first()
        assert (first.state, first.error) == ("sent", None)
        assert first.attempts >= 2, "more where a busy machine outlasts a lease of two seconds"


def _leader() -> str | None:
    session.rollback()
    with acting_as(SYSTEM):
        found = session.scalars(select(Lease)).first()
        return found.owner if found else None


@pytest.mark.parametrize("gone", ["gateway"])
def test_what_cannot_leave_stays_until_it_can(world, database_url, gone):
    with harness.running() as other:
        silent = harness.Gateway("http://127.0.0.1:9")
        put(1)
        with worker(database_url, silent):
            wait(lambda: _attempts() == 1)
        assert states() == Counter(queued=1)
        with acting_as(SYSTEM), unit_of_work():
            item = session.scalars(select(OutboxItem)).one()
            assert item.error is not None
            assert "无法连接" in item.error
            item.next_at = item.created_at
        with worker(database_url, other):
            wait(lambda: states()["delivered"] == 1)


def _attempts() -> int:
    session.rollback()
    with acting_as(SYSTEM):
        item = session.scalars(select(OutboxItem).execution_options(populate_existing=True)).one()
        return item.attempts if item.state == "pending" else 0
