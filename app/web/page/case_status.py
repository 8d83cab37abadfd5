"""Where a case stands in words: what rests at the first step again was sent back or taken back.

The state alone reads as if the record had never left. How it came back is in the steps of its case;
for many records they are asked in one statement, and only if one of them rests at a first step.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from app.core.db.database import session
from app.core.declare import Object, registry
from app.core.records import display
from app.flow.models import Case, StepRecord

_TONES = {"done": "green", "rejected": "red", "cancelled": ""}


@dataclass(frozen=True)
class Standing:
    """A state as people read it: its words, and the colour of its tag (empty: grey)."""

    title: str
    tone: str


BACK = {"send_back": Standing("退回修改", "amber"), "recall": Standing("撤回修改", "amber")}


def of(obj: Object, state: str | None, came: str = "") -> Standing:
    """Return how a state reads; `came` is the kind of the step that led to it, where it is known."""
    if came in BACK and at_start(obj, state):
        return BACK[came]
    return Standing(display.state_title(obj, state), tone_of(obj, state))


def tone_of(obj: Object, state: str | None) -> str:
    """Return the colour of a state: green done, red refused, blue under way, grey before it began."""
    flow = registry.states_of(obj)
    step = next((item for item in flow.steps if item.name == state), None) if flow else None
    if flow is None or step is None:
        return ""
    return _TONES[step.end] if step.end else "" if step is flow.steps[0] else "blue"


def at_start(obj: Object, state: str | None) -> bool:
    """Tell whether a state is the first of its flow."""
    flow = registry.states_of(obj)
    return flow is not None and state == flow.steps[0].name


def last_move(steps: Sequence[StepRecord]) -> StepRecord | None:
    """Return the last of a case's steps that led elsewhere."""
    return next((step for step in reversed(steps) if step.source != step.target), None)


def came_back(obj: Object, records: Sequence[Any]) -> Mapping[int, str]:
    """Return how records came to their first step, by id; those that never left it are not in it."""
    if registry.flow_of(obj.name) is None:
        return {}
    return came_back_by_id(obj, [(record.id, record.state) for record in records])


def came_back_by_id(obj: Object, states: Iterable[tuple[int, str | None]]) -> Mapping[int, str]:
    """Return the same for pairs of id and state."""
    ids = [pk for pk, state in states if at_start(obj, state)]
    if not ids:
        return {}
    rows = session.execute(_of_records(), {"object": obj.name, "ids": ids})
    return {record: kind for _, record, kind in rows}


def came_back_of(cases: Sequence[Case]) -> Mapping[int, str]:
    """Return how cases of any objects came where they are, by the case's id; one statement."""
    ids = [case.id for case in cases if case.ended_at is None]
    if not ids:
        return {}
    return {case: kind for case, _, kind in session.execute(_of_cases(), {"ids": ids})}


@cache  # every list asks this: making the statement costs more than the answer
def _of_records() -> Select[Any]:
    ids = bindparam("ids", expanding=True)
    return _last_moves(Case.object == bindparam("object"), Case.record_id.in_(ids))


@cache
def _of_cases() -> Select[Any]:
    return _last_moves(Case.id.in_(bindparam("ids", expanding=True)))


def _last_moves(*which: ColumnElement[bool]) -> Select[Any]:
    earlier = aliased(StepRecord)
    last = select(func.max(earlier.seq)).where(
        earlier.case_id == Case.id, earlier.source != earlier.target
    )
    return (
        select(Case.id, Case.record_id, StepRecord.kind)
        .join(StepRecord, StepRecord.case_id == Case.id)
        .where(*which, StepRecord.seq == last.scalar_subquery(), StepRecord.kind.in_(BACK))
    )
