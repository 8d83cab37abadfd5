"""What is too much to try at every commit is tried in part: another part every day, all of it in `make soak`.

The seed is the day (UTC), or what DAY says; what was left out is printed at the end of the run.
"""

import os
import random
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
DAY = os.environ.get("DAY") or f"{datetime.now(UTC):%Y-%m-%d}"
WHOLE = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
_tried: Counter[str] = Counter()
_of: Counter[str] = Counter()


def chance(what: str) -> random.Random:
    """Return the luck of this day for something that is named."""
    return random.Random(f"{DAY} {what}")


def some(of: Iterable[T], most: int, what: str, within: str = "") -> list[T]:
    """Return at most so many, in their order, others every day; `what` says at the end what they are."""
    found = list(of)
    if WHOLE or len(found) <= most:
        kept = found
    else:
        at = sorted(chance(f"{what} {within}").sample(range(len(found)), most))
        kept = [found[index] for index in at]
    _tried[what] += len(kept)
    _of[what] += len(found)
    return kept


def in_turn(of: Iterable[T], what: str) -> list[T]:
    """Return all in another order every day, for who takes as many as can be used and leaves the rest."""
    found = list(of)
    chance(what).shuffle(found)
    return found


def chosen(one: str, of: Iterable[str], what: str) -> bool:
    """Tell whether this one is the one of several that is tried on this day."""
    found = WHOLE or chance(what).choice(sorted(of)) == one
    _tried[what] += found
    _of[what] += 1
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """Let the process that leads hear what was left out, from whatever process the test ran in."""
    report = yield
    report.sampled = {what: (_tried[what], _of[what]) for what in _of}
    _tried.clear()
    _of.clear()
    return report


_all: dict[str, Counter[str]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what was tried, and of how much."""
    for what, (tried, of) in getattr(report, "sampled", {}).items():
        _all.setdefault(what, Counter()).update(tried=tried, of=of)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was tried in part."""
    parts = {what: one for what, one in _all.items() if one["tried"] < one["of"]}
    if not parts:
        return
    terminalreporter.section(f"tried in part on {DAY} (DAY=… repeats it, `make soak` tries all)")
    for what, one in sorted(parts.items()):
        terminalreporter.line(f"{one['tried']:>8} of {one['of']:>6}  {what}")
