"""The effect act: a batch hands over the applications of its rows, a journey called off cancels its cards."""

import json
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history, verification
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, UserError
from app.core.records import service as records
from app.flow import engine
from app.flow.models import Case, StepRecord
from tests.examples.deeds import do
from tests.examples.test_batches import batch, edit, issued, to_route
from tests.examples.test_cards import card
from tests.harness.refusals import refused


def case(name, pk):
    with elevated():
        return session.scalars(select(Case).where(Case.object == name, Case.record_id == pk)).one()


def state(name, pk):
    with elevated():
        model = registry.object(name).model
        session.expire_all()
        return session.get(model, pk).state, case(name, pk).state


def application(row):
    with elevated():
        return session.get(registry.object("card_applicant").model, row).parent_id


def routed(world, pk):
    to_route(world, pk)
    edit(
        world,
        pk,
        "officer",
        lambda raw: [leg.update(arrive_on="2027-03-01") for leg in raw["legs"]],
    )
    do(world, "card_batch", pk, "officer", "routed")


def test_a_batch_takes_an_action_on_the_case_of_each_row_once_and_says_why(world):
    rows, other = issued(world), issued(world, depart_on="2027-04-01", return_on="2027-04-03")
    pk = batch(world, rows[0], rows[1], other[0], name="三月批")
    routed(world, pk)
    for row in (rows[0], other[0]):
        assert state("card_application", application(row)) == ("made", "made")
        with elevated():
            last = engine.history_of(case("card_application", application(row)))[-1]
            cause = session.get(StepRecord, last.cause_id)
            assert (last.action, last.comment) == ("hand_over", "三月批")
            assert (last.actor_id, cause.action, cause.case_id) == (
                cause.actor_id, "routed", case("card_batch", pk).id,
            )  # fmt: skip


def test_what_the_other_case_refuses_is_told_and_nothing_is_done(world):
    rows, other = issued(world), issued(world, depart_on="2027-04-01", return_on="2027-04-03")
    pk = batch(world, rows[0], other[0])
    to_route(world, pk)
    edit(
        world,
        pk,
        "officer",
        lambda raw: [leg.update(arrive_on="2027-03-01") for leg in raw["legs"]],
    )
    with acting_as(SYSTEM), unit_of_work():  # somebody was first
        engine.act(
            engine.case_of(
                records.find(registry.object("card_application"), application(other[0]))
            ),
            "hand_over",
        )
    with refused(Conflict, "不能送制"):
        do(world, "card_batch", pk, "officer", "routed")
    assert state("card_batch", pk) == ("route", "route")
    assert state("card_application", application(rows[0])) == ("issued", "issued")


def test_what_a_condition_finds_is_acted_on_and_a_refusal_is_skipped_where_that_is_said(world):
    trip, open_ = card(world)
    do(world, "card_application", open_, "clerk", "submit")
    draft = card(world)[1]  # of another journey
    do(world, "journey", trip, "officer", "call_off")
    assert state("journey", trip) == ("cancelled", "cancelled")
    assert state("card_application", open_) == ("cancelled", "cancelled")
    assert state("card_application", draft) == ("draft", "draft")


def test_what_was_skipped_stands_in_the_history_and_leaves_no_trace_elsewhere(world):
    trip, pk = card(world)  # a draft: nobody cancels that
    do(world, "journey", trip, "officer", "call_off")
    assert state("card_application", pk) == ("draft", "draft")
    with world.acting("officer"):
        kinds = [one.kind for one in history.changes_of("journey", trip)]
        skipped = [one for one in history.changes_of("journey", trip) if one.kind == "skipped"]
        assert "step" in kinds
        assert "不能取消" in json.loads(skipped[0].detail)["why"]
    with elevated():
        assert case("card_application", pk).steps == 0
        assert all(one.kind != "step" for one in history.changes_of("card_application", pk))


@settings(
    max_examples=max(5, settings.default.max_examples // 10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_random_histories(world, seed):
    """Whatever is acted on in which order: record and case agree, and each step replays to the state."""
    chance = random.Random(seed)
    with acting_as(SYSTEM), unit_of_work():
        places = records.find(registry.object("allotment"), world.allotments["east2027"])
        records.save(registry.object("allotment"), places, {"places": "1000"}, complete=False)
    trips, cards = zip(*(card(world) for _ in range(3)), strict=True)
    for _ in range(15):
        who = chance.choice(("clerk", "officer", "director"))
        pk = chance.randrange(3)
        try:
            if chance.random() < 0.3:
                do(world, "journey", trips[pk], who, chance.choice(("call_off", "cards_after")))
            else:
                action = chance.choice(("submit", "pass", "send_back", "reject", "cancel"))
                do(world, "card_application", cards[pk], who, action)
        except UserError:
            continue
    with elevated():
        session.expire_all()
        for one in session.scalars(select(Case)):
            record = session.get(registry.object(one.object).model, one.record_id)
            taken = [step for step in engine.history_of(one) if step.source != step.target]
            assert one.state == record.state
            assert not taken or taken[-1].target == one.state
            assert (one.ended_at is not None) == bool(engine.flow_of(one).step(one.state).end)
        assert list(verification.verify()) == []
