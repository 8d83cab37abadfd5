"""A migration as a long job: one at a time, batch after batch, resumed by whoever comes next."""

import csv
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from sqlalchemy import select

from app.core.access.actor import Actor, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.declare.loads import Migration
from app.core.errors import Conflict, NotFound, Refused
from app.core.jobs import background
from app.core.jobs.background import Kind, LongJob, Work
from app.intake import corrections
from app.intake.loading import Taking
from app.intake.sources import Source, open_source
from app.security import request_identity

RUN = "migration.run"
BAD = "bad.csv"
HEADS = ("表", "来源行", "列", "内容", "原因")
ACTOR = Actor(name="数据迁移", everything=True)
REHEARSED = "演练完成，没有写入任何数据"
NOT_ALL = "有行不能载入，按“全部或不载”没有写入任何数据"


def find(name: str) -> Migration:
    """Return a migration; NotFound names those that there are."""
    known = {name: one for name, one in registry.registry().migrations.items() if not one.file}
    if name not in known:
        listed = "、".join(known) or "（没有）"
        raise NotFound(f"没有名为“{name}”的迁移，可用：{listed}")
    return known[name]


def put(spec: Migration, *, rehearse: bool = False, function: str = "") -> LongJob:
    """Ask for a migration; where one is under way or was interrupted, that one goes on."""
    payload = {"migration": spec.name, "rehearse": rehearse}
    title = f"{'演练' if rehearse else '迁移'} {spec.title}"
    with unit_of_work():
        return background.put(RUN, function, title, payload, key=f"migration:{spec.name}")


def latest(spec: Migration) -> LongJob | None:
    """Return the last job of a migration, whoever asked for it."""
    wanted = json.dumps({"migration": spec.name}, ensure_ascii=False)[1:-1]
    query = select(LongJob).where(
        LongJob.kind == RUN, LongJob.payload.contains(wanted, autoescape=True)
    )
    return session.scalars(query.order_by(LongJob.id.desc()).limit(1)).first()


def finish(
    spec: Migration,
    owner: str,
    *,
    rehearse: bool = False,
    told: Callable[[LongJob], None] = lambda job: None,
) -> LongJob:
    """Carry a migration out and return its job as it ended.

    Where one is under way, or a dead process still holds its lease, this waits; what that one leaves is
    done. `told` is called with each job that is taken up or waited for.
    """
    while True:
        job = put(spec, rehearse=rehearse)
        wanted = job.values["rehearse"] == rehearse
        told(job)
        while job.open:
            job = background.work_now(job.id, owner)
            if job.open:
                time.sleep(0.5)
        if wanted:
            return job


def run(work: Work) -> dict[str, Any] | None:
    """Carry a migration out; `finish` stands in its last transaction."""
    spec = find(work.values["migration"])
    if work.job.function and not request_identity.actor_of(work.job.user_id).may(
        "run", work.job.function
    ):
        raise Refused("您的权限已被收回或账户已停用，没有执行")
    with acting_as(ACTOR), opened(spec) as source:
        taking = Taking(spec)
        whole = work.values["rehearse"] or spec.mode == "all"
        (_as_one if whole else _in_batches)(work, taking, source)
    return None


@contextmanager
def opened(spec: Migration) -> Iterator[Source]:
    """Open the source of a migration for a block."""
    source = open_source(spec.source)
    try:
        yield source
    finally:
        source.close()


def _in_batches(work: Work, taking: Taking, source: Source) -> None:
    """Commit each batch by itself, on the condition that the job is still ours."""

    def part(take: Callable[[], None]) -> None:
        with unit_of_work():
            take()
            work.hold()
        session.expunge_all()

    _all(work, taking, source, part)
    with unit_of_work():
        work.finish(_result(taking), str(taking.counts), again=True)


def _as_one(work: Work, taking: Taking, source: Source) -> None:
    """Take everything in one transaction; it is rolled back where it was tried only, or a row is bad."""

    def part(take: Callable[[], None]) -> None:
        take()
        session.flush()
        session.expunge_all()

    rehearsed = work.values["rehearse"]
    with suppress(_Forget), unit_of_work():
        _all(work, taking, source, part)
        if rehearsed or taking.counts.bad:
            raise _Forget
        work.finish(_result(taking), str(taking.counts), again=True)
    _keep_bad(work, taking)
    if rehearsed:
        with unit_of_work():
            work.finish(_result(taking), f"{REHEARSED}。{taking.counts}", again=True)
    elif taking.counts.bad:
        raise Conflict(f"{NOT_ALL}。{taking.counts}")


class _Forget(Exception):
    """Roll back what was tried."""


def _keep_bad(work: Work, taking: Taking) -> None:
    """Keep a list of the rows that could not be taken, since the ledger has not got them."""
    with work.new_file(BAD).open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(HEADS)
        lines.writerows(
            [corrections.plain(text) for text in row[: len(HEADS)]] for row in taking.listed
        )
    work.keep_file(BAD)


def _all(
    work: Work, taking: Taking, source: Source, part: Callable[[Callable[[], None]], None]
) -> None:
    total, inner = source.count(taking.spec.table), taking.inner(source)
    for lines in taking.batches(source, inner):
        part(partial(taking.take, lines))
        work.step(taking.counts.total, max(total, taking.counts.total), "正在载入")
    for lines in taking.orphans(inner):
        part(partial(taking.refuse, lines))


def _result(taking: Taking) -> dict[str, Any]:
    counts = taking.counts
    return {"total": counts.total, "orphans": counts.orphans, **counts.outcomes}


background.register(Kind(name=RUN, title="数据迁移", run=run, parts=True))
