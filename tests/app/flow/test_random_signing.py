"""Random histories in which people of one role sign, and deciders ask others for a view first.

The festival of the sample: three people sign its ballot, whoever holds one of its roles; at most
steps the decider may ask somebody. People do anything at any time. What holds of all ways (see
test_random_ways.py) holds here too; besides, a signature is one person's and in one person's name,
a view is given by whom it was asked of or their deputy, once or not at all, and nobody decides
what they have asked about before it is answered or taken back.
"""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.core.db.database import elevated, session
from app.core.errors import UserError
from app.core.records import service as records
from app.flow import engine
from app.flow.execution.places import open_tasks
from app.flow.models import CopyRow
from app.flow.people import consultations
from tests.app.conftest import World
from tests.app.flow.asked import ASK, advise, ask, letting_ask, unask
from tests.app.flow.festival import festival
from tests.app.flow.test_random_ways import APPLICANTS, PEOPLE, Ways

VERDICTS = ("agree", "agree", "disagree", "remark", "")
INSIDE = ("joint", "fire_check", "fire_head")  # where a step of a branch leads within it
COPIES = {"desk": {"head"}, "fire_check": {"police"}, "ballot": {"clerk"}}
NEVER = ("submit", "recall", "cancel")  # done by others than deciders: they close what was asked


class Signing(Ways):
    """What people do besides."""

    votes = 3

    @rule(
        who=st.sampled_from(PEOPLE),
        whom=st.sampled_from(PEOPLE),
        index=st.integers(0, 2),
        at=st.sampled_from(("", "", "desk", "fire_check", "ballot", "board")),
    )
    def ask_anybody(self, who: str, whom: str, index: int, at: str) -> None:
        """Somebody asks somebody."""
        if index < len(self.cases):
            self._ask(who, whom, list(self.cases)[index], at)

    @rule(index=st.integers(0, 2), turn=st.integers(0, 7), more=st.integers(0, 3))
    def ask_somebody(self, index: int, turn: int, more: int) -> None:
        """Whoever may ask does."""
        if index >= len(self.cases):
            return
        pk = list(self.cases)[index]
        able = [
            (who, one.place.step.name, person.name)
            for who in PEOPLE
            for one in self._askings(who, pk)
            for person in one.to
        ]
        if able:
            who, at, whom = able[(turn * 4 + more) % len(able)]
            self._ask(who, whom, pk, at)

    @rule(
        who=st.sampled_from(("", "", *PEOPLE)),
        verdict=st.sampled_from(VERDICTS),
        index=st.integers(0, 2),
    )
    def answer(self, who: str, verdict: str, index: int) -> None:
        """Somebody gives a view; "" is one of those who were asked."""
        if index >= len(self.cases):
            return
        pk = list(self.cases)[index]
        before = self._look(pk)
        asked = {one[2] for one in before[5]}
        who = who or next((name for name in PEOPLE if self.base[name].user_id in asked), "fay")
        try:
            taken = advise(self.world, who, pk, verdict)
        except UserError:
            assert self._look(pk) == before
            return
        owner = taken.behalf_id or taken.actor_id
        assert owner in asked
        assert len(self._look(pk)[5]) == len(before[5]) - 1
        assert self._look(pk)[3] == before[3], "a view decides nothing"
        if taken.behalf_id:
            assert self.standing.get(who) == taken.behalf_name
            assert who not in APPLICANTS

    @rule(who=st.sampled_from(("", *PEOPLE)), index=st.integers(0, 2), turn=st.integers(0, 3))
    def take_back(self, who: str, index: int, turn: int) -> None:
        """Somebody takes a question back; "" is whoever asked."""
        if index >= len(self.cases):
            return
        pk = list(self.cases)[index]
        with self.world.acting("carl"):
            case = engine.case_of(records.find(festival(), pk))
            found = [task for task in open_tasks(case) if task.view_of is not None]
            owners = {task.id: task.assignee_id for task in open_tasks(case)}
        if not found:
            return
        view = found[turn % len(found)]
        names = {actor.user_id: name for name, actor in self.base.items()}
        who = who or names.get(owners[view.view_of], "carl")
        before = self._look(pk)
        try:
            taken = unask(self.world, who, pk, view.id)
        except UserError:
            assert self._look(pk) == before
            return
        assert owners[view.view_of] in (None, taken.behalf_id or taken.actor_id)
        assert len(self._look(pk)[5]) == len(before[5]) - 1

    def _askings(self, who: str, pk: int) -> list[consultations.Asking]:
        with self.world.acting(who), elevated():
            record = session.get(festival().model, pk)
            return consultations.askings(engine.case_of(record), record)

    def _ask(self, who: str, whom: str, pk: int, at: str) -> None:
        before = self._look(pk)
        try:
            taken = ask(self.world, who, pk, whom, at=at)
        except UserError:
            assert self._look(pk) == before
            return
        after = self._look(pk)
        assert self.base[whom].roles & set(ASK[taken.source])
        assert whom not in APPLICANTS
        holder = taken.behalf_id or taken.actor_id
        assert any(one[0] == taken.source and one[2] == holder for one in after[3])
        assert (taken.source, *self._role_of(whom, taken.source), self.base[whom].user_id) in after[
            5
        ]
        assert self.base[whom].user_id not in (holder, taken.actor_id)

    def _role_of(self, whom: str, step: str) -> tuple[str]:
        return (next(role for role in ASK[step] if role in self.base[whom].roles),)

    def _nobodys(self, pk: int) -> set[str]:
        """Steps that wait for a view and for nobody else."""
        with self.world.acting("carl"):
            waiting = open_tasks(engine.case_of(records.find(festival(), pk)))
        asked = {task.view_of for task in waiting}
        own = [task for task in waiting if task.view_of is None]
        return {task.step for task in own} - {task.step for task in own if task.id not in asked}

    @invariant()
    def nobody_signs_twice(self) -> None:
        """In every stay at the vote each signs once, and each name is signed once."""
        for pk in self.cases:
            with self.world.acting("carl"):
                case = engine.case_of(records.find(festival(), pk))
                taken = engine.history_of(case)
                seats = [
                    t.assignee_id for t in open_tasks(case) if t.step == "ballot" and not t.view_of
                ]
            actors: list[int | None] = []
            names: list[int | None] = []
            for step in taken:
                if step.source == "ballot" and step.kind == "pass":
                    actors.append(step.actor_id)
                    names.append(step.behalf_id or step.actor_id)
                    assert len(set(actors)) == len(actors)
                    assert len(set(names)) == len(names)
                if not step.partial:
                    actors, names = [], []
            assert len(set(seats)) == len(seats)
            assert None not in seats
            assert not set(names) & set(seats)

    @invariant()
    def nothing_is_decided_before_it_is_answered(self) -> None:
        """Who has asked decides nothing until every answer is there or the question is taken back."""
        for pk in self.cases:
            with self.world.acting("carl"):
                case = engine.case_of(records.find(festival(), pk))
                taken = engine.history_of(case)
                waiting = open_tasks(case)
            tasks = {task.id for task in waiting}
            asked = [task for task in waiting if task.view_of is not None]
            assert all(task.view_of in tasks for task in asked), "a question without who asked it"
            pending: dict[str, int] = {}
            for step in taken:
                change = {"ask": 1, "advise": -1, "unask": -1}.get(step.kind, 0)
                pending[step.source] = pending.get(step.source, 0) + change
                assert pending[step.source] >= 0, "answered what nobody asked"
                if not step.partial and step.kind not in NEVER and step.source != "ballot":
                    assert pending[step.source] == 0, (step.source, step.action)
                if not step.partial and not (step.branch and step.target in INSIDE):
                    pending = {}
                elif not step.partial:
                    pending[step.source] = 0
            assert len(asked) == sum(pending.values())

    @invariant()
    def copies_are_those_that_the_flow_gives(self) -> None:
        """Who left a step forwards has given its copies, each once, and to nobody else."""
        for pk in self.cases:
            with self.world.acting("carl"), elevated():
                case = engine.case_of(session.get(festival().model, pk))
                query = select(CopyRow.person_name).where(CopyRow.case_id == case.id)
                there = sorted(session.scalars(query))
                taken = engine.history_of(case)
            wanted = {
                name
                for step in taken
                if step.kind == "pass" and not step.partial
                for name, actor in self.base.items()
                if actor.roles & COPIES.get(step.source, set()) and actor.user_id != step.actor_id
            }
            assert there == sorted(wanted)


@pytest.mark.timeout(400)
def test_random_signing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {name: {"copy_to": tuple(roles)} for name, roles in COPIES.items()}
    changes["ballot"] |= {"countersign": 3, "signers": "people"}
    letting_ask(world, monkeypatch, **changes)
    machine = type("Machine", (Signing,), {"world": world})
    examples = max(6, settings.default.max_examples // 3)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
