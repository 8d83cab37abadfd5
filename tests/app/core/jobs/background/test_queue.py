"""Long jobs in their queue: who may see them, what is asked twice, how they are cancelled and expire."""

import threading
from datetime import timedelta

import pytest

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import unit_of_work
from app.core.errors import Conflict, NotFound, UserError
from app.core.jobs import background
from app.core.jobs.background import Work, folder, queue
from tests.app.core.jobs.background.asked import kind, put, row, work


def test_only_who_asked_sees_it(world):
    kind(lambda work: {})
    pk = put(world)
    with world.acting("anna"):
        assert background.find(pk, "S01").id == pk
        assert [item.id for item in background.recent("S01", ("test",))] == [pk]
        with pytest.raises(NotFound):
            background.find(pk, "S02")
    for other in ("adam", "carl"):
        with world.acting(other):
            assert background.recent("S01", ("test",)) == []
            with pytest.raises(NotFound):
                background.find(pk, "S01")


def test_the_same_key_is_one_job_until_it_failed(world):
    def run(work):
        raise UserError("不行")

    kind(run)
    with world.acting("anna"), unit_of_work():
        first = background.put("test", "S01", "试验", {}, key="k").id
        assert background.put("test", "S01", "试验", {}, key="k").id == first
    work()
    assert (row(first).state, row(first).note) == ("failed", "不行")
    with world.acting("anna"), unit_of_work():
        assert background.put("test", "S01", "试验", {}, key="k").id != first


def test_the_same_job_asked_for_twice_at_once_is_one(world):
    begun, other = threading.Event(), []

    def ask() -> None:
        begun.wait(30)
        with world.acting("anna"), unit_of_work():
            other.append(background.put("test", "S01", "试验", {}, key="k").id)

    thread = threading.Thread(target=ask)
    thread.start()
    with world.acting("anna"), unit_of_work():
        first = background.put("test", "S01", "试验", {}, key="k").id
        begun.set()
        thread.join(1)  # it has looked for the key, found none, and waits for us
    thread.join(60)
    assert other == [first]


def test_waiting_jobs_are_cancelled_at_once_and_ended_ones_not(world):
    kind(lambda work: {})
    pk = put(world)
    with world.acting("anna"):
        background.cancel(background.find(pk, "S01"))
    assert row(pk).state == "cancelled"
    assert not work()
    with world.acting("anna"), pytest.raises(Conflict, match="已取消"):
        background.cancel(background.find(pk, "S01"))


def test_files_count_when_they_are_whole_and_go_with_time(world, monkeypatch):
    def run(work: Work) -> None:
        work.new_file("half").write_bytes(b"x")
        work.new_file("whole").write_bytes(b"yy")
        work.keep_file("whole")

    kind(run)
    pk = put(world)
    work()
    job = row(pk)
    assert background.kept_file(job, "whole").read_bytes() == b"yy"
    with pytest.raises(NotFound):
        background.kept_file(job, "half")
    assert not list(background.file_of(pk, "x").parent.glob(f"{pk}.*.part"))
    monkeypatch.setattr(folder, "_old", lambda place: True)
    with acting_as(SYSTEM):
        queue.expire()
        assert background.file_of(pk, "whole").exists(), "it has not been kept long enough"
        with unit_of_work():
            row(pk).ended_at = clock.now() - background.KEPT - timedelta(hours=1)
        queue.expire()
    assert row(pk).state == "expired"
    assert not background.file_of(pk, "whole").exists()
    with pytest.raises(NotFound, match="只保留 3 天"):
        background.kept_file(row(pk), "whole")
