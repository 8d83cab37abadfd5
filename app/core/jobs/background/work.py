"""Doing long jobs: a worker takes one, keeps its lease, and records how it ended.

A worker that dies leaves its job `running` with a lease that runs out; another one begins it anew.
A job that writes records ends (`Work.finish`) in the very transaction that writes them, on the
condition that it is still its own: whatever happens, they are written once or not at all.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import and_, or_, select, update

from app.core import clock
from app.core.db.database import session, unit_of_work
from app.core.errors import Fault, UserError
from app.core.jobs.background import folder
from app.core.jobs.background.queue import LongJob

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
DEATHS = 2  # a job that took so many workers down with it, and got nowhere between, is set aside
PULSE = 0.3  # seconds between two notes of progress
NOTHING, STAYS = "没有写入任何数据", "已写入的部分保留，可以接着再做"
BROKEN = f"处理中出错，{NOTHING}。请稍后再试；如仍不行，请联系系统管理员。"
INTERRUPTED = f"处理它的进程两次中断，已搁置，{NOTHING}。请联系系统管理员查明原因，再重新提交。"


class Cancelled(Exception):
    """The person does not want the job any more."""


class Stopped(Exception):
    """The worker stops; the job waits for the next one."""


class Lost(Exception):
    """The lease ran out and somebody else has the job now: what was done must not count."""


@dataclass
class Work:
    """A job in the hands of who does it."""

    job: LongJob
    owner: str
    stop: threading.Event = field(default_factory=threading.Event)
    _noted: float = 0.0
    _finished: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """What the job was asked to do."""
        return self.job.values

    def step(self, done: int, total: int, words: str) -> None:
        """Note the progress; raises Cancelled or Stopped where the work is to end."""
        if folder.is_unwanted(self.job.id):
            raise Cancelled
        if self.stop.is_set():
            raise Stopped
        now = time.monotonic()
        if now - self._noted >= PULSE:
            self._noted = now
            folder.note_progress(self.job.id, done, total, words)

    def new_file(self, name: str) -> Path:
        """Return where this attempt may write a file that counts once the job is done."""
        return folder.file_of(self.job.id, f"{name}.{self.job.attempts}.part")

    def keep_file(self, name: str) -> None:
        """Let a file that is complete count."""
        os.replace(self.new_file(name), folder.file_of(self.job.id, name))

    def hold(self) -> None:
        """Keep the job within the caller's unit of work; Lost if it is not ours any more.

        Work that is written in several parts calls it in each: what a former owner still does, is
        rolled back.
        """
        if not _update(self, {"lease_until": clock.now() + LEASE, "deaths": 0}):
            raise Lost  # it got on: a worker that dies later dies of something else

    def finish(self, result: dict[str, Any], note: str = "", *, again: bool = False) -> None:
        """Record within the caller's unit of work that the job is done; Lost if it is not ours.

        `again`: a job of the same key may be put from now on.
        """
        _end(self, "done", note, result, again)
        self._finished = True


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of job. `run` does it and returns its result, unless it called `finish` itself."""

    name: str
    title: str
    run: Callable[[Work], dict[str, Any] | None]
    parts: bool = False  # it writes part by part: what was written stays


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let jobs of this kind be done."""
    KINDS[kind.name] = kind


def work_once(owner: str, stop: threading.Event | None = None) -> bool:
    """Do one job that waits; False when there is none."""
    due = _due(clock.now())
    waits = session.scalar(select(LongJob.id).where(due).limit(1))
    session.rollback()  # looking for work must not hold a transaction open
    if waits is None:
        return False
    job = _claim(owner, due)
    if job is not None:
        _attempt(Work(job, owner, stop or threading.Event()))
    return True


def work_now(pk: int, owner: str) -> LongJob:
    """Do one job at once, without waiting for a worker, and return it as it is then.

    Call it after the transaction that put the job, never inside one.
    """
    job = _claim(owner, and_(LongJob.id == pk, _due(clock.now())))
    if job is not None:
        _attempt(Work(job, owner))
    found = select(LongJob).where(LongJob.id == pk).execution_options(populate_existing=True)
    return session.scalars(found).one()


def _due(now: datetime) -> Any:
    return or_(
        LongJob.state == "waiting",
        and_(LongJob.state == "running", clock.run_out(LongJob.lease_until, now, LEASE)),
    )


def _claim(owner: str, due: Any) -> LongJob | None:
    """Take one job by a conditional update, so that of several workers one gets it."""
    with unit_of_work() as current:
        query = select(LongJob).where(due).order_by(LongJob.id).limit(1)
        if current.get_bind().dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True)
        job = current.scalars(query.execution_options(populate_existing=True)).first()
        if job is None:
            return None
        if job.state == "running":  # its lease ran out: whoever had it is gone
            job.deaths = (job.deaths or 0) + 1
            logger.error("job %s %s was left by %s", job.kind, job.id, job.owner)
        ended = _ended_already(job)
        if ended:
            job.state, job.note = ended
            job.owner = job.lease_until = None
            if job.state != "set_aside":  # else two of a kind could be written
                job.key = None
            job.ended_at = clock.now()
            return None
        job.state, job.owner = "running", owner
        job.lease_until = clock.now() + LEASE
        job.attempts += 1
        current.flush()
    session.expunge(job)  # what is known of the attempt stays as it is, whatever is rolled back
    return job


def _said(kind: str, words: str) -> str:
    """Say of work in parts that what was written stays."""
    known = KINDS.get(kind)
    return words.replace(NOTHING, STAYS) if known and known.parts else words


def _ended_already(job: LongJob) -> tuple[str, str] | None:
    """Return how a job ends that nobody should begin (again)."""
    if folder.is_unwanted(job.id):
        return "cancelled", "已取消"
    if job.kind not in KINDS:
        return "failed", "没有处理这种任务的程序"
    if (job.deaths or 0) >= DEATHS:
        return "set_aside", _said(job.kind, INTERRUPTED)
    return None


def _attempt(work: Work) -> None:
    beat = _Heartbeat(work)
    beat.start()
    try:
        result = KINDS[work.job.kind].run(work)
        if not work._finished:
            with unit_of_work():
                _end(work, "done", "", result or {})
    except Cancelled:
        _give_up(work, "cancelled", _said(work.job.kind, f"已取消，{NOTHING}"))
    except Stopped:
        _put_back(work)
    except Lost:
        session.rollback()
        logger.warning("job %s was taken over by another worker", work.job.id)
    except UserError as error:
        _give_up(work, "failed", error.message, error.faults)
    except Exception:
        logger.exception("job %s %s failed", work.job.kind, work.job.id)
        _give_up(work, "failed", _said(work.job.kind, BROKEN))
    finally:
        beat.end()
        folder.forget(work.job.id, "*.part")


def _give_up(work: Work, state: str, note: str, faults: tuple[Fault, ...] = ()) -> None:
    session.rollback()
    shown = [{"path": fault.path, "message": fault.message} for fault in faults[:100]]
    try:
        with unit_of_work():
            _end(work, state, note, {"faults": shown} if shown else {})
    except Lost:
        logger.warning("job %s was taken over by another worker", work.job.id)


def _end(work: Work, state: str, note: str, result: dict[str, Any], again: bool = False) -> None:
    values: dict[str, Any] = {
        "state": state,
        "note": note[:500] or None,
        "result": json.dumps(result, ensure_ascii=False),
        "owner": None,
        "lease_until": None,
        "ended_at": clock.now(),
    }
    if state != "done" or again:
        values["key"] = None  # it may be asked for again
    if not _update(work, values):
        raise Lost


def _put_back(work: Work) -> None:
    session.rollback()
    with unit_of_work():
        _update(
            work,
            {"state": "waiting", "owner": None, "lease_until": None}
            | {"attempts": LongJob.attempts - 1},
        )


def _update(work: Work, values: dict[str, Any]) -> bool:
    """Change the job's row while it is this worker's."""
    done = session.execute(
        update(LongJob)
        .where(
            LongJob.id == work.job.id, LongJob.owner == work.owner, LongJob.state == "running",
            LongJob.attempts == work.job.attempts,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return bool(done.rowcount)  # type: ignore[attr-defined]


class _Heartbeat(threading.Thread):
    """Keeps the lease of a job that is being done."""

    def __init__(self, work: Work) -> None:
        super().__init__(name=f"job-{work.job.id}", daemon=True)
        self._work = Work(work.job, work.owner)
        self._done = threading.Event()

    def run(self) -> None:
        """Renew the lease until the work ends."""
        while not self._done.wait(LEASE.total_seconds() / 3):
            try:
                with unit_of_work():
                    _update(self._work, {"lease_until": clock.now() + LEASE})
            except Exception as error:  # noqa: BLE001 - SQLite lets nobody write beside an import
                logger.info("lease of job %s not renewed: %s", self._work.job.id, error)
            finally:
                session.remove()

    def end(self) -> None:
        """Stop renewing."""
        self._done.set()
        self.join()
