"""Random histories in which one of two branches waits for a receipt, and cases go back across it.

The festival of the sample, with one more step in a branch: what the police answers. People do
anything, the outside answers once, twice, late or with nonsense, days pass. What holds of all ways
(see test_random_ways.py) holds here too; besides, a branch that waits is nobody's until its limit
has passed, a receipt is awaited exactly for the stay at hand, and none moves a case twice.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.core.db.database import elevated, session
from app.core.declare import Action, Flow, Roles, Route, Step, Wait, registry
from app.core.errors import UserError
from app.core.records import service as records
from app.flow import engine
from app.flow.execution import external_waits
from app.flow.execution.places import open_tasks, places
from app.flow.models import Awaited, Case
from tests.app.conftest import World
from tests.app.flow.days import Days
from tests.app.flow.festival import at, do, festival, offered, to_joint
from tests.app.flow.test_random_ways import Ways
from tests.sample import FESTIVAL_APPROVAL
from tests.sample.formulas import online

REPLY = "order_reply"
LEADS = {"agreed": "joint", "again": "order_check", "denied": "draft"}


def answered() -> Flow:
    """The festival's flow, where the police is asked and its answer is waited for."""
    ask = Step(
        name=REPLY, title="等待治安回执", by=Roles(names=("police",)), within=1, skip=online,
        wait=Wait(event="police", fill={}),
    )  # fmt: skip
    steps = []
    for step in FESTIVAL_APPROVAL.steps:
        if step.name == "joint":
            fire, order = step.branches
            order = replace(order, steps=(*order.steps, REPLY))
            step = replace(step, branches=(fire, order))
        steps += [step, ask] if step.name == "order_check" else [step]
    actions = []
    for action in FESTIVAL_APPROVAL.actions:
        if action.name == "pass":
            ways = [one for one in action.routes if one.source != "order_check"]
            ways += [Route(source="order_check", target=REPLY), Route(source=REPLY, target="joint")]
            action = replace(action, routes=tuple(ways))
        actions.append(action)
    actions += [
        Action(
            name=name, title=name, kind="receipt", on=name,
            routes=(Route(source=REPLY, target=target),),
        )
        for name, target in LEADS.items()
    ]  # fmt: skip
    return replace(FESTIVAL_APPROVAL, steps=tuple(steps), actions=tuple(actions))


@pytest.fixture
def asking(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The sample with that flow, and a queue that holds the new step."""
    known = registry.registry()
    queue = replace(known.functions["S10"], steps=(*known.functions["S10"].steps, REPLY))
    monkeypatch.setitem(known.flows, "festival_approval", answered())
    monkeypatch.setitem(known.functions, "S10", queue)
    own = tuple(queue if one.id == "S10" else one for one in known.by_object["festival"])
    monkeypatch.setitem(known.by_object, "festival", own)
    return world


def key_of(world: World, pk: int) -> str:
    """The key of the receipt that a festival waits for."""
    with world.acting("carl"):
        return external_waits.key_of(engine.case_of(records.find(festival(), pk)))


def replying(world: World) -> int:
    """A festival whose police branch waits for its answer while the fire brigade checks."""
    pk = to_joint(world)
    do(world, "paul", pk, "pass", at="order_check")
    assert at(world, pk) == ["joint", "fire_check", REPLY]
    return pk


def test_who_goes_back_across_a_branch_that_waits_asks_anew(asking: World) -> None:
    pk = replying(asking)
    first = key_of(asking, pk)
    do(asking, "fred", pk, "send_back", target="draft", at="fire_check")
    assert at(asking, pk) == ["draft"]
    assert not external_waits.receive(first, "agreed"), "the case is not there any more"
    do(asking, "anna", pk, "submit")
    assert at(asking, pk) == ["joint", "fire_check", REPLY], "the other branch is as it was"
    assert key_of(asking, pk) not in ("", first)
    assert external_waits.receive(key_of(asking, pk), "agreed")
    assert not external_waits.receive(key_of(asking, pk) or first, "agreed")
    assert at(asking, pk) == ["joint", "fire_check"]


def test_a_receipt_leads_out_of_its_branch_and_takes_the_others_along(asking: World) -> None:
    pk = replying(asking)
    assert not offered(asking, "paul", pk), "nobody acts before the limit"
    assert external_waits.receive(key_of(asking, pk), "denied")
    assert at(asking, pk) == ["draft"]


class Replies(Days, Ways):
    """People, the outside and the calendar do anything."""

    def __init__(self) -> None:
        super().__init__()
        self.moved = 0  # receipts that moved a case

    @rule(small=st.booleans())
    def ask(self, small: bool) -> None:
        """The way to where it is waited is a long one for random people: somebody walks it."""
        if len(self.cases) < 3:
            pk = to_joint(self.world, size="20" if small else "200")
            self.cases[pk] = (False, small)
            do(self.world, "paul", pk, "pass", at="order_check")

    @rule(
        turn=st.integers(0, 3),
        outcome=st.sampled_from(("agreed", "agreed", "again", "denied", "?")),
    )
    def receipt(self, turn: int, outcome: str) -> None:
        """An answer comes: for something awaited, something past, or nothing."""
        with elevated():
            session.remove()
            query = select(Awaited.key).join(Case, Case.id == Awaited.case_id)
            own = query.where(Case.object == "festival", Case.record_id.in_(self.cases))
            keys = list(session.scalars(own.order_by(Awaited.id.desc())))
        key = [*keys, "nothing"][turn % (len(keys) + 1)]
        before = [self._look(pk) for pk in self.cases]
        try:
            moved = external_waits.receive(key, outcome)
        except UserError:
            moved = False
        session.remove()
        after = [self._look(pk) for pk in self.cases]
        assert (before != after) == moved
        self.moved += moved

    def _nobodys(self, pk: int) -> set[str]:
        with self.world.acting("carl"):
            case = engine.case_of(records.find(festival(), pk))
            return {task.step for task in open_tasks(case) if task.waits is not None}

    @invariant()
    def receipts_count_once(self) -> None:
        """Each receipt that moved a case is a step, and each such step was one."""
        taken = 0
        for pk in self.cases:
            with self.world.acting("carl"):
                steps = engine.history_of(engine.case_of(records.find(festival(), pk)))
            taken += sum(step.kind == "receipt" for step in steps)
            assert all(step.source == REPLY for step in steps if step.kind == "receipt")
        assert taken == self.moved

    @invariant()
    def what_waits_is_awaited(self) -> None:
        """The branch that waits does so for a receipt of this very stay."""
        with elevated():
            session.remove()
            for pk in self.cases:
                case = session.scalars(
                    select(Case).where(Case.object == "festival", Case.record_id == pk)
                ).one()
                here = {place.step.name for place in places(engine.flow_of(case), case)}
                query = select(Awaited.since).where(
                    Awaited.case_id == case.id, Awaited.received_at.is_(None)
                )
                open_since = {task.since for task in open_tasks(case) if task.step == REPLY}
                assert (REPLY in here) == bool(open_since)
                assert open_since <= set(session.scalars(query))


@pytest.mark.timeout(400)
def test_random_replies(asking: World) -> None:
    machine: Any = type("Machine", (Replies,), {"world": asking})
    examples = max(4, settings.default.max_examples // 5)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
