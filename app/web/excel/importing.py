"""The jobs of an import: looking a workbook through, and writing what was found good.

The check writes nothing. What it found is kept beside the file; the writing reads the file once
more, checks every row again, and is one unit of work together with its own end: all rows that the
person decided on, or none.
"""

import hashlib
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
from app.core.files.reader_process import Bounds
from app.core.files.workbooks import LARGEST_FILE, Book, is_small, refused
from app.core.jobs import background
from app.core.jobs.background import Kind, LongJob, Work
from app.core.records import bulk_lookups
from app.core.records import service as records
from app.intake import uploads
from app.security.background_jobs import as_asked, here
from app.web.excel import marked, report
from app.web.excel.intake import Intake, Line
from app.web.excel.layout import layout_of
from app.web.excel.report import Report

CHECK, WRITE = "import.check", "import.write"
FILE, REPORT, MARKED = "in.xlsx", "report.json", "marked.xlsx"
AT_ONCE = 200  # rows that are written while the page waits
NAMED = 500  # rows left out that the history names one by one
MODES = {"all": "全部导入", "good": "仅导入正确的行"}


# --- asking -----------------------------------------------------------------------------------------


def take(function: Function, sent: FileStorage | None) -> LongJob:
    """Keep the workbook that was sent and put the job that checks it; small ones are checked at once."""
    if sent is None or not sent.filename:
        raise refused("请选择要导入的文件")
    most = LARGEST_FILE // 1024 // 1024
    too_large = refused(f"文件超过 {most} MB，请删去图片和格式，或分成几个文件")
    with uploads.received(sent, LARGEST_FILE, too_large) as kept:
        small = is_small(kept.place)
        job = kept.put(CHECK, function.id, f"检查 {kept.name}", FILE)
    return background.work_now(job.id, here()) if small else job


def decide(check: LongJob, mode: str) -> LongJob:
    """Put the job that writes what a check found: everything, or the good rows only."""
    if check.kind != CHECK or check.state != "done":
        raise Conflict("检查还没有完成，或已经过期，请重新上传")
    if mode not in MODES:
        raise Conflict("请选择导入的方式")
    found = report.read(background.kept_file(check, REPORT))
    if mode == "all" and not found.clean:
        raise Conflict("文件里还有错误，不能全部导入。请改正后重新上传，或仅导入正确的行")
    if not found.good:
        raise Conflict("没有可以导入的行")
    payload = {
        "check": check.id, "mode": mode, "ip": current_actor().ip, "name": check.values["name"]
    }  # fmt: skip
    with unit_of_work():
        title = f"导入 {check.values['name']}"
        job = background.put(WRITE, check.function, title, payload, key=f"import:{check.id}")
    if job.state == "waiting" and found.good <= AT_ONCE:
        return background.work_now(job.id, here())
    return job


def written_from(check: LongJob) -> LongJob | None:
    """Return the job that wrote (or writes) what a check found."""
    key = f"import:{check.id}"
    return session.scalars(select(LongJob).where(LongJob.key == key)).first()


# --- doing ------------------------------------------------------------------------------------------


def _opened(work: Work, place: Path) -> Book:
    """Let a workbook be read, before any transaction begins; cancelling the job ends that too."""
    return Book(place, bounds=Bounds(), tick=partial(work.step, 0, 0, "正在读取文件"))


def check(work: Work) -> dict[str, Any]:
    """Look the whole workbook through; nothing is written to any record."""
    with _opened(work, background.file_of(work.job.id, FILE)) as book, as_asked(work, "import"):
        intake = Intake(book, layout_of(registry.function(work.job.function)))
        found = Report()
        found.begin(intake)
        for lines in intake.batches():
            with bulk_lookups.batch() as known:
                intake.check(lines, known)
            for line in lines:
                found.add(line)
            session.rollback()  # the batch is forgotten, and no transaction stays open
            work.step(found.total, max(intake.total, found.total), "正在逐行检查")
        found.end(intake)
        if not found.total and not found.general:
            raise refused(f"“{intake.layout.main.title}”工作表没有填写任何内容")
        _keep_findings(work, book, intake, found)
        return found.counts


def _keep_findings(work: Work, book: Book, intake: Intake, found: Report) -> None:
    found.write(work.new_file(REPORT))
    work.keep_file(REPORT)
    faults = [*found.general, *(fault for line in found.lines for fault in line["faults"])]
    if faults:
        work.step(found.total, found.total + 1, "正在标出错误")
        heads = {title: head for title, (head, _) in intake.heads.items()}
        marked.write(book, work.new_file(MARKED), faults, heads)
        work.keep_file(MARKED)


def write(work: Work) -> None:
    """Write the rows that were decided on, check them once more, and note what was left out."""
    values = work.values
    check_id = values["check"]
    source = background.file_of(check_id, FILE)
    if not source.is_file():
        raise Conflict("文件已过期清除，请重新上传")
    found = report.read(background.file_of(check_id, REPORT))
    _refuse_other(check_id, source, found)
    left_out = set(found.bad_rows)
    with (
        _opened(work, source) as book,
        as_asked(work, "import") as actor,
        unit_of_work(),
    ):
        intake = Intake(book, layout_of(registry.function(work.job.function)))
        ids: list[int] = []
        for lines in intake.batches():
            with bulk_lookups.batch() as known:
                intake.check(lines, known)
                wanted = [line for line in lines if line.row not in left_out]
                _refuse_changed(wanted)
                rows = [line.bound.row for line in wanted if line.bound]
                ids += [record.id for record in records.insert(intake.layout.object, rows)]
            history.write_now()
            work.step(len(ids), found.good, "正在写入")
        if len(ids) != found.good:
            raise Conflict("文件与检查时不一致，没有写入任何数据，请重新上传")
        detail = _detail(work, found, len(ids))
        history.note("import", work.job.id, "import", detail)
        words = f"{actor.name}于 {clock.local(clock.now()):%Y-%m-%d %H:%M} 导入 {len(ids):,} 条"
        if found.bad:
            words += f"，{found.bad:,} 行有错误，没有导入"
        result = {"written": len(ids), "left_out": found.bad, "first": min(ids), "last": max(ids)}
        work.finish(result, words)


def _refuse_other(check_id: int, source: Path, found: Report) -> None:
    """What lies in the folder must be what was sent and what its check found."""
    checked = session.get(LongJob, check_id)
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if checked is None or checked.values["sha256"] != digest or checked.outcome != found.counts:
        raise Conflict("文件与检查时不一致，没有写入任何数据，请重新上传")


def _refuse_changed(lines: list[Line]) -> None:
    """Rows that were good and are so no longer: the person decided on something else."""
    bad = [line for line in lines if line.bad]
    if bad:
        said = "；".join(
            f"第 {line.row} 行：{next(f.message for f, _ in line.faults if f.level == 'error')}"
            for line in bad[:3]
        )
        raise Conflict(f"检查之后情况有变，没有写入任何数据，请重新上传检查。{said}")


def _detail(work: Work, found: Report, written: int) -> dict[str, Any]:
    """What the history keeps of an import: what came in, and what was left out and why."""
    check_job = session.get(LongJob, work.values["check"])
    left = [
        {"row": line["row"], "name": line["name"], "why": line["faults"][0]["message"]}
        for line in found.lines
        if line["bad"]
    ]
    return {
        "function": work.job.function,
        "file": work.values["name"],
        "sha256": check_job.values["sha256"] if check_job else "",
        "mode": MODES[work.values["mode"]],
        "total": found.total,
        "written": written,
        "left_out": found.bad,
        "rows_left_out": left[:NAMED],
    }


background.register(Kind(name=CHECK, title="检查导入文件", run=check))
background.register(Kind(name=WRITE, title="导入", run=write))
