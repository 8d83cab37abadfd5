"""Views that a decider asks for before deciding (加签), gives when asked, or takes back (减签).

Whoever asks has the step from then on, and cannot decide while a view is outstanding: the case
comes back to them with the view, or they take the question back. Whoever is asked has a task of
their own that decides nothing. Whatever else moves the case closes the question with it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.access.actor import Actor, current_actor
from app.core.db.database import session, unit_of_work
from app.core.declare import Action, Actors, Flow, Roles, registry
from app.core.errors import Conflict, Fault, Refused, Rejected
from app.flow.execution import access, archive, cases, directory, steps, worklist
from app.flow.execution.directory import Person
from app.flow.execution.limits import next_moment
from app.flow.execution.places import Place, open_tasks, places, views
from app.flow.execution.steps import Said, Turn
from app.flow.models import Case, StepRecord, Task
from app.flow.people import notifications

ASK, ADVISE, UNASK = "ask", "advise", "unask"  # kinds of steps; the first two are operations
TITLES = {ASK: "加签", ADVISE: "加签意见", UNASK: "减签"}
VERDICTS = {"agree": "同意", "disagree": "不同意", "remark": "提出意见"}
LONGEST = 500  # letters of a question


@dataclass(frozen=True)
class Asking:
    """Where a person may ask, and whom."""

    place: Place
    to: tuple[Person, ...]


@dataclass(frozen=True)
class View:
    """An open question: who is to give a view, and whether this person may, or may take it back."""

    task: Task
    asker: str
    question: str
    mine: bool  # this person gives the view
    own: bool  # this person asked, or has the step now
    behalf: str = ""  # in whose name they give it


# --- what can be done -----------------------------------------------------------------------------


def askings(case: Case, record: Any, actor: Actor | None = None) -> list[Asking]:
    """Return where the person may ask for a view; no statement where no step lets anybody."""
    actor, flow = actor or current_actor(), cases.flow_of(case)
    found = []
    for place in places(flow, case) if case.ended_at is None else ():
        holder = _decider(actor, flow, case, record, place)[0] if place.step.ask else None
        task = _task_of(holder, case, place) if holder else None
        if holder is not None and task is not None and _may(holder, ASK, flow, place):
            found.append(
                Asking(place, tuple(_candidates(actor, holder, case, place, task).values()))
            )
    return found


def open_views(case: Case, record: Any, actor: Actor | None = None) -> list[View]:
    """Return the open questions of a case as the person meets them."""
    waiting = [task for task in open_tasks(case) if task.view_of is not None]
    if not waiting:
        return []
    actor, flow = actor or current_actor(), cases.flow_of(case)
    asked = {one.seq: one for one in steps.history_of(case) if one.kind == ASK}
    found = []
    for task in waiting:
        adviser, why = _adviser(actor, case, task)
        place = Place(flow.step(task.step), task.branch or "")
        holder = _decider(actor, flow, case, record, place)[0]
        own = holder is not None and _is_of(holder, case, place, task)
        own = own and _may(holder or actor, ASK, flow, place)
        said = asked.get(task.since or 0)
        found.append(
            View(
                task=task,
                asker=said.who if said else "",
                question=(said.comment or "") if said else "",
                mine=adviser is not None and not why,
                own=own,
                behalf=adviser.name if adviser is not None and adviser is not actor else "",
            )
        )
    return found


# --- asking, giving, taking back --------------------------------------------------------------------


def ask(
    case: Case, person: int, *, question: str = "", at: str = "", expected: int | None = None
) -> StepRecord:
    """Ask somebody for a view; raises a UserError and changes nothing if that cannot be."""
    with unit_of_work():
        case, flow, record = _locked(case)
        actor = current_actor()
        found = [
            place for place in places(flow, case)
            if place.step.ask and (not at or place.step.name == at)
        ]  # fmt: skip
        if not found:
            raise Conflict("这一环节不能加签" if not case.ended_at else steps.told(case))
        place, holder, why = found[0], None, ""
        for one in found:
            holder, why = _decider(actor, flow, case, record, one)
            place = one
            if holder is not None:
                break
        if holder is None:
            raise Conflict(why) if why == access.ALREADY else Refused(why)
        if steps.overtaken(case, place, expected):
            raise Conflict(steps.told(case))
        if not _may(holder, ASK, flow, place):
            raise Refused(access.NO_RIGHT)
        task = _task_of(holder, case, place)
        if task is None:
            raise Refused(access.NOT_YOURS)
        question = _clean(question)
        role, chosen = _chosen(_candidates(actor, holder, case, place, task), person)
        _take(case, place, task, holder)
        turn = _turn(flow, case, record, place, holder, ASK, place.step.by)
        taken = _write(turn, ASK, Said(comment=question, opinions={"请提意见": chosen.name}))
        asked = _open(case, task, role, chosen, taken)
        asked.function = _queue(task, role, flow, record)
        session.flush()
        said = {"actor": taken.who, "step": place.step.title, "comment": question}
        notifications.tell("asked", record, case, [asked], said)
        return taken


def advise(case: Case, verdict: str, comment: str = "", *, view: int | None = None) -> StepRecord:
    """Give the view that was asked for: agree, disagree or remark; the last two say why."""
    with unit_of_work():
        case, flow, record = _locked(case)
        actor = current_actor()
        task, holder, why = None, actor, ""
        for one in open_tasks(case):
            if one.view_of is not None and view in (None, one.id):
                adviser, refusal = _adviser(actor, case, one)
                if adviser is not None:
                    task, holder, why = one, adviser, refusal
                if adviser is not None and not refusal:
                    break
        if task is None:
            raise _gone(case, actor)
        if why:
            raise Refused(why)
        comment = comment.strip()
        _check(verdict, comment)
        place = Place(flow.step(task.step), task.branch or "")
        who = Roles(names=(task.role,)) if task.role else None
        turn = _turn(flow, case, record, place, holder, ADVISE, who)
        said = Said(comment=comment, opinions={"意见": VERDICTS[verdict]})
        taken = _write(turn, ADVISE, said)
        worklist.close(task, verdict)
        session.flush()
        words = {"actor": taken.who, "step": place.step.title, "comment": comment}
        words["verdict"] = VERDICTS[verdict]
        notifications.tell("advised", record, case, _asker(case, task), words)
        return taken


def withdraw(case: Case, view: int, comment: str = "") -> StepRecord:
    """Take an open question back; whoever was asked need not answer any more."""
    with unit_of_work():
        case, flow, record = _locked(case)
        task = next((one for one in open_tasks(case) if one.id == view), None)
        if task is None or task.view_of is None:
            raise Conflict(steps.told(case))
        place = Place(flow.step(task.step), task.branch or "")
        holder, why = _decider(current_actor(), flow, case, record, place)
        if holder is None or not _is_of(holder, case, place, task):
            raise Refused(why or "只有加签人可以减签")
        if not _may(holder, ASK, flow, place):
            raise Refused(access.NO_RIGHT)
        turn = _turn(flow, case, record, place, holder, UNASK, place.step.by)
        opinions = {"不再请其提意见": task.assignee_name or ""}
        taken = _write(turn, UNASK, Said(comment=_clean(comment), opinions=opinions))
        said = {"actor": taken.who, "step": place.step.title, "comment": taken.comment or ""}
        notifications.tell("unasked", record, case, [task], said)
        worklist.close(task, UNASK)
        session.flush()
        return taken


def _locked(case: Case) -> tuple[Case, Flow, Any]:
    case = cases.lock(case)
    if case.archived_at is not None:
        raise Conflict(archive.REFUSAL)
    return case, cases.flow_of(case), cases.record_of(case)


def _decider(
    actor: Actor, flow: Flow, case: Case, record: Any, place: Place
) -> tuple[Actor | None, str]:
    """Return in whose right the person decides at the place, None and why not where they do not."""
    reasons = []
    for action in flow.actions:
        decides = action.by is None and action.kind in ("pass", "reject", "send_back")
        if decides and any(route.source == place.step.name for route in action.routes):
            holder, why = access.may_act(actor, flow, case, action, record, place)
            if not why and holder.user_id is not None:
                return holder, ""
            reasons.append(why or access.NOT_YOURS)
    return None, access.telling_most(reasons or [access.NOT_YOURS])


def _may(holder: Actor, operation: str, flow: Flow, place: Place) -> bool:
    return any(
        holder.may_self(operation, function.id)
        for function in registry.functions_of(flow.object)
        if not function.steps or place.step.name in function.steps
    )


def _task_of(holder: Actor, case: Case, place: Place) -> Task | None:
    """Return the task in which the person decides: their own before that of a role."""
    mine = [task for task in open_tasks(case, place) if access.is_for(task, holder, case)]
    return min(mine, key=lambda task: (task.assignee_id is None, task.id), default=None)


def _is_of(holder: Actor, case: Case, place: Place, view: Task) -> bool:
    """Tell whether the person has the task for which a view was asked."""
    return any(
        task.id == view.view_of and access.is_for(task, holder, case)
        for task in open_tasks(case, place)
    )


def _asker(case: Case, view: Task) -> list[Task]:
    return [task for task in open_tasks(case) if task.id == view.view_of]


def _candidates(
    actor: Actor, holder: Actor, case: Case, place: Place, task: Task
) -> dict[tuple[str, int], Person]:
    """Return who may be asked: not who applied, asks, decides here too, or was asked already."""
    out = {actor.user_id, holder.user_id, case.applicant_id}
    out |= {one.assignee_id for one in open_tasks(case, place)}
    out |= {one.assignee_id for one in views(case, place) if one.view_of == task.id}
    found: dict[int, tuple[str, Person]] = {}
    for role in place.step.ask:
        for one in directory.source.holders(role, case):
            if one.id not in out:
                found.setdefault(one.id, (role, one))
    return {(role, pk): one for pk, (role, one) in found.items()}


def _chosen(candidates: dict[tuple[str, int], Person], person: int) -> tuple[str, Person]:
    for (role, pk), one in candidates.items():
        if pk == person:
            return role, one
    raise Rejected([Fault("person", "请选择可以提意见的人员")])


def _take(case: Case, place: Place, task: Task, holder: Actor) -> None:
    """The step is the asker's own from now on; where several sign, their signature is."""
    task.assignee_id, task.assignee_name = holder.user_id, holder.name
    case.opened_at = case.opened_at or clock.now()
    if not place.step.countersign:
        for other in open_tasks(case, place):
            if other is not task:
                worklist.close(other, worklist.SUPERSEDED)


def _open(case: Case, task: Task, role: str, person: Person, taken: StepRecord) -> Task:
    """Open the task of whoever is asked; the limit is the step's own: its clock goes on."""
    step = cases.flow_of(case).step(task.step)
    asked = Task(
        view_of=task.id,
        role=role,
        assignee_id=person.id,
        assignee_name=person.name,
        step=task.step,
        branch=task.branch,
        since=taken.seq,  # tells which question it was
        org_id=task.org_id,
        district=task.district,
        opened_at=taken.at,
        due_at=task.due_at,
        remind_at=next_moment(step, task.due_at, clock.now()),
    )
    case.tasks.append(asked)
    return asked


def _queue(task: Task, role: str, flow: Flow, record: Any) -> str | None:
    """Return the function in which holders of the role give views: that of the step, or one of their own."""
    found = [
        one for one in registry.functions_of(flow.object)
        if task.step in one.steps and ADVISE in dict(one.grants).get(role, ())
    ]  # fmt: skip
    found.sort(key=lambda one: one.id != task.function)
    function = access.first_taking(found, record)
    return function.id if function else task.function


def _adviser(actor: Actor, case: Case, view: Task) -> tuple[Actor | None, str]:
    """Return in whose name the person gives a view, and why they may not; None: it is not theirs."""
    for holder in (actor, *actor.stands_for):
        if holder.user_id is None or view.assignee_id != holder.user_id:
            continue
        if not holder.may_self(ADVISE, view.function or ""):
            return holder, access.NO_RIGHT
        if case.applicant_id in (actor.user_id, holder.user_id):  # cases are handed over too
            return holder, "申请人不能对本人的申请提意见"
        if holder is not actor and actor.user_id in _askers(case, view):
            return holder, "加签人不能代被征求人提意见"
        return holder, ""
    return None, ""


def _askers(case: Case, view: Task) -> set[int | None]:
    """Return who has the step and who asked, which may have been their deputy."""
    asked = select(StepRecord.actor_id).where(
        StepRecord.case_id == case.id, StepRecord.seq == view.since
    )
    return {session.scalar(asked), *(task.assignee_id for task in _asker(case, view))}


def _gone(case: Case, actor: Actor) -> Exception:
    """Say why there is no view to give: it was given, taken back, or never asked for."""
    ids = {one.user_id for one in (actor, *actor.stands_for)}
    before = any(task.view_of is not None and task.assignee_id in ids for task in case.tasks)
    return Conflict(steps.told(case)) if before else Refused("没有请您提意见")


def _check(verdict: str, comment: str) -> None:
    faults = []
    if verdict not in VERDICTS:
        faults.append(Fault("verdict", "请选择同意、不同意或提出意见"))
    elif verdict != "agree" and not comment:
        faults.append(Fault("comment", f"选择“{VERDICTS[verdict]}”时请写明意见"))
    if len(comment) > 2000:
        faults.append(Fault("comment", f"意见不能超过 2000 个字，现有 {len(comment)} 个"))
    if faults:
        raise Rejected(faults)


def _turn(
    flow: Flow, case: Case, record: Any, place: Place, holder: Actor, kind: str, by: Actors | None
) -> Turn:
    action = Action(name=kind, title=TITLES[kind], kind="other", routes=(), by=by)
    obj = registry.object(case.object)
    return Turn(
        flow=flow, obj=obj, case=case, record=record, action=action, place=place, holder=holder
    )


def _write(turn: Turn, kind: str, said: Said) -> StepRecord:
    taken = steps.write(turn, turn.step, said)
    taken.partial, taken.kind = True, kind
    return taken


def _clean(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST:
        raise Rejected([Fault("comment", f"说明不能超过 {LONGEST} 个字，现有 {len(text)} 个")])
    return text
