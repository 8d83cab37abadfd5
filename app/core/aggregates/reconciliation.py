"""Numbers that are kept, proved from the rows that they follow: every night, and by command.

What differs is never put right silently: the run of the job fails with the places, which the log
and the page of verifications show; `repair` is asked for by a person, or by an upgrade that changed
what is kept.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.core.aggregates import settlement, totals
from app.core.aggregates.totals import Kept
from app.core.db.database import elevated, session
from app.core.declare import registry
from app.core.jobs import scheduler

logger = logging.getLogger(__name__)

NAMED = 5  # places that a run's note names; the log has all


@dataclass(frozen=True)
class Difference:
    """A number that is not what its rows give."""

    object: str
    record: int
    field: str
    stored: Any
    right: Any

    def __str__(self) -> str:
        """Say where it stands and what it should be, in the units in which it is stored."""
        obj = registry.object(self.object)
        item = obj.field(self.field)
        shown = [item.type.show(value) or "空" for value in (self.stored, self.right)]
        return f"{obj.title} {self.record} 的“{item.title}”为 {shown[0]}，按明细应为 {shown[1]}"


further: list[Callable[[], Iterator[Difference]]] = []  # other modules prove numbers of their own


def differences() -> Iterator[Difference]:
    """Yield every number that differs from its rows; one statement for each kind of number."""
    for name in sorted(totals.index().of):
        for kept in totals.index().of[name]:
            yield from _differing(kept)
    for prove in further:
        yield from prove()


def _differing(kept: Kept) -> Iterator[Difference]:
    model: Any = kept.target.model
    key, value = totals.contribution(kept)
    rows = select(key.label("k"), settlement.aggregate(kept, value).label("v"))
    found = rows.where(key.is_not(None)).group_by(key).subquery()
    stored: Any = getattr(model, kept.field.name)
    right: Any = found.c.v
    if kept.total.kind in ("sum", "count"):
        stored, right = func.coalesce(stored, 0), func.coalesce(right, 0)
    query = select(model.id, stored, right).outerjoin(found, found.c.k == model.id)
    with elevated():
        wrong = session.execute(query.where(stored.is_distinct_from(right)).order_by(model.id))
        for pk, was, should in wrong.all():
            yield Difference(kept.target.name, pk, kept.field.name, was, should)


def repair() -> int:
    """Take every kept number from its rows anew, under the locks of its records; return how many changed."""
    known = totals.index()
    count = 0
    for name in sorted(known.of, key=lambda one: (known.rank[one], one)):
        settlement.settle()  # what was put right before moves what follows from it
        kept = {one.field.name: one for one in known.of[name]}
        wrong: dict[int, list[str]] = {}
        for one in kept.values():
            for found in _differing(one):
                wrong.setdefault(found.record, []).append(found.field)
        obj = registry.object(name)
        for record in settlement.lock(obj, wrong):
            fresh = {field: settlement.asked(kept[field], record.id) for field in wrong[record.id]}
            count += len(fresh)
            settlement.put(obj, record, fresh)
    return count


def prove() -> str:
    """Prove every number from its rows; fails with the places where it does not hold."""
    wrong = [str(one) for one in differences()]
    for words in wrong:
        logger.error("total differs: %s", words)
    if wrong:
        raise scheduler.Unproved(f"{len(wrong)} 处与明细不符：{'；'.join(wrong[:NAMED])}")
    return "汇总数与明细相符"


scheduler.declare(
    scheduler.Job(name="totals", title="汇总数核对", run=prove, at="02:50", proof=True)
)
