"""Looking at cases: their way as a picture, and what waits for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from app.core.access.actor import Actor, current_actor
from app.core.db.database import session
from app.core.declare import Branch, Flow, Step
from app.core.expressions.env import make_env
from app.flow.execution import access
from app.flow.execution.cases import flow_of
from app.flow.execution.places import open_tasks, rows
from app.flow.execution.steps import history_of
from app.flow.models import Case, StepRecord, Task
from app.flow.queries import queues


@dataclass(frozen=True)
class Way:
    """How far one of the branches of a step has come."""

    branch: Branch
    state: str  # done | current | skipped
    step: Step | None = None
    who: str = ""
    when: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True)
class Node:
    """A step in the picture of the route."""

    step: Step
    state: str  # done | current | ended (without success) | next | skipped
    who: str = ""
    when: datetime | None = None
    due: datetime | None = None
    ways: tuple[Way, ...] = ()


def progress(case: Case, record: Any = None) -> list[Node]:
    """Return the route as a picture: what is done, where the case is, what is to come.

    record: what the case is about; with it a step to come that does not apply to it as it was
    submitted is told.
    """
    flow, taken = flow_of(case), history_of(case)
    _, through = _passed(flow, taken)
    waiting = open_tasks(case)
    due = min((task.due_at for task in waiting if task.due_at), default=None)
    nodes = []
    for step, state, by in way(flow, case.state, taken):
        who, when = (by.who, by.at) if by else ("", None)
        if state == "next" and step.skip is not None and record is not None and case.submitted_at:
            state = "skipped" if step.skip(record, make_env()) else state
        if step.name == case.state:
            ways = _ways(flow, case, step, through)
            nodes.append(Node(step, state, when=case.ended_at, due=due, ways=ways))
        else:
            nodes.append(Node(step, state, who, when))
    return nodes


def way(
    flow: Flow, state: str, taken: Sequence[StepRecord]
) -> list[tuple[Step, str, StepRecord | None]]:
    """Return the steps of a case's way: which, how it stands there, and by which record it was passed.

    Of a case that ended without success only what it came through is on its way: nothing is to come.
    """
    done, _ = _passed(flow, taken)
    here = flow.step(state)
    failed = here.end in ("rejected", "cancelled")
    if failed and taken:
        done.setdefault(taken[-1].source, taken[-1])  # where that was decided
    reached = {record.target: record for record in taken if flow.step(record.target).end}
    order = [step.name for step in flow.main]
    furthest = max((order.index(name) for name in done if name in order), default=-1)
    found: list[tuple[Step, str, StepRecord | None]] = []
    for index, step in enumerate(flow.main):
        record = done.get(step.name)
        if step.name == state:
            now = "done" if step.end == "done" else "ended" if step.end else "current"
            found.append((step, now, None))
        elif step.end:
            if step.name in reached:
                found.append((step, "done", reached[step.name]))
            elif step.end == "done" and not here.end:
                found.append((step, "next", None))
        elif record is not None:
            found.append((step, "done", record))
        elif index < (furthest if here.end else order.index(state)):
            found.append((step, "skipped", None))
        elif not here.end:
            found.append((step, "next", None))
    return found


def ways_of(cases: Sequence[Case]) -> dict[int, list[StepRecord]]:
    """Return the steps that were taken of several cases, by the case's id; one statement for all."""
    found: dict[int, list[StepRecord]] = {case.id: [] for case in cases}
    query = select(StepRecord).where(StepRecord.case_id.in_(found)).order_by(StepRecord.seq)
    for record in session.scalars(query.options(defer(StepRecord.seen))):
        found[record.case_id].append(record)
    return found


def _passed(
    flow: Flow, taken: Sequence[StepRecord]
) -> tuple[dict[str, StepRecord], dict[str, StepRecord]]:
    """Return by which record each step, and each branch, was passed as things stand now."""
    order = [step.name for step in flow.main]
    place = {name: order.index(flow.inner[name][0].name) for name in flow.inner}
    place |= {name: index for index, name in enumerate(order)}
    done: dict[str, StepRecord] = {}
    before: dict[str, StepRecord] = {}
    through: dict[str, StepRecord] = {}
    for record in taken:
        source, target = place[record.source], place[record.target]
        onwards = record.kind == "receipt" and target > source
        if onwards or (record.kind in ("submit", "pass") and not record.partial):
            if record.branch:
                through[record.branch] = record
                continue
            between = order[source + 1 : target]  # what came straight back passes them again
            done |= {name: before[name] for name in between if name in before}
            done[record.source] = record
        elif record.kind in ("send_back", "recall") and target <= source:
            before = {**before, **done}
            done = {name: value for name, value in done.items() if place[name] < target}
    return done, through


def _ways(flow: Flow, case: Case, step: Step, through: dict[str, StepRecord]) -> tuple[Way, ...]:
    states = {row.name: row.state for row in rows(case)} if step.branches else {}
    found = []
    for branch in step.branches:
        name = states.get(branch.name)
        if name is None:
            record = through.get(branch.name)
            who, when = (record.who, record.at) if record else ("", None)
            found.append(Way(branch, "done" if record else "skipped", who=who, when=when))
        else:
            task = next((task for task in open_tasks(case) if task.step == name), None)
            due = task.due_at if task else None
            found.append(Way(branch, "current", flow.step(name), due=due))
    return tuple(found)


def tasks(
    actor: Actor | None = None, function: str | None = None, *, offset: int = 0, limit: int = 20
) -> list[Task]:
    """Return the open tasks of a person, the most urgent first."""
    actor = actor or current_actor()
    query = select(Task).join(Case).where(access.todo_clause(actor))
    if function:
        query = query.where(Task.function == function)
    query = query.order_by(Task.due_at.is_(None), Task.due_at, Task.id).offset(offset).limit(limit)
    return list(session.scalars(query))


def counts(actor: Actor | None = None) -> dict[str, int]:
    """Count the open tasks of a person by function, drafts not counted."""
    actor = actor or current_actor()
    query = (
        select(Task.function, func.count(Task.case_id.distinct()))
        .join(Case)
        .where(access.waiting_clause(actor))
        .group_by(Task.function)
    )
    return {function: number for function, number in session.execute(query) if function}


def queue(function: str, actor: Actor | None = None) -> list[int]:
    """Return the ids of the records in a function's queue, in the order in which they are due."""
    return list(session.scalars(queues.queue(function, actor).limit(1000)))


def limits(object_name: str, ids: Sequence[int], function: str) -> dict[int, datetime]:
    """Return until when records must have left the function's queue; one statement for all."""
    query = (
        select(Case.record_id, func.min(Task.due_at))
        .join(Task, Task.case_id == Case.id)
        .where(Case.object == object_name, Case.record_id.in_(ids))
        .where(Task.done_at.is_(None), Task.function == function, Task.due_at.isnot(None))
        .group_by(Case.record_id)
    )
    return {pk: due for pk, due in session.execute(query).tuples() if due is not None}
