"""Ladders: stages by days from a date of a record until an event, each climbed once.

What is due is asked of the database stage by stage. A record is locked and looked at again before
anything is done; what is done and that it was done are one transaction, so that a worker that
dies has either climbed a stage or will do so when it is back. Of stages that were missed
meanwhile all are climbed, but only the last one tells people.
"""

from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Date, Integer, String, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.audit import history
from app.core.db.database import UtcDateTime, elevated, session, unit_of_work
from app.core.db.entity import Table
from app.core.declare import Ladder, Object, Stage, registry
from app.core.expressions.env import make_env
from app.core.jobs import scheduler
from app.flow.execution import effects, unattended

EVERY = 1800  # seconds
AT_ONCE = 500


class Climbed(Table):
    """A stage that was climbed for a record; another date begins the ladder anew."""

    __tablename__ = "sys_ladder_stage"
    __table_args__ = (UniqueConstraint("object", "record_id", "ladder", "date", "days"),)

    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Integer)
    ladder: Mapped[str] = mapped_column(String(63))
    date: Mapped[date] = mapped_column(Date)
    days: Mapped[int] = mapped_column(Integer)
    at: Mapped[Any] = mapped_column(UtcDateTime)


def run() -> str:
    """Climb every stage that is due today; return how many were."""
    count = failed = 0
    for obj in registry.registry().objects.values():
        for ladder in obj.ladders:
            for pk in _due(obj, ladder):
                done = unattended.attempt(
                    partial(_climb, obj, ladder, pk), f"ladder {ladder.name}", obj, pk
                )
                count, failed = count + (done or 0), failed + (done is None)
    return f"到期事项 {count} 项" + (f"，{failed} 项未能处理" if failed else "")


def _due(obj: Object, ladder: Ladder) -> list[int]:
    """Return the records for which some stage is due and was not climbed yet."""
    found: dict[int, None] = {}
    with elevated():
        for stage in ladder.stages:
            query = _waiting(obj, ladder, stage).limit(AT_ONCE)
            found |= dict.fromkeys(session.scalars(query))
    session.rollback()
    return list(found)


def _waiting(obj: Object, ladder: Ladder, stage: Stage) -> Any:
    model: Any = obj.model
    day = getattr(model, ladder.date)
    climbed = exists().where(
        Climbed.object == obj.name,
        Climbed.record_id == model.id,
        Climbed.ladder == ladder.name,
        Climbed.date == day,
        Climbed.days == stage.days,
    )
    return (
        select(model.id)
        .where(day <= clock.today() - timedelta(days=stage.days), ~climbed, _goes_on(obj, ladder))
        .order_by(model.id)
    )


def _goes_on(obj: Object, ladder: Ladder) -> Any:
    over = ladder.until(obj.model, make_env())
    return over.isnot(True) if hasattr(over, "isnot") else not over


def _climb(obj: Object, ladder: Ladder, pk: int) -> int:
    with unit_of_work(), elevated():
        record = unattended.lock(obj, pk, _goes_on(obj, ladder))
        day = getattr(record, ladder.date) if record is not None else None
        if record is None or day is None:
            return 0
        done = set(
            session.scalars(
                select(Climbed.days).where(
                    Climbed.object == obj.name,
                    Climbed.record_id == pk,
                    Climbed.ladder == ladder.name,
                    Climbed.date == day,
                )
            )
        )
        late = (clock.today() - day).days
        due = [stage for stage in ladder.stages if stage.days <= late and stage.days not in done]
        for stage in due:
            _stage(obj, ladder, record, day, stage, tells=stage is due[-1])
        return len(due)


def _stage(
    obj: Object, ladder: Ladder, record: Any, day: date, stage: Stage, *, tells: bool
) -> None:
    context = unattended.context(obj, record, ladder.name, ladder.title)
    for effect in stage.effects:
        if tells or effect.kind != "notify":
            effects.run(effect, context)
    climbed = Climbed(
        object=obj.name,
        record_id=record.id,
        ladder=ladder.name,
        date=day,
        days=stage.days,
        at=clock.now(),
    )
    session.add(climbed)
    history.note(obj.name, record.id, "stage", {"ladder": ladder.title, "days": stage.days})
    session.flush()
    if stage.days > 0:
        context.step.id, context.step.at = climbed.id, climbed.at
        effects.late(context)


scheduler.declare(scheduler.Job(name="ladders", title="到期事项逐级处理", run=run, every=EVERY))
