"""Random histories over branches, votes, straight returns, tasks handed on and deputies.

People do anything at any time. Whatever happens: the records of steps replay to the state and to
every branch, each place is somebody's who can act there, nobody decides without the right or
twice, and nothing is lost. What each mechanism prevents is tried by `mutants.yaml` beside this file.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app.core.access.actor import Actor
from app.core.audit import verification
from app.core.db.database import elevated, session, unit_of_work
from app.core.errors import UserError
from app.core.records import service as records
from app.flow import engine
from app.flow.execution.places import open_tasks, places, rows
from app.flow.models import Case, StepRecord
from app.flow.people import reassignment
from tests.app.conftest import World
from tests.app.flow.festival import do, festival, file_one
from tests.app.flow.test_standing import stands

PEOPLE = ("anna", "adam", "carl", "cora", "fred", "fay", "paul", "hugo", "hana", "wanda")
ROLES = {
    "desk": {"clerk"},
    "fire_check": {"fire"},
    "fire_head": {"head"},
    "order_check": {"police"},
    "order_reply": {"police"},  # in test_random_replies.py
    "ballot": {"fire", "police", "head"},
    "board": {"head"},
}
BRANCHES = {"fire": ("fire_check", "fire_head"), "order": ("order_check", "order_reply")}
INNER = {step: name for name, steps in BRANCHES.items() for step in steps}
APPLICANTS = {"anna", "adam"}
ENDED = {"approved", "rejected", "cancelled"}
ACTIONS = ("pass", "pass", "pass", "send_back", "redo", "reject", "recall", "cancel", "submit", "x")
GOALS = ("", "", "draft", "desk", "fire_check", "order_check", "joint")


class Ways(RuleBasedStateMachine):
    """People do anything; the world tells them no where they may not."""

    world: World
    votes = 2  # so many agree at the vote

    def __init__(self) -> None:
        super().__init__()
        self.cases: dict[int, tuple[bool, bool]] = {}  # id: online, small
        self.base: dict[str, Actor] = dict(self.world.actors)
        self.standing: dict[str, str] = {}
        self.straight: dict[int, bool] = {}  # step record: whether it was to come straight back

    def teardown(self) -> None:
        """The chains hold; the people are as they were."""
        self.world.actors.update(self.base)
        with elevated(), unit_of_work():
            assert list(verification.verify()) == []

    # -- what people do ----------------------------------------------------------------------------

    @rule(online=st.booleans(), small=st.booleans(), submit=st.booleans())
    def file(self, online: bool, small: bool, submit: bool) -> None:
        """A member files a festival."""
        if len(self.cases) < 3:
            kind, size = "online" if online else "hall", "20" if small else "200"
            pk = file_one(self.world, kind=kind, size=size)
            self.cases[pk] = (online, small)
            if submit:
                do(self.world, "anna", pk, "submit")

    @rule(
        who=st.sampled_from(PEOPLE),
        action=st.sampled_from(ACTIONS),
        index=st.integers(0, 2),
        goal=st.sampled_from(GOALS),
        again=st.booleans(),
    )
    def act(self, who: str, action: str, index: int, goal: str, again: bool) -> None:
        """Somebody tries something."""
        if index < len(self.cases):
            self._try(who, action, list(self.cases)[index], goal, again, "")

    @rule(
        index=st.integers(0, 2),
        turn=st.integers(0, 5),
        action=st.sampled_from(("pass", "pass", "pass", "pass", "send_back", "redo", "reject")),
        goal=st.sampled_from(GOALS),
        again=st.booleans(),
    )
    def decide(self, index: int, turn: int, action: str, goal: str, again: bool) -> None:
        """Whoever's turn it is decides: random people alone rarely get far."""
        if index >= len(self.cases):
            return
        pk = list(self.cases)[index]
        able = [(who, at, name) for who in PEOPLE for at, name in self._offered(who, pk)]
        wanted = [one for one in able if one[2] in (action, "submit")] or able
        if wanted:
            who, at, name = wanted[turn % len(wanted)]
            self._try(who, name, pk, goal, again, at)

    @rule(
        index=st.integers(0, 2),
        who=st.sampled_from(("carl", "hugo", "hana", "fred")),
        to=st.sampled_from(("", *PEOPLE)),
        turn=st.integers(0, 3),
    )
    def hand_on(self, index: int, who: str, to: str, turn: int) -> None:
        """Somebody hands a task on, or back to all."""
        if index >= len(self.cases):
            return
        pk = list(self.cases)[index]
        try:
            with self.world.acting(who), unit_of_work():
                case = engine.case_of(records.find(festival(), pk))
                waiting = open_tasks(case)
                if not waiting:
                    return
                task = waiting[turn % len(waiting)]
                person = self.base[to].user_id if to else 0
                taken = reassignment.reassign(case, task.id, person or 0)
                step, role = taken.source, task.role
        except UserError:
            return
        assert who != "fred"
        assert step in (("desk",) if who == "carl" else tuple(ROLES))
        if to:
            assert role in self.base[to].roles
            assert to not in APPLICANTS

    @rule(deputy=st.sampled_from(PEOPLE), person=st.sampled_from(("", *PEOPLE)))
    def stand_in(self, deputy: str, person: str) -> None:
        """Somebody goes away and names a deputy, or is back."""
        self.world.actors[deputy] = self.base[deputy]
        self.standing.pop(deputy, None)
        if person and person != deputy:
            self.world.actors[person] = replace(self.base[person], stands_for=())
            self.standing.pop(person, None)
            stands(self.world, deputy, person)
            self.standing[deputy] = person

    def _offered(self, who: str, pk: int) -> list[tuple[str, str]]:
        with self.world.acting(who, "S07"):
            with elevated():
                record = session.get(festival().model, pk)
            offers = engine.offers(engine.case_of(record), record)
            return [(offer.at, offer.name) for offer in offers if not offer.refusal]

    def _try(self, who: str, action: str, pk: int, goal: str, again: bool, at: str) -> None:
        before = self._look(pk)
        try:
            taken = do(
                self.world, who, pk, action,
                target=goal if action in ("send_back", "redo") else "",
                resubmit=("again" if again else "direct") if action == "redo" else "",
                at=at,
            )  # fmt: skip
        except UserError:
            assert self._look(pk) == before
            return
        self.straight[taken.id] = action == "send_back" or (action == "redo" and not again)
        self._had_the_right(who, taken, before)

    def _look(self, pk: int) -> Any:
        """Everything about a case that a refusal must leave as it was."""
        with self.world.acting("carl"):
            case = engine.case_of(records.find(festival(), pk))
            branches = sorted((row.name, row.state or "") for row in rows(case))
            waiting = open_tasks(case)
            tasks = [
                sorted((t.step, t.role or "", t.assignee_id or 0) for t in waiting if one(t))
                for one in (lambda t: t.view_of is None, lambda t: t.view_of is not None)
            ]
            return case.state, case.steps, branches, tasks[0], case.returns, tasks[1]

    def _had_the_right(self, who: str, taken: StepRecord, before: Any) -> None:
        """Whoever acted holds the role, or stands for somebody who does; nobody approves their own."""
        if taken.action in ("submit", "recall", "cancel"):
            assert who in APPLICANTS
            return
        holder = next(
            (name for name in (who, self.standing.get(who, "")) if name and self._holds(name, taken, before)),
            None,
        )  # fmt: skip
        assert holder, (who, self.standing, taken.source, before)
        assert taken.behalf_name == (None if holder == who else holder)
        if taken.action in ("pass", "reject"):
            assert who not in APPLICANTS or taken.actor_id != self._applicant(taken)

    def _applicant(self, taken: StepRecord) -> int | None:
        with elevated():
            session.remove()
            return session.get_one(Case, taken.case_id).applicant_id

    def _holds(self, who: str, taken: StepRecord, before: Any) -> bool:
        actor = self.base[who]
        return any(
            step == taken.source
            and ((assignee == 0 and role in actor.roles) or assignee == actor.user_id)
            for step, role, assignee in before[3]
        )

    # -- what always holds ---------------------------------------------------------------------------

    @invariant()
    def the_records_replay_to_every_place(self) -> None:
        """Steps join without a gap; the last ones lead to where the case and each branch is."""
        for pk, (online, small) in self.cases.items():
            with self.world.acting("carl"):
                record = records.find(festival(), pk)
                case = engine.case_of(record)
                taken = engine.history_of(case)
                now = {row.name: row.state for row in rows(case)}
            state, branches = self._replay(taken, online, small)
            assert (state, branches) == (case.state, now)
            assert record.state == case.state
            assert [step.seq for step in taken] == list(range(1, case.steps + 1))

    def _replay(
        self, taken: list[StepRecord], online: bool, small: bool
    ) -> tuple[str, dict[str, str | None]]:
        state, branches = "draft", dict[str, str | None]()
        left: dict[str, dict[str, str | None]] = {}  # how far all were when one went out
        fresh = {"fire": "fire_check", "order": None if online else "order_check"}
        for step in taken:
            if step.branch:
                assert branches[step.branch] == step.source
            else:
                assert step.source == state
            if step.partial:
                assert step.target == step.source
                continue
            inner = INNER.get(step.target)
            if step.branch and (step.target == "joint" or inner == step.branch):
                branches[step.branch] = step.target if inner else None
                continue
            if step.branch and self.straight.get(step.id):
                left[step.source] = dict(branches)
            if step.source == "joint" and step.kind == "pass":
                assert not any(branches.values())
            branches = {}
            state = "joint" if inner or step.target == "joint" else step.target
            if inner and step.kind in ("submit", "pass"):
                branches = {**left[step.target], inner: step.target}
            elif inner:
                branches = {**dict.fromkeys(BRANCHES), inner: step.target}
            elif state == "joint":
                branches = dict(fresh)
            assert not (small and step.target == "fire_head")
        return state, branches

    @invariant()
    def every_place_is_somebodys(self) -> None:
        """A case that has ended is nobody's todo; else each place waits for people who can act there."""
        for pk in self.cases:
            with self.world.acting("carl"):
                case = engine.case_of(records.find(festival(), pk))
                waiting = {(task.step, task.branch or "") for task in open_tasks(case)}
                there = {(p.step.name, p.branch) for p in places(engine.flow_of(case), case)}
                ended = case.state in ENDED
                assert (case.ended_at is not None) == ended
            if ended:
                assert not waiting
                continue
            there.discard(("joint", ""))
            assert waiting == there
            able = {at for who in PEOPLE for at, _ in self._offered(who, pk)}
            assert {step for step, _ in there} - self._nobodys(pk) == able - {"joint"}

    def _nobodys(self, pk: int) -> set[str]:
        """Steps of a case at which nobody can act just now."""
        return set()

    @invariant()
    def nobody_decides_twice(self) -> None:
        """In every stay at the vote so many different people agree, and no more; elsewhere one decides."""
        for pk in self.cases:
            with self.world.acting("carl"):
                taken = engine.history_of(engine.case_of(records.find(festival(), pk)))
            voters: list[int | None] = []
            for step in taken:
                if step.source != "ballot" or step.kind == "reassign":
                    continue
                if step.kind == "pass":
                    assert step.actor_id not in voters
                    voters.append(step.actor_id)
                if not step.partial:
                    assert step.kind != "pass" or len(voters) == self.votes
                    voters = []


@pytest.mark.timeout(400)
def test_random_ways(world: World) -> None:
    machine = type("Machine", (Ways,), {"world": world})
    examples = max(6, settings.default.max_examples // 3)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
