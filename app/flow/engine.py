"""The flow engine: the only writer of a state.

A case rests at a step until somebody who may takes an action. Taking one is a single unit of
work: the case is locked, right, guard and completeness are checked on what is stored now, the
step is recorded with what the decider saw, tasks are closed and opened, holds follow, effects
run. Whoever comes second reads who was first.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import func, select

from app.core import clock, display, history, materials, numbering, records, registry, workdays
from app.core.actor import Actor, current_actor
from app.core.database import elevated, session, unit_of_work
from app.core.declare import Action, Applicant, Flow, Object, Relation, Roles, Route, Step
from app.core.env import make_env
from app.core.errors import Conflict, Fault, NotFound, Refused, Rejected
from app.core.materials import MarkInput
from app.core.types import Code
from app.flow import access, effects, holds
from app.flow.models import Case, StepRecord, Task


@dataclass(frozen=True)
class Offer:
    """An action as a page offers it; `refusal` says why it cannot be taken just now."""

    action: Action
    targets: tuple[Step, ...]
    refusal: str = ""

    @property
    def name(self) -> str:
        """The action's name."""
        return self.action.name


# --- opening ----------------------------------------------------------------------------------


def open_case(obj: Object, record: Any) -> Case | None:
    """Open the case of a new record of an object with a flow."""
    flow = registry.flow_of(obj.name)
    if flow is None:
        return None
    actor = current_actor()
    first = flow.steps[0]
    case = Case(
        object=obj.name,
        record_id=record.id,
        flow=flow.name,
        flow_version=flow.version,
        state=first.name,
        applicant_id=actor.user_id,
        created_at=clock.now(),
    )
    session.add(case)
    _place(obj, record, case)
    session.flush()
    _open_tasks(flow, case, first, record, returned=False)
    return case


def _place(obj: Object, record: Any, case: Case) -> None:
    """Copy to the case what lists of tasks need: title, organisation and district."""
    case.title = display.title_of(record)[:300]
    path = obj.scope.path or "created_by_id"
    if obj.scope.kind == "org":
        target: Any = record
        for name in path.split("."):
            target = getattr(target, name, None)
        case.org_id = target
    organisation = registry.project().organisation
    with elevated():
        org = session.get(registry.object(organisation).model, case.org_id) if case.org_id else None
    case.district = getattr(org, registry.project().organisation_district, None)


def retitle(obj: Object, record: Any) -> None:
    """Let the case follow a change of its record's title or organisation."""
    if obj.flow:
        _place(obj, record, case_of(record))


def case_of(record: Any) -> Case:
    """Return the case of a record that was found within scope; NotFound if it has none."""
    obj = registry.object_of(type(record))
    case = session.scalars(
        select(Case).where(Case.object == (obj.name if obj else ""), Case.record_id == record.id)
    ).first()
    if case is None:
        raise NotFound("这条记录没有办理过程")
    return case


def flow_of(case: Case) -> Flow:
    """Return the flow that the case follows."""
    return registry.flow(case.flow)


def started(case: Case, object_name: str) -> bool:
    """Tell whether the case has already started one of another object."""
    query = select(Case.id).where(Case.parent_id == case.id, Case.object == object_name)
    return session.scalar(query.limit(1)) is not None


# --- what can be done -------------------------------------------------------------------------


def offers(case: Case, record: Any, actor: Actor | None = None) -> list[Offer]:
    """Return the actions that the person may take at the case's step, in the flow's order."""
    actor = actor or current_actor()
    flow = flow_of(case)
    found = []
    for action in flow.actions:
        routes = [route for route in action.routes if route.source == case.state]
        if not routes or access.may_act(actor, flow, case, action, record):
            continue
        targets = _targets(flow, action, _open_routes(routes, record), record)
        found.append(Offer(action, targets, _refusal(case, action, record)))
    return found


def _targets(flow: Flow, action: Action, routes: Sequence[Route], record: Any) -> tuple[Step, ...]:
    """Return where the routes lead for this record, past the steps that do not apply to it."""
    steps = [_arrive(flow, action, flow.step(route.target), record) for route in routes]
    return tuple({step.name: step for step in steps}.values())


def _arrive(flow: Flow, action: Action, step: Step, record: Any) -> Step:
    if action.kind in ("submit", "pass"):
        return _skip(flow, step, record)
    env = make_env()
    index = flow.steps.index(step)
    while action.kind == "send_back" and index and step.skip is not None and step.skip(record, env):
        index -= 1
        step = flow.steps[index]
    return step


def _refusal(case: Case, action: Action, record: Any) -> str:
    if action.until == "opened" and case.opened_at is not None:
        return "办理人已经打开，不能撤回；可联系办理人退回"
    if action.guard is not None and not action.guard(record, make_env()):
        return action.refusal or "当前不满足办理条件"
    return ""


def _open_routes(routes: Sequence[Route], record: Any) -> list[Route]:
    env = make_env()
    return [route for route in routes if route.when is None or route.when(record, env)]


def edit_policy(obj: Object, record: Any) -> frozenset[str] | None:
    """Return which fields the person may change at the record's step: None = all, empty = none."""
    flow = registry.flow_of(obj.name)
    if flow is None:
        return None
    case = case_of(record)
    step = flow.step(case.state)
    actor = current_actor()
    if not step.edit or not access.is_one_of(actor, step.by, case, record):
        return frozenset()
    if not actor.may_on("edit", obj.name):
        return frozenset()
    return None if step.edit == "all" else frozenset(step.edit)


def mark_opened(case: Case) -> None:
    """Note that a decider looked at the case: from then on it cannot be recalled."""
    actor = current_actor()
    now = clock.now()
    for task in case.tasks:
        if task.done_at is None and task.role is not None and task.role in actor.roles:
            task.seen_at = task.seen_at or now
            case.opened_at = case.opened_at or now


# --- acting -----------------------------------------------------------------------------------


def act(
    case: Case,
    name: str,
    *,
    comment: str = "",
    target: str = "",
    marks: Sequence[MarkInput] = (),
    checks: Sequence[str] = (),
    opinions: dict[str, str] | None = None,
    expected: int | None = None,
) -> StepRecord:
    """Take an action on a case; raises a UserError and changes nothing if that cannot be.

    `expected` is the number of steps the case had when the person opened it; if somebody acted
    since, the answer says who and what.
    """
    with unit_of_work():
        case = _lock(case)
        flow = flow_of(case)
        obj = registry.object(case.object)
        record = _record(case)
        action = _allowed(flow, case, name, record, expected)
        step = flow.step(case.state)
        comment = comment.strip()
        _check_input(step, action, comment, checks, opinions or {})
        if action.kind == "submit" or (action.kind == "pass" and step.edit):
            _check_complete(obj, record)
        goal = _route(flow, case, action, target, record)
        taken = _write_step(flow, case, action, goal, comment, checks, opinions or {}, record)
        _put_marks(obj, case, step, action, marks)
        if action.kind == "note" or _waits_for_others(case, step, action, taken):
            _run(action.effects if action.kind == "note" else (), obj, record, case, taken)
            return taken
        _move(flow, obj, record, case, action, step, taken)
        return taken


def _lock(case: Case) -> Case:
    query = select(Case).where(Case.id == case.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _record(case: Case) -> Any:
    model: Any = registry.object(case.object).model
    with elevated():
        query = select(model).where(model.id == case.record_id).with_for_update(of=model)
        return session.scalars(query.execution_options(populate_existing=True)).one()


def _allowed(flow: Flow, case: Case, name: str, record: Any, expected: int | None) -> Action:
    try:
        action = flow.action(name)
    except KeyError:
        raise NotFound("没有这项操作") from None
    possible = any(route.source == case.state for route in action.routes)
    if (expected is not None and expected != case.steps) or not possible:
        raise Conflict(_overtaken(case))
    why = access.may_act(current_actor(), flow, case, action, record)
    if why:
        raise Refused(why)
    why = _refusal(case, action, record)
    if why:
        raise Conflict(why)
    return action


def _overtaken(case: Case) -> str:
    last = last_step(case)
    title = flow_of(case).step(case.state).title
    if last is None:
        return f"该件现处于“{title}”，不能这样办理"
    when = f"{clock.local(last.at):%m-%d %H:%M}"
    return f"该件已由{last.actor_name}于 {when} 办理（{last.action_title}），现处于“{title}”"


def last_step(case: Case) -> StepRecord | None:
    """Return the last step that was taken."""
    query = select(StepRecord).where(StepRecord.case_id == case.id)
    return session.scalars(query.order_by(StepRecord.seq.desc()).limit(1)).first()


def _check_input(
    step: Step, action: Action, comment: str, checks: Sequence[str], opinions: dict[str, str]
) -> None:
    faults = []
    if action.comment == "required" and not comment:
        faults.append(Fault("comment", f"{action.title}须填写意见，说明原因"))
    if len(comment) > 2000:
        faults.append(Fault("comment", f"意见不能超过 2000 个字，现有 {len(comment)} 个"))
    if action.kind == "pass":
        missing = [item for item in step.checks if item not in checks]
        faults += [Fault("checks", f"请先确认：{item}") for item in missing]
    faults += [
        Fault("opinions", f"没有“{key}”这一栏") for key in opinions if key not in step.opinions
    ]
    if faults:
        raise Rejected(faults)


def _check_complete(obj: Object, record: Any) -> None:
    faults = records.check(obj, record, {}, complete=True)
    if any(fault.level == "error" for fault in faults):
        raise Rejected(
            faults, f"还有 {sum(f.level == 'error' for f in faults)} 处需要修改，改好后再提交"
        )


def _route(flow: Flow, case: Case, action: Action, target: str, record: Any) -> Step:
    """Return the step that the action leads to: the one asked for, or the first."""
    routes = [route for route in action.routes if route.source == case.state]
    steps = _targets(flow, action, _open_routes(routes, record), record)
    if target:
        steps = tuple(step for step in steps if step.name == target)
        if not steps:
            raise Rejected([Fault("target", "不能退到所选环节")])
    if not steps:
        raise Conflict("没有可走的下一环节，请联系系统管理员")
    return steps[0]


def _write_step(
    flow: Flow,
    case: Case,
    action: Action,
    target: Step,
    comment: str,
    checks: Sequence[str],
    opinions: dict[str, str],
    record: Any,
) -> StepRecord:
    actor = current_actor()
    obj = registry.object(case.object)
    case.steps += 1
    taken = StepRecord(
        case_id=case.id,
        seq=case.steps,
        round=case.round,
        action=action.name,
        action_title=action.title,
        kind=action.kind,
        source=case.state,
        source_title=flow.step(case.state).title,
        target=target.name,
        target_title=target.title,
        at=clock.now(),
        actor_id=actor.user_id,
        actor_name=actor.name or "系统",
        actor_role=_role_of(actor, flow, case, action),
        ip=actor.ip or None,
        comment=comment or None,
        opinions=json.dumps(opinions, ensure_ascii=False) if opinions else None,
        checks=json.dumps(list(checks), ensure_ascii=False) if checks else None,
        seen=json.dumps(records.raw_of(obj, record), ensure_ascii=False),
    )
    session.add(taken)
    detail = {"action": action.name, "from": taken.source, "to": taken.target, "comment": comment}
    history.note(obj.name, record.id, "step", detail)
    return taken


def _role_of(actor: Actor, flow: Flow, case: Case, action: Action) -> str | None:
    who = access.deciders(flow, case, action)
    if isinstance(who, Roles):
        return next((name for name in who.names if name in actor.roles), None)
    return None


def _skip(flow: Flow, step: Step, record: Any) -> Step:
    """Follow the way forwards past the steps that do not apply to this record."""
    env = make_env()
    for _ in flow.steps:
        if step.skip is None or not step.skip(record, env):
            return step
        step = flow.step(_forwards(flow, step, record))
    raise Conflict("所有环节都被跳过，请联系系统管理员")


def _forwards(flow: Flow, step: Step, record: Any) -> str:
    for action in flow.actions:
        if action.kind == "pass":
            routes = [route for route in action.routes if route.source == step.name]
            for route in _open_routes(routes, record):
                return route.target
    raise Conflict("没有可走的下一环节，请联系系统管理员")


def _put_marks(
    obj: Object, case: Case, step: Step, action: Action, marks: Sequence[MarkInput]
) -> None:
    if not marks:
        return
    known = {f"material.{item.name}" for item in obj.materials}
    known |= {f"field.{item.name}" for item in obj.fields}
    known |= {f"child.{item.name}" for item in obj.children}
    unknown = [mark.target for mark in marks if mark.target not in known]
    if unknown:
        raise Rejected([Fault("marks", f"没有“{name}”这一项") for name in unknown])
    materials.put_marks(obj, case.record_id, marks, round=case.round, step=step.name)


def _waits_for_others(case: Case, step: Step, action: Action, taken: StepRecord) -> bool:
    """For a countersigned step: close this decider's task and tell whether others must decide yet."""
    if not step.countersign or action.kind != "pass":
        return False
    actor = current_actor()
    open_tasks = [task for task in case.tasks if task.done_at is None and task.step == step.name]
    mine = next((task for task in open_tasks if _is_mine(task, actor)), None)
    if mine is None:
        raise Conflict("您已经会签过，正在等待其他会签人")
    _close(mine, action.name)
    done = [
        t
        for t in case.tasks
        if t.step == step.name and t.outcome == action.name and t.opened_at == mine.opened_at
    ]
    total = len(done) + len(open_tasks) - 1
    need = (
        total
        if step.countersign == "all"
        else 1
        if step.countersign == "any"
        else min(int(step.countersign), total)
    )
    if len(done) >= need:
        return False
    taken.partial = True
    taken.target, taken.target_title = step.name, step.title
    return True


def _is_mine(task: Task, actor: Actor) -> bool:
    if task.assignee_id is not None:
        return task.assignee_id == actor.user_id
    return actor.everything or task.role in actor.roles


def _close(task: Task, outcome: str) -> None:
    task.done_at = clock.now()
    task.done_by_id = current_actor().user_id
    task.outcome = outcome


def _move(
    flow: Flow, obj: Object, record: Any, case: Case, action: Action, step: Step, taken: StepRecord
) -> None:
    actor = current_actor()
    for task in case.tasks:
        if task.done_at is None:
            mine = _is_mine(task, actor) or (task.role is None and isinstance(step.by, Applicant))
            _close(task, action.name if mine else "superseded")
    _before_entering(obj, record, case, action)
    target = flow.step(taken.target)
    case.state = target.name
    case.opened_at = None
    record.state = target.name
    if target.end:
        case.ended_at = clock.now()
    else:
        returned = action.kind == "send_back" or (
            case.round > 1 and isinstance(target.by, Applicant)
        )
        _open_tasks(flow, case, target, record, returned=returned)
    _follow_holds(obj, record, case, action)
    session.flush()
    forwards = action.kind in ("pass", "submit")
    _run((*(step.effects if forwards else ()), *action.effects), obj, record, case, taken)
    _place(obj, record, case)
    session.flush()


def _before_entering(obj: Object, record: Any, case: Case, action: Action) -> None:
    if action.kind == "submit":
        if case.submitted_at is not None:
            case.round += 1
        case.submitted_at = clock.now()
        case.applicant_id = current_actor().user_id or case.applicant_id
        _number(obj, record, case)
        for mark in materials.open_marks(obj, record.id):
            mark.open = False


def _number(obj: Object, record: Any, case: Case) -> None:
    for item in obj.fields:
        if isinstance(item.type, Code) and item.type.series:
            if getattr(record, item.name) is None:
                setattr(record, item.name, numbering.take(item.type.series, clock.today()))
            case.code = getattr(record, item.name)


def _follow_holds(obj: Object, record: Any, case: Case, action: Action) -> None:
    for hold in obj.holds:
        if action.name == hold.start:
            holds.place(obj, record, hold)
        elif case.state in hold.until:
            holds.release(obj, record, hold)


def _run(wanted: Sequence[Any], obj: Object, record: Any, case: Case, taken: StepRecord) -> None:
    context = effects.context_of(obj, record, case, taken)
    with elevated():
        for effect in wanted:
            effects.run(effect, context)


def _open_tasks(flow: Flow, case: Case, step: Step, record: Any, *, returned: bool) -> None:
    function = access.function_for(flow, step, returned=returned, record=record)
    now = clock.now()
    common = {
        "function": function.id if function else None,
        "step": step.name,
        "org_id": case.org_id,
        "district": case.district,
        "opened_at": now,
        "due_at": due(step, now),
    }
    who = step.by
    if isinstance(who, Roles):
        for role in who.names if step.countersign else who.names[:1]:
            case.tasks.append(Task(role=role, **common))
        if not step.countersign:
            case.tasks.extend(Task(role=role, **common) for role in who.names[1:])
    elif isinstance(who, Relation):
        target = record
        for name in who.path.split("."):
            target = getattr(target, name, None)
        case.tasks.append(Task(assignee_id=getattr(target, "id", target), **common))
    else:
        case.tasks.append(Task(**common))


def due(step: Step, since: datetime) -> datetime | None:
    """Return when a case that arrived at a moment must have left the step: the end of that day."""
    if step.within is None:
        return None
    day = workdays.add(clock.local(since).date(), step.within)
    return clock.as_utc(datetime.combine(day, time(23, 59, 59)))


def end(record: Any, outcome: str, cause: StepRecord) -> None:
    """End the case of a record from outside, because another case decided so (a change, a parent)."""
    obj = registry.object_of(type(record))
    assert obj
    case = _lock(case_of(record))
    flow = flow_of(case)
    target = next((step for step in flow.steps if step.end == outcome), None)
    if target is None or case.state == target.name:
        return
    case.steps += 1
    actor = current_actor()
    taken = StepRecord(
        case_id=case.id,
        seq=case.steps,
        round=case.round,
        action=cause.action,
        action_title=cause.action_title,
        kind="cancel",
        source=case.state,
        source_title=flow.step(case.state).title,
        target=target.name,
        target_title=target.title,
        at=clock.now(),
        actor_id=actor.user_id,
        actor_name=actor.name or "系统",
        ip=actor.ip or None,
        comment=cause.comment,
        seen=json.dumps(records.raw_of(obj, record), ensure_ascii=False),
    )
    session.add(taken)
    history.note(obj.name, record.id, "step", {"action": cause.action, "to": target.name})
    for task in case.tasks:
        if task.done_at is None:
            _close(task, "superseded")
    case.state = record.state = target.name
    case.ended_at = clock.now()
    for hold in obj.holds:
        if target.name in hold.until:
            holds.release(obj, record, hold)
    session.flush()


# --- looking ----------------------------------------------------------------------------------


def history_of(case: Case) -> list[StepRecord]:
    """Return every step that was taken, oldest first."""
    query = select(StepRecord).where(StepRecord.case_id == case.id)
    return list(session.scalars(query.order_by(StepRecord.seq)))


@dataclass(frozen=True)
class Node:
    """A step in the picture of the route."""

    step: Step
    state: str  # done | current | next | skipped
    who: str = ""
    when: datetime | None = None
    due: datetime | None = None


def progress(case: Case) -> list[Node]:
    """Return the route as a picture: what is done, where the case is, what is to come."""
    flow = flow_of(case)
    order = [step.name for step in flow.steps]
    done: dict[str, StepRecord] = {}
    for record in history_of(case):
        if record.kind in ("submit", "pass") and not record.partial:
            done[record.source] = record
        elif record.kind in ("send_back", "recall"):
            cut = order.index(record.target)
            done = {name: value for name, value in done.items() if order.index(name) < cut}
    here = order.index(case.state)
    nodes = []
    for index, step in enumerate(flow.steps):
        if step.end in ("rejected", "cancelled") and step.name != case.state:
            continue
        nodes.append(_node(case, step, done.get(step.name), index, here))
    return nodes


def _node(case: Case, step: Step, record: StepRecord | None, index: int, here: int) -> Node:
    if step.name == case.state:
        open_task = next((task for task in case.tasks if task.done_at is None), None)
        state = "done" if step.end == "done" else "current"
        return Node(step, state, when=case.ended_at, due=open_task.due_at if open_task else None)
    if record is not None:
        return Node(step, "done", record.actor_name, record.at)
    return Node(step, "skipped" if index < here else "next")


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


def discard(obj: Object, record: Any) -> None:
    """Remove the case of a draft that is deleted."""
    if obj.flow:
        session.delete(case_of(record))
        session.flush()


records.created.append(open_case)  # type: ignore[arg-type]
records.removed.append(discard)
records.edit_policy = edit_policy
