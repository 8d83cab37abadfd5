"""The outbox: one transaction with its cause, retries, unknown outcomes, one worker per row."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db.database import bind, make_engine, session, unit_of_work
from app.core.errors import Conflict
from app.core.jobs import outbox, scheduler
from app.core.jobs.outbox import Handler, OutboxItem
from app.core.plugin import NotSent, OutcomeUnknown, Refused


class Counterpart:
    """Answers as told and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.settled: list[str] = []
        self.answers: list[Exception | dict[str, Any]] = []
        self.keys = True

    def deliver(self, payload: dict[str, Any], key: str) -> dict[str, Any]:
        self.asked.append(key)
        answer = self.answers.pop(0) if self.answers else {"id": len(self.asked)}
        if isinstance(answer, Exception):
            raise answer
        return answer

    def settle(self, payload: dict[str, Any], outcome: outbox.Outcome) -> None:
        self.settled.append(outcome.state)


@pytest.fixture
def tables(database_url: str) -> Iterator[None]:
    engine = make_engine(database_url)
    OutboxItem.__table__.create(engine)
    bind(engine)
    yield
    session.remove()
    engine.dispose()


@pytest.fixture
def counterpart() -> Iterator[Counterpart]:
    one = Counterpart()
    outbox.register(
        Handler(
            kind="probe",
            title="试验",
            deliver=one.deliver,
            settle=one.settle,
            honours_keys=lambda _: one.keys,
            delays=(5, 30),
        )
    )
    yield one
    outbox.HANDLERS.pop("probe")


@pytest.fixture
def later() -> Iterator[Any]:
    now = [datetime(2026, 11, 24, 8, tzinfo=UTC)]
    clock.set_clock(lambda: now[0])

    def move(seconds: int) -> None:
        now[0] += timedelta(seconds=seconds)

    yield move
    clock.set_clock(None)


def put(key: str = "k1") -> int:
    with unit_of_work():
        return outbox.put("probe", {"text": "你好"}, key).id


def state(item_id: int) -> OutboxItem:
    session.rollback()
    return session.scalars(
        select(OutboxItem).where(OutboxItem.id == item_id).execution_options(populate_existing=True)
    ).one()


def test_a_row_leaves_once_and_its_consequence_is_written_with_it(tables, counterpart):
    item_id = put()
    assert outbox.work_once("a") is True
    assert outbox.work_once("a") is False
    assert counterpart.asked == ["k1"]
    assert counterpart.settled == ["sent"]
    assert (state(item_id).state, state(item_id).result) == ("sent", '{"id": 1}')


def test_a_rolled_back_cause_leaves_nothing_behind(tables, counterpart):
    def refuse() -> None:
        with unit_of_work():
            outbox.put("probe", {}, "k1")
            raise RuntimeError("late")

    with pytest.raises(RuntimeError, match="late"):
        refuse()
    assert outbox.work_once("a") is False


def test_the_same_key_is_one_row(tables, counterpart):
    assert put("k1") == put("k1")


def test_what_did_not_leave_is_tried_again_with_growing_pauses(tables, counterpart, later):
    item_id = put()
    counterpart.answers = [NotSent("忙"), NotSent("忙"), NotSent("忙")]
    assert outbox.work_once("a")
    assert not outbox.work_once("a"), "it must wait before the next attempt"
    later(5)
    assert outbox.work_once("a")
    later(29)
    assert not outbox.work_once("a")
    later(1)
    assert outbox.work_once("a")
    row = state(item_id)
    assert (row.state, row.attempts, row.error) == ("failed", 3, "忙")
    assert counterpart.settled == ["pending", "pending", "failed"]


def test_a_refusal_is_final_until_a_person_sends_again(tables, counterpart):
    item_id = put()
    counterpart.answers = [Refused("号码不正确")]
    outbox.work_once("a")
    assert state(item_id).state == "failed"
    outbox.resend(item_id)
    assert outbox.work_once("a")
    assert state(item_id).state == "sent"
    with pytest.raises(Conflict, match="已完成"):
        outbox.resend(item_id)


def test_an_unknown_outcome_repeats_the_key_where_it_is_honoured(tables, counterpart, later):
    item_id = put()
    counterpart.answers = [OutcomeUnknown("没有应答")]
    outbox.work_once("a")
    later(5)
    outbox.work_once("a")
    assert counterpart.asked == ["k1", "k1"]
    assert state(item_id).state == "sent"


def test_an_unknown_outcome_waits_for_a_person_where_keys_are_not_honoured(
    tables, counterpart, later
):
    counterpart.keys = False
    item_id = put()
    counterpart.answers = [OutcomeUnknown("没有应答")]
    outbox.work_once("a")
    later(100_000)
    assert outbox.work_once("a") is False
    assert state(item_id).state == "uncertain"
    assert counterpart.asked == ["k1"]
    outbox.resend(item_id)
    assert outbox.work_once("a")
    assert (state(item_id).state, counterpart.asked) == ("sent", ["k1", "k1"])


@pytest.mark.parametrize(("keys", "expected"), [(True, "sent"), (False, "uncertain")])
def test_a_row_of_a_dead_worker_is_taken_up(tables, counterpart, later, keys, expected):
    counterpart.keys = keys
    item_id = put()
    assert outbox._claim("dead", outbox._due(clock.now())).id == item_id
    assert outbox.work_once("b") is False, "the lease still runs"
    later(181)
    outbox.work_once("b")
    assert state(item_id).state == expected


def test_a_clock_that_is_set_back_holds_nothing_up(tables, counterpart, later):
    taken = put("taken")
    outbox._claim("dead", outbox._due(clock.now()))
    fresh = put("fresh")
    later(-7200)
    assert outbox.work_once("b"), "a lease of two hours is none"
    assert outbox.work_once("b"), "written in two hours' time: it is due now"
    assert (state(taken).state, state(fresh).state) == ("sent", "sent")
    counterpart.answers = [NotSent("繁忙")]
    put("again")
    assert outbox.work_once("b")
    assert outbox.work_once("b") is False, "the pause before the next attempt holds"


def test_a_pause_does_not_grow_by_what_the_clock_was_set_back(tables, counterpart, later):
    item_id = put()
    counterpart.answers = [NotSent("繁忙")]
    assert outbox.work_once("a")
    later(-7200)
    assert outbox.work_once("a"), "no pause is two hours long after one attempt"
    assert state(item_id).state == "sent"


def test_the_lead_of_a_worker_in_the_future_is_taken_over(database_url, later):
    engine = make_engine(database_url)
    scheduler.Lease.__table__.create(engine)
    bind(engine)
    assert scheduler.lead("first")
    assert not scheduler.lead("second")
    later(-7200)
    assert scheduler.lead("second")
    assert not scheduler.lead("first")
    session.remove()
    engine.dispose()


def test_a_worker_that_comes_too_late_changes_nothing(tables, counterpart, later):
    item_id = put()
    slow = outbox._claim("slow", outbox._due(clock.now()))
    later(181)
    assert outbox.work_once("quick")
    outbox._attempt(slow, "slow")
    assert counterpart.settled == ["sent"], "only the worker that holds the row records its outcome"
    assert state(item_id).state == "sent"


def test_an_unforeseen_error_is_named_without_its_text(tables, counterpart):
    item_id = put()
    counterpart.answers = [ValueError("secret 13900000000")]
    outbox.work_once("a")
    assert state(item_id).error == "处理时出错（ValueError）"


def test_several_workers_take_each_row_once(tables, counterpart):
    for number in range(60):
        put(f"k{number}")

    def work(name: str) -> None:
        while outbox.work_once(name):
            pass
        session.remove()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counterpart.asked) == sorted(f"k{number}" for number in range(60))


def test_work_now_does_not_wait_for_a_worker(tables, counterpart):
    item_id = put()
    assert outbox.work_now(item_id, "web") == "sent"
    assert outbox.work_now(item_id, "web") == "sent"
    assert counterpart.asked == ["k1"]


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        (NotSent("对方没有应答"), "withdrawn"),
        (Refused("对方不收"), "withdrawn"),
        ({"id": 7}, "sent"),
    ],
)
def test_what_is_wanted_no_more_while_it_is_being_sent_is_not_sent_again(
    tables: None, counterpart: Counterpart, later: Any, answer: Any, ends: str
) -> None:
    def deliver(payload: dict[str, Any], key: str) -> dict[str, Any]:
        """Take its time, while the case is given up."""
        with unit_of_work():
            outbox.withdraw([key])
        counterpart.answers = [answer]
        return counterpart.deliver(payload, key)

    outbox.register(replace(outbox.HANDLERS["probe"], deliver=deliver))
    pk = put()
    assert outbox.work_once("w1")
    later(3600)
    assert not outbox.work_once("w1"), "nobody tries again"
    assert len(counterpart.asked) == 1
    assert state(pk).state == ends == counterpart.settled[-1]


def test_what_is_wanted_no_more_and_was_cut_off_is_left_for_a_person(
    tables: None, counterpart: Counterpart, later: Any
) -> None:
    pk = put()
    with unit_of_work() as current:
        item = current.get_one(OutboxItem, pk)
        item.state, item.owner, item.lease_until = "sending", "dead", clock.now()
        outbox.withdraw([item.key])
    later(3600)
    assert not outbox.work_once("w1")
    assert (state(pk).state, counterpart.asked) == ("uncertain", [])
    outbox.resend(pk)
    assert outbox.work_once("w1")
    assert (state(pk).state, counterpart.asked) == ("sent", ["k1"])
