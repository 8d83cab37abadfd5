"""Time limits as people read them: until when, and how many working days are left."""

from dataclasses import dataclass
from datetime import datetime

from app.core import clock
from app.core.reference import workdays
from app.web.page.formats import short_day

SOON = 2  # working days from which a limit is shown as near


@dataclass(frozen=True)
class Limit:
    """A time limit: the moment, its day, what is left of it, and its colour."""

    at: datetime
    day: str
    left: str
    tone: str


def limit_of(due: datetime) -> Limit:
    """Describe a time limit."""
    return Limit(due, short_day(due), *time_left(due))


def time_left(due: datetime | None) -> tuple[str, str]:
    """Say how many working days are left, and in which colour."""
    if due is None:
        return "", ""
    days = workdays.between(clock.today(), clock.local(due).date())
    if due < clock.now():
        return (f"超期 {-days} 日" if days < 0 else "已超期"), "red"
    if days == 0:
        return "今天到期", "red"
    return f"剩 {days} 日", "amber" if days <= SOON else ""
