"""What each file of tests costs: seconds of processor; how often it compiles, calls the product, makes a database.

`--cpu` prints a table of them at the end, `--costs` keeps it in tests/costs.json. Seconds depend on the machine, counts
on the tests alone: a file that compiles, calls or makes clearly more often than is kept lets the run fail. Seconds hold
what a test and the processes that it waited for used, of a worker's collecting nothing.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import request_started
from sqlalchemy import MetaData, event

from generator import compile as compiler

KEPT = Path(__file__).resolve().parents[1] / "costs.json"
ROOM, MORE = 1.25, 10  # random tests differ from run to run
NEW = {"compiles": 100, "requests": 2000, "databases": 200}  # of a file that is not kept yet
COUNTED = ("compiles", "requests", "databases")
_made: Counter[str] = Counter()  # by this process, since it began
_by_file: dict[str, Counter[str]] = {}  # of the whole run, in the process that leads


def count(what: str) -> None:
    """Note that this process did once more what costs: one of COUNTED."""
    _made[what] += 1


def _used() -> Counter[str]:
    """Return what this process has cost so far; processor time in milliseconds."""
    times = os.times()
    spent = times.user + times.system + times.children_user + times.children_system
    return Counter({"cpu": round(spent * 1000), **_made})


def _counted(function: Callable[..., Any], what: str) -> Callable[..., Any]:
    def call(*args: Any, **named: Any) -> Any:
        count(what)
        return function(*args, **named)

    return call


def _on_request(sender: Any, **more: Any) -> None:
    count("requests")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the word by which the table is asked for."""
    parser.addoption("--cpu", action="store_true", help="print what each file of tests costs")
    parser.addoption("--costs", action="store_true", help="keep it in tests/costs.json")


def pytest_configure(config: pytest.Config) -> None:
    """Count from now on."""
    compiler.load = _counted(compiler.load, "compiles")
    request_started.connect(_on_request)
    event.listen(MetaData, "before_create", lambda *args, **named: count("databases"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let a report bring what its phase cost, from whatever process the test ran in."""
    report = yield
    now = _used()
    before = item.session.stash.get(_KEY, _START)
    report.cost = dict(now - before)
    item.session.stash[_KEY] = now
    return report


_KEY = pytest.StashKey[Counter[str]]()
_START = _used()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is read before the first test is no file's own."""
    session.stash[_KEY] = _used()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up by file; a nested run's children are in the time of the test that waited for it."""
    _by_file.setdefault(report.nodeid.split("::")[0], Counter()).update(getattr(report, "cost", {}))


def kept() -> dict[str, dict[str, float]]:
    """Return what files cost when that was kept last."""
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}


def excess(name: str, cost: Counter[str], known: dict[str, dict[str, float]]) -> list[str]:
    """Say of what a file made clearly more than is kept."""
    said = []
    for what in COUNTED:
        most = known[name].get(what, 0) * ROOM + MORE if name in known else NEW[what]
        if cost[what] > most:
            said.append(f"{name}: {cost[what]} {what}, {most:.0f} are kept or usual")
    return said


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep what was asked for, else fail where files cost clearly more than is kept."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    known = kept()
    if session.config.getoption("costs"):
        for name, cost in _by_file.items():
            seconds = {"cpu": round(cost["cpu"] / 1000, 1)}
            known[name] = seconds | {what: cost[what] for what in COUNTED if cost[what]}
        known = {name: known[name] for name in sorted(known) if (KEPT.parents[1] / name).is_file()}
        lines = (f"{json.dumps(name)}: {json.dumps(cost)}" for name, cost in known.items())
        KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        return
    whole = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
    if not whole and not session.config.getoption("project", ""):  # what is kept is of this project
        _beyond.extend(
            line for name, cost in _by_file.items() for line in excess(name, cost, known)
        )
    if _beyond and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


_beyond: list[str] = []


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table, the dearest file first."""
    for line in _beyond:
        terminalreporter.line(f"costs more: {line} (if that is meant: --costs keeps it)", red=True)
    if not config.getoption("cpu"):
        return
    total: Counter[str] = Counter()
    terminalreporter.section("what the tests cost")
    row = "{:>9} {:>8} {:>8} {:>9}  {}".format
    terminalreporter.line(row("CPU s", *COUNTED, ""))
    for name, cost in sorted(_by_file.items(), key=lambda item: -item[1]["cpu"]):
        total.update(cost)
        terminalreporter.line(_row(row, cost, name))
    terminalreporter.line(_row(row, total, "together"))


def _row(row: Callable[..., str], cost: Counter[str], name: str) -> str:
    return row(f"{cost['cpu'] / 1000:.1f}", *(cost[what] for what in COUNTED), name)
