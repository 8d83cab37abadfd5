"""Measures everything and writes docs/benchmarks.md: `make bench`, or `make bench ARGS=search`."""

import json
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from app.settings import ROOT
from tests.bench import exports, generator, pages, search, startup, steps, watching
from tests.bench.figures import Figure
from tests.bench.ground import databases

PAGE = ROOT / "docs" / "benchmarks.md"
KEPT = ROOT / "var" / "bench" / "results"
LIBRARIES = ("flask", "flask-appbuilder", "sqlalchemy", "psycopg2-binary", "gunicorn")


def _on_both(measure: Callable[..., Iterator[Figure]]) -> Callable[[], Iterator[Figure]]:
    def run() -> Iterator[Figure]:
        for kind in ("sqlite", "postgresql"):
            with databases(kind) as ground:
                yield from measure(ground)

    return run


BENCHES = {
    "steps": _on_both(steps.figures),
    "startup": startup.figures,
    "search": _on_both(search.figures),
    "pages": _on_both(pages.figures),
    "exports": _on_both(exports.figures),
    "generator": generator.figures,
    "watching": watching.figures,
}


def main(names: list[str]) -> int:
    """Run the named benches, or all, and write the page with the last results of each.

    Returns 1 where a goal is missed.
    """
    os.environ.setdefault("VAR", str(ROOT / "var" / "bench"))
    missed = False
    for name in names or BENCHES:
        busy, found = _settled(), []
        for figure in BENCHES[name]():
            print(_line(figure), flush=True)
            found.append(figure)
            missed = missed or figure.met is False
        _keep(name, busy, found)
    PAGE.write_text(_page(_kept(), _earlier() if names else []), encoding="utf-8")
    print(f"✓ {PAGE.relative_to(ROOT)}")
    return int(missed)


def _settled(most: int = 90) -> float:
    """Let the load of the bench before fade, for so many seconds at most; return what is left."""
    for _ in range(most):
        if os.getloadavg()[0] <= (os.cpu_count() or 1) / 2:
            break
        time.sleep(1)
    return os.getloadavg()[0]


@dataclass(frozen=True)
class Result:
    """The last figures of one bench: from which day, and how busy the machine was before."""

    day: str
    busy: float
    figures: list[Figure]


def _keep(name: str, busy: float, found: list[Figure]) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    result = {"day": f"{date.today():%Y-%m-%d}", "busy": busy, "figures": list(map(asdict, found))}
    (KEPT / f"{name}.json").write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


def _kept() -> list[Result]:
    texts = [path.read_text("utf-8") for n in BENCHES if (path := KEPT / f"{n}.json").exists()]
    read = map(json.loads, texts)
    return [Result(r["day"], r["busy"], [Figure(**one) for one in r["figures"]]) for r in read]


def _line(figure: Figure) -> str:
    goal = "—" if figure.goal is None else f"≤ {figure.goal:g}"
    verdict = {True: "达到", False: "未达到", None: ""}[figure.met]
    return (
        f"| {figure.group} | {figure.what} | {figure.ours:,.1f} | {figure.beside} {figure.other:,.1f} "
        f"| {figure.ratio:.2f} | {goal} | {verdict} | {figure.note} |"
    )


def _earlier() -> list[str]:
    """Return the rows that the page has: of benches measured elsewhere nothing else is kept."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    return [
        row for row in text.split("\n") if row.startswith("| ") and not row.startswith("| 环境")
    ]


def _about(row: str) -> tuple[str, ...]:
    """Return what a row is about, without its figures."""
    cells = [cell.strip() for cell in row.split("|")]
    return (*cells[1:3], cells[4].rpartition(" ")[0])


def _page(results: list[Result], earlier: list[str]) -> str:
    libraries = "，".join(f"{name} {version(name)}" for name in LIBRARIES)
    fresh = [_line(figure) for result in results for figure in result.figures]
    measured = set(map(_about, fresh))
    lines = "\n".join([*(row for row in earlier if _about(row) not in measured), *fresh])
    days = "、".join(sorted({result.day for result in results}))
    busy = max((result.busy for result in results), default=0.0)
    return f"""# 性能

由 `make bench` 写成。每一行把本产品与另一种做法在同一次运行中交替测量，取中位数或总数；
比值在别的机器上也有意义，毫秒数只对这台机器有效。

* 日期：{days}；机器：{os.cpu_count()} 核 {platform.machine()}，{_memory()} GB 内存；\
各项开始时的系统负载最高 {busy:.1f}
* Python {platform.python_version()}，SQLite {sqlite3.sqlite_version}，{libraries}
* PostgreSQL 打开 fsync 与 synchronous_commit；SQLite 为 WAL、synchronous=FULL。
* 网页由两个进程、每个四个线程的 gunicorn 提供；客户端保持连接，已登录。

| 环境 | 测量 | 本产品（毫秒） | 对照（毫秒） | 比值 | 目标 | 结果 | 说明 |
|---|---|---|---|---|---|---|---|
{lines}
{_warning(busy)}{_why(results)}"""


def _warning(busy: float) -> str:
    """Say so where the machine had other work: what computes in Python then looks worse than it is."""
    if busy <= (os.cpu_count() or 1):
        return ""
    return (
        "\n测量时机器上另有程序在争用处理器，用 Python 计算的一侧受影响更大，"
        "未达到的比值须在空闲的机器上重测后才能下结论。\n"
    )


OTHERS = (
    "别的做法（另行测得，不在同一次运行中；PostgreSQL，一步只查权、加锁、改状态、写一行历史和一行待发、提交，"
    "各 5,000 步；裸 SQL 每步 0.70 毫秒，其中提交占 0.42）与裸 SQL 之比：SpiffWorkflow 1.85（直接用 psycopg2，"
    "记下的较少），手写 SQLAlchemy ORM 2.1，transitions 加 ORM 2.3，python-statemachine 加 ORM 2.5，viewflow 8.3。\n"
)


def _why(results: list[Result]) -> str:
    """Explain the one goal that an object mapper hardly reaches, where it is missed, and cite others."""
    taken = [one for result in results for one in result.figures if one.what == steps.STEP]
    if not taken:
        return ""
    orm = "、".join(
        f"{one.group} {one.ratio:.2f} 倍" for one in taken if one.beside == steps.BY_ORM
    )
    missed = "；".join(
        f"{one.group} 对“{one.beside}”{one.ratio:.2f}" for one in taken if one.met is False
    )
    said = f"没有达到目标的：{missed}。" if missed else ""
    return (
        f"\n“{steps.STEP}”{said}用 SQLAlchemy ORM 手写同样的一步更慢，本产品用的时间是它的 {orm}；"
        "其余的时间用在对象与语句之间的转换。"
        f"SQLite 的裸 SQL 不到一毫秒，任何 Python 代码与之相比都显得很慢。\n\n{OTHERS}"
    )


def _memory() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal"):
            return int(line.split()[1]) // 1024 // 1024
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
