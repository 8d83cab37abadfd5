"""Handing a task on to another person who may do it, or back to all who hold its role."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.core.access.actor import Actor, current_actor
from app.core.db.database import unit_of_work
from app.core.declare import Action, Flow, Step, registry
from app.core.errors import Conflict, Fault, Refused, Rejected
from app.flow.execution import access, cases, directory, steps, worklist
from app.flow.execution.directory import Person
from app.flow.execution.places import Place, open_tasks
from app.flow.execution.steps import Said, Turn
from app.flow.models import Case, StepRecord, Task
from app.flow.people import notifications

OPERATION = "reassign"
TITLE = "转办"
MANAGING = "runtime.flows"  # the screen on which tasks of all flows are handed on
EVERYBODY = 0  # handing back to all who hold the role


@dataclass(frozen=True)
class Handing:
    """A task that may be handed on, and to whom."""

    task: Task
    step: Step
    to: tuple[Person, ...]

    @property
    def assigned(self) -> bool:
        """Whether it is somebody's own now, so that it can be handed back to all."""
        return self.task.assignee_id is not None and self.step.signers == "roles"


def handings(case: Case, actor: Actor | None = None) -> list[Handing]:
    """Return what the person may hand on; nothing where they hold no right to do so."""
    actor = actor or current_actor()
    flow = cases.flow_of(case)
    return [
        Handing(task, flow.step(task.step), tuple(_candidates(case, task)))
        for task in open_tasks(case)
        if task.role is not None
        and task.view_of is None
        and _holder(actor, flow, case, task) is not None
    ]


def reassign(
    case: Case, task_id: int, to: int, *, comment: str = "", expected: int | None = None
) -> StepRecord:
    """Give an open task to a person, or back to all of its role (`to` = 0)."""
    with unit_of_work():
        case = cases.lock(case)
        task = next((one for one in open_tasks(case) if one.id == task_id), None)
        if task is None:
            raise Conflict(steps.told(case))
        if task.view_of is not None:
            raise Refused("请人提意见不能转办，可减签后另请他人")
        flow, actor = cases.flow_of(case), current_actor()
        holder = _holder(actor, flow, case, task)
        if task.role is None or holder is None:
            raise Refused("您没有转办的权限")
        place = Place(flow.step(task.step), task.branch or "")
        if steps.overtaken(case, place, expected):
            raise Conflict(steps.told(case))
        person = _find(case, task, place, to)
        record = cases.record_of(case)
        _give(case, task, place, person)
        turn = _turn(flow, case, record, place, holder)
        taken = steps.write(turn, place.step, Said(comment=_clean(comment), opinions=_to(person)))
        taken.partial, taken.kind = True, OPERATION
        if person is not None:
            said = {"actor": actor.name, "step": place.step.title, "comment": comment.strip()}
            notifications.tell("handed", record, case, [task], said)
        return taken


def _holder(actor: Actor, flow: Flow, case: Case, task: Task) -> Actor | None:
    """Return in whose right the person hands the task on: their own, or that of somebody they stand for."""
    if actor.everything or manages(actor, case):
        return actor
    functions = [f.id for f in registry.functions_of(flow.object) if task.step in f.steps]
    for holder in (actor, *actor.stands_for):
        if any(holder.may_self(OPERATION, function) for function in functions):
            return holder
    return None


def manages(actor: Actor, case: Case) -> bool:
    """Tell whether the person hands on tasks of any flow, and reaches the case."""
    return any(
        actor.may(OPERATION, function.id) and access.reaches(actor, actor.reach(function.id), case)
        for function in registry.registry().functions.values()
        if function.screen == MANAGING
    )


def _candidates(case: Case, task: Task) -> list[Person]:
    """Return who holds the role, has neither applied for the case nor decided at this step yet."""
    busy = engaged(case.tasks, task)
    return [
        person
        for person in directory.source.holders(task.role or "", case)
        if person.id not in (task.assignee_id, case.applicant_id) and person.id not in busy
    ]


def engaged(tasks: Iterable[Task], task: Task) -> set[int]:
    """Return who of a case's `tasks` must not have one: who decided or signs there, asks or was asked."""
    found = {
        person
        for one in tasks
        if one is not task
        and (one.case_id, one.step) == (task.case_id, task.step)
        and (
            (one.since, one.opened_at) == (task.since, task.opened_at)
            or (one.done_at is None and (one.view_of == task.id or one.id == task.view_of))
        )
        for person in ((one.done_by_id, one.assignee_id) if one.done_at else (one.assignee_id,))
    }
    return {person for person in found if person is not None}


def _find(case: Case, task: Task, place: Place, to: int) -> Person | None:
    if to == EVERYBODY:
        if place.step.signers == "people":
            raise Rejected([Fault("to", "按人会签的环节只能转给一个人")])
        if task.assignee_id is None:
            raise Rejected([Fault("to", "该环节本来就由本岗位全体人员办理")])
        return None
    person = next((one for one in _candidates(case, task) if one.id == to), None)
    if person is None:
        raise Rejected([Fault("to", "请选择可以办理该环节的人员")])
    return person


def _give(case: Case, task: Task, place: Place, person: Person | None) -> None:
    task.assignee_id = person.id if person else None
    task.assignee_name = person.name if person else None
    task.seen_at = None
    if person is not None and not place.step.countersign:
        for other in open_tasks(case, place):
            if other is not task:
                worklist.close(other, worklist.SUPERSEDED)
    if person is None and not place.step.countersign:
        _reopen(case, task, place)


def _reopen(case: Case, task: Task, place: Place) -> None:
    """Let all roles of the step have it again, where it had been handed to one person."""
    there = {one.role for one in open_tasks(case, place)}
    for role in getattr(place.step.by, "names", ()):
        if role not in there:
            case.tasks.append(
                Task(
                    role=role,
                    function=task.function,
                    step=task.step,
                    branch=task.branch,
                    since=task.since,
                    org_id=task.org_id,
                    district=task.district,
                    opened_at=task.opened_at,
                    due_at=task.due_at,
                )
            )


def _turn(flow: Flow, case: Case, record: Any, place: Place, holder: Actor) -> Turn:
    action = Action(name=OPERATION, title=TITLE, kind="other", routes=(), by=place.step.by)
    obj = registry.object(case.object)
    return Turn(
        flow=flow,
        obj=obj,
        case=case,
        record=record,
        action=action,
        place=place,
        holder=holder,
    )


def _to(person: Person | None) -> dict[str, str]:
    return {"转给": person.name if person else "本岗位全体人员"}


def _clean(comment: str) -> str:
    comment = comment.strip()
    if len(comment) > 500:
        raise Rejected([Fault("comment", "转办说明不能超过 500 个字")])
    return comment
