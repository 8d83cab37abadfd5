"""Verdicts row by row, cases that wait for those they started, and receipts from outside."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import NotFound, Refused, Rejected
from app.core.records import service as records
from app.flow import engine
from app.flow.deadlines import reminders
from app.flow.execution import external_waits
from app.flow.models import Awaited, Case
from app.flow.people import notifications
from tests.app.conftest import World
from tests.harness.refusals import refused
from tests.harness.threads import at_once
from tests.sample import FairPermit

STALLS = [{"name": "糖画"}, {"name": "皮影"}, {"name": "剪纸"}]


def fair() -> Any:
    return registry.object("fair")


def file_one(world: World) -> int:
    with world.acting("anna"), unit_of_work():
        record = records.save(fair(), None, {"name": "庙会", "stalls": STALLS}, complete=False)
    do(world, "anna", record.id, "submit")
    return record.id


def do(world: World, who: str, pk: int, action: str, object: str = "fair", **more: Any) -> Any:
    with world.acting(who), unit_of_work():
        record = records.find(registry.object(object), pk)
        return engine.act(engine.case_of(record), action, comment="意见", **more)


def read(world: World, pk: int) -> tuple[str, list[str | None]]:
    """The state and the verdicts."""
    with world.acting("carl"):
        record = records.find(fair(), pk)
        assert engine.case_of(record).state == record.state
        return record.state, [stall.verdict for stall in record.stalls]


def ids(world: World, pk: int) -> list[int]:
    with world.acting("carl"):
        return [stall.id for stall in records.find(fair(), pk).stalls]


def permits(world: World) -> list[tuple[int, str]]:
    with elevated():
        session.remove()
        return [
            (row.id, row.state)
            for row in session.scalars(select(FairPermit).order_by(FairPermit.id))
        ]


def verified(world: World) -> int:
    """A fair of which two stalls of three were agreed to, and whose permit is under way."""
    pk = file_one(world)
    first, second, third = ids(world, pk)
    do(world, "carl", pk, "pass", verdicts={first: "yes", second: "no", third: "yes"})
    return pk


def registering(world: World) -> int:
    pk = verified(world)
    do(world, "hugo", permits(world)[0][0], "pass", "permit")
    first, _, third = ids(world, pk)
    do(world, "hugo", pk, "pass", verdicts={first: "yes", third: "yes"})
    assert read(world, pk)[0] == "register"
    return pk


def key(world: World, pk: int) -> str:
    with world.acting("carl"):
        return external_waits.key_of(engine.case_of(records.find(fair(), pk)))


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    clock.set_clock(lambda: datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    yield
    clock.set_clock(None)


# --- row by row -------------------------------------------------------------------------------


def test_every_row_gets_its_verdict_and_refused_ones_are_out(world: World) -> None:
    pk = file_one(world)
    first, second, third = ids(world, pk)
    with pytest.raises(Rejected) as error:
        do(world, "carl", pk, "pass", verdicts={first: "yes", third: "perhaps"})
    assert [f.path for f in error.value.faults] == [f"verdicts.{second}", f"verdicts.{third}"]
    assert read(world, pk) == ("verify", [None, None, None])
    taken = do(world, "carl", pk, "pass", verdicts={first: "yes", second: "no", third: "yes"})
    assert '"皮影": "不同意"' in taken.opinions
    assert read(world, pk) == ("permits", ["yes", "no", "yes"])
    do(world, "hugo", permits(world)[0][0], "pass", "permit")
    with pytest.raises(Rejected) as error:
        do(world, "hugo", pk, "pass", verdicts={first: "yes", second: "yes", third: "yes"})
    assert [f.path for f in error.value.faults] == [f"verdicts.{second}"]
    do(world, "hugo", pk, "pass", verdicts={first: "no", third: "yes"})
    assert read(world, pk) == ("register", ["no", "no", "yes"])


def test_other_peoples_rows_are_not_judged(world: World) -> None:
    pk, other = file_one(world), file_one(world)
    verdicts = dict.fromkeys([*ids(world, pk), ids(world, other)[0]], "yes")
    with refused(Rejected, "不在本环节办理之列"):
        do(world, "carl", pk, "pass", verdicts=verdicts)
    assert read(world, other) == ("verify", [None, None, None])


def test_who_files_again_is_judged_anew(world: World) -> None:
    pk = verified(world)
    do(world, "hugo", permits(world)[0][0], "pass", "permit")
    do(world, "hugo", pk, "send_back")
    do(world, "anna", pk, "submit")
    assert read(world, pk) == ("verify", [None, None, None])


# --- cases that were started --------------------------------------------------------------------


def test_a_case_waits_for_those_it_started(world: World) -> None:
    pk = verified(world)
    ((permit, state),) = permits(world)
    assert (read(world, pk)[0], state) == ("permits", "decide")
    with world.acting("anna"):
        record = records.find(registry.object("permit"), permit)
        child = engine.case_of(record)
        assert child.applicant_id == world.actors["anna"].user_id
    for who in ("carl", "hugo", "anna"):
        with refused(Refused, "由回执推进，不能人工办理"):
            do(world, who, pk, "permitted")
    do(world, "hugo", permit, "pass", "permit")
    assert read(world, pk)[0] == "confirm"
    with world.acting("carl"):
        last = engine.history_of(engine.case_of(records.find(fair(), pk)))[-1]
        assert (last.actor_name, last.action) == ("系统", "permitted")


def test_a_started_case_that_is_refused_leads_back(world: World) -> None:
    pk = verified(world)
    do(world, "hugo", permits(world)[0][0], "reject", "permit")
    assert read(world, pk)[0] == "verify"
    first, _, third = ids(world, pk)
    do(world, "carl", pk, "pass", verdicts={first: "yes", third: "yes"})
    assert read(world, pk)[0] == "permits"
    do(world, "hugo", permits(world)[1][0], "pass", "permit")  # the refusal counted once
    assert read(world, pk)[0] == "confirm"


def test_what_was_started_ends_with_the_case(world: World) -> None:
    pk = verified(world)
    do(world, "anna", pk, "cancel")
    assert permits(world)[0][1] == "withdrawn"
    assert read(world, pk)[0] == "cancelled"


# --- receipts -----------------------------------------------------------------------------------


def test_a_receipt_leads_on_and_brings_its_values_once(world: World) -> None:
    pk = registering(world)
    receipt = key(world, pk)
    assert external_waits.receive(receipt, "accepted", {"number": "鄂集〔2026〕7号"})
    assert not external_waits.receive(receipt, "accepted", {"number": "另一个号"})
    assert read(world, pk)[0] == "approved"
    with world.acting("anna"):
        assert records.find(fair(), pk).registry_no == "鄂集〔2026〕7号"
        assert len(engine.history_of(engine.case_of(records.find(fair(), pk)))) == 5
    row = session.scalars(select(Awaited).where(Awaited.key == receipt)).one()
    assert row.used, "what was sent again does not take the place of what counted"
    assert "鄂集〔2026〕7号" in (row.payload or "")


def test_a_receipt_may_lead_back(world: World) -> None:
    pk = registering(world)
    assert external_waits.receive(key(world, pk), "refused", comment="材料不齐")
    assert read(world, pk)[0] == "confirm"


def test_a_receipt_of_an_earlier_stay_is_kept_but_moves_nothing(world: World) -> None:
    """The case left the step by another way, such as an administrator's move, and came back."""
    pk = registering(world)
    with world.acting("carl"):
        case = engine.case_of(records.find(fair(), pk))
    with unit_of_work():
        session.add(
            Awaited(
                case_id=case.id, key="of-then", event="registry", step="register",
                since=case.steps - 1, opened_at=clock.now(),
            )
        )  # fmt: skip
    assert not external_waits.receive("of-then", "accepted", {"number": "旧号"})
    assert read(world, pk)[0] == "register"
    session.remove()
    row = session.scalars(select(Awaited).where(Awaited.key == "of-then")).one()
    assert (row.outcome, row.used) == ("accepted", False)
    with unit_of_work():
        session.delete(session.get(Awaited, row.id))
    assert external_waits.receive(key(world, pk), "accepted", {"number": "新号"})


def test_an_unknown_receipt_or_outcome_moves_nothing(world: World) -> None:
    pk = registering(world)
    with pytest.raises(NotFound):
        external_waits.receive("nothing", "accepted")
    with refused(Rejected, "“strange”没有对应的办理"):
        external_waits.receive(key(world, pk), "strange")
    assert read(world, pk)[0] == "register"
    assert key(world, pk)


def test_before_the_limit_nobody_acts_by_hand_and_afterwards_the_clerk_does(world: World) -> None:
    pk = registering(world)
    with world.acting("carl"):
        assert pk not in engine.queue("S12")
    with pytest.raises(Refused, match="正在等待回执"):
        do(world, "carl", pk, "pass")
    clock.set_clock(lambda: datetime(2026, 3, 4, 2, 0, tzinfo=UTC))
    session.remove()
    with acting_as(SYSTEM):
        reminders.run()
    with world.acting("carl"):
        assert pk in engine.queue("S12")
    receipt = key(world, pk)
    do(world, "carl", pk, "pass")
    assert read(world, pk)[0] == "approved"
    assert not external_waits.receive(receipt, "refused")  # too late: kept, but it moves nothing
    assert read(world, pk)[0] == "approved"
    session.remove()
    row = session.scalars(select(Awaited).where(Awaited.key == receipt)).one()
    assert (row.outcome, row.used) == ("refused", False)


def test_of_several_workers_one_hands_over_what_waited(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    registering(world)
    told: list[str] = []

    def send(message: Any, *_: Any) -> int:
        told.append(message.title)
        time.sleep(0.5)  # meanwhile the others have read the task, too
        return 1

    def work(index: int) -> str:
        with acting_as(SYSTEM):
            return reminders.run()

    monkeypatch.setattr(notifications, "send", send)
    clock.set_clock(lambda: datetime(2026, 3, 4, 2, 0, tzinfo=UTC))
    session.remove()
    results = at_once(3, work)
    assert told == ["等待回执超时"], results
    assert sorted(results) == ["提醒 0 次", "提醒 0 次", "提醒 1 次"]


def test_nobody_takes_a_receipt_by_hand(world: World) -> None:
    pk = registering(world)
    for who in ("carl", "hugo", "anna"):
        with refused(Refused, "由回执推进，不能人工办理"):
            do(world, who, pk, "registered")
    with elevated():
        session.remove()
        assert session.scalars(select(Case).where(Case.object == "fair")).one().ended_at is None
