"""What a person decided this month: how many, how fast, how punctually, by day."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.access.actor import Actor
from app.core.db.database import session
from app.core.reference import workdays
from app.flow.models import Task

WIDTH, HEIGHT = 312, 66  # of the drawing, in its own units
MOST = 5000


@dataclass(frozen=True)
class Value:
    """One figure with its unit."""

    label: str
    value: str
    unit: str = ""


@dataclass(frozen=True)
class Bar:
    """One day in the drawing."""

    day: str
    n: int
    x: float
    width: float
    height: float
    today: bool


@dataclass(frozen=True)
class Month:
    """The figures of a month until today."""

    span: str
    figures: tuple[Value, ...]
    bars: tuple[Bar, ...]


def of(actor: Actor) -> Month | None:
    """Return the month of a person; None before they have decided anything in it."""
    today = clock.today()
    first = today.replace(day=1)
    start = clock.as_utc(datetime.combine(first, time.min))
    query = (
        select(Task.opened_at, Task.due_at, Task.done_at)
        .where(Task.done_by_id == actor.user_id, Task.done_at >= start)
        .where(Task.role.isnot(None), Task.view_of.is_(None), Task.outcome != "superseded")
        .order_by(Task.id)
        .limit(MOST)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    days = [
        max(0, workdays.between(clock.local(o).date(), clock.local(d).date())) for o, _, d in rows
    ]
    dated = [done <= due for _, due, done in rows if due is not None]
    figures = [
        Value("办结", f"{len(rows):,}", "件"),
        Value("平均用时", f"{sum(days) / len(days):.1f}", "工作日"),
    ]
    if dated:
        figures.append(Value("按时率", f"{100 * sum(dated) / len(dated):.1f}", "%"))
    counted = Counter(clock.local(done).date() for _, _, done in rows)
    return Month(f"{first.month} 月 1 日至今", tuple(figures), _bars(counted, first, today))


def _bars(counted: Counter[date], first: date, today: date) -> tuple[Bar, ...]:
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    days = [day for day in days if workdays.is_workday(day) or counted[day]]
    most = max(counted.values())
    step = min(19.0, WIDTH / len(days))
    return tuple(
        Bar(
            day=f"{day.month} 月 {day.day} 日",
            n=counted[day],
            x=round(index * step + step * 0.15, 1),
            width=round(step * 0.7, 1),
            height=round(max(2 if counted[day] else 0.5, HEIGHT * counted[day] / most), 1),
            today=day == today,
        )
        for index, day in enumerate(days)
    )
