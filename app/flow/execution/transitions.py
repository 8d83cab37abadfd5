"""Moves a case from place to place: tasks, branches, holds and effects follow in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import elevated, session
from app.core.declare import Action, Applicant, Effect, Flow, Object, Step
from app.core.records import materials, numbering
from app.core.types import Code
from app.flow.execution import (
    cases,
    effects,
    reservations,
    returns,
    routing,
    row_decisions,
    steps,
    worklist,
)
from app.flow.execution.places import Place, open_tasks, rows, set_branch
from app.flow.execution.returns import Return
from app.flow.execution.steps import Said, Turn
from app.flow.models import Case, StepRecord
from app.flow.people import notifications

Opened = tuple[Place, Return | None]  # where somebody has something to do now, and why again


@dataclass(frozen=True)
class Left:
    """How a case leaves a place."""

    stays: bool  # within its branch: the other branches go on
    straight: bool  # back to whoever returned it
    back: Return | None  # what is settled by that


def move(turn: Turn, target: Step, taken: StepRecord, *, direct: bool) -> None:
    """Take the case from the place of the turn to a step, with everything that follows."""
    case, action = turn.case, turn.action
    left = leave(turn, target, direct=direct)
    worklist.close_all(case, turn.place, action.name, turn.holder)
    if not left.stays:  # else the other branches go on
        worklist.close_all(case, None, worklist.SUPERSEDED, turn.holder)
    _before_entering(turn, straight=left.straight)
    returned = action.kind not in (*routing.FORWARDS, "recall")
    _open(turn, arrive(turn, target, left), returned=returned)
    _follow_holds(turn)
    forwards = action.kind in routing.FORWARDS or (
        action.kind == "receipt" and routing.leads_on(turn.flow, turn.step.name, target.name)
    )
    if action.kind == "send_back" and not isinstance(target.by, Applicant):
        _tell_colleagues(turn, target, taken)
    else:
        run((*(turn.step.effects if forwards else ()), *action.effects), turn, taken)
    with session.no_autoflush:
        cases.settle_place(turn.obj, turn.record, case, locked=True)
    _join(turn)
    follow(case)


followers: list[Callable[[Case], None]] = []  # what waits for cases to arrive or to end


def follow(case: Case) -> None:
    """Let what waits for the case go on, in the same transaction."""
    for one in followers:
        one(case)


def leave(turn: Turn, target: Step, *, direct: bool) -> Left:
    """Let a case leave the place of the turn; what it owes is settled or noted."""
    case = turn.case
    owed = returns.due_at(case, turn.place) if turn.action.kind in routing.FORWARDS else None
    if owed is not None:
        returns.settle(case, owed)
    _remember(turn, target, direct=direct)
    back = owed if owed is not None and owed.to == target.name else None
    return Left(_stays_in_branch(turn, target), owed is not None, back)


def _stays_in_branch(turn: Turn, target: Step) -> bool:
    branch = turn.place.branch
    if not branch:
        return False
    inner = turn.flow.inner.get(target.name)
    return target.name == turn.case.state or (inner is not None and inner[1].name == branch)


def _remember(turn: Turn, target: Step, *, direct: bool) -> None:
    """Note whether a returned case comes straight back to this place."""
    if turn.action.kind == "recall" or target.end:
        returns.clear(turn.case)
    if turn.action.kind != "send_back":
        return
    stays = _stays_in_branch(turn, target)
    inner = turn.flow.inner.get(target.name)
    if not direct:
        returns.clear(turn.case, turn.place.branch if stays else "")
        return
    role = steps.role_of(turn)
    branches = {row.name: row.state for row in rows(turn.case)} if not stays else {}
    owed = Return(
        at=target.name,
        at_branch=inner[1].name if inner else "",
        to=turn.step.name,
        branch=turn.place.branch,
        by=turn.holder.user_id,
        role=role,
        branches=branches,
    )
    returns.push(turn.case, owed)


def arrive(turn: Turn, target: Step, left: Left) -> list[Opened]:
    """Let the case rest where its step leads; return where somebody has something to do now."""
    if not left.stays:
        return rest(turn.flow, turn.case, turn.record, target, left.back)
    case, branch = turn.case, turn.place.branch
    through = target.name == case.state
    set_branch(case, case.state, branch, None if through else target.name)
    return [] if through else [(Place(target, branch), left.back)]


def _open(turn: Turn, opened: list[Opened], *, returned: bool) -> None:
    for place, back in opened:
        worklist.open_for(turn.flow, turn.case, place, turn.record, returned=returned, back=back)


def enter(flow: Flow, case: Case, record: Any, target: Step) -> None:
    """Let a case rest at a step of the main line, with its tasks opened anew."""
    for place, back in rest(flow, case, record, target, None):
        worklist.open_for(flow, case, place, record, returned=False, back=back)


def rest(flow: Flow, case: Case, record: Any, target: Step, back: Return | None) -> list[Opened]:
    """Let the case rest at a step of the main line, or divide it into branches; as `arrive`."""
    inner = flow.inner.get(target.name)
    fork = inner[0] if inner else target
    case.state = record.state = fork.name
    case.opened_at = None
    case.ended_at = clock.now() if fork.end else None  # what had ended may be taken up again
    if fork.end:
        return []
    if not fork.branches:
        return [(Place(fork), back)]
    opened: list[Opened] = []
    for branch in fork.branches:
        begin = routing.first_of(flow, branch, record)
        state = begin.name if begin else None
        if inner is not None:  # into one branch only: the others are as they were, or through
            state = back.branches.get(branch.name) if back is not None else None
            if branch is inner[1]:
                state = target.name
        set_branch(case, fork.name, branch.name, state)
        if state is not None:
            own = back if back is not None and state == back.to else None
            opened.append((Place(flow.step(state), branch.name), own))
    return opened


def gathered(flow: Flow, case: Case) -> bool:
    """Tell whether a case that was divided has come through all its branches."""
    fork = flow.step(case.state)
    return bool(fork.branches) and not any(row.state for row in rows(case))


def onwards(flow: Flow, case: Case, record: Any) -> tuple[Action, Step]:
    """Return by what a case whose branches have come through goes on, and where to."""
    action, name = routing.forwards(flow, flow.step(case.state), record)
    return action, routing.skip(flow, flow.step(name), record)


def rejoin(flow: Flow, case: Case, record: Any, target: Step) -> list[Opened]:
    """Let a case whose branches have come through rest at the step behind; as `arrive`."""
    for branch in flow.step(case.state).branches:
        returns.clear(case, branch.name)
    return rest(flow, case, record, target, None)


def _join(turn: Turn) -> None:
    """Pass the step that divided the case when every branch has come through."""
    flow, case, record = turn.flow, turn.case, turn.record
    fork = flow.step(case.state)
    if not gathered(flow, case):
        return
    session.flush()
    action, target = onwards(flow, case, record)
    joined = replace(turn, action=action, place=Place(fork))
    taken = steps.write(joined, target, Said())
    taken.actor_id, taken.actor_name, taken.actor_role = None, "系统", None
    taken.behalf_id = taken.behalf_name = None
    _open(joined, rejoin(flow, case, record, target), returned=False)
    _follow_holds(joined)
    session.flush()
    run((*fork.effects, *action.effects), joined, taken)
    cases.settle_place(turn.obj, record, case)
    session.flush()


def _tell_colleagues(turn: Turn, target: Step, taken: StepRecord) -> None:
    """Tell who has the case again; what the flow says to applicants of a return is not meant for them."""
    run([one for one in turn.action.effects if one.kind != "notify"], turn, taken)
    waiting = [task for task in open_tasks(turn.case) if task.step == target.name]
    said = {"actor": taken.who, "step": target.title, "comment": taken.comment or ""}
    with elevated():
        notifications.tell("returned_inside", turn.record, turn.case, waiting, said)


def _before_entering(turn: Turn, *, straight: bool) -> None:
    case = turn.case
    if turn.action.kind == "submit":
        if not straight:
            row_decisions.forget(turn)
        if case.submitted_at is not None:
            case.round += 1
        case.submitted_at = clock.now()
        case.applicant_id = current_actor().user_id or case.applicant_id
        _number(turn.obj, turn.record, case)
        for mark in materials.open_marks(turn.obj, turn.record.id):
            mark.open = False


def _number(obj: Object, record: Any, case: Case) -> None:
    for item in obj.fields:
        if isinstance(item.type, Code) and item.type.series:
            if getattr(record, item.name) is None:
                setattr(record, item.name, numbering.take(item.type.series, clock.today()))
            case.code = getattr(record, item.name)


def _follow_holds(turn: Turn) -> None:
    for hold in turn.obj.holds:
        if turn.action.name == hold.start:
            reservations.place(turn.obj, turn.record, hold)
        elif turn.case.state in hold.until:
            reservations.release(turn.obj, turn.record, hold)


def run(wanted: Sequence[Effect], turn: Turn, taken: StepRecord) -> None:
    """Carry out effects in the transaction of the step.

    Before an effect the step so far is written, since it may read it; to tell people it need not be,
    so that a step that only tells is written in one go (a quarter of its time).
    """
    context = effects.context_of(turn.obj, turn.record, turn.case, taken)
    with elevated():
        unwritten = False
        for effect in wanted:
            tells = effect.kind in effects.TELLING
            if unwritten or not tells:
                session.flush()
            effects.run(effect, context)
            unwritten = not tells


def tell(turn: Turn, taken: StepRecord) -> None:
    """Let those who listen know of the step, in its transaction."""
    with elevated():
        effects.tell(effects.context_of(turn.obj, turn.record, turn.case, taken))


def end(turn: Turn, target: Step) -> None:
    """Let a case end at a step because another case decided so."""
    for task in open_tasks(turn.case):
        worklist.close(task, worklist.SUPERSEDED)
    returns.clear(turn.case)
    turn.case.state = turn.record.state = target.name
    turn.case.ended_at = clock.now()
    for hold in turn.obj.holds:
        if target.name in hold.until:
            reservations.release(turn.obj, turn.record, hold)
    session.flush()
    follow(turn.case)
