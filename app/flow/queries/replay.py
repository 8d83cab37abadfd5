"""The way that a case takes on a definition of its flow, with what was decided about it once.

The way is found by the code that moves cases (`routes`, `returns`, `moving`), on a case that is
stored nowhere. What was decided then is looked up by the step at which it was decided; a step about
which nobody decided is passed forwards, and said to be assumed.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core import clock
from app.core.access.actor import SYSTEM
from app.core.declare import Action, Flow, Object, Step
from app.core.errors import UserError
from app.core.expressions.env import make_env
from app.flow.execution import routing, transitions
from app.flow.execution.places import Place, places
from app.flow.execution.returns import clear
from app.flow.execution.steps import BESIDE, Turn
from app.flow.models import Case, StepRecord

MOST = 300  # stops of one case, behind which it goes in a circle
STAYS = BESIDE | {"note"}  # what is said of a case and leads it nowhere
FAULTS = (UserError, AttributeError, TypeError, ValueError, LookupError, ArithmeticError)


@dataclass(frozen=True)
class Past:
    """What was done about a case, and the version of the flow on which it was; None: not kept."""

    obj: Object
    case: Case
    taken: Sequence[StepRecord]
    own: Flow | None

    @property
    def decisions(self) -> list[StepRecord]:
        """What led the case from step to step; not what the flow itself did."""
        return [
            one
            for one in self.taken
            if not one.partial and one.kind not in STAYS and not self._joined(one)
        ]

    def _joined(self, one: StepRecord) -> bool:
        by_itself = one.actor_id is None and one.kind in routing.FORWARDS
        return by_itself and any(s.branches and s.name == one.source for s in self._steps)

    @property
    def _steps(self) -> tuple[Step, ...]:
        return self.own.steps if self.own is not None else ()

    def from_outside(self, one: StepRecord) -> bool:
        """Tell whether a step was none of the flow: an administrator's, or another case's."""
        if self.own is None:
            return one.kind == "move"
        return all(
            action_at(a, one.source) is None or a.name != one.action for a in self.own.actions
        )

    def came_straight(self, one: StepRecord) -> bool:
        """Tell whether what was sent back went straight to whoever had sent it."""
        after = (n for n in self.taken if n.seq > one.seq and n.kind in routing.FORWARDS)
        again = next((n for n in after if n.source == one.target), None)
        return again is not None and again.target == one.source


@dataclass(frozen=True)
class Stop:
    """One step that a case came to: where it went on from there, and by which decision of then."""

    step: str
    target: str
    action: str = ""
    branch: str = ""
    decided: StepRecord | None = None  # None: assumed, or the flow's own doing
    assumed: bool = False


@dataclass
class Walk:
    """The way of one case: its stops, where it ended, and what stood in the way."""

    stops: list[Stop] = field(default_factory=list)
    end: str = ""
    stuck: tuple[str, str] | None = None  # (step, why)
    refused: list[tuple[str, str, str]] = field(default_factory=list)  # (step, action, in words)

    @property
    def way(self) -> tuple[str, ...]:
        """The names of its steps, the last one with them."""
        last = self.end or (self.stuck[0] if self.stuck else "")
        return (*(stop.step for stop in self.stops), *([last] if last else ()))


Kept = Callable[[StepRecord | None, str], Any]  # the record as a step kept it, resting at a state


def walk(flow: Flow, past: Past, kept: Kept) -> Walk:
    """Lead a case through a flow with what was decided then; what cannot go on is said, never raised."""
    return _Walker(flow, past, kept).walk()


class _Walker:
    def __init__(self, flow: Flow, past: Past, kept: Kept) -> None:
        self.flow, self.past, self.kept = flow, past, kept
        self.made = Walk()
        self.case = _like(past.case)
        self.latest: StepRecord | None = None
        self.left: dict[str, deque[StepRecord]] = defaultdict(deque)
        for one in past.decisions:
            self.left[one.source].append(one)

    def walk(self) -> Walk:
        step = self.flow.steps[0]
        try:
            step = self._begin()
            for _ in range(MOST):
                step = self.flow.step(self.case.state)
                if step.end:
                    self.made.end = step.name
                    return self.made
                self._go_on(step)
        except FAULTS as fault:
            why = (
                str(fault)
                if isinstance(fault, UserError)
                else "判断条件时出错，原因见条件所读的内容"
            )
            self.made.stuck = self.made.stuck or (self.case.state or step.name, why)
            return self.made
        if self.made.stuck is None:
            self.made.stuck = (self.case.state, "在环节之间循环，走不到办结")
        return self.made

    def _let_it_be(self, step: StepRecord | None) -> None:
        """Turn the clock to a step that was taken, before the first to when the case was submitted."""
        at = step.at if step is not None else self.case.submitted_at
        moment = clock.local(at) if at is not None else None
        clock.set_clock(None if moment is None else lambda: moment)

    def _begin(self) -> Step:
        """Let the case rest where it began: at the first step, or where another system had left it."""
        self._let_it_be(None)
        first = self.flow.steps[0]
        began = self.past.taken[0].source if self.past.taken else ""
        own = self.past.own
        known = any(step.name == began for step in self.flow.steps)
        if known and own is not None and own.steps[0].name != began:
            first = self.flow.step(began)
        transitions.rest(self.flow, self.case, self._record(), first, None)
        return first

    def _record(self) -> Any:
        return self.kept(self.latest, self.case.state)

    def _go_on(self, state: Step) -> None:
        if transitions.gathered(self.flow, self.case):
            record = self._record()
            action, target = transitions.onwards(self.flow, self.case, record)
            self.made.stops.append(Stop(state.name, target.name, action.name))
            transitions.rejoin(self.flow, self.case, record, target)
            return
        place = self._next(state)
        waiting = self.left[place.step.name]
        decided = waiting.popleft() if waiting else None
        self.latest = decided or self.latest
        self._let_it_be(self.latest)
        record = self._record()
        if decided is None:
            self._move(place, record, self._onward(place, record), None)
        elif self.past.from_outside(decided):
            self._be_moved(place, record, decided)
        else:
            self._decide(place, record, decided)

    def _next(self, state: Step) -> Place:
        """Return where the case goes on: in which of its branches, as it was then."""
        found = [
            place
            for place in places(self.flow, self.case)
            if place.branch or not state.branches or self.left[place.step.name]
        ]
        return min(found, key=lambda place: self._turn(place.step.name))

    def _turn(self, step: str) -> int:
        return self.left[step][0].seq if self.left[step] else 1_000_000

    def _onward(self, place: Place, record: Any) -> Action:
        """Return by which action a step is passed where nothing was decided."""
        for action in self.flow.actions:
            if action.kind == "submit" and action_at(action, place.step.name):
                return action
        return routing.forwards(self.flow, place.step, record)[0]

    def _decide(self, place: Place, record: Any, decided: StepRecord) -> None:
        """Do what was done then, or else what is of the same kind."""
        possible = [a for a in self.flow.actions if action_at(a, place.step.name)]
        action = next((a for a in possible if a.name == decided.action), None)
        action = action or next((a for a in possible if a.kind == decided.kind), None)
        if action is None:
            why = f"当时的“{decided.action_title}”现在没有，也没有同类的动作"
            self.made.stuck = (place.step.name, why)
            raise LookupError(why)
        if action.guard is not None and not action.guard(record, make_env()):
            said = action.refusal or "当前不满足办理条件"
            self.made.refused.append((place.step.name, action.title, said))
        self._move(place, record, action, decided)

    def _move(self, place: Place, record: Any, action: Action, decided: StepRecord | None) -> None:
        flow, case = self.flow, self.case
        goals = routing.targets(flow, case, action, place, record)
        asked = [goal for goal in goals if decided is not None and goal.name == decided.target]
        goal = next(iter([*asked, *goals]), None)
        if goal is None:
            self.made.stuck = (place.step.name, routing.NOWHERE)
            raise LookupError(routing.NOWHERE)
        direct = action.kind == "send_back" and (
            action.resubmit == "direct"
            or (
                action.resubmit == "choose"
                and decided is not None
                and self.past.came_straight(decided)
            )
        )
        turn = Turn(
            flow=flow, obj=self.past.obj, case=case, record=record, action=action,
            place=place, holder=SYSTEM,
        )  # fmt: skip
        self.made.stops.append(
            Stop(place.step.name, goal.name, action.name, place.branch, decided, decided is None)
        )
        transitions.arrive(turn, goal, transitions.leave(turn, goal, direct=direct))

    def _be_moved(self, place: Place, record: Any, decided: StepRecord) -> None:
        if all(step.name != decided.target for step in self.flow.steps):
            why = f"当时由系统或管理员转到“{decided.target_title}”，现在没有这个环节"
            self.made.stuck = (place.step.name, why)
            raise LookupError(why)
        target = self.flow.step(decided.target)
        self.made.stops.append(
            Stop(place.step.name, target.name, decided.action, place.branch, decided)
        )
        clear(self.case)
        transitions.rest(self.flow, self.case, record, target, None)


def action_at(action: Action, step: str) -> Action | None:
    """Return the action where it can be taken at a step."""
    return action if any(route.source == step for route in action.routes) else None


def _like(case: Case) -> Case:
    """Return a case of the same organisation and applicant that is stored nowhere."""
    return Case(
        object=case.object, record_id=case.record_id, flow=case.flow, state="",
        org_id=case.org_id, district=case.district, applicant_id=case.applicant_id,
        submitted_at=case.submitted_at, created_at=case.created_at, round=1, steps=0,
        branches=[], tasks=[],
    )  # fmt: skip
