"""The one place that knows what time it is, so that tests and rehearsals can move it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_

ZONE = ZoneInfo("Asia/Shanghai")


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def set_clock(source: Callable[[], datetime] | None) -> None:
    """Take the time from `source` (aware datetimes) from now on; None goes back to the machine's clock."""
    global _source
    _source = source or _system


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Let the clock show another time within the block, and go on from there."""
    before = _source
    set_clock(lambda: before() + by)
    try:
        yield
    finally:
        set_clock(before)


def now() -> datetime:
    """Return the time as naive UTC, as the database stores it, to the second."""
    return _source().astimezone(UTC).replace(tzinfo=None, microsecond=0)


def run_out(until: Any, now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """Tell in SQL whether a lease has run out; one that ends later than any taken now is of a wrong clock."""
    return or_(until < now, until > now + lease + timedelta(minutes=1))


def today() -> date:
    """Return the calendar day in the office's zone."""
    return _source().astimezone(ZONE).date()


def local(moment: datetime) -> datetime:
    """Return a stored (naive UTC) moment in the office's zone."""
    return moment.replace(tzinfo=UTC).astimezone(ZONE)


def as_utc(moment: datetime) -> datetime:
    """Return a naive moment of the office's zone as stored (naive UTC)."""
    return moment.replace(tzinfo=ZONE).astimezone(UTC).replace(tzinfo=None)
