"""Makes the slots that objects declare: one for each of their hours on each working day ahead."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import Object, Slots, registry
from app.core.jobs import scheduler
from app.core.records import service as records
from app.core.reference import workdays


def make_all() -> str:
    """Make what is missing of every object's slots; return how many in words."""
    made = _made()
    return f"新增 {made} 个时段" if made is not None else "没有需要生成的时段"


def ship() -> list[str]:
    """Make at an upgrade what its metadata declare, so that nobody waits for the job's next hour; tell it."""
    made = _made()
    return [f"生成预约时段 {made} 个"] if made else []


def _made() -> int | None:
    """Make what is missing; return how many, None where no object has slots."""
    with acting_as(SYSTEM):
        objects = [obj for obj in registry.registry().objects.values() if obj.slots is not None]
        return sum(make(obj) for obj in objects) if objects else None


def make(obj: Object) -> int:
    """Make what is missing of an object's slots; what is there stays as the office has changed it."""
    assert obj.slots is not None
    model: Any = obj.model
    days = _days(obj.slots, clock.today())
    with unit_of_work(), elevated():
        query = select(model.day, model.hours).where(model.day.in_(days))
        known = {(day, hours) for day, hours in session.execute(query)}
        missing = [(d, h) for d in days for h in obj.slots.hours if (d, h) not in known]
        for day, hours in missing:
            record = model(day=day, hours=hours, capacity=obj.slots.capacity, used=0)
            session.add(record)
            records.recompute(obj, record)
    return len(missing)


def _days(slots: Slots, today: date) -> list[date]:
    """Return the working days ahead, beginning with tomorrow."""
    last = workdays.add(today, slots.ahead)
    between = (today + timedelta(days=n) for n in range(1, (last - today).days + 1))
    return [day for day in between if workdays.is_workday(day)]


scheduler.declare(scheduler.Job(name="slots", title="生成预约时段", run=make_all, every=3600))
