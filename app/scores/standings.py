"""Who has how many points: within the person's scope, two statements whatever there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.core.db.database import session
from app.core.declare import registry
from app.core.declare.scores import Score
from app.core.records import display, queries
from app.scores.models import ScoreEntry


@dataclass(frozen=True)
class Standing:
    """The points of one record in a period."""

    id: int
    title: str
    points: int
    lost: int
    won: int
    entries: int


def standings(score: Score, period: str, *, offset: int = 0, limit: int = 50) -> list[Standing]:
    """Return who has how many points, the fewest first."""
    model: Any = registry.object(score.object).model
    own = ScoreEntry.points
    sums = (
        select(
            ScoreEntry.target_id.label("id"),
            func.sum(own).label("points"),
            func.coalesce(func.sum(own).filter(own < 0), 0).label("lost"),
            func.coalesce(func.sum(own).filter(own > 0), 0).label("won"),
            func.count().label("number"),
        )
        .where(ScoreEntry.score == score.name, ScoreEntry.period == period)
        .group_by(ScoreEntry.target_id)
        .subquery()
    )
    total = func.coalesce(sums.c.points, 0)
    query = (
        select(model, total, sums.c.lost, sums.c.won, sums.c.number)
        .outerjoin(sums, sums.c.id == model.id)
        .options(*queries.eager(registry.object(score.object), ()))
        .order_by(total, model.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        Standing(
            record.id, display.title_of(record), score.start + int(points), int(lost or 0),
            int(won or 0), number or 0,
        )
        for record, points, lost, won, number in session.execute(query)
    ]  # fmt: skip


def count(score: Score) -> int:
    """Return how many records have points at all: all within the person's scope."""
    model: Any = registry.object(score.object).model
    return session.scalar(select(func.count(model.id))) or 0


def entries(score: Score, target: int, period: str, most: int = 500) -> Sequence[ScoreEntry]:
    """Return the entries of one record in a period, the latest first."""
    query = select(ScoreEntry).where(
        ScoreEntry.score == score.name,
        ScoreEntry.target_id == target,
        ScoreEntry.period == period,
    )
    return session.scalars(query.order_by(ScoreEntry.id.desc()).limit(most)).all()


def points_of(score: Score, target: int, period: str) -> int:
    """Return the points of one record in a period."""
    query = select(func.coalesce(func.sum(ScoreEntry.points), 0)).where(
        ScoreEntry.score == score.name,
        ScoreEntry.target_id == target,
        ScoreEntry.period == period,
    )
    return score.start + int(session.scalar(query) or 0)
