"""Appointments: slots are made ahead, never overbooked whoever comes at once, confirmed, kept, missed."""

import threading
import time
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app import upgrade
from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, Rejected
from app.core.records import service as records
from app.core.records import slots
from app.worker import Worker
from tests.examples.deeds import do, save
from tests.harness.refusals import refused
from tests.harness.threads import at_once

MONDAY = datetime(2027, 3, 1, 2, tzinfo=UTC)
NAME = "hall_appointment"


@pytest.fixture(autouse=True)
def _monday(world):
    clock.set_clock(lambda: MONDAY)
    slots.make_all()
    session.remove()


def days():
    model = registry.object("hall_slot").model
    with acting_as(SYSTEM):
        found = [(s.day, s.hours) for s in session.scalars(select(model).order_by(model.id))]
    session.remove()
    return found


def slot(number=0):
    model = registry.object("hall_slot").model
    with acting_as(SYSTEM):
        found = session.scalars(select(model).order_by(model.day, model.hours)).all()[number]
    session.remove()
    return found


def ask(world, number=0, persons=1, who="clerk"):
    raw = {"slot": str(slot(number).id), "persons": str(persons), "contact": "张三"}
    return save(world, NAME, raw, who=who)


def state(world, pk):
    with world.acting("officer"):
        return records.find(registry.object(NAME), pk).state


def test_slots_are_made_for_working_days_ahead_once(world):
    hours = ["09:00-11:30", "14:00-16:30"]
    assert days() == [(date(2027, 3, n), h) for n in (2, 3, 4) for h in hours]
    assert slots.make_all() == "新增 0 个时段"
    clock.set_clock(lambda: datetime(2027, 3, 5, 2, tzinfo=UTC))  # a Friday
    assert slots.make_all() == "新增 6 个时段"
    assert days()[-1][0] == date(2027, 3, 10)


def test_what_the_office_has_changed_stays(world):
    obj, record = registry.object("hall_slot"), slot()
    with world.acting("officer"), unit_of_work():
        found = records.find(obj, record.id)
        records.save(obj, found, {"capacity": "0", "version": str(found.version)}, complete=True)
    assert slots.make_all() == "新增 0 个时段"
    assert (slot().capacity, slot().remaining) == (0, 0)


def test_places_are_held_and_given_back(world):
    pk = ask(world, persons=2)
    assert slot().remaining == 2  # a draft holds nothing
    do(world, NAME, pk, "clerk", "submit")
    assert slot().remaining == 0
    late = ask(world, 1, who="other")
    with world.acting("other"), unit_of_work():
        record = records.find(registry.object(NAME), late)
        raw = records.raw_of(registry.object(NAME), record) | {"slot": str(slot(0).id)}
        with refused(Rejected, "所选大厅时段不存在、不可选用"):
            records.save(registry.object(NAME), record, raw, complete=True)
    do(world, NAME, pk, "clerk", "cancel")
    assert slot().remaining == 2


def test_more_than_there_is_is_refused_with_the_numbers(world):
    with pytest.raises(Rejected) as refused:
        do(world, NAME, ask(world, persons=3), "clerk", "submit")
    assert "剩余 2，本次需要 3" in str([fault.message for fault in refused.value.faults])
    assert slot().remaining == 2


def test_a_capacity_cannot_be_set_below_what_is_held(world):
    do(world, NAME, ask(world, persons=2), "clerk", "submit")
    obj = registry.object("hall_slot")
    with world.acting("officer"):
        found = records.find(obj, slot().id)
        with pytest.raises(Rejected) as refused, unit_of_work():
            records.save(
                obj, found, {"capacity": "1", "version": str(found.version)}, complete=True
            )
        session.rollback()
    assert [f.path for f in refused.value.faults] == ["capacity"]
    assert slot().capacity == 2


def test_it_is_confirmed_and_kept_or_missed_on_its_day(world):
    kept, missed = ask(world), ask(world)
    for pk in (kept, missed):
        do(world, NAME, pk, "clerk", "submit")
        do(world, NAME, pk, "officer", "pass")
    with pytest.raises(Conflict, match="不是预约的日期"):
        do(world, NAME, kept, "officer", "keep")
    clock.set_clock(lambda: datetime(2027, 3, 2, 2, tzinfo=UTC))
    with pytest.raises(Conflict, match="当天的预约不能取消"):
        do(world, NAME, kept, "clerk", "cancel")
    with pytest.raises(Conflict, match="还没有过"):
        do(world, NAME, missed, "officer", "miss")
    do(world, NAME, kept, "officer", "keep")
    clock.set_clock(lambda: datetime(2027, 3, 3, 2, tzinfo=UTC))
    do(world, NAME, missed, "officer", "miss")
    assert (state(world, kept), state(world, missed)) == ("kept", "missed")


def test_who_comes_at_once_does_not_overbook(world):
    people = ("clerk", "other") * 3
    pks = [ask(world, who=who) for who in people]
    found = at_once(6, lambda n: do(world, NAME, pks[n], people[n], "submit"))
    refused = [one for one in found if one is not None]
    assert [type(one) for one in refused] == [Rejected] * 4, found
    assert (slot().used, slot().remaining) == (2, 0)
    with acting_as(SYSTEM), elevated():
        asked = [state(world, pk) for pk in pks]
    assert sorted(asked) == ["asked"] * 2 + ["draft"] * 4


def test_the_screens_open(world, client):
    pk = ask(world)
    do(world, NAME, pk, "clerk", "submit")
    office = client("officer")
    assert "09:00-11:30" in office.get("/AP01/").text
    assert "2027-03-02 09:00-11:30" in office.get("/AP03/").text
    assert office.get(f"/AP03/{pk}").status_code == 200
    clerk = client("clerk", world.bureaus["east"])
    assert clerk.get("/AP02/").status_code == 200
    assert clerk.get("/AP02/new").status_code == 200
    assert clerk.get("/AP03/").status_code == 403


def all_gone():
    with acting_as(SYSTEM), unit_of_work() as current:
        for one in current.scalars(select(registry.object("hall_slot").model)):
            current.delete(one)
    session.remove()


def test_an_upgrade_makes_them_at_once(world):
    """They came with the hourly job: up to an hour after an upgrade nobody could make an appointment."""
    all_gone()
    with acting_as(SYSTEM), unit_of_work() as current:
        assert "生成预约时段 6 个" in upgrade.ship(current.connection())
    session.remove()
    assert len(days()) == 6
    with acting_as(SYSTEM), unit_of_work() as current:
        assert not any("时段" in words for words in upgrade.ship(current.connection()))


def test_a_worker_that_starts_makes_them_at_once(world):
    all_gone()
    worker = Worker(pause=0.1)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while len(days()) < 6 and time.monotonic() < deadline:
            time.sleep(0.2)
    finally:
        worker.stop.set()
        thread.join()
    assert len(days()) == 6
