"""Remembers which tests passed when they last ran, for `python -m generator coverage`.

A line is the id of a test and, after a tab, the functions and the musts that the test says it walks. A must that
the project's list does not have ends the collection: a slip would count for nothing, in silence.
"""

import os
from pathlib import Path

import pytest

from generator import coverage

ROOT = Path(__file__).resolve().parents[2]
PASSED = ROOT / coverage.PASSED
_outcomes: dict[str, bool] = {}
_walked: dict[str, str] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Put the functions that a test says it walks into its id: test_name[PP27-PP28]."""
    ids = sorted({id for mark in metafunc.definition.iter_markers("functions") for id in mark.args})
    if ids:
        metafunc.fixturenames.append("functions_walked")
        metafunc.parametrize("functions_walked", [tuple(ids)], ids=["-".join(ids)])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send what a test names along with its reports, from whatever process it runs in."""
    known = {must.id for asked in coverage.read(ROOT / coverage.LIST) for must in asked.musts}
    for item in items:
        functions = {id for mark in item.iter_markers("functions") for id in mark.args}
        musts = {id for mark in item.iter_markers("musts") for id in mark.args}
        if unknown := musts - known:
            raise pytest.UsageError(
                f"{item.nodeid} names musts that {coverage.LIST} does not have: {sorted(unknown)}"
            )
        if functions or musts:
            said = " ".join((*sorted(functions), *sorted(musts)))
            item.user_properties.append(("walked", said))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note the outcome: a test has passed if none of its phases failed and its body ran."""
    known = _outcomes.get(report.nodeid, True)
    _outcomes[report.nodeid] = known and not report.failed and not report.skipped
    _walked[report.nodeid] = str(dict(report.user_properties).get("walked", ""))


def pytest_sessionfinish() -> None:
    """Put the outcomes of this run over what earlier runs left."""
    if not _outcomes or "PYTEST_XDIST_WORKER" in os.environ:
        return  # the process that leads hears of every test
    before = PASSED.read_text(encoding="utf-8").splitlines() if PASSED.is_file() else []
    kept = {line for line in before if line.partition("\t")[0] not in _outcomes}
    passed = kept | {line(name) for name, good in _outcomes.items() if good}
    PASSED.parent.mkdir(parents=True, exist_ok=True)
    PASSED.write_text("".join(f"{name}\n" for name in sorted(passed)), encoding="utf-8")


def line(name: str) -> str:
    """Return the line of a test."""
    walked = _walked.get(name, "")
    return f"{name}\t{walked}" if walked else name
