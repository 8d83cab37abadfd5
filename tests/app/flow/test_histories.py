"""Random histories: no case is stuck, lost, decided by the wrong person or out of step with its record."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app.core.audit import verification
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import UserError
from app.core.records import service as records
from app.core.records.materials import MarkInput
from app.flow import engine
from app.flow.models import HoldRow, Task
from tests.app.conftest import World
from tests.app.flow.test_engine import do, file_in, meeting, ready
from tests.sample import Meeting, Room

PEOPLE = ("anna", "adam", "bert", "carl", "cora", "fred", "paul", "hugo", "wanda")
ACTIONS = ("submit", "pass", "send_back", "reject", "recall", "cancel", "nonsense")
WHOSE = {
    "desk": {"carl", "cora"},
    "safety": {"fred", "paul"},
    "board": {"hugo"},
    "draft": {"anna", "adam"},
    "approved": {"anna", "adam"},
}


class Histories(RuleBasedStateMachine):
    """People do anything at any time; the world tells them no where they may not."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[int] = []
        self.taken: dict[int, list[tuple[str, str]]] = {}

    @rule(online=st.booleans())
    def apply(self, online: bool) -> None:
        """A member prepares a case."""
        if len(self.cases) < 4:
            changes = {"kind": "online", "room": ""} if online else {}
            pk = ready(self.world, **changes)
            if online:
                file_in(self.world, pk, "plan")
            self.cases.append(pk)
            self.taken[pk] = []

    @rule(
        who=st.sampled_from(PEOPLE),
        action=st.sampled_from(ACTIONS),
        index=st.integers(0, 3),
        goal=st.sampled_from(["", "draft", "desk", "safety"]),
        mark=st.booleans(),
        opened=st.booleans(),
    )
    def act(self, who: str, action: str, index: int, goal: str, mark: bool, opened: bool) -> None:
        """Somebody tries something."""
        if index >= len(self.cases):
            return
        if opened:
            try:
                with self.world.acting(who), unit_of_work():
                    engine.mark_opened(engine.case_of(records.find(meeting(), self.cases[index])))
            except UserError:
                pass
        self._try(who, action, index, goal, mark)

    def _try(self, who: str, action: str, index: int, goal: str, mark: bool) -> None:
        pk = self.cases[index]
        before = self._state(pk)
        marks = [MarkInput("material.letter", ("blur",))] if mark and action == "send_back" else []
        try:
            taken = do(
                self.world, who, pk, action,
                comment="意见", checks=["材料齐全"], target=goal if action == "send_back" else "", marks=marks,
            )  # fmt: skip
        except UserError:
            assert self._state(pk) == before
            return
        assert who in (WHOSE["draft"] if action in ("recall", "cancel") else WHOSE[before])
        assert taken.source == before
        self.taken[pk].append((taken.source, taken.target))

    @rule(
        index=st.integers(0, 3),
        turn=st.integers(0, 1),
        choice=st.sampled_from(["pass", "pass", "pass", "send_back", "reject"]),
        goal=st.sampled_from(["", "draft", "desk", "safety"]),
    )
    def decide(self, index: int, turn: int, choice: str, goal: str) -> None:
        """Whoever's turn it is decides: random people alone rarely get far."""
        if index < len(self.cases) and (state := self._state(self.cases[index])) in WHOSE:
            who = sorted(WHOSE[state])[turn % len(WHOSE[state])]
            action = {"draft": "submit", "approved": "cancel"}.get(state, choice)
            self._try(who, action, index, goal, turn == 1)

    @rule(index=st.integers(0, 3))
    def hand_in_again(self, index: int) -> None:
        """The applicant replaces the letter of a returned case."""
        if index < len(self.cases) and self._state(self.cases[index]) == "draft":
            file_in(self.world, self.cases[index])

    def _state(self, pk: int) -> str:
        with self.world.acting("carl"):
            return str(records.find(meeting(), pk).state)

    @invariant()
    def the_history_replays_to_the_state(self) -> None:
        """Steps join without a gap, and the last one leads to where case and record are."""
        with self.world.acting("carl"):
            for pk in self.cases:
                record = records.find(meeting(), pk)
                case = engine.case_of(record)
                steps = engine.history_of(case)
                assert [(s.source, s.target) for s in steps] == self.taken[pk]
                place = "draft"
                for step in steps:
                    assert step.source == place
                    place = step.target
                    if (step.source, step.target, step.kind) == ("safety", "board", "pass"):
                        since = [s for s in steps if s.seq <= step.seq and s.source == "safety"]
                        assert {s.actor_name for s in since[-2:]} == WHOSE["safety"]
                assert place == case.state == record.state
                assert case.steps == len(steps) == (steps[-1].seq if steps else 0)

    @invariant()
    def no_case_is_stuck(self) -> None:
        """A case that has not ended is somebody's todo; one that has is nobody's."""
        with elevated():
            session.remove()
            for pk in self.cases:
                case = engine.case_of(session.get(Meeting, pk))
                waiting = session.scalar(
                    select(func.count()).where(Task.case_id == case.id, Task.done_at.is_(None))
                )
                assert bool(waiting) == (case.ended_at is None)
        for pk in self.cases:
            state = self._state(pk)
            if state in ("desk", "board"):
                who = next(iter(sorted(WHOSE[state])))
                with self.world.acting(who):
                    record = records.find(meeting(), pk)
                    assert engine.offers(engine.case_of(record), record)
                    assert pk in engine.queue("S02" if state == "desk" else "S03")

    @invariant()
    def what_is_used_is_what_is_held(self) -> None:
        """The stored sum of the resource equals its holds, and holds end with their case."""
        with elevated():
            session.remove()
            room = session.get(Room, self.world.room)
            held = session.scalar(
                select(func.coalesce(func.sum(HoldRow.amount), 0)).where(
                    HoldRow.released_at.is_(None)
                )
            )
            assert room.used == held
            assert room.remaining == room.seats - room.used >= 0
            for pk in self.cases:
                record = session.get(Meeting, pk)
                hold = engine.reservations.amount_of(meeting(), record, meeting().holds[0], room)
                if record.state in ("rejected", "cancelled"):
                    assert hold == 0
                elif record.state in ("desk", "safety", "board", "approved") and record.room_id:
                    assert hold == len(record.guests)

    def teardown(self) -> None:
        """The chains hold, and the room is emptied for the next history."""
        with elevated(), unit_of_work():
            assert list(verification.verify()) == []
        for pk in self.cases:
            state = self._state(pk)
            if state in ("desk", "board"):
                do(self.world, "carl" if state == "desk" else "hugo", pk, "reject", comment="x")
            elif state == "approved":
                do(self.world, "anna", pk, "cancel", comment="x")
        with elevated(), unit_of_work():
            session.remove()
            for row in session.scalars(select(HoldRow).where(HoldRow.released_at.is_(None))):
                engine.reservations.release(
                    registry.object(row.object),
                    session.get(Meeting, row.record_id),
                    meeting().holds[0],
                )


@pytest.mark.timeout(400)
def test_random_histories(world: World, request: pytest.FixtureRequest) -> None:
    machine = type("Machine", (Histories,), {"world": world})
    examples = max(5, settings.default.max_examples // 4)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=25, deadline=None)
    )
