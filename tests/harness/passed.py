"""Remembers which tests passed when they last ran, for `python -m generator coverage`."""

import os
from pathlib import Path

import pytest

PASSED = Path(__file__).resolve().parents[2] / "var" / "test" / "passed.txt"
_outcomes: dict[str, bool] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note the outcome: a test has passed if none of its phases failed and its body ran."""
    known = _outcomes.get(report.nodeid, True)
    _outcomes[report.nodeid] = known and not report.failed and not report.skipped


def pytest_sessionfinish() -> None:
    """Put the outcomes of this run over what earlier runs left."""
    if not _outcomes or "PYTEST_XDIST_WORKER" in os.environ:
        return  # the process that leads hears of every test
    before = PASSED.read_text(encoding="utf-8").splitlines() if PASSED.is_file() else []
    kept = {line for line in before if line not in _outcomes}
    passed = kept | {name for name, good in _outcomes.items() if good}
    PASSED.parent.mkdir(parents=True, exist_ok=True)
    PASSED.write_text("".join(f"{name}\n" for name in sorted(passed)), encoding="utf-8")
