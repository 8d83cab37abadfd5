"""How a case came to where it is: a walk through its flow from its first day until now."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.declare import Action, Applicant, Flow, Roles, Step
from app.demo.chance import Chance
from app.demo.stubs import Stub
from app.flow import engine
from app.flow.execution import access


@dataclass(frozen=True)
class Person:
    """Somebody who acts in the demonstration."""

    id: int
    name: str
    role: str = ""


@dataclass(kw_only=True)
class Life:
    """What the engine would have written about one case."""

    state: str
    created_at: datetime
    applicant: Person
    steps: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    submitted_at: datetime | None = None
    first_submitted_at: datetime | None = None
    ended_at: datetime | None = None
    round: int = 1


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a recipe says about the lives of its records."""

    outcome: str  # the step at which it rests or ends, if there was time enough
    returned: bool  # whether a reviewer sends it back once
    pace: tuple[int, int]  # working days a step takes
    words: Mapping[str, list[str]]  # comments by kind of action
    queues: Mapping[str, str]  # step: function, where the flow's own choice is not enough
    office: bool = False  # the office begins it, not an applicant


class Walker:
    """Walks cases through flows; knows the office's people."""

    def __init__(
        self, chance: Chance, people: Mapping[str, list[Person]], env: Any, now: datetime
    ) -> None:
        self.chance = chance
        self.people = people
        self.env = env
        self.now = now

    def walk(
        self, stub: Stub, flow: Flow, plan: Plan, start: datetime, applicant: Person,
        note: Callable[[str, Action, Step, datetime], None],
    ) -> Life:  # fmt: skip
        """Return the life of a case that was begun at a moment; `note` hears of every step."""
        life = Life(state=flow.steps[0].name, created_at=start, applicant=applicant)
        wrong_step = self._wrong_step(flow, plan)
        arrived = start
        while True:
            step = flow.step(life.state)
            if step.end:
                life.ended_at = arrived
                return life
            action, target = self._choose(stub, flow, step, plan, life, wrong_step)
            when = self._when(plan, step, arrived)
            rests = step.name == plan.outcome and (life.submitted_at or not plan.returned)
            if action is None or when > self.now or rests:
                self._task(stub, flow, step, plan, life, arrived, None, None)
                return life
            who = self._who(step, applicant)
            self._task(stub, flow, step, plan, life, arrived, when, (who, action.name))
            self._record(flow, step, action, target, life, when, who, plan)
            note(stub._object.name, action, target, when)
            life.state = target.name
            arrived = when

    def _when(self, plan: Plan, step: Step, arrived: datetime) -> datetime:
        if isinstance(step.by, Applicant):
            return self.chance.later(arrived, 0, 2)
        return self.chance.later(arrived, *plan.pace)

    def _wrong_step(self, flow: Flow, plan: Plan) -> str:
        """Return where a case is sent back or refused, if it is."""
        ends = {step.name: step.end for step in flow.steps}
        kind = "reject" if ends.get(plan.outcome) == "rejected" else "send_back"
        sources = [
            route.source
            for action in flow.actions
            if action.kind == kind
            for route in action.routes
        ]
        return self.chance.pick(sorted(set(sources))) if sources else ""

    def _choose(
        self, stub: Stub, flow: Flow, step: Step, plan: Plan, life: Life, wrong_step: str
    ) -> tuple[Action | None, Step]:
        wanted = self._wanted(flow, step, plan, life, wrong_step)
        for action in flow.actions:
            if action.kind != wanted:
                continue
            for route in action.routes:
                if route.source != step.name or (route.when and not route.when(stub, self.env)):
                    continue
                target = flow.step(route.target)
                if wanted == "send_back":
                    target = self._back(flow, action, step)
                elif wanted != "reject":
                    target = self._past_skipped(stub, flow, target)
                return action, target
        return None, step

    def _wanted(self, flow: Flow, step: Step, plan: Plan, life: Life, wrong_step: str) -> str:
        """Return the kind of action that comes next."""
        first = step.name == flow.steps[0].name
        end = flow.step(plan.outcome).end
        if first and end == "cancelled" and life.submitted_at is not None:
            return "cancel"  # it came back, and its applicant gave it up
        if step.name == wrong_step and life.round == 1:
            if end == "rejected":
                return "reject"
            if plan.returned or end == "cancelled":
                return "send_back"
        return "submit" if first else "pass"

    def _back(self, flow: Flow, action: Action, step: Step) -> Step:
        targets = [route.target for route in action.routes if route.source == step.name]
        first = flow.steps[0].name
        return flow.step(first if first in targets else targets[0])

    def _past_skipped(self, stub: Stub, flow: Flow, step: Step) -> Step:
        while step.skip is not None and step.skip(stub, self.env):
            step = next(
                flow.step(route.target)
                for action in flow.actions
                if action.kind == "pass"
                for route in action.routes
                if route.source == step.name
            )
        return step

    def _who(self, step: Step, applicant: Person) -> Person:
        if isinstance(step.by, Roles):
            return self.chance.pick(self.people[step.by.names[0]])
        return applicant

    def _record(
        self, flow: Flow, step: Step, action: Action, target: Step, life: Life, when: datetime,
        who: Person, plan: Plan,
    ) -> None:  # fmt: skip
        if action.kind == "submit":
            if life.submitted_at is not None:
                life.round += 1
            life.submitted_at = when
            life.first_submitted_at = life.first_submitted_at or when
        words = plan.words.get(action.kind) or plan.words.get(f"{action.kind}:{step.name}") or []
        comment = self.chance.pick(words) if words else None
        life.steps.append({
            "seq": len(life.steps) + 1,
            "round": life.round,
            "action": action.name,
            "action_title": action.title,
            "kind": action.kind,
            "source": step.name,
            "source_title": step.title,
            "target": target.name,
            "target_title": target.title,
            "at": when,
            "actor_id": who.id,
            "actor_name": who.name,
            "actor_role": who.role or None,
            "comment": comment,
            "checks": json.dumps(step.checks, ensure_ascii=False)
            if action.kind == "pass" and step.checks
            else None,
            "partial": False,
        })  # fmt: skip

    def _task(
        self, stub: Stub, flow: Flow, step: Step, plan: Plan, life: Life, opened: datetime,
        done: datetime | None, by: tuple[Person, str] | None,
    ) -> None:  # fmt: skip
        returned = life.round > 1 or any(row["kind"] == "send_back" for row in life.steps)
        function = access.function_for(flow, step, returned=returned)
        roles: tuple[str | None, ...] = (None,)
        if isinstance(step.by, Roles):
            roles = step.by.names
        for role in roles:
            life.tasks.append({
                "function": plan.queues.get(step.name) or (function.id if function else None),
                "step": step.name,
                "role": role,
                "opened_at": opened,
                "due_at": engine.due(step, opened),
                "done_at": done,
                "done_by_id": by[0].id if by else None,
                "outcome": by[1] if by else None,
            })  # fmt: skip
