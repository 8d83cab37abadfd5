"""What somebody hands in: judged row by row without writing anything, then taken in one transaction.

Both are long jobs that act as the person who asked, with the rights of that moment. A file that was
judged is judged again when it is taken; what has become different meanwhile stops it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.declare import Function, registry
from app.core.errors import Conflict
from app.core.jobs import background
from app.core.jobs.background import Kind, LongJob, Work
from app.intake import uploaded_sources, uploads
from app.intake.loading import UNCHANGED, Counts, Taking
from app.intake.models import LEFT_OUT, LOADED, MERGED, QUARANTINED, HandedIn
from app.intake.sources import Source
from app.security.background_jobs import as_asked, here

CHECK, TAKE = "intake.check", "intake.take"
FILE, REPORT = "in.bin", "report.json"
OBJECT = "handed_in"  # under which the history keeps what was handed in
LARGEST = 100 * 1024 * 1024
MOST_ROWS = 20_000
AT_ONCE = 2 * 1024 * 1024  # bytes of a file that is judged while the page waits
FORESEEN = {
    LOADED: "可新增", MERGED: "已有记录", QUARANTINED: "将待更正", LEFT_OUT: "不能载入", UNCHANGED: "以前已载入",
}  # fmt: skip
MODES = {
    "all": "全部正确才载入",
    "good": "只载入正确的行，其余不载入",
    "quarantine": "载入正确的行，其余留待更正",
}


# --- asking -----------------------------------------------------------------------------------------


def hand_in(function: Function, sent: FileStorage | None) -> LongJob:
    """Keep a file that was sent and judge it; small ones are judged at once."""
    if sent is None or not sent.filename:
        raise Conflict("请选择要交的文件")
    name = uploads.name_of(sent)
    wanted = uploaded_sources.ending(function.model)
    if not name.lower().endswith(wanted):
        raise Conflict(f"请交 {wanted} 文件，您选的是“{name}”")
    too_large = Conflict(f"文件超过 {LARGEST // 1024 // 1024} MB，请分成几个文件")
    with uploads.received(sent, LARGEST, too_large) as kept:
        if not kept.size:
            raise Conflict("文件是空的")
        job = kept.put(CHECK, function.id, f"检查 {name}", FILE)
    return background.work_now(job.id, here()) if kept.size <= AT_ONCE else job


def take(check: LongJob, function: Function) -> LongJob:
    """Put the job that takes what was judged, as the mode of its maps says."""
    if check.kind != CHECK or check.state != "done":
        raise Conflict("检查还没有完成，或已经过期，请重新上传")
    found = report_of(check)
    if found["refused"]:
        raise Conflict(found["refused"])
    name = check.values["name"]
    payload = {"check": check.id, "name": name, "ip": current_actor().ip}
    with unit_of_work():
        job = background.put(TAKE, function.id, f"载入 {name}", payload, key=f"intake:{check.id}")
    small = background.kept_file(check, FILE).stat().st_size <= AT_ONCE
    return background.work_now(job.id, here()) if job.state == "waiting" and small else job


def taken_from(check: LongJob) -> LongJob | None:
    """Return the job that takes (or took) what was judged."""
    return session.scalars(select(LongJob).where(LongJob.key == f"intake:{check.id}")).first()


def report_of(check: LongJob) -> dict[str, Any]:
    """Return what a check found: counts in words, faults, and why nothing can be taken, if so."""
    found: dict[str, Any] = json.loads(background.kept_file(check, REPORT).read_bytes())
    return found


# --- doing ------------------------------------------------------------------------------------------


class _Forget(Exception):
    """Roll back what was tried."""


def check(work: Work) -> dict[str, Any]:
    """Judge all rows by taking them, and roll it back."""
    source = registry.function(work.job.function).model
    place = background.file_of(work.job.id, FILE)
    with _opened(work, source, place) as handed_in, as_asked(work, "add"):
        found: list[Taking] = []
        with suppress(_Forget), unit_of_work():
            found = _all(work, source, handed_in, None, "正在逐行检查")
            raise _Forget
        found_report = _report(found)
    work.new_file(REPORT).write_text(json.dumps(found_report, ensure_ascii=False), "utf-8")
    work.keep_file(REPORT)
    return {"rows": found_report["total"], "bad": found_report["bad"]}


def _report(found: list[Taking]) -> dict[str, Any]:
    counts = [(one.spec.title, one.counts) for one in found]
    bad, total = sum(c.bad for _, c in counts), sum(c.total for _, c in counts)
    fresh = total - sum(c.outcomes[UNCHANGED] for _, c in counts)
    mode, refused = found[0].spec.mode, ""
    if not total:
        refused = "文件里没有一行数据"
    elif bad and mode == "all":
        refused = "有行不能载入，按规定必须全部正确才载入。请改正后重新交"
    elif not fresh:
        refused = "文件里的行以前都已载入，没有新的内容"
    elif bad >= fresh and mode == "good":
        refused = "没有可以载入的行"
    return {
        "total": total,
        "bad": bad,
        "fresh": fresh,
        "mode": mode,
        "refused": refused,
        "tables": [
            {"title": title, "total": c.total, "bad": c.bad, "words": _foreseen(c)}
            for title, c in counts
        ],
        "faults": sorted(
            ([one.spec.title, *fault] for one in found for fault in one.listed),
            key=lambda fault: (fault[1], int(fault[6]) if fault[6].isdigit() else 0),
        ),
        "found": _found(found),
    }


def _foreseen(counts: Counts) -> str:
    """Say what would become of the rows."""
    said = [
        f"{words} {number:,}"
        for name, words in FORESEEN.items()
        if (number := counts.outcomes[name])
    ]
    more = f"；另有 {counts.orphans:,} 行没有所属的行" if counts.orphans else ""
    return f"共 {counts.total:,} 行" + (f"：{'，'.join(said)}" if said else "") + more


def _found(found: list[Taking]) -> list[list[Any]]:
    """What must be the same when the file is taken: how many rows became what, map by map."""
    return [[one.spec.name, sorted(one.counts.outcomes.items())] for one in found]


def carry_out(work: Work) -> None:
    """Take all rows in one transaction, together with the end of the job."""
    checked = session.get(LongJob, work.values["check"])
    if checked is None or checked.function != work.job.function:
        raise Conflict("检查已经过期，请重新上传")
    before, place = report_of(checked), background.kept_file(checked, FILE)
    digest = checked.values["sha256"]
    with place.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise Conflict("文件与检查时不一致，没有写入任何数据，请重新上传")
    function = registry.function(work.job.function)
    with (
        _opened(work, function.model, place) as handed_in,
        as_asked(work, "add") as actor,
        unit_of_work(),
    ):
        batch = HandedIn(
            source=function.model, function=function.id, user_id=actor.user_id or 0,
            name=work.values["name"][:200], sha256=digest, at=clock.now(),
        )  # fmt: skip
        session.add(batch)
        session.flush()
        pk = batch.id
        found = _all(work, function.model, handed_in, pk, "正在载入")
        now = json.loads(json.dumps(_found(found)))
        if now != before["found"]:
            raise Conflict("检查之后情况有变，没有写入任何数据，请重新上传检查")
        words = "；".join(f"{one.spec.title}{one.counts}" for one in found)
        kept = session.get(HandedIn, pk)
        assert kept is not None
        kept.note = words[:500]
        detail = {
            "file": kept.name,
            "sha256": digest,
            "words": words,
            "mode": MODES[before["mode"]],
        }
        history.note(OBJECT, pk, "import", {"function": function.id, **detail})
        work.finish({"batch": pk}, words)


HandedFile = tuple[Source, Mapping[str, bytes]]


@contextmanager
def _opened(work: Work, source: str, place: Path) -> Iterator[HandedFile]:
    """Open a file for a block, before any transaction begins; cancelling the job ends that too."""
    tick = partial(work.step, 0, 0, "正在读取文件")
    rows, members = uploaded_sources.opened(source, place, work.values["name"], tick)
    try:
        yield rows, members
    finally:
        rows.close()


def _all(
    work: Work, source: str, handed_in: HandedFile, batch: int | None, words: str
) -> list[Taking]:
    """Take the rows of a file by all of its maps within the caller's transaction."""
    specs = uploaded_sources.maps(source)
    rows, members = handed_in
    totals = [rows.count(spec.table) for spec in specs]
    if sum(totals) > MOST_ROWS:
        raise Conflict(f"一次不超过 {MOST_ROWS:,} 行，请分成几个文件")
    found = []
    for number, spec in enumerate(specs):
        taking = Taking(spec, batch or 0, members)
        _one(taking, rows, partial(_tell, work, sum(totals[:number]), sum(totals), words))
        found.append(taking)
    return found


def _tell(work: Work, done: int, total: int, words: str, counts: Counts) -> None:
    work.step(done + counts.total, total, words)


def _one(taking: Taking, source: Source, told: Callable[[Counts], None]) -> None:
    inner = taking.inner(source)
    for lines in taking.batches(source, inner):
        taking.take(lines)
        session.flush()
        session.expunge_all()
        told(taking.counts)
    for lines in taking.orphans(inner):
        taking.refuse(lines)


background.register(Kind(name=CHECK, title="检查交来的文件", run=check))
background.register(Kind(name=TAKE, title="载入交来的文件", run=carry_out))
