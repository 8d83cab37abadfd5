"""Acting on a case: what can be done now, and doing it.

Taking an action is a single unit of work: the case is locked, right, guard and completeness are
checked on what is stored now, the step is recorded with what the decider saw, tasks are closed
and opened, holds follow, effects run. Whoever comes second reads who was first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core import clock
from app.core.access.actor import Actor, current_actor
from app.core.aggregates import settlement
from app.core.db.database import unit_of_work
from app.core.declare import Action, Applicant, Flow, Object, Step, registry
from app.core.devices import captures
from app.core.errors import Conflict, Fault, NotFound, Refused, Rejected
from app.core.expressions.env import make_env
from app.core.records import materials, validation
from app.core.records import service as records
from app.core.records.materials import MarkInput
from app.core.reference import dictionaries
from app.flow.execution import (
    access,
    archive,
    comparisons,
    prompts,
    reservations,
    returns,
    routing,
    steps,
    transitions,
    worklist,
)
from app.flow.execution.cases import case_of, flow_of, lock, record_of
from app.flow.execution.places import Place, open_tasks, places, views
from app.flow.execution.row_decisions import give
from app.flow.execution.steps import Said, Turn
from app.flow.models import Case, StepRecord
from app.flow.people import copies as copying


@dataclass(frozen=True)
class Offer:
    """An action as a page offers it; `refusal` says why it cannot be taken just now."""

    action: Action
    targets: tuple[Step, ...]
    refusal: str = ""
    place: Place | None = None
    holder: Actor | None = None  # in whose name a deputy would act
    direct: bool = False  # straight back to whoever returned the case
    hindered: str = ""  # what the refusal comes from: opened, guard, view, compare, places

    @property
    def name(self) -> str:
        """The action's name."""
        return self.action.name

    @property
    def over(self) -> bool:
        """Whether it is a note that is not to be made any more, or not of this case: no page says so for ever."""
        return self.action.kind == "note" and self.hindered == "guard"

    @property
    def at(self) -> str:
        """The step at which it would be taken."""
        return self.place.step.name if self.place else ""


# --- what can be done -------------------------------------------------------------------------


@dataclass(frozen=True)
class Withheld:
    """An action that is not offered to somebody, and why; `place` is None where it starts nowhere now."""

    action: Action
    why: str
    place: Place | None = None


def offers(case: Case, record: Any, actor: Actor | None = None) -> list[Offer]:
    """Return what the person may do with the case now, in the flow's order, place by place."""
    if case.archived_at is not None:
        return []
    actor = actor or current_actor()
    flow = flow_of(case)
    found = []
    for place, action, holder, why in _judged(flow, case, record, actor):
        if why:
            continue
        goals = routing.targets(flow, case, action, place, record)
        hindered, refusal = _hindrance(case, action, record, place, holder)
        stands_for = holder if holder is not actor else None
        owed = action.kind in routing.FORWARDS and returns.due_at(case, place) is not None
        found.append(Offer(action, goals, refusal, place, stands_for, owed, hindered))
    return found


def withheld(case: Case, record: Any, actor: Actor | None = None) -> list[Withheld]:
    """Return every action of the flow that `offers` does not offer the person, each with its reason."""
    actor = actor or current_actor()
    flow = flow_of(case)
    if case.archived_at is not None:
        return [Withheld(action, archive.REFUSAL) for action in flow.actions]
    judged = list(_judged(flow, case, record, actor))
    offered = {action.name for _, action, _, why in judged if not why}
    found = {
        action.name: Withheld(action, why, place)
        for place, action, _, why in reversed(judged)
        if action.name not in offered
    }
    stands = "、".join(place.step.title for place in places(flow, case))
    for action in flow.actions:
        if action.name not in offered and action.name not in found:
            sources = dict.fromkeys(flow.step(route.source).title for route in action.routes)
            why = f"现在停在“{stands}”，这项操作只能在“{'、'.join(sources)}”办理"
            found[action.name] = Withheld(action, why)
    return [found[action.name] for action in flow.actions if action.name in found]


def _judged(
    flow: Flow, case: Case, record: Any, actor: Actor
) -> Iterator[tuple[Place, Action, Actor, str]]:
    """Yield every action that starts where the case rests, in whose right, and "" or why it is not theirs."""
    for place in places(flow, case):
        for action in flow.actions:
            if _starts_at(action, place.step):
                holder, why = access.may_act(actor, flow, case, action, record, place)
                yield place, action, holder, why


def _starts_at(action: Action, step: Step) -> bool:
    """Tell whether somebody may take the action at the step; a step that divides passes by itself."""
    leads = any(route.source == step.name for route in action.routes)
    return leads and not (step.branches and access.deciders(action, step) is None)


def _hindrance(
    case: Case, action: Action, record: Any, place: Place, holder: Actor
) -> tuple[str, str]:
    """Return what stands in the way now (opened, guard, view, compare, places) and in words, or two empty texts."""
    if action.until == "opened" and case.opened_at is not None:
        return "opened", "办理人已经打开，不能撤回；可联系办理人退回"
    if action.guard is not None and not action.guard(record, make_env()):
        return "guard", action.refusal or "当前不满足办理条件"
    words = _outstanding(case, action, place, holder)
    if words:
        return "view", words
    if action.kind in routing.FORWARDS:
        obj = registry.object(case.object)
        words = comparisons.hindrance(obj, record, place.step)
        if words:
            return "compare", words
        words = reservations.lacking(obj, record) if action.kind == "pass" else ""
        return ("places", words) if words else ("", "")
    return "", ""


def _outstanding(case: Case, action: Action, place: Place, holder: Actor) -> str:
    """Say that a view is outstanding for which whoever acts has asked: they wait, or take it back."""
    asked = views(case, place)
    if not asked or action.kind in ("recall", "receipt", "note"):
        return ""
    own = {t.id for t in open_tasks(case, place) if access.is_for(t, holder, case)}
    names = [task.assignee_name or "" for task in asked if task.view_of in own]
    return f"已请{'、'.join(names)}提意见，意见提出或减签后才能办理" if names else ""


def edit_policy(obj: Object, record: Any | None) -> frozenset[str] | None:
    """Return which fields the person may change where the record is: None = all, empty = none.

    A record that is still to be made (None) is where its flow begins. Columns of lists that a step
    opens by name, LIST.FIELD, are among them; None opens none of those.
    """
    flow = registry.flow_of(obj.name)
    if flow is None:
        return None
    if record is None:
        return _opened(obj, flow.steps[:1])
    case = case_of(record)
    actor = current_actor()
    if not actor.may_on("edit", obj.name):
        return frozenset()
    here = (place for place in places(flow_of(case), case) if place.step.edit)
    return _opened(obj, [at.step for at in here if _stands_at(actor, case, at, record)])


def _opened(obj: Object, steps: Iterable[Step]) -> frozenset[str] | None:
    """Return what steps open together; None = all but columns that are opened by their names."""
    words: set[str] = set()
    for step in steps:
        words |= {"all"} if step.edit == "all" else set(step.edit)
    if "all" not in words:
        return frozenset(words)
    columns = {word for word in words if "." in word}
    if not columns:
        return None
    names = {one.name for one in obj.fields} | {one.name for one in obj.children}
    return frozenset(columns | names | {one.name for one in obj.materials} | {"materials"})


def _stands_at(actor: Actor, case: Case, place: Place, record: Any) -> bool:
    """Tell whether the step waits for the person, or for somebody they stand for."""
    own = access.is_one_of(actor, place.step.by, case, record)
    todo = open_tasks(case, place)
    assigned = [task for task in todo if task.assignee_id is not None]
    if own and not assigned:
        return True
    return any(
        access.is_for(task, holder, case) for task in todo for holder in (actor, *actor.stands_for)
    )


def mark_opened(case: Case) -> None:
    """Note that a decider looked at the case: from then on it cannot be recalled."""
    actor = current_actor()
    now = clock.now()
    for task in open_tasks(case):
        decides = task.role is not None or task.assignee_id is not None
        if decides and any(
            access.is_for(task, holder, case) for holder in (actor, *actor.stands_for)
        ):
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
    at: str = "",
    resubmit: str = "",
    verdicts: dict[int, str] | None = None,
    copies: Sequence[int] = (),
    values: Mapping[str, Any] | None = None,
    cause: StepRecord | None = None,
) -> StepRecord:
    """Take an action on a case; raises a UserError and changes nothing if that cannot be.

    `expected` is the number of steps the case had when the person opened it; if somebody acted
    there since, the answer says who and what. `at` names the step where a case is in several
    branches; `resubmit` is the returner's choice (direct or again) where the action leaves it;
    `verdicts` are codes by the id of the row, where a step judges row by row; `copies` are the people
    who get the case to read by the decider's choice; `values` are what the action asks for, by field,
    as a form has them. With a `cause`, a step of another case whose effect takes the action, nobody is
    asked for the right: the flow of that case says so. Everything else stands in its way as ever.
    """
    with unit_of_work():
        case = lock(case)
        if case.archived_at is not None:
            raise Conflict(archive.REFUSAL)
        flow, obj, record = flow_of(case), registry.object(case.object), record_of(case)
        settlement.foresee(record)  # what was saved just before counts for guards and rules
        if cause is not None:
            turn = _turn_of_cause(flow, obj, case, record, name)
        else:
            turn = _turn(flow, obj, case, record, name, at, expected)
        said = Said(
            comment=comment.replace("\r\n", "\n").strip(),
            checks=checks,
            opinions=dict(opinions or {}),
        )
        _check_input(turn.step, turn.action, said.comment, checks, said.opinions)
        picked = copying.chosen(turn, copies)
        direct = _comes_straight_back(turn.action, resubmit)
        prompts.write(obj, record, turn.action, values or {})
        _check_captured(obj, record, turn.action)
        if turn.action.kind == "submit" or (turn.action.kind == "pass" and turn.step.edit):
            records.refresh(obj, record)
            _check_complete(obj, record)
        said.opinions.update(give(turn, verdicts or {}))
        _check_step(turn)
        goal = routing.goal(flow, case, turn.action, turn.place, target, record)
        taken = steps.write(turn, goal, said, cause)
        _put_marks(turn, goal, marks)
        if turn.action.kind == "note":
            transitions.run(turn.action.effects, turn, taken)
        elif _waits_for_others(turn):
            taken.partial = True
            taken.target, taken.target_title = turn.step.name, turn.step.title
        else:
            transitions.move(turn, goal, taken, direct=direct)
        copying.send(turn, taken, goal, picked)
        if not taken.partial:
            transitions.tell(turn, taken)
        return taken


def _turn(
    flow: Any, obj: Object, case: Case, record: Any, name: str, at: str, expected: int | None
) -> Turn:
    """Find where the person may take the action; every reason against it is an error of its own."""
    action = _action(flow, name)
    possible = [
        place
        for place in places(flow, case)
        if _starts_at(action, place.step) and (not at or place.step.name == at)
    ]
    if not possible:
        raise Conflict(steps.told(case))
    actor, reasons = current_actor(), []
    for place in possible:
        holder, why = access.may_act(actor, flow, case, action, record, place)
        if why:
            reasons.append(why)
            continue
        if steps.overtaken(case, place, expected):
            raise Conflict(steps.told(case))
        _, why = _hindrance(case, action, record, place, holder)
        if why:
            raise Conflict(why)
        return Turn(
            flow=flow,
            obj=obj,
            case=case,
            record=record,
            action=action,
            place=place,
            holder=holder,
        )
    if steps.overtaken(case, None, expected):
        raise Conflict(steps.told(case))
    why = access.telling_most(reasons)
    raise Conflict(why) if why == access.ALREADY else Refused(why)


def _action(flow: Flow, name: str) -> Action:
    try:
        return flow.action(name)
    except KeyError:
        raise NotFound("没有这项操作") from None


def _turn_of_cause(flow: Flow, obj: Object, case: Case, record: Any, name: str) -> Turn:
    """Find where another case's effect takes the action, whoever acts there; guards are asked."""
    action, actor = _action(flow, name), current_actor()
    place = next((place for place in places(flow, case) if _starts_at(action, place.step)), None)
    if place is None:
        raise Conflict(steps.told(case))
    _, why = _hindrance(case, action, record, place, actor)
    if why:
        raise Conflict(why)
    return Turn(
        flow=flow, obj=obj, case=case, record=record, action=action, place=place, holder=actor
    )


def lacking(case: Case, record: Any, offer: Offer) -> list[Fault]:
    """Return what the record itself still lacks for an action that leads it forwards.

    What is typed, ticked or judged when the action is taken is asked then; this is what it would be too
    late to type there: a page says it beside the button, and asks nobody whether they are sure.
    """
    action, place = offer.action, offer.place
    if offer.refusal or place is None or action.kind not in routing.FORWARDS:
        return []
    obj = registry.object(case.object)
    faults = captures.missing(obj, record, action)
    if action.kind == "submit" or place.step.edit:
        faults += records.check(obj, record, {}, complete=True)
    if place.step.rules and place.step.per is None:
        row = records.bind_stored(obj, record)
        faults += validation.of_step(place.step.rules, row, make_env(), _out(place.step))
    return [one for one in faults if one.level == "error" and one.path not in action.asks]


def _comes_straight_back(action: Action, resubmit: str) -> bool:
    if action.kind != "send_back":
        return False
    if action.resubmit != "choose":
        return action.resubmit == "direct"
    if resubmit not in ("", "direct", "again"):
        raise Rejected([Fault("resubmit", "请选择重新提交后的去向")])
    return resubmit == "direct"


def _waits_for_others(turn: Turn) -> bool:
    if not turn.step.countersign or turn.action.kind != "pass":
        return False
    return worklist.close_own(turn.case, turn.place, turn.action.name, turn.holder)


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
        faults += [Fault("checks", f"请先确认：{'、'.join(missing)}")] if missing else []
    faults += [
        Fault("opinions", f"没有“{key}”这一栏") for key in opinions if key not in step.opinions
    ]
    if faults:
        raise Rejected(faults)


def _check_captured(obj: Object, record: Any, action: Action) -> None:
    lacking = captures.missing(obj, record, action)
    if lacking:
        raise Rejected(lacking, "、".join(fault.message for fault in lacking))


def _check_complete(obj: Object, record: Any) -> None:
    faults = records.check(obj, record, {}, complete=True)
    if any(fault.level == "error" for fault in faults):
        raise Rejected(
            faults, f"还有 {sum(f.level == 'error' for f in faults)} 处需要修改，改好后再提交"
        )


def _check_step(turn: Turn) -> None:
    """Check what must hold when the step is passed; rows that are out are not asked."""
    step = turn.step
    if turn.action.kind not in routing.FORWARDS or not step.rules:
        return
    row = records.bind_stored(turn.obj, turn.record)
    faults = validation.of_step(step.rules, row, make_env(), _out(step))
    if any(fault.level == "error" for fault in faults):
        raise Rejected(faults)


def _out(step: Step) -> Callable[[Any], bool]:
    per = step.per
    if per is None:
        return lambda inner: False
    return lambda inner: getattr(inner, per.field) in per.refuses


def _put_marks(turn: Turn, goal: Step, marks: Sequence[MarkInput]) -> None:
    """Keep the marks; only those who applied are asked to put right what is marked."""
    obj, case, step = turn.obj, turn.case, turn.step
    if not marks:
        return
    known = {f"material.{item.name}" for item in obj.materials}
    known |= {f"field.{item.name}" for item in obj.fields}
    known |= {f"child.{item.name}" for item in obj.children}
    unknown = [mark.target for mark in marks if mark.target not in known]
    if unknown:
        raise Rejected([Fault("marks", f"没有“{name}”这一项") for name in unknown])
    _check_worded(obj, marks)
    returns = turn.action.kind == "send_back" and isinstance(goal.by, Applicant)
    asked = [
        replace(mark, rework=mark.rework and returns and not _approves(step, mark))
        for mark in marks
    ]
    materials.put_marks(obj, case.record_id, asked, round=case.round, step=step.name)


def _check_worded(obj: Object, marks: Sequence[MarkInput]) -> None:
    """Refuse a mark that says nothing: whoever must put it right would never hear of it."""
    titles = {f"field.{item.name}": item.title for item in obj.fields}
    titles |= {f"child.{item.name}": item.title for item in obj.children}
    silent = [titles[one.target] for one in marks if one.target in titles and not one.comment]
    if silent:
        words = "“{}”标注了，没有写要怎样修改：请写明，或再点一次标注取消"
        raise Rejected([Fault("marks", words.format(title)) for title in silent])


def _approves(step: Step, mark: MarkInput) -> bool:
    """Tell whether all labels of a mark say that the item is in order."""
    found = [dictionaries.find(step.labels, code) for code in mark.labels] if step.labels else []
    return bool(found) and all(map(dictionaries.approves, found))
