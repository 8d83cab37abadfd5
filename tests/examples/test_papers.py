"""Papers: started beside an approval, judged person by person, checked in parallel, made outside, handed over."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.db.database import elevated, session
from app.core.declare import registry
from app.core.errors import Refused, Rejected, UserError
from app.core.records import service as records
from app.flow import engine
from app.flow.execution import external_waits
from app.flow.execution.places import open_tasks, places, rows
from app.flow.models import Case
from tests.examples.deeds import do, form, journey, save

PEOPLE = ("clerk", "other", "officer", "director")
ENDED = ("issued", "rejected", "cancelled")


def request(world, names=("甲", "乙", "丙"), **more):
    trip = journey(world, 1)
    applicants = [{"name": name} for name in names]
    pk = save(world, "paper_request", {"journey": str(trip), "applicants": applicants} | more)
    act(world, pk, "clerk", "submit")
    return pk


def act(world, pk, who, action, **more):
    do(world, "paper_request", pk, who, action, **more)


def look(world, pk):
    with world.acting("officer"):
        record = records.find(registry.object("paper_request"), pk)
        case = engine.case_of(record)
        there = [place.step.name for place in places(engine.flow_of(case), case)]
        return there, {row.name: row.verdict for row in record.applicants}, record.paper_no


def judge(world, pk, who, action, *codes):
    with world.acting(who):
        asked = records.find(registry.object("paper_request"), pk).applicants
        open_rows = [row.id for row in asked if row.verdict not in ("refused", "dropped")]
    act(world, pk, who, action, verdicts=dict(zip(open_rows, codes, strict=False)))


def started(world, name):
    with elevated():
        session.remove()
        return [(c.record_id, c.state, c.entry) for c in session.scalars(
            select(Case).where(Case.object == name, Case.parent_id.is_not(None)).order_by(Case.id)
        )]  # fmt: skip


def key(world, pk):
    with world.acting("officer"):
        return external_waits.key_of(
            engine.case_of(records.find(registry.object("paper_request"), pk))
        )


def signed(world, pk):
    judge(world, pk, "officer", "pass", "agreed", "refused", "agreed")
    assert look(world, pk)[0] == ["checks", "identity_check", "history_check"]
    act(world, pk, "officer", "pass", at="history_check")
    act(world, pk, "officer", "pass", at="identity_check")
    assert look(world, pk)[0] == ["sign_off"]
    judge(world, pk, "director", "approve", "agreed", "dropped")


def test_the_whole_way(world):
    pk = request(world)
    signed(world, pk)
    assert look(world, pk)[:2] == (["making"], {"甲": "agreed", "乙": "refused", "丙": "dropped"})
    with pytest.raises(Refused, match="等待回执"):
        act(world, pk, "officer", "by_hand")
    assert external_waits.receive(key(world, pk), "spoiled")
    assert look(world, pk)[0] == ["sign_off"]
    judge(world, pk, "director", "approve", "agreed")
    assert external_waits.receive(key(world, pk), "made", {"batch": "2027-88"})
    assert look(world, pk)[0] == ["handing"]
    ((errand, state, _),) = started(world, "errand")
    assert state == "way"
    do(world, "errand", errand, "officer", "pass")
    assert look(world, pk)[::2] == (["issued"], "2027-88")
    assert list(verification.verify()) == []


def test_who_is_in_a_hurry_is_looked_at_twice(world):
    pk = request(world, urgent="1")
    judge(world, pk, "officer", "pass", "agreed", "agreed", "agreed")
    act(world, pk, "officer", "pass", at="identity_check")
    assert look(world, pk)[0] == ["checks", "identity_review", "history_check"]


def test_when_all_are_refused_the_case_ends(world):
    pk = request(world, names=("甲",))
    judge(world, pk, "officer", "pass", "agreed")
    for step in ("identity_check", "history_check"):
        act(world, pk, "officer", "pass", at=step)
    judge(world, pk, "director", "approve", "refused")
    assert look(world, pk)[0] == ["rejected"]


def test_papers_start_beside_the_approval_once_and_end_with_it(world):
    trip = save(world, "journey", form(world), attach="letter")
    do(world, "journey", trip, "clerk", "submit")
    for _ in range(2):
        do(world, "journey", trip, "officer", "papers")
    ((pk, state, entry),) = started(world, "paper_request")
    assert (state, entry) == ("draft", "parallel")
    with world.acting("clerk"):
        assert records.find(registry.object("paper_request"), pk).journey_id == trip
    do(world, "journey", trip, "officer", "reject")
    assert started(world, "paper_request")[0][1] == "cancelled"


def test_what_is_on_its_way_is_called_off_with_the_case(world):
    pk = request(world)
    signed(world, pk)
    external_waits.receive(key(world, pk), "made", {"batch": "1"})
    act(world, pk, "clerk", "cancel")
    assert look(world, pk)[0] == ["cancelled"]
    assert started(world, "errand")[0][1] == "called_off"


@settings(
    max_examples=max(8, settings.default.max_examples // 10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_random_histories(world, seed):
    chance = random.Random(seed)
    pk = request(world)
    for _ in range(30):
        _something(world, pk, chance)
        _holds(world, pk)
    assert list(verification.verify()) == []


def _something(world, pk, chance):
    kind = chance.random()
    try:
        if kind < 0.2:
            outcome = chance.choice(("made", "spoiled", "spoiled", "strange"))
            external_waits.receive(key(world, pk) or "none", outcome, {"batch": "7"})
        elif kind < 0.35:
            for record_id, state, _ in started(world, "errand"):
                if state == "way":
                    action = chance.choice(("pass", "reject"))
                    do(world, "errand", record_id, chance.choice(PEOPLE), action)
        else:
            _decide(world, pk, chance)
    except UserError:
        session.rollback()
    finally:
        session.remove()


def _decide(world, pk, chance):
    """Do something that is offered, mostly going on; sometimes anything at all."""
    who = chance.choice(("officer", "officer", "director", "clerk", "other"))
    if chance.random() < 0.1:
        act(world, pk, who, chance.choice(("pass", "approve", "made", "handed", "by_hand", "x")))
        return
    with world.acting(who):
        with elevated():
            record = session.get_one(registry.object("paper_request").model, pk)
        offers = [(o.at, o.name) for o in engine.offers(engine.case_of(record), record)]
        asked = [row.id for row in record.applicants if row.verdict not in ("refused", "dropped")]
    going = [one for one in offers if one[1] in ("pass", "approve", "submit", "by_hand")]
    if not offers:
        return
    at, action = chance.choice(going if going and chance.random() < 0.8 else offers)
    verdicts = None
    if at in ("verify", "sign_off") and action in ("pass", "approve"):
        verdicts = {row: chance.choice(("agreed", "agreed", "refused")) for row in asked}
    act(world, pk, who, action, at=at, verdicts=verdicts)


def _holds(world, pk):
    """Records replay, places have tasks, started cases agree with what waits for them."""
    with acting_as(SYSTEM), elevated():
        session.remove()
        record = session.get_one(registry.object("paper_request").model, pk)
        case = engine.case_of(record)
        state, branches, left = "draft", {}, {}
        for step in engine.history_of(case):
            assert step.source == (branches[step.branch] if step.branch else state)
            inner = engine.flow_of(case).inner.get(step.target)
            if step.branch and (inner or step.target == state):
                branches[step.branch] = step.target if inner else None
            else:
                left = branches if step.branch else left
                state = inner[0].name if inner else step.target
                branches = {"identity": "identity_check", "history": "history_check"}
                if inner:  # straight back into one branch: the others are as they were
                    branches = {**left, inner[1].name: step.target}
        assert state == case.state == record.state
        if state == "checks":
            assert branches == {row.name: row.state for row in rows(case)}
        waiting_at = {task.step for task in open_tasks(case)}
        there = {place.step.name for place in places(engine.flow_of(case), case)} - {"checks"}
        assert waiting_at == (set() if case.state in ENDED else there)
        assert (case.ended_at is not None) == (case.state in ENDED)
        under_way = session.scalars(
            select(Case).where(Case.parent_id == case.id, Case.ended_at.is_(None))
        ).all()
        assert bool(under_way) == (case.state == "handing")


def people(world, pk):
    with world.acting("officer"):
        record = records.find(registry.object("paper_request"), pk)
        (*_, last) = engine.history_of(engine.case_of(record))
        return [(r.id, r.name, r.verdict, r.number) for r in record.applicants], last.comment or ""


def test_rows_of_a_receipt_find_theirs_and_change_only_what_they_bring(world):
    pk = request(world)
    signed(world, pk)
    before, _ = people(world, pk)
    found = {"丙": "E3", "丁": "E4", "甲": "E1"}
    rows = [{"name": name, "number": number} for name, number in found.items()]
    assert external_waits.receive(key(world, pk), "made", {"batch": "88", "papers": rows})
    after, comment = people(world, pk)
    assert [row[:3] for row in after] == [row[:3] for row in before], "verdicts stay as given"
    assert [row[3] for row in after] == ["E1", None, "E3"]
    assert comment == "“申办人”中没有对应的 1 行：丁"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"name": "甲", "number": "1"}, {"name": "甲", "number": "2"}], "与第 1 行重复"),
        ([{"name": "丙", "number": "1"}, {"name": "甲", "number": "E" * 21}], "不能超过 20 个字"),
        ([{"name": "丙", "number": "1"}, {"name": "甲", "verdict": "agreed"}], "回执不能带回"),
    ],
)
def test_rows_that_cannot_be_taken_are_refused_whole_by_their_number(world, rows, message):
    pk = request(world)
    signed(world, pk)
    before = people(world, pk)
    with pytest.raises(Rejected) as error:
        external_waits.receive(key(world, pk), "made", {"batch": "88", "papers": rows})
    (fault,) = error.value.faults
    assert message in fault.message
    assert fault.path.startswith("applicants.1")
    session.remove()
    assert people(world, pk) == before
