"""The way of a case as a row of dots, for lists of many cases: two statements however many."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core.db.database import session
from app.flow.execution import cases
from app.flow.models import Case
from app.flow.queries import overview


@dataclass(frozen=True)
class Dot:
    """One step on the way of a case: done, current, next, skipped or ended."""

    title: str
    state: str


def of_cases(found: Sequence[Case]) -> dict[int, tuple[Dot, ...]]:
    """Return the ways of cases, by the case's id."""
    taken = overview.ways_of(found)
    return {
        case.id: tuple(
            Dot(step.title, state)
            for step, state, _ in overview.way(cases.flow_of(case), case.state, taken[case.id])
        )
        for case in found
    }


def of_records(object_name: str, ids: Sequence[int]) -> dict[int, tuple[Dot, ...]]:
    """Return the ways of the cases of records, by the record's id."""
    query = select(Case).where(Case.object == object_name, Case.record_id.in_(ids))
    found = {case.record_id: case for case in session.scalars(query)}
    ways = of_cases(list(found.values()))
    return {pk: ways[case.id] for pk, case in found.items()}
