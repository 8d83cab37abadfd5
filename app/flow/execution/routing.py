"""Where an action leads: past the steps that do not apply, straight back, or out of a branch."""

from collections.abc import Sequence
from typing import Any

from app.core.declare import Action, Branch, Flow, Route, Step
from app.core.errors import Conflict, Fault, Rejected
from app.core.expressions.env import make_env
from app.flow.execution import returns
from app.flow.execution.places import Place
from app.flow.models import Case

FORWARDS = ("submit", "pass")
NOWHERE = "没有可走的下一环节，请联系系统管理员"


def targets(flow: Flow, case: Case, action: Action, place: Place, record: Any) -> tuple[Step, ...]:
    """Return where the action leads from the place: one step, or those that a person may choose from."""
    within = case.state if place.branch else ""
    if action.kind in FORWARDS:
        owed = returns.due_at(case, place)
        if owed is not None:
            return (skip(flow, flow.step(owed.to), record, within=within),)
    routes = [route for route in action.routes if route.source == place.step.name]
    steps = [
        _arrive(flow, action, flow.step(route.target), record, within)
        for route in _open(routes, record)
    ]
    return tuple({step.name: step for step in steps}.values())


def goal(flow: Flow, case: Case, action: Action, place: Place, target: str, record: Any) -> Step:
    """Return the step that the action leads to: the one asked for, or the first."""
    steps = targets(flow, case, action, place, record)
    if target:
        steps = tuple(step for step in steps if step.name == target)
        if not steps:
            raise Rejected([Fault("target", "不能退到所选环节")])
    if not steps:
        raise Conflict(NOWHERE)
    return steps[0]


def skip(flow: Flow, step: Step, record: Any, *, within: str = "") -> Step:
    """Follow the way forwards past the steps that do not apply; `within` a fork no further than it."""
    for _ in flow.steps:
        if step.name == within or not _left_out(flow, step, record):
            return step
        step = flow.step(forwards(flow, step, record)[1])
    raise Conflict("所有环节都被跳过，请联系系统管理员")


def first_of(flow: Flow, branch: Branch, record: Any) -> Step | None:
    """Return where a branch begins for this record; None where none of its steps applies."""
    step = flow.step(branch.steps[0])
    for _ in branch.steps:
        if not _left_out(flow, step, record):
            return step
        name = forwards(flow, step, record)[1]
        if name not in branch.steps:
            return None
        step = flow.step(name)
    return None


def _left_out(flow: Flow, step: Step, record: Any) -> bool:
    """Tell whether a step does not apply: by its condition, or because none of its branches does."""
    if step.skip is not None and step.skip(record, make_env()):
        return True
    return bool(step.branches) and all(
        first_of(flow, branch, record) is None for branch in step.branches
    )


def forwards(flow: Flow, step: Step, record: Any) -> tuple[Action, str]:
    """Return the action that passes a step and where it leads."""
    for action in flow.actions:
        if action.kind == "pass":
            routes = [route for route in action.routes if route.source == step.name]
            for route in _open(routes, record):
                return action, route.target
    for action in flow.actions:
        if action.kind == "receipt":
            for route in action.routes:
                if route.source == step.name and leads_on(flow, step.name, route.target):
                    return action, route.target
    raise Conflict(NOWHERE)


def leads_on(flow: Flow, source: str, target: str) -> bool:
    """Tell whether a way leads forwards: to a later step, or to a good end."""
    order = [step.name for step in flow.steps]
    later = order.index(target) > order.index(source)
    return later and flow.step(target).end not in ("rejected", "cancelled")


def _arrive(flow: Flow, action: Action, step: Step, record: Any, within: str) -> Step:
    if action.kind in (*FORWARDS, "receipt"):
        return skip(flow, step, record, within=within)
    if action.kind == "send_back":
        while _left_out(flow, step, record) and (before := _before(flow, step)) is not None:
            step = before
    return step


def _before(flow: Flow, step: Step) -> Step | None:
    """Return the step before one: in its branch, else in the main line."""
    inner = flow.inner.get(step.name)
    if inner is not None:
        fork, branch = inner
        index = branch.steps.index(step.name)
        if index:
            return flow.step(branch.steps[index - 1])
        step = fork
    index = flow.main.index(step)
    return flow.main[index - 1] if index else None


def _open(routes: Sequence[Route], record: Any) -> list[Route]:
    env = make_env()
    return [route for route in routes if route.when is None or route.when(record, env)]
