"""Long jobs: what takes longer than a page may, done by the worker for the person who asked for it.

A job goes waiting → running → done, failed or cancelled; what it made expires. Its files lie below
var/jobs, beginning with its number. How far it has got and the wish to cancel it are files too:
on SQLite the one writer of a long import would otherwise keep both from being written.

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
from typing import Any, cast

from sqlalchemy import Index, Integer, String, Text, and_, delete, or_, select, update
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, jobs, settings
from app.core.actor import current_actor
from app.core.database import BigId, UtcDateTime, insert_unless_there, session, unit_of_work
from app.core.entity import Table
from app.core.errors import Conflict, Fault, NotFound, UserError

logger = logging.getLogger(__name__)

STATES = {
    "waiting": "等待处理",
    "running": "正在处理",
    "done": "已完成",
    "failed": "未完成",
    "cancelled": "已取消",
    "expired": "已过期",
}
OPEN = ("waiting", "running")
LEASE = timedelta(seconds=30)
ATTEMPTS = 4  # a job that took so many workers down with it is given up
KEPT = timedelta(days=3)  # how long files are kept
FORGOTTEN = timedelta(days=180)  # how long the row is kept
PULSE = 0.3  # seconds between two notes of progress
NOTHING, STAYS = "没有写入任何数据", "已写入的部分保留，可以接着再做"
BROKEN = f"处理中出错，{NOTHING}。请稍后再试；如仍不行，请联系系统管理员。"
INTERRUPTED = f"处理多次中断，已停止，{NOTHING}。请联系系统管理员。"


class LongJob(Table):
    """One job of one person."""

    __tablename__ = "sys_long_job"
    __table_args__ = (Index(None, "state", "lease_until"), Index(None, "user_id", "function"))

    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    user_id: Mapped[int] = mapped_column(BigId)
    function: Mapped[str] = mapped_column(String(63))
    title: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(String(500))  # what became of it, in words
    result: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def values(self) -> dict[str, Any]:
        """What the job was asked to do."""
        return json.loads(self.payload)

    @property
    def outcome(self) -> dict[str, Any]:
        """What it gave."""
        return json.loads(self.result or "{}")

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in OPEN


class Cancelled(Exception):
    """The person does not want the job any more."""


class Stopped(Exception):
    """The worker stops; the job waits for the next one."""


class Lost(Exception):
    """The lease ran out and somebody else has the job now: what was done must not count."""


@dataclass(frozen=True)
class Progress:
    """How far a job has got; `total` 0 where nobody knows yet."""

    done: int = 0
    total: int = 0
    words: str = ""

    @property
    def percent(self) -> int:
        """Whole per cent, below 100 until the end."""
        return min(99, self.done * 100 // self.total) if self.total else 0


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
        if _place(self.job.id, "cancel").exists():
            raise Cancelled
        if self.stop.is_set():
            raise Stopped
        now = time.monotonic()
        if now - self._noted >= PULSE:
            self._noted = now
            _replace(_place(self.job.id, "progress"), json.dumps([done, total, words]).encode())

    def new_file(self, name: str) -> Path:
        """Return where this attempt may write a file that counts once the job is done."""
        return _place(self.job.id, f"{name}.{self.job.attempts}.part")

    def keep_file(self, name: str) -> None:
        """Let a file that is complete count."""
        os.replace(self.new_file(name), file_of(self.job.id, name))

    def hold(self) -> None:
        """Keep the job within the caller's unit of work; Lost if it is not ours any more.

        Work that is written in several parts calls it in each: what a former owner still does, is
        rolled back.
        """
        if not _update(self, {"lease_until": clock.now() + LEASE}):
            raise Lost

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


# --- asking for one -----------------------------------------------------------------------------


def put(
    kind: str, function: str, title: str, payload: dict[str, Any], *, key: str | None = None
) -> LongJob:
    """Write a job of the present person in the caller's transaction; the same key twice is one job."""
    if key:
        found = session.scalars(select(LongJob).where(LongJob.key == key)).first()
        if found is not None:
            return found
    values = {
        "kind": kind,
        "key": key,
        "user_id": current_actor().user_id or 0,
        "function": function,
        "title": title[:200],
        "payload": json.dumps(payload, ensure_ascii=False),
        "state": "waiting",
        "attempts": 0,
        "created_at": clock.now(),
    }
    left = dict.fromkeys(("owner", "lease_until", "note", "result", "ended_at"))
    session.flush()
    table = cast(SqlTable, LongJob.__table__)
    pk = insert_unless_there(session.connection(), table, values | left)
    if pk is None:  # somebody asked for the same at this moment, and has committed
        return session.scalars(select(LongJob).where(LongJob.key == key)).one()
    job = session.get_one(LongJob, pk)
    for place in settings.folder("jobs").glob(f"{job.id}.*"):
        place.unlink(missing_ok=True)  # of a job that was never committed
    return job


def find(pk: int, function: str) -> LongJob:
    """Return a job of the present person at this function; NotFound for those of others."""
    own = select(LongJob).where(
        LongJob.id == pk,
        LongJob.function == function,
        LongJob.user_id == (current_actor().user_id or -1),
    )
    job = session.scalars(own.execution_options(populate_existing=True)).first()
    if job is None:
        raise NotFound("没有这项任务，或它不是您的")
    return job


def recent(function: str, kinds: tuple[str, ...], limit: int = 8) -> list[LongJob]:
    """Return the latest jobs of the present person at this function."""
    query = select(LongJob).where(
        LongJob.user_id == (current_actor().user_id or -1),
        LongJob.function == function,
        LongJob.kind.in_(kinds),
    )
    return list(session.scalars(query.order_by(LongJob.id.desc()).limit(limit)))


def progress_of(job: LongJob) -> Progress:
    """Return how far a job has got."""
    try:
        done, total, words = json.loads(_place(job.id, "progress").read_bytes())
    except (OSError, ValueError):
        return Progress()
    return Progress(done, total, words)


def cancel(job: LongJob) -> None:
    """Say that a job is not wanted any more; it ends at its next step, having written nothing."""
    if not job.open:
        raise Conflict(f"这项任务{STATES[job.state]}，不能取消")
    _place(job.id, "cancel").touch()
    if job.state == "waiting":
        with unit_of_work() as current:
            current.execute(
                update(LongJob)
                .where(LongJob.id == job.id, LongJob.state == "waiting")
                .values(state="cancelled", note="已取消", key=None, ended_at=clock.now())
                .execution_options(synchronize_session=False)
            )


def file_of(pk: int, name: str) -> Path:
    """Return where a file of a job lies."""
    return _place(pk, name)


def kept_file(job: LongJob, name: str) -> Path:
    """Return a file that a job has made; NotFound once it has expired."""
    place = _place(job.id, name)
    if job.state == "expired" or not place.is_file():
        raise NotFound(f"文件只保留 {KEPT.days} 天，现已清除，请重新操作")
    return place


# --- doing it -----------------------------------------------------------------------------------


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
        ended = _ended_already(job)
        if ended:
            job.state, job.note = ended
            job.key = job.owner = job.lease_until = None
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
    if _place(job.id, "cancel").exists():
        return "cancelled", "已取消"
    if job.kind not in KINDS:
        return "failed", "没有处理这种任务的程序"
    if job.attempts >= ATTEMPTS:
        return "failed", _said(job.kind, INTERRUPTED)
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
        for place in settings.folder("jobs").glob(f"{work.job.id}.*.part"):
            place.unlink(missing_ok=True)


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


# --- cleaning up ----------------------------------------------------------------------------------


def expire() -> str:
    """Delete the files of jobs that ended some days ago, and rows that nobody will look at."""
    now = clock.now()
    with unit_of_work() as current:
        old = select(LongJob).where(LongJob.ended_at < now - KEPT, LongJob.state != "expired")
        rows = list(current.scalars(old))
        for row in rows:
            if row.state == "done":
                row.state = "expired"
            row.key = None
        current.execute(delete(LongJob).where(LongJob.created_at < now - FORGOTTEN))
        alive = set(current.scalars(select(LongJob.id).where(
            or_(LongJob.state.in_(OPEN), LongJob.ended_at >= now - KEPT)
        )))  # fmt: skip
    gone = 0
    for place in settings.folder("jobs").iterdir():
        number = place.name.partition(".")[0]
        if number.isdigit() and int(number) not in alive and _old(place):
            place.unlink(missing_ok=True)
            gone += 1
    return f"清除 {gone} 个文件"


def _old(place: Path) -> bool:
    """A file that was written just now may belong to a job that is not committed yet."""
    try:
        return time.time() - place.stat().st_mtime > 3600
    except OSError:
        return False


def _place(pk: int, name: str) -> Path:
    return settings.folder("jobs") / f"{pk}.{name}"


def _replace(place: Path, content: bytes) -> None:
    fresh = place.with_name(f"{place.name}.{os.getpid()}.{threading.get_ident()}")
    fresh.write_bytes(content)
    os.replace(fresh, place)


jobs.declare(
    jobs.Job(name="expire_long_jobs", title="清除过期的导入导出文件", run=expire, at="03:40")
)
