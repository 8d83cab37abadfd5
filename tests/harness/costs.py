"""What each file of tests costs: seconds of processor; how often it compiles, calls the product, makes a database.

`--cpu` prints a table of them at the end. What is counted depends on nothing but the tests, the seconds on the
machine too; they hold what a test and the processes that it waited for used, of a worker's collecting nothing.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import request_started
from sqlalchemy import MetaData, event

from generator import compile as compiler

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


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table, the dearest file first."""
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
