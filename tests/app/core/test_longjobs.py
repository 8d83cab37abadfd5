"""Long jobs: who may see them, how they end, and that one which was taken over does not count."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core import clock, longjobs
from app.core.actor import SYSTEM, acting_as
from app.core.database import session, unit_of_work
from app.core.errors import Conflict, NotFound, UserError
from app.core.longjobs import Kind, LongJob, Work
from tests.sample import Room


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(longjobs, "KINDS", {})


def kind(run) -> None:
    longjobs.register(Kind(name="test", title="试验", run=run))


def put(world, who: str = "anna", **more) -> int:
    with world.acting(who), unit_of_work():
        return longjobs.put("test", "S01", "试验", more).id


def work(owner: str = "w") -> bool:
    with acting_as(SYSTEM):
        worked = longjobs.work_once(owner)
    session.remove()
    return worked


def row(pk: int) -> LongJob:
    session.rollback()
    return session.scalars(
        select(LongJob).where(LongJob.id == pk).execution_options(populate_existing=True)
    ).one()


def test_a_job_is_done_once_and_keeps_what_it_gave(world):
    done = []
    kind(lambda work: done.append(work.values) or {"rows": 3})
    pk = put(world, x=1)
    assert work()
    assert not work()
    assert done == [{"x": 1}]
    assert (row(pk).state, row(pk).outcome) == ("done", {"rows": 3})


def test_only_who_asked_sees_it(world):
    kind(lambda work: {})
    pk = put(world)
    with world.acting("anna"):
        assert longjobs.find(pk, "S01").id == pk
        assert [item.id for item in longjobs.recent("S01", ("test",))] == [pk]
        with pytest.raises(NotFound):
            longjobs.find(pk, "S02")
    for other in ("adam", "carl"):
        with world.acting(other):
            assert longjobs.recent("S01", ("test",)) == []
            with pytest.raises(NotFound):
                longjobs.find(pk, "S01")


def test_the_same_key_is_one_job_until_it_failed(world):
    def run(work):
        raise UserError("不行")

    kind(run)
    with world.acting("anna"), unit_of_work():
        first = longjobs.put("test", "S01", "试验", {}, key="k").id
        assert longjobs.put("test", "S01", "试验", {}, key="k").id == first
    work()
    assert (row(first).state, row(first).note) == ("failed", "不行")
    with world.acting("anna"), unit_of_work():
        assert longjobs.put("test", "S01", "试验", {}, key="k").id != first


def test_what_breaks_says_so_without_a_word_of_the_program(world, caplog):
    kind(lambda work: 1 // 0)
    pk = put(world)
    work()
    assert (row(pk).state, row(pk).note) == ("failed", longjobs.BROKEN)
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


def test_a_job_that_takes_workers_down_is_given_up(world):
    kind(lambda work: {})
    pk = put(world)
    with acting_as(SYSTEM), unit_of_work():
        dead = row(pk)
        dead.state, dead.owner, dead.attempts = "running", "gone", longjobs.ATTEMPTS
        dead.lease_until = clock.now() - timedelta(seconds=1)
    work()
    assert (row(pk).state, row(pk).note) == ("failed", longjobs.INTERRUPTED)


def test_a_job_that_is_being_done_is_left_alone(world):
    kind(lambda work: {})
    pk = put(world)
    with acting_as(SYSTEM), unit_of_work():
        held = row(pk)
        held.state, held.owner = "running", "other"
        held.lease_until = clock.now() + timedelta(seconds=20)
    assert not work()


def test_waiting_jobs_are_cancelled_at_once_and_ended_ones_not(world):
    kind(lambda work: {})
    pk = put(world)
    with world.acting("anna"):
        longjobs.cancel(longjobs.find(pk, "S01"))
    assert row(pk).state == "cancelled"
    assert not work()
    with world.acting("anna"), pytest.raises(Conflict, match="已取消"):
        longjobs.cancel(longjobs.find(pk, "S01"))


def test_a_job_that_runs_ends_at_its_next_step_when_it_is_cancelled_or_the_worker_stops(world):
    stop = threading.Event()

    def run(work: Work) -> None:
        work.step(1, 10, "正在处理")
        assert longjobs.progress_of(work.job) == longjobs.Progress(1, 10, "正在处理")
        assert longjobs.progress_of(work.job).percent == 10
        if work.values["end"] == "cancel":
            longjobs.cancel(row(work.job.id))
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
        longjobs.work_once("w", stop)
    session.remove()
    assert (row(pk).state, row(pk).attempts) == ("waiting", 0)


def test_files_count_when_they_are_whole_and_go_with_time(world, monkeypatch):
    def run(work: Work) -> None:
        work.new_file("half").write_bytes(b"x")
        work.new_file("whole").write_bytes(b"yy")
        work.keep_file("whole")

    kind(run)
    pk = put(world)
    work()
    job = row(pk)
    assert longjobs.kept_file(job, "whole").read_bytes() == b"yy"
    with pytest.raises(NotFound):
        longjobs.kept_file(job, "half")
    assert not list(longjobs.file_of(pk, "x").parent.glob(f"{pk}.*.part"))
    monkeypatch.setattr(longjobs, "_old", lambda place: True)
    with acting_as(SYSTEM):
        longjobs.expire()
        assert longjobs.file_of(pk, "whole").exists(), "it has not been kept long enough"
        with unit_of_work():
            row(pk).ended_at = clock.now() - longjobs.KEPT - timedelta(hours=1)
        longjobs.expire()
    assert row(pk).state == "expired"
    assert not longjobs.file_of(pk, "whole").exists()
    with pytest.raises(NotFound, match="只保留 3 天"):
        longjobs.kept_file(row(pk), "whole")


def test_the_same_job_asked_for_twice_at_once_is_one(world):
    begun, other = threading.Event(), []

    def ask() -> None:
        begun.wait(30)
        with world.acting("anna"), unit_of_work():
            other.append(longjobs.put("test", "S01", "试验", {}, key="k").id)

    thread = threading.Thread(target=ask)
    thread.start()
    with world.acting("anna"), unit_of_work():
        first = longjobs.put("test", "S01", "试验", {}, key="k").id
        begun.set()
        thread.join(1)  # it has looked for the key, found none, and waits for us
    thread.join(60)
    assert other == [first]
