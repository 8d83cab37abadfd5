"""Working days: weekends, public holidays and 调休, with rows of an administrator before all.

Shipped days come from the dictionary of days that the metadata bring (`app.generated`), an
administrator's rows from `sys_workday`; a year that neither knows counts weekends only.
"""

from datetime import date, timedelta
from functools import cache

from sqlalchemy import Boolean, Date, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.database import session
from app.core.db.entity import Table
from app.core.reference import dictionaries


class Workday(Table):
    """A day that is not what its weekday says: a holiday, or a Saturday that is worked."""

    __tablename__ = "sys_workday"

    day: Mapped[date] = mapped_column(Date, unique=True)
    works: Mapped[bool] = mapped_column(Boolean)
    title: Mapped[str | None] = mapped_column(String(60))
    source: Mapped[str | None] = mapped_column(String(200))
    shipped: Mapped[bool] = mapped_column(Boolean, default=True)


@cache
def _exceptions() -> dict[date, bool]:
    return {row.day: row.works for row in session.execute(select(Workday.day, Workday.works))}


def forget() -> None:
    """Read the table anew at the next question (it was changed)."""
    _exceptions.cache_clear()


dictionaries.forgets(forget)


def is_workday(day: date) -> bool:
    """Tell whether the office works on that day."""
    known = _exceptions().get(day)
    return day.weekday() < 5 if known is None else known


def add(day: date, number: int) -> date:
    """Return the day `number` working days after (before, if negative) the day."""
    step = timedelta(days=1 if number >= 0 else -1)
    left = abs(number)
    while left:
        day += step
        left -= is_workday(day)
    return day


def between(first: date, last: date) -> int:
    """Count the working days after `first` up to and including `last`; negative if `last` is earlier."""
    if last < first:
        return -between(last, first)
    count = 0
    while first < last:
        first += timedelta(days=1)
        count += is_workday(first)
    return count
