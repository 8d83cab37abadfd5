"""Random histories over verdicts row by row, started cases and receipts from outside.

People decide, receipts come once, twice, late or with nonsense, days pass. Whatever happens: the
case is where its records say, it waits for what is really under way, a refused row stays refused,
every receipt counts at most once, and what was started on a condition ends with it.
"""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.core.audit import verification
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import UserError
from app.core.records import service as records
from app.flow import engine
from app.flow.execution import external_waits
from app.flow.execution.places import open_tasks
from app.flow.models import Awaited, Case
from tests.app.conftest import World
from tests.app.flow.days import Days
from tests.app.flow.execution.test_external_waits import do, fair, file_one, ids

WHOSE = {"verify": {"carl", "cora"}, "confirm": {"hugo", "hana"}, "register": {"carl", "cora"}}
PEOPLE = ("anna", "adam", "bert", "carl", "cora", "hugo", "hana")
ACTIONS = ("pass", "pass", "send_back", "submit", "cancel", "permitted", "registered", "refused")
BY_HAND = {"submit", "pass", "send_back", "cancel"}
ENDED = {"approved", "rejected", "cancelled"}
LEADS = {"accepted": "approved", "refused": "confirm"}


class Waits(Days):
    """People, the outside and the calendar do anything."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[int] = []
        self.refused: dict[int, set[int]] = {}  # by case: rows that were refused in this round
        self.moved = 0  # receipts that moved a case

    def teardown(self) -> None:
        """The chains hold."""
        with elevated(), unit_of_work():
            assert list(verification.verify()) == []
        super().teardown()

    @rule()
    def file(self) -> None:
        """A member files a fair of three stalls."""
        if len(self.cases) < 2:
            self.cases.append(file_one(self.world))
            self.refused[self.cases[-1]] = set()

    @rule(
        index=st.integers(0, 1),
        who=st.sampled_from(PEOPLE),
        action=st.sampled_from(ACTIONS),
        verdicts=st.lists(st.sampled_from(("yes", "yes", "no", "maybe")), min_size=3, max_size=3),
        known=st.booleans(),
        own=st.booleans(),
    )
    def act(
        self, index: int, who: str, action: str, verdicts: list[str], known: bool, own: bool
    ) -> None:
        """Somebody tries something, often those whose turn it is."""
        if index >= len(self.cases):
            return
        pk = self.cases[index]
        state = self._look(pk)[0]
        if own:
            who = min(WHOSE.get(state, {"anna"}))
            action = {"draft": "submit"}.get(state, action)
        rows = dict(zip(ids(self.world, pk), verdicts, strict=True))
        if known:
            rows = {row: code for row, code in rows.items() if row not in self.refused[pk]}
            rows = {row: "yes" if code == "maybe" else code for row, code in rows.items()}
        judging = action == "pass" and state in ("verify", "confirm")
        before = self._look(pk)
        try:
            taken = do(self.world, who, pk, action, verdicts=rows if judging else None)
        except UserError:
            assert self._look(pk) == before
            return
        assert taken.source == state
        self._had_the_right(who, action, before)
        if judging:
            assert "maybe" not in rows.values()
            assert not set(rows) & self.refused[pk]
            assert len(rows) + len(self.refused[pk]) == 3
            self.refused[pk] |= {row for row, code in rows.items() if code == "no"}
        if action == "submit":
            self.refused[pk] = set()

    def _had_the_right(self, who: str, action: str, before: Any) -> None:
        assert action in BY_HAND
        if action in ("pass", "send_back"):
            assert who in WHOSE[before[0]]
            assert before[2]  # nobody acts by hand before the limit
        else:
            assert who in ("anna", "adam")

    @rule(
        turn=st.integers(0, 3), grant=st.booleans(), who=st.sampled_from(("hugo", "hana", "carl"))
    )
    def permit(self, turn: int, grant: bool, who: str) -> None:
        """A started permit is decided."""
        with elevated():
            session.remove()
            query = select(Case.record_id).where(Case.object == "permit", Case.ended_at.is_(None))
            under_way = list(session.scalars(query.order_by(Case.id)))
        if under_way:
            pk = under_way[turn % len(under_way)]
            try:
                do(self.world, who, pk, "pass" if grant else "reject", "permit")
            except UserError:
                return
            assert who != "carl"

    @rule(turn=st.integers(0, 5), outcome=st.sampled_from(("accepted", "refused", "strange")))
    def receipt(self, turn: int, outcome: str) -> None:
        """A receipt comes: for something awaited, something past, or nothing."""
        with elevated():
            session.remove()
            keys = list(session.scalars(select(Awaited.key).order_by(Awaited.id.desc())))
        key = [*keys, "nothing"][turn % (len(keys) + 1)]
        before = [self._look(pk) for pk in self.cases]
        try:
            moved = external_waits.receive(key, outcome, {"number": "7号"})
        except UserError:
            moved = False
        session.remove()
        after = [self._look(pk) for pk in self.cases]
        changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
        if moved and changed:
            self.moved += 1
            ((old, new),) = changed
            assert (old[0], new[0]) == ("register", LEADS[outcome])
        else:
            assert not changed

    def _look(self, pk: int) -> Any:
        """State, number of steps, and whether what waits is somebody's todo."""
        with self.world.acting("carl"):
            case = engine.case_of(records.find(fair(), pk))
            return case.state, case.steps, any(task.waits is None for task in open_tasks(case))

    @invariant()
    def the_records_replay(self) -> None:
        """Steps join without a gap and lead to the state of case and record; rows stay refused."""
        receipts = 0
        for pk in self.cases:
            with self.world.acting("carl"):
                record = records.find(fair(), pk)
                case = engine.case_of(record)
                place = "draft"
                for step in engine.history_of(case):
                    assert step.source == place
                    place = step.target
                    receipts += step.action in ("registered", "refused")
                assert place == case.state == record.state
                ended = case.state in ENDED
                assert (case.ended_at is not None) == ended == (not open_tasks(case))
                refused = {row.id for row in record.stalls if row.verdict == "no"}
                assert refused == self.refused[pk]
        assert receipts == self.moved

    @invariant()
    def a_case_waits_for_what_is_under_way(self) -> None:
        """Exactly at the permits one is under way; at the register a receipt is awaited."""
        with elevated():
            session.remove()
            for pk in self.cases:
                query = select(Case).where(Case.object == "fair", Case.record_id == pk)
                case = session.scalars(query).one()
                children = session.scalars(select(Case).where(Case.parent_id == case.id)).all()
                under_way = [child for child in children if child.ended_at is None]
                assert (case.state == "permits") == bool(under_way)
                if case.state == "register":
                    assert external_waits.key_of(case)
                for child in children:
                    model = registry.object("permit").model
                    assert session.get_one(model, child.record_id).state == child.state


@pytest.mark.timeout(400)
def test_random_waits(world: World) -> None:
    machine = type("Machine", (Waits,), {"world": world})
    examples = max(6, settings.default.max_examples // 3)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None)
    )
