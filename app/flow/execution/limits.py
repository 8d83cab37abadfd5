"""Time limits in working days: when a case must have left a step, and when people are reminded of it."""

from collections.abc import Iterator
from datetime import datetime, time

from app.core import clock
from app.core.declare import Reminder, Step
from app.core.reference import workdays

MORNING = time(9, 0)  # reminders go out at the beginning of a working day


def due(step: Step, since: datetime) -> datetime | None:
    """Return when a case that arrived at a moment must have left the step: the end of that day."""
    if step.within is None:
        return None
    day = workdays.add(clock.local(since).date(), step.within)
    return clock.as_utc(datetime.combine(day, time(23, 59, 59)))


def moments(step: Step, due_at: datetime) -> list[tuple[datetime, Reminder]]:
    """Return when which reminder of a step is due, in their order."""
    return sorted(_moments(step, due_at), key=lambda item: item[0])


def _moments(step: Step, due_at: datetime) -> Iterator[tuple[datetime, Reminder]]:
    last = clock.local(due_at).date()
    for reminder in step.reminders:
        day = workdays.add(last, reminder.days)
        yield clock.as_utc(datetime.combine(day, MORNING)), reminder


def next_moment(step: Step, due_at: datetime | None, after: datetime) -> datetime | None:
    """Return when the next reminder after a moment is due, None where there is none.

    What a case waits for in vain becomes somebody's when the limit has passed: a moment too.
    """
    if due_at is None:
        return None
    found = [moment for moment, _ in moments(step, due_at)]
    found += [due_at] if step.wait is not None and step.by is not None else []
    return min((moment for moment in found if moment > after), default=None)
