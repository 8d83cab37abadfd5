"""Moves a case from place to place: tasks, branches, holds and effects follow in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from app.core import clock, materials, numbering
from app.core.actor import current_actor
from app.core.database import elevated, session
from app.core.declare import Applicant, Effect, Flow, Object, Step
from app.core.types import Code
from app.flow import cases, effects, holds, returns, routes, steps, telling, verdicts, worklist
from app.flow.models import Case, StepRecord
from app.flow.places import Place, open_tasks, rows, set_branch
from app.flow.returns import Return
from app.flow.steps import Said, Turn


def move(turn: Turn, target: Step, taken: StepRecord, *, direct: bool) -> None:
    """Take the case from the place of the turn to a step, with everything that follows."""
    case, action = turn.case, turn.action
    owed = returns.due_at(case, turn.place) if action.kind in routes.FORWARDS else None
    if owed is not None:
        returns.settle(case, owed)
    _remember(turn, target, direct=direct)
    stays = _stays_in_branch(turn, target)
    back = owed if owed is not None and owed.to == target.name else None
    worklist.close_all(case, turn.place, action.name, turn.holder)
    if not stays:  # else the other branches go on
        worklist.close_all(case, None, worklist.SUPERSEDED, turn.holder)
    _before_entering(turn, straight=owed is not None)
    returned = action.kind not in (*routes.FORWARDS, "recall")
    if stays:
        _within_branch(turn, target, returned=returned, back=back)
    else:
        _enter(turn.flow, case, turn.record, target, returned=returned, back=back)
    _follow_holds(turn)
    forwards = action.kind in routes.FORWARDS or (
        action.kind == "receipt" and routes.leads_on(turn.flow, turn.step.name, target.name)
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


def _within_branch(turn: Turn, target: Step, *, returned: bool, back: Return | None) -> None:
    case, branch = turn.case, turn.place.branch
    through = target.name == case.state
    set_branch(case, case.state, branch, None if through else target.name)
    if not through:
        place = Place(target, branch)
        worklist.open_for(turn.flow, case, place, turn.record, returned=returned, back=back)


def enter(flow: Flow, case: Case, record: Any, target: Step) -> None:
    """Let a case rest at a step of the main line, with its tasks opened anew."""
    _enter(flow, case, record, target, returned=False, back=None)


def _enter(
    flow: Flow, case: Case, record: Any, target: Step, *, returned: bool, back: Return | None
) -> None:
    """Let the case rest at a step of the main line, or divide it into branches."""
    inner = flow.inner.get(target.name)
    fork = inner[0] if inner else target
    case.state = record.state = fork.name
    case.opened_at = None
    if fork.end:
        case.ended_at = clock.now()
        return
    if not fork.branches:
        worklist.open_for(flow, case, Place(fork), record, returned=returned, back=back)
        return
    for branch in fork.branches:
        begin = routes.first_of(flow, branch, record)
        state = begin.name if begin else None
        if inner is not None:  # into one branch only: the others are as they were, or through
            state = back.branches.get(branch.name) if back is not None else None
            if branch is inner[1]:
                state = target.name
        set_branch(case, fork.name, branch.name, state)
        if state is not None:
            own = back if back is not None and state == back.to else None
            place = Place(flow.step(state), branch.name)
            worklist.open_for(flow, case, place, record, returned=returned, back=own)


def _join(turn: Turn) -> None:
    """Pass the step that divided the case when every branch has come through."""
    flow, case, record = turn.flow, turn.case, turn.record
    fork = flow.step(case.state)
    if not fork.branches or any(row.state for row in rows(case)):
        return
    session.flush()
    action, name = routes.forwards(flow, fork, record)
    joined = replace(turn, action=action, place=Place(fork))
    target = routes.skip(flow, flow.step(name), record)
    taken = steps.write(joined, target, Said())
    taken.actor_id, taken.actor_name, taken.actor_role = None, "系统", None
    taken.behalf_id = taken.behalf_name = None
    for branch in fork.branches:
        returns.clear(case, branch.name)
    _enter(flow, case, record, target, returned=False, back=None)
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
        telling.tell("returned_inside", turn.record, turn.case, waiting, said)


def _before_entering(turn: Turn, *, straight: bool) -> None:
    case = turn.case
    if turn.action.kind == "submit":
        if not straight:
            verdicts.forget(turn)
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
            holds.place(turn.obj, turn.record, hold)
        elif turn.case.state in hold.until:
            holds.release(turn.obj, turn.record, hold)


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
            holds.release(turn.obj, turn.record, hold)
    session.flush()
    follow(turn.case)
