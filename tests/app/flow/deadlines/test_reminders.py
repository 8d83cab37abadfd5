"""Reminders of time limits: each goes out once, whoever runs the job and whenever it is back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session
from app.core.jobs import scheduler
from app.core.records import service as records
from app.flow import engine
from app.flow.deadlines import reminders
from app.flow.people import notifications
from app.flow.people import nudges as urging
from tests.app.conftest import World
from tests.app.flow.festival import do, festival, file_one


class Days:
    """A clock of working days: the case arrives on Monday, 2026-03-02, at ten."""

    def __init__(self) -> None:
        self.told: list[tuple[str, list[str | None], int]] = []
        self.at(2)

    def at(self, day: int, hour: int = 10) -> None:
        """Make it a day of March."""
        moment = datetime(2026, 3, day, hour - 8, tzinfo=UTC)
        clock.set_clock(lambda: moment)

    def run(self) -> list[tuple[str, list[str | None], int]]:
        """Run the job; return what was said: heading, roles of tasks, further people."""
        self.told.clear()
        session.remove()
        with acting_as(SYSTEM):
            reminders.run()
        session.remove()
        return list(self.told)


@pytest.fixture
def days(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Days]:
    days = Days()

    def send(message: Any, record: Any, case: Any, tasks: Any, actors: Any, extra: Any) -> int:
        days.told.append((message.title, [task.role for task in tasks], len(actors)))
        return 1

    monkeypatch.setattr(notifications, "send", send)
    yield days
    clock.set_clock(None)


def submitted(world: World) -> int:
    pk = file_one(world)
    do(world, "anna", pk, "submit")
    return pk


BEFORE = ("即将到期提醒", ["clerk"], 0)
AFTER = ("超期提醒", ["clerk"], 0)
REPORT = ("超期上报", [], 1)


def test_before_after_and_reported_each_at_its_day(world: World, days: Days) -> None:
    submitted(world)  # due on Wednesday
    assert days.run() == []
    days.at(3, 8)
    assert days.run() == []
    days.at(3, 9)
    assert days.run() == [BEFORE]
    assert days.run() == []
    days.at(4, 23)
    assert days.run() == []
    days.at(5)
    assert days.run() == [AFTER]
    days.at(6)
    assert days.run() == [AFTER, REPORT]
    days.at(20)
    assert days.run() == []


def test_working_days_count(world: World, days: Days) -> None:
    days.at(5)  # Thursday: due on Monday the 9th
    submitted(world)
    days.at(6, 9)
    assert days.run() == [BEFORE]
    days.at(8)
    assert days.run() == []
    days.at(10)
    assert days.run() == [AFTER]


def test_after_an_outage_only_the_latest_goes_out(world: World, days: Days) -> None:
    submitted(world)
    days.at(16)
    assert days.run() == [AFTER, REPORT]
    assert days.run() == []


def test_what_is_done_is_not_reminded_of(world: World, days: Days) -> None:
    pk = submitted(world)
    do(world, "carl", pk, "pass")
    days.at(16)
    assert days.run() == []


def test_several_workers_remind_once(world: World, days: Days) -> None:
    submitted(world)
    days.at(3, 9)

    def work(index: int) -> str:
        try:
            with acting_as(SYSTEM):
                return reminders.run()
        finally:
            session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert days.told == [BEFORE]


def test_a_worker_that_dies_reminds_when_it_is_back(
    world: World, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk = submitted(world)
    days.at(3, 9)

    def dies(*_: Any) -> int:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(notifications, "send", dies)
        with pytest.raises(RuntimeError, match="killed"):
            days.run()
        session.rollback()
    assert days.run() == [BEFORE]
    with world.acting("carl"):
        nudges = urging.nudges_of(engine.case_of(records.find(festival(), pk)))
        assert [(n.kind, n.actor_name, n.told) for n in nudges] == [("before", "系统", 1)]


def test_the_worker_knows_the_job() -> None:
    assert scheduler.JOBS["remind"].run is reminders.run
