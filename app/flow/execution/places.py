"""Where a case rests: at one step, or at one in each of its branches."""

from dataclasses import dataclass

from app.core.declare import Flow, Step
from app.flow.models import BranchRow, Case, Task


@dataclass(frozen=True)
class Place:
    """A step at which the case rests just now, and the branch it stands in."""

    step: Step
    branch: str = ""


def places(flow: Flow, case: Case) -> list[Place]:
    """Return every step at which somebody may act: the state's own, then those of the branches."""
    own = flow.step(case.state)
    found = [Place(own)]
    if own.branches:
        found += [Place(flow.step(row.state), row.name) for row in rows(case) if row.state]
    return found


def rows(case: Case) -> list[BranchRow]:
    """Return the branches in force: those of the step at which the case rests."""
    return [row for row in case.branches if row.fork == case.state]


def open_tasks(case: Case, place: Place | None = None) -> list[Task]:
    """Return what is still to be done anywhere, views too; or what waits for deciders at one place."""
    return [
        task
        for task in case.tasks
        if task.done_at is None and (place is None or (task.view_of is None and _at(task, place)))
    ]


def views(case: Case, place: Place) -> list[Task]:
    """Return the views that somebody was asked for at a place and has not given yet."""
    return [
        task
        for task in case.tasks
        if task.done_at is None and task.view_of is not None and _at(task, place)
    ]


def deciding(case: Case) -> list[Task]:
    """Return whom the case waits for just now: who has asked for a view waits for it instead."""
    waiting = open_tasks(case)
    asked = {task.view_of for task in waiting}
    return [task for task in waiting if task.id not in asked]


def _at(task: Task, place: Place) -> bool:
    return task.step == place.step.name and (task.branch or "") == place.branch


def set_branch(case: Case, fork: str, name: str, state: str | None) -> None:
    """Note how far a branch is."""
    row = next((row for row in case.branches if (row.fork, row.name) == (fork, name)), None)
    if row is None:
        row = BranchRow(fork=fork, name=name)
        case.branches.append(row)
    row.state = state
