"""Timed jobs: declared once, run by the one worker that holds the lease, never twice for one due time."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, String, UniqueConstraint, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db.database import UtcDateTime, session, unit_of_work
from app.core.db.entity import Table

logger = logging.getLogger(__name__)

LEADER = "scheduler"
LEASE = timedelta(seconds=30)
KEPT = timedelta(days=7)


class Lease(Table):
    """Who may do a thing just now, until when."""

    __tablename__ = "sys_lease"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    owner: Mapped[str | None] = mapped_column(String(80))
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class JobRun(Table):
    """One run of a job; job and due time are unique, so that no two processes run the same."""

    __tablename__ = "sys_job_run"
    __table_args__ = (UniqueConstraint("job", "due_at"), Index(None, "started_at"))

    job: Mapped[str] = mapped_column(String(60))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    owner: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))  # running, done, failed
    note: Mapped[str | None] = mapped_column(String(500))


class Unproved(RuntimeError):
    """A proof has found what does not hold; the message is Chinese and shown to administrators."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is done again and again: every so many seconds, or daily at a time of the office's zone."""

    name: str
    title: str
    run: Callable[[], str | None]  # returns a note for the log of runs
    every: int = 0
    at: str = ""  # "02:30"
    proof: bool = False  # proves what is stored; its last run is shown to administrators
    everywhere: bool = False  # in every worker, not only in the leading one; leaves no run behind


JOBS: dict[str, Job] = {}


def declare(job: Job) -> None:
    """Let the worker run this job."""
    if bool(job.every) == bool(job.at):
        raise ValueError(f"job {job.name}: say either `every` or `at`")
    JOBS[job.name] = job


def lead(owner: str) -> bool:
    """Take or keep the lead; True while this worker has it."""
    now = clock.now()
    with unit_of_work() as current:
        taken = current.execute(
            update(Lease)
            .where(
                Lease.name == LEADER,
                or_(Lease.owner == owner, clock.run_out(Lease.until, now, LEASE)),
            )
            .values(owner=owner, until=now + LEASE)
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
        if taken:
            return True
        if current.scalar(select(Lease.id).where(Lease.name == LEADER)):
            return False
    return _first(owner, now)


def step_down(owner: str) -> None:
    """Give the lead back, so that another worker need not wait for the lease to run out."""
    with unit_of_work() as current:
        current.execute(
            update(Lease)
            .where(Lease.name == LEADER, Lease.owner == owner)
            .values(owner=None, until=clock.now() - LEASE)
            .execution_options(synchronize_session=False)
        )


def run(job: Job, owner: str, due_at: datetime) -> bool:
    """Run a job that is due; False where another process has run it."""
    try:
        with unit_of_work() as current:
            row = JobRun(
                job=job.name, due_at=due_at, owner=owner, started_at=clock.now(), state="running"
            )
            current.add(row)
            current.flush()
            run_id = row.id
    except IntegrityError:
        return False
    state, note = "done", None
    try:
        note = job.run()
    except Exception as error:
        logger.exception("job %s failed", job.name)
        session.rollback()
        state = "failed"
        note = str(error) if isinstance(error, Unproved) else f"{type(error).__name__}：{error}"
    with unit_of_work() as current:
        current.execute(
            update(JobRun)
            .where(JobRun.id == run_id)
            .values(state=state, note=(note or "")[:500] or None, ended_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    return True


def proofs() -> list[tuple[Job, JobRun | None]]:
    """Return the jobs that prove what is stored, each with its last run that has ended."""
    proving = [job for job in JOBS.values() if job.proof]
    ended = select(func.max(JobRun.id)).where(
        JobRun.job.in_([job.name for job in proving]), JobRun.ended_at.is_not(None)
    )
    query = select(JobRun).where(JobRun.id.in_(ended.group_by(JobRun.job)))
    last = {run.job: run for run in session.scalars(query)}
    return [(job, last.get(job.name)) for job in proving]


def forget_old_runs() -> str:
    """Delete runs that nobody will look at any more."""
    with unit_of_work() as current:
        gone = current.execute(
            delete(JobRun).where(JobRun.started_at < clock.now() - KEPT)
        ).rowcount  # type: ignore[attr-defined]
    return f"删除 {gone} 条"


def _first(owner: str, now: datetime) -> bool:
    try:
        with unit_of_work() as current:
            current.add(Lease(name=LEADER, owner=owner, until=now + LEASE))
    except IntegrityError:
        return False
    return True


declare(Job(name="forget_old_runs", title="清理任务运行记录", run=forget_old_runs, at="03:10"))
