"""Long jobs being done: how they end, and that one which was taken over does not count."""

import threading
from datetime import timedelta

from sqlalchemy import select, update

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.jobs import background
from app.core.jobs.background import LongJob, Work
from app.core.jobs.background import work as doing
from app.web.http import health
from tests.app.core.jobs.background.asked import kind, put, row, work
from tests.sample import Room


def test_a_job_is_done_once_and_keeps_what_it_gave(world):
    done = []
    kind(lambda work: done.append(work.values) or {"rows": 3})
    pk = put(world, x=1)
    assert work()
    assert not work()
    assert done == [{"x": 1}]
    assert (row(pk).state, row(pk).outcome) == ("done", {"rows": 3})


def test_what_breaks_says_so_without_a_word_of_the_program(world, caplog):
    kind(lambda work: 1 // 0)
    pk = put(world)
    work()
    assert (row(pk).state, row(pk).note) == ("failed", background.BROKEN)
    assert "ZeroDivisionError" in caplog.text


def test_what_was_taken_over_does_not_count(world):
    """The lease ran out, another worker has the job: the first one's rows must not be committed."""

    def run(work: Work) -> None:
        with unit_of_work():
            session.add(Room(name=f"第 {work.job.attempts} 次", seats=1))
            session.flush()
            if work.owner == "first":  # as if another worker had been quicker
                session.execute(
                    update(LongJob)
                    .where(LongJob.id == work.job.id)
                    .values(owner="second")
                    .execution_options(synchronize_session=False)
                )
            work.finish({})

    kind(run)
    pk = put(world)
    work("first")
    with acting_as(SYSTEM):
        assert session.scalars(select(Room).where(Room.name == "第 1 次")).all() == []
        with unit_of_work():
            row(pk).lease_until = clock.now() - timedelta(seconds=1)
    assert row(pk).state == "running"
    work("third")
    with acting_as(SYSTEM):
        assert [room.name for room in session.scalars(select(Room).where(Room.seats == 1))] == [
            "第 2 次"
        ]
    assert row(pk).state == "done"


def left_by_a_dead_worker(pk):
    with acting_as(SYSTEM), unit_of_work():
        dead = row(pk)
        dead.state, dead.owner = "running", "gone"
        dead.lease_until = clock.now() - timedelta(seconds=1)


def test_a_job_that_took_two_workers_down_is_set_aside_and_shown(world):
    done = []
    kind(lambda work: done.append(1) or {})
    pk = put(world)
    with acting_as(SYSTEM), unit_of_work():
        row(pk).deaths = doing.DEATHS - 1
    left_by_a_dead_worker(pk)
    work()
    assert (row(pk).state, row(pk).note, done) == ("set_aside", doing.INTERRUPTED, [])
    assert not work(), "nobody takes it up again"
    assert "1 项后台任务两次使处理它的进程中断" in health.set_aside(), "as /readyz warns"


def test_one_lost_worker_is_no_reason_to_set_a_job_aside(world):
    kind(lambda work: {})
    pk = put(world)
    left_by_a_dead_worker(pk)
    work()
    assert row(pk).state == "done"


def test_a_job_that_was_set_aside_is_tried_again_when_it_is_asked_for_again(world):
    kind(lambda work: {})
    with acting_as(SYSTEM), unit_of_work():
        pk = background.put("test", "", "试", {}, key="once").id
    with acting_as(SYSTEM), unit_of_work():
        row(pk).state, row(pk).deaths = "set_aside", doing.DEATHS
    with acting_as(SYSTEM), unit_of_work():
        assert background.put("test", "", "试", {}, key="once").id == pk
    assert row(pk).state == "waiting"


def test_work_in_parts_that_gets_on_is_not_set_aside(world):
    def run(work: Work) -> None:
        with unit_of_work():
            work.hold()

    kind(run)
    pk = put(world)
    with acting_as(SYSTEM), unit_of_work():
        row(pk).deaths = 1
    work()
    assert row(pk).deaths == 0


def test_a_job_that_is_being_done_is_left_alone(world):
    kind(lambda work: {})
    pk = put(world)
    with acting_as(SYSTEM), unit_of_work():
        held = row(pk)
        held.state, held.owner = "running", "other"
        held.lease_until = clock.now() + timedelta(seconds=20)
    assert not work()


def test_a_job_that_runs_ends_at_its_next_step_when_it_is_cancelled_or_the_worker_stops(world):
    stop = threading.Event()

    def run(work: Work) -> None:
        work.step(1, 10, "正在处理")
        assert background.progress_of(work.job) == background.Progress(1, 10, "正在处理")
        assert background.progress_of(work.job).percent == 10
        if work.values["end"] == "cancel":
            background.cancel(row(work.job.id))
        else:
            stop.set()
        work.step(2, 10, "正在处理")
        raise AssertionError("it should have ended")

    kind(run)
    pk = put(world, end="cancel")
    work()
    assert row(pk).state == "cancelled"
    pk = put(world, end="stop")
    with acting_as(SYSTEM):
        background.work_once("w", stop)
    session.remove()
    assert (row(pk).state, row(pk).attempts) == ("waiting", 0)
