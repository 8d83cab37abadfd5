"""Looking at cases: their way as a picture, and what waits for whom."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.core.actor import Actor, current_actor
from app.core.database import session
from app.core.declare import Branch, Flow, Step
from app.flow import access
from app.flow.cases import flow_of
from app.flow.models import Case, StepRecord, Task
from app.flow.places import open_tasks, rows
from app.flow.steps import history_of


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


def progress(case: Case) -> list[Node]:
    """Return the route as a picture: what is done, where the case is, what is to come."""
    flow = flow_of(case)
    order = [step.name for step in flow.main]
    done, through = _passed(flow, history_of(case))
    here = order.index(case.state)
    nodes = []
    for index, step in enumerate(flow.main):
        if step.end in ("rejected", "cancelled") and step.name != case.state:
            continue
        nodes.append(_node(flow, case, step, done.get(step.name), index - here, through))
    return nodes


def _passed(
    flow: Flow, taken: list[StepRecord]
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


def _node(
    flow: Flow,
    case: Case,
    step: Step,
    record: StepRecord | None,
    distance: int,
    through: dict[str, StepRecord],
) -> Node:
    if distance == 0:
        waiting = open_tasks(case)
        due = min((task.due_at for task in waiting if task.due_at), default=None)
        state = "done" if step.end == "done" else "ended" if step.end else "current"
        return Node(step, state, when=case.ended_at, due=due, ways=_ways(flow, case, step, through))
    if record is not None:
        return Node(step, "done", record.who, record.at)
    return Node(step, "skipped" if distance < 0 else "next")


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
        .where(access.todo_clause(actor), Case.submitted_at.isnot(None))
        .group_by(Task.function)
    )
    return {function: number for function, number in session.execute(query) if function}


def queue(function: str, actor: Actor | None = None) -> list[int]:
    """Return the ids of the records in a function's queue, in the order in which they are due."""
    actor = actor or current_actor()
    query = (
        select(Case.record_id)
        .join(Task, Task.case_id == Case.id)
        .where(access.todo_clause(actor), Task.function == function)
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        .limit(1000)
    )
    return list(dict.fromkeys(session.scalars(query)))
