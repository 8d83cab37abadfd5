"""The queue of long jobs: their rows, how one is asked for, found, cancelled, and forgotten."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Index, Integer, String, Text, delete, func, or_, select, update
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import BigId, UtcDateTime, insert_unless_there, session, unit_of_work
from app.core.db.entity import Table
from app.core.errors import Conflict, NotFound
from app.core.jobs import scheduler
from app.core.jobs.background import folder

STATES = {
    "waiting": "等待处理",
    "running": "正在处理",
    "done": "已完成",
    "failed": "未完成",
    "cancelled": "已取消",
    "set_aside": "已搁置",
    "expired": "已过期",
}
OPEN = ("waiting", "running")
KEPT = timedelta(days=3)  # how long files are kept
FORGOTTEN = timedelta(days=180)  # how long the row is kept


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
    deaths: Mapped[int | None] = mapped_column(Integer, default=0)  # of workers, since it got on
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


def put(
    kind: str, function: str, title: str, payload: dict[str, Any], *, key: str | None = None
) -> LongJob:
    """Write a job of the present person in the caller's transaction; the same key twice is one job.

    One that was set aside is tried again when somebody asks for it again.
    """
    if key:
        found = session.scalars(select(LongJob).where(LongJob.key == key)).first()
        if found is not None:
            if found.state == "set_aside":
                found.state, found.deaths, found.note, found.ended_at = "waiting", 0, None, None
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
        "deaths": 0,
        "created_at": clock.now(),
    }
    left = dict.fromkeys(("owner", "lease_until", "note", "result", "ended_at"))
    session.flush()
    table = cast(SqlTable, LongJob.__table__)
    pk = insert_unless_there(session.connection(), table, values | left)
    if pk is None:  # somebody asked for the same at this moment, and has committed
        return session.scalars(select(LongJob).where(LongJob.key == key)).one()
    job = session.get_one(LongJob, pk)
    folder.forget(job.id)  # of a job that was never committed
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


def progress_of(job: LongJob) -> folder.Progress:
    """Return how far a job has got."""
    return folder.progress(job.id)


def cancel(job: LongJob) -> None:
    """Say that a job is not wanted any more; it ends at its next step, having written nothing."""
    if not job.open:
        raise Conflict(f"这项任务{STATES[job.state]}，不能取消")
    folder.wish_away(job.id)
    if job.state == "waiting":
        with unit_of_work() as current:
            current.execute(
                update(LongJob)
                .where(LongJob.id == job.id, LongJob.state == "waiting")
                .values(state="cancelled", note="已取消", key=None, ended_at=clock.now())
                .execution_options(synchronize_session=False)
            )


def set_aside() -> int:
    """Return how many jobs took whoever did them down twice, and wait for somebody to look."""
    return session.scalar(select(func.count()).where(LongJob.state == "set_aside")) or 0


def kept_file(job: LongJob, name: str) -> Path:
    """Return a file that a job has made; NotFound once it has expired."""
    place = folder.file_of(job.id, name)
    if job.state == "expired" or not place.is_file():
        raise NotFound(f"文件只保留 {KEPT.days} 天，现已清除，请重新操作")
    return place


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
    return f"清除 {folder.keep_only(alive)} 个文件"


scheduler.declare(
    scheduler.Job(name="expire_long_jobs", title="清除过期的导入导出文件", run=expire, at="03:40")
)
