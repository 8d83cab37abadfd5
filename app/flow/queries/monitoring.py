"""Watching flows from above: how much is under way, where it waits, what is late."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    distinct,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import selectinload

from app.core import clock
from app.core.access.actor import Actor
from app.core.db.database import session
from app.core.declare import Actors, Applicant, Flow, Relation, Roles, Step, registry
from app.flow.execution.cases import find_flow
from app.flow.models import Case, Deputy, Task

SIZE = 20
APPLICANT = "申请单位"


@dataclass(frozen=True)
class Load:
    """How many cases there are."""

    running: int = 0
    late: int = 0
    ended: int = 0  # within this year


@dataclass(frozen=True)
class Asked:
    """Which cases of a flow are asked for."""

    tab: str = "running"  # running | late | ended
    step: str = ""
    word: str = ""
    page: int = 1


def within(actor: Actor, function: str) -> ColumnElement[bool]:
    """Return the condition of the cases that a person reaches by a function."""
    match actor.reach(function):
        case "all":
            return true()
        case "district":
            return Case.district == actor.district if actor.district else false()
        case "unit":
            return Case.org_id == actor.org_id if actor.org_id else false()
    return Case.applicant_id == actor.user_id if actor.user_id else false()


def loads(reached: ColumnElement[bool]) -> dict[str, Load]:
    """Return the numbers of every flow, in two queries."""
    running = and_(Case.submitted_at.is_not(None), Case.ended_at.is_(None))
    ended = and_(Case.submitted_at.is_not(None), Case.ended_at >= _new_year())
    query = select(Case.flow, _sum(running), _sum(ended)).where(reached).group_by(Case.flow)
    late = (
        select(Case.flow, func.count(distinct(Case.id)))
        .join(Task, Task.case_id == Case.id)
        .where(reached, running, _late())
        .group_by(Case.flow)
    )
    numbers = {flow: int(number) for flow, number in session.execute(late)}
    return {
        flow: Load(int(n or 0), numbers.get(flow, 0), int(done or 0))
        for flow, n, done in session.execute(query)
    }


def steps(flow: Flow, reached: ColumnElement[bool]) -> dict[str, Load]:
    """Return the numbers of every step of a flow, in two queries."""
    query = (
        select(
            Task.step,
            func.count(distinct(Case.id)),
            func.count(distinct(case((_late(), Case.id)))),
        )
        .join(Case, Task.case_id == Case.id)
        .where(reached, Case.flow == flow.name, *_running(), Task.done_at.is_(None))
        .group_by(Task.step)
    )
    found = {step: Load(n, late) for step, n, late in session.execute(query)}
    ended = (
        select(Case.state, func.count(Case.id))
        .where(reached, Case.flow == flow.name, Case.ended_at >= _new_year())
        .where(Case.submitted_at.is_not(None))
        .group_by(Case.state)
    )
    return found | {state: Load(ended=number) for state, number in session.execute(ended)}


def cases(flow: Flow, asked: Asked, reached: ColumnElement[bool]) -> tuple[list[Case], int]:
    """Return one page of cases with their tasks, and how many there are in all."""
    query = select(Case).where(reached, *_wanted(flow, asked))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(
        _ordered(query, asked)
        .options(selectinload(Case.tasks))
        .offset((asked.page - 1) * SIZE)
        .limit(SIZE)
    )
    return list(rows), total


def get(flow: Flow, pk: int, reached: ColumnElement[bool]) -> Case | None:
    """Return one case of a flow within reach."""
    query = select(Case).where(reached, Case.flow == flow.name, Case.id == pk)
    return session.scalars(query.where(Case.submitted_at.is_not(None))).first()


def open_of(row: Case) -> list[Task]:
    """Return the open tasks of a case whose tasks are loaded."""
    return [task for task in row.tasks if task.done_at is None]


def due_of(row: Case) -> datetime | None:
    """Return when the first of the open tasks is due."""
    return min((task.due_at for task in open_of(row) if task.due_at), default=None)


def deputies() -> list[Deputy]:
    """Return who stands for whom today or later."""
    query = select(Deputy).where(Deputy.ended_at.is_(None), Deputy.last_day >= clock.today())
    return list(session.scalars(query.order_by(Deputy.first_day, Deputy.id).limit(200)))


def whose(who: Actors | None) -> str:
    """Say in words whom a step or an action is for."""
    if isinstance(who, Applicant):
        return APPLICANT
    if isinstance(who, Roles):
        return "、".join(map(_role, who.names))
    return "指定人员" if isinstance(who, Relation) else ""


def _role(name: str) -> str:
    known = registry.registry().roles
    return known[name].title if name in known else name


def way_of(row: Case) -> Flow:
    """Return the flow that a case follows, in its version if that was kept."""
    return find_flow(row.flow, row.flow_version) or registry.flow(row.flow)


def place_of(row: Case, name: str = "") -> Step:
    """Return a step of a case (its present one), even where no version knows it any more."""
    known = name or row.state
    found = next((step for step in way_of(row).steps if step.name == known), None)
    return found or Step(name=known, title="已取消的环节")


def holder(task: Task) -> str:
    """Say who has a task."""
    if task.assignee_name:
        return task.assignee_name
    return APPLICANT if task.role is None else _role(task.role)


def _running() -> tuple[ColumnElement[bool], ...]:
    return Case.submitted_at.is_not(None), Case.ended_at.is_(None)


def _late() -> ColumnElement[bool]:
    return and_(Task.done_at.is_(None), Task.due_at < clock.now())


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _new_year() -> datetime:
    today = clock.today()
    start = datetime(today.year, 1, 1, tzinfo=clock.ZONE)
    return (start - start.utcoffset()).replace(tzinfo=None)  # type: ignore[operator]


def _wanted(flow: Flow, asked: Asked) -> list[ColumnElement[bool]]:
    found = [Case.flow == flow.name, Case.submitted_at.is_not(None)]
    if asked.tab == "ended":
        found.append(Case.ended_at.is_not(None))
        if asked.step:
            found.append(Case.state == asked.step)
    else:
        found.append(Case.ended_at.is_(None))
        waits = and_(Task.case_id == Case.id, Task.done_at.is_(None))
        if asked.step:
            waits = and_(waits, Task.step == asked.step)
        if asked.tab == "late":
            waits = and_(waits, _late())
        if asked.step or asked.tab == "late":
            found.append(exists().where(waits))
    if asked.word:
        found.append(
            or_(
                Case.title.contains(asked.word, autoescape=True),
                Case.code.contains(asked.word, autoescape=True),
            )
        )
    return found


def _ordered(query: Select[tuple[Case]], asked: Asked) -> Select[tuple[Case]]:
    if asked.tab == "ended":
        return query.order_by(Case.ended_at.desc(), Case.id.desc())
    due = (
        select(func.min(Task.due_at))
        .where(Task.case_id == Case.id, Task.done_at.is_(None))
        .scalar_subquery()
    )
    return query.order_by(due.is_(None), due, Case.id)
