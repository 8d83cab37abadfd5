"""Measures everything and writes docs/benchmarks.md: `make bench`, or `python -m tests.bench search`."""

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

from app.settings import ROOT
from tests.bench import search, startup, steps
from tests.bench.figures import Figure
from tests.bench.ground import databases

PAGE = ROOT / "docs" / "benchmarks.md"
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
}


def main(names: list[str]) -> int:
    """Run the named benches, or all; return 1 where a goal is missed."""
    os.environ.setdefault("VAR", str(ROOT / "var" / "bench"))
    found = []
    busy = os.getloadavg()[0]
    for name in names or BENCHES:
        for figure in BENCHES[name]():
            print(_line(figure), flush=True)
            found.append(figure)
    if not names:
        PAGE.write_text(_page(found, busy), encoding="utf-8")
        print(f"✓ {PAGE.relative_to(ROOT)}")
    return int(any(figure.met is False for figure in found))


def _line(figure: Figure) -> str:
    goal = "—" if figure.goal is None else f"≤ {figure.goal:g}"
    verdict = {True: "达到", False: "未达到", None: ""}[figure.met]
    return (
        f"| {figure.group} | {figure.what} | {figure.ours:,.1f} | {figure.beside} {figure.other:,.1f} "
        f"| {figure.ratio:.2f} | {goal} | {verdict} | {figure.note} |"
    )


def _page(found: list[Figure], busy: float) -> str:
    libraries = "，".join(f"{name} {version(name)}" for name in LIBRARIES)
    lines = "\n".join(_line(figure) for figure in found)
    return f"""# 性能

由 `make bench` 写成。每一行把本产品与另一种做法在同一次运行中交替测量，取中位数或总数；
比值在别的机器上也有意义，毫秒数只对这台机器有效。

* 日期：{date.today():%Y-%m-%d}；机器：{os.cpu_count()} 核 {platform.machine()}，{_memory()} GB 内存；\
测量开始时的系统负载：{busy:.1f}
* Python {platform.python_version()}，SQLite {sqlite3.sqlite_version}，{libraries}
* PostgreSQL 打开 fsync 与 synchronous_commit；SQLite 为 WAL、synchronous=NORMAL。

| 环境 | 测量 | 本产品（毫秒） | 对照（毫秒） | 比值 | 目标 | 结果 | 说明 |
|---|---|---|---|---|---|---|---|
{lines}
{_warning(busy)}
尚未测量：列表页、表单与导出同 Flask-AppBuilder、Django 的比较，200 个功能与 10 个功能的同一页面。
"""


def _warning(busy: float) -> str:
    """Say so where the machine had other work: what computes in Python then looks worse than it is."""
    if busy <= (os.cpu_count() or 1):
        return ""
    return (
        "\n测量时机器上另有许多程序在争用处理器，用 Python 计算的一侧受影响更大，"
        "未达到的比值须在空闲的机器上重测后才能下结论。\n"
    )


def _memory() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal"):
            return int(line.split()[1]) // 1024 // 1024
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
