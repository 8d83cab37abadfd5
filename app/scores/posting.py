"""Entries are written by events in the transaction of the step, and by people with a reason."""

from datetime import date
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import Mapper

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.declare.scores import Score, ScoreItem
from app.core.errors import Conflict, Fault, NotFound, Rejected
from app.core.records import display
from app.flow.execution.effects import Context, heed, listen
from app.scores.models import ScoreEntry

MOST_POINTS = 1000
LONGEST_REASON = 500
BY_HAND = "手工调整"


def period_of(score: Score, day: date) -> str:
    """Return the period in which a day counts: 2027, 2027-1 or 2027-03."""
    if score.period == "year":
        return str(day.year)
    if score.period == "quarter":
        return f"{day.year}-{(day.month + 2) // 3}"
    return f"{day.year}-{day.month:02}"


@listen
def _happened(context: Context) -> None:
    """Write an entry for each item that the step which was taken is an event of."""
    step = context.step
    names = {step.action} if step.target == step.source else {step.action, step.target}
    for score in registry.registry().scores.values():
        for item in score.items:
            if not item.ladder and item.object == context.obj.name and item.on in names:
                _post(score, item, context)


@heed
def _late(context: Context) -> None:
    """Write an entry for each item that is about the ladder of which a stage was climbed."""
    for score in registry.registry().scores.values():
        for item in score.items:
            if item.ladder and (item.object, item.on) == (context.obj.name, context.step.action):
                _post(score, item, context, "stage-")


def _post(score: Score, item: ScoreItem, context: Context, kind: str = "") -> None:
    if item.when is not None and not item.when(context.record, context.env):
        return
    target = item.to(context.record, context.env)
    target = getattr(target, "id", target)
    full = int(item.points(context.record, context.env) or 0)
    if target is None or full == 0:
        return
    session.flush()  # the entry names the step by its id
    period = period_of(score, clock.local(context.step.at).date())
    points = full if item.cap is None else _within(score, item, target, period, full)
    session.add(
        _entry(
            score, target, period, points=points, full=full, item=item.name, item_title=item.title,
            object=context.obj.name, record_id=context.record.id,
            subject=display.title_of(context.record)[:300],
            event=f"{score.name}:{item.name}:{kind}{context.step.id}",
            reason=None if points == full else f"已达上限 {item.cap} 分",
        )
    )  # fmt: skip
    session.flush()


def _within(score: Score, item: ScoreItem, target: int, period: str, full: int) -> int:
    """Return how many of an event's points still count; two events at once wait for each other."""
    _lock(score, target)
    assert item.cap is not None
    so_far = session.scalar(
        select(func.coalesce(func.sum(ScoreEntry.points), 0)).where(
            ScoreEntry.score == score.name, ScoreEntry.target_id == target,
            ScoreEntry.period == period, ScoreEntry.item == item.name,
        )
    )  # fmt: skip
    room = item.cap - int(so_far or 0)
    return max(full, min(room, 0)) if item.cap < 0 else min(full, max(room, 0))


def _lock(score: Score, target: int) -> None:
    model: Any = registry.object(score.object).model
    with elevated():
        session.execute(select(model.id).where(model.id == target).with_for_update())


def add(score: Score, target: int, period: str, points: int, reason: str) -> ScoreEntry:
    """Give or take points by hand; the person must see whom they score."""
    with unit_of_work():
        _visible(score, target)
        reason = _reason(reason)
        if not points or abs(points) > MOST_POINTS:
            raise Rejected([Fault("points", f"请填写 1 至 {MOST_POINTS} 的加分或减分")])
        entry = _entry(
            score, target, period, points=points, full=points, item="", item_title=BY_HAND,
            object="", reason=reason,
        )  # fmt: skip
        session.add(entry)
        session.flush()
        history.note(score.object, target, "score", {"points": points, "reason": reason})
        return entry


def reverse(score: Score, entry_id: int, reason: str) -> ScoreEntry:
    """Take an entry back by another one; an entry is reversed once."""
    with unit_of_work():
        entry = session.get(ScoreEntry, entry_id)
        if entry is None or entry.score != score.name:
            raise NotFound()
        _visible(score, entry.target_id)
        _lock(score, entry.target_id)
        reason = _reason(reason)
        taken = select(ScoreEntry.id).where(ScoreEntry.reverses_id == entry.id)
        if entry.reverses_id is not None or session.scalar(taken) is not None:
            raise Conflict("这一条已经冲销，不能再冲销")
        made = _entry(
            score, entry.target_id, entry.period, points=-entry.points, full=-entry.full,
            item=entry.item, item_title=entry.item_title, object=entry.object,
            record_id=entry.record_id, subject=entry.subject, reverses_id=entry.id, reason=reason,
        )  # fmt: skip
        session.add(made)
        session.flush()
        history.note(
            score.object, entry.target_id, "score", {"points": made.points, "reason": reason}
        )
        return made


def _entry(score: Score, target: int, period: str, **values: Any) -> ScoreEntry:
    actor = current_actor()
    return ScoreEntry(
        score=score.name, target_id=target, period=period, at=clock.now(),
        actor_id=actor.user_id, actor_name=actor.name, **values,
    )  # fmt: skip


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Rejected([Fault("reason", "请写明理由")], "请写明理由")
    if len(text) > LONGEST_REASON:
        said = f"理由不能超过 {LONGEST_REASON} 个字，现有 {len(text)} 个"
        raise Rejected([Fault("reason", said)], said)
    return text


def _visible(score: Score, target: int) -> None:
    model: Any = registry.object(score.object).model
    if session.scalar(select(model.id).where(model.id == target)) is None:
        raise NotFound()


def _refuse(mapper: Mapper[Any], connection: Any, entry: ScoreEntry) -> None:
    raise RuntimeError("entries of scores are never changed, only reversed")


for _event in ("before_update", "before_delete"):
    event.listen(ScoreEntry, _event, _refuse)
