"""`run.py migrate-data`: what another system holds becomes records, and what could not be is listed."""

import argparse
import csv
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session
from app.core.declare import registry
from app.core.declare.loads import Migration
from app.core.errors import UserError
from app.core.jobs import background
from app.core.jobs.background import LongJob
from app.intake import corrections, reconciliation, runner
from app.intake.models import OUTCOMES, QUARANTINED, TakenRow
from app.ops.preconditions import CannotRun, need_upgrade
from app.settings import Settings
from app.web.factory import create_app

SHOWN = 20  # bad rows on the terminal


def migrate_data(settings: Settings, options: argparse.Namespace) -> int:
    """Carry one migration out, or do what the options ask; without a name, list them all."""
    with create_app(settings).app_context(), acting_as(SYSTEM):
        need_upgrade()
        try:
            if not options.name:
                return _list()
            spec = runner.find(options.name)
            if options.fix:
                print(f"✓ 已收下 {corrections.read(spec, options.fix)} 行更正")
            if options.bad:
                print(f"✓ {corrections.write(spec, options.bad)} 行待更正，已写到 {options.bad}")
                return 0
            return _report(spec, options.report) if options.report else _run(spec, options.rehearse)
        except UserError as error:
            raise CannotRun(error.message) from error


def _report(spec: Migration, place: Path) -> int:
    """Write quality and accounts to a workbook, and say in short how it stands."""
    book = Workbook(write_only=True)
    differences = 0
    for title, rows in reconciliation.sheets(spec):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([_plain(value) for value in row])
        if title == "逐表对账":
            for table, total, *counts in rows[1:]:
                said = "，".join(
                    f"{w} {n:,}" for w, n in zip(rows[0][2:], counts, strict=True) if n
                )
                print(f"· {table}：源 {total:,} 行；{said}")
        if title == "差异":
            differences = len(rows) - 1
    book.save(place)
    if differences:
        print(f"! {differences:,} 处与源不同，逐条列在 {place} 的“差异”中")
    else:
        print(f"✓ 各字段与源一致，报告在 {place}")
    return 1 if differences else 0


def _plain(value: Any) -> Any:
    """Keep a spreadsheet from calculating what a source says."""
    return f"'{value}" if isinstance(value, str) and value.startswith("=") else value


def _list() -> int:
    run_here = [spec for spec in registry.registry().migrations.values() if not spec.file]
    if not run_here:
        print("· 元数据的 migration 目录中没有要在这里运行的迁移")
    for spec in run_here:  # the others are handed in on their screen
        counts = _counts(spec)
        said = "，".join(f"{OUTCOMES[name]} {number:,}" for name, number in counts.items())
        print(f"{spec.name:24} {spec.title}（{spec.source}：{spec.table}）{said or '还没有迁移'}")
    return 0


def _counts(spec: Migration) -> dict[str, int]:
    query = (
        select(TakenRow.outcome, func.count())
        .where(TakenRow.migration == spec.name, TakenRow.part == "")
        .group_by(TakenRow.outcome)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _run(spec: Migration, rehearse: bool) -> int:
    teller = _Teller()
    owner = f"cli:{os.getpid()}:{os.urandom(4).hex()}"
    try:
        job = runner.finish(spec, owner, rehearse=rehearse, told=teller.follow)
    finally:
        teller.end()
    return _tell(spec, job, rehearse)


class _Teller(threading.Thread):
    """Writes the progress over itself on a terminal, line by line elsewhere."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._job: LongJob | None = None
        self._done = threading.Event()

    def follow(self, job: LongJob) -> None:
        """Show this job from now on."""
        if job.state == "running":
            words = "· 已有一次迁移在进行，或刚刚中断；等它结束或让出后接着做"
            print(words, file=sys.stderr, flush=True)
        started, self._job = self._job is not None, job
        if not started:
            self.start()

    def run(self) -> None:
        """Look for progress twice a second."""
        last = -1
        while not self._done.wait(0.5):
            now = background.progress_of(self._job) if self._job else background.Progress()
            if now.total and now.done != last:
                last = now.done
                end = "\r" if sys.stderr.isatty() else "\n"
                words = f"  {now.words} {now.done:,}/{now.total:,}（{now.percent}%）"
                print(words, end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Say no more."""
        self._done.set()
        if self._job is not None:
            self.join()


def _tell(spec: Migration, job: LongJob, rehearse: bool) -> int:
    good = job.state == "done"
    print(f"{'✓' if good else '✗'} {spec.title}：{job.note}")
    place = background.file_of(job.id, runner.BAD)
    if (rehearse or spec.mode == "all") and place.is_file():
        _show_listed(place)
    elif spec.mode == "quarantine":
        _show_waiting(spec)
    _show_differing(spec)
    return 0 if good else 1


def _show_listed(place: Path) -> None:
    with place.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    for table, key, title, text, message in rows[:SHOWN]:
        print(f"! {table} {key}：{title}“{text}”{message}")
    if len(rows) > SHOWN:
        print(f"! 共 {len(rows)} 处，全部列在 {place}")


def _show_differing(spec: Migration) -> None:
    query = select(func.count()).select_from(TakenRow)
    query = query.where(TakenRow.migration == spec.name, TakenRow.differs.is_not(None))
    if number := session.scalar(query):
        print(f"! {number:,} 行与已有记录不同，在“数据迁移”页面逐项决定后再运行一次")


def _show_waiting(spec: Migration) -> None:
    waiting: Any = select(TakenRow).where(
        TakenRow.migration == spec.name, TakenRow.outcome == QUARANTINED
    )
    number = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    for row in session.scalars(waiting.order_by(TakenRow.id).limit(SHOWN)):
        for title, text, message in json.loads(row.reasons or "[]")[:3]:
            print(f"! {row.part or spec.table} {row.key}：{title}“{text}”{message}")
    if number:
        print(
            f"! {number:,} 行待更正。导出：run.py migrate-data {spec.name} --bad 文件.csv；"
            f"改好后：run.py migrate-data {spec.name} --fix 文件.csv"
        )
