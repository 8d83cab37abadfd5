"""Timelines: planned, actual and expected days in working days; a delay shows where it arose; warnings."""

from datetime import UTC, date, datetime

import pytest

from app.core import clock
from app.core.declare import registry
from app.core.records import service as records
from app.flow.deadlines import timelines
from tests.examples.deeds import do, save


def on(month, day):
    clock.set_clock(lambda: datetime(2027, month, day, 2, tzinfo=UTC))


@pytest.fixture
def permit(world):
    on(3, 1)  # a Monday
    raw = {"name": "过境", "send_on": "2027-03-04", "days": "5", "needed_by": "2027-03-19"}
    pk = save(world, "permit", raw)
    do(world, "permit", pk, "clerk", "submit")
    return pk


def told(world, pk):
    with world.acting("officer"):
        found = timelines.told(
            registry.object("permit"), records.find(registry.object("permit"), pk)
        )
    return found


def days(found):
    return [(p.actual or p.expected, p.state, p.days) for p in found.points]


def test_nothing_is_expected_before_the_first_point_is_known(world, permit):
    found = told(world, permit)
    assert days(found) == [
        (None, "next", 0), (date(2027, 3, 4), "open", 0), (date(2027, 3, 11), "open", 0),
        (date(2027, 3, 16), "open", 0),
    ]  # fmt: skip
    assert found.warnings == ()


def test_what_was_moves_what_comes_over_weekends(world, permit):
    on(3, 5)
    do(world, "permit", permit, "officer", "pass")
    found = told(world, permit)  # accepted on Friday: two working days later is Tuesday
    assert days(found) == [
        (date(2027, 3, 5), "done", 0), (date(2027, 3, 9), "late", 3),
        (date(2027, 3, 16), "late", 3), (date(2027, 3, 19), "late", 3),
    ]  # fmt: skip
    assert found.warnings == ()


def test_it_warns_as_soon_as_it_will_be_too_late(world, permit):
    on(3, 8)
    do(world, "permit", permit, "officer", "pass")
    found = told(world, permit)
    assert found.points[-1].expected == date(2027, 3, 22)
    assert found.warnings == (
        "预计 2027-03-22 领回，晚于需用日期 2027-03-19，请与对方联系或调整行程",
    )


def test_nothing_is_expected_in_the_past(world, permit):
    on(3, 2)
    do(world, "permit", permit, "officer", "pass")
    do(world, "permit", permit, "officer", "pass")
    on(3, 31)  # the answer was due on the 9th
    assert told(world, permit).points[2].expected == date(2027, 3, 31)


def test_what_was_done_early_brings_the_rest_forward_and_all_ends_done(world, permit):
    on(3, 1)
    for _ in range(2):
        do(world, "permit", permit, "officer", "pass")
    found = told(world, permit)
    assert days(found)[1:] == [
        (date(2027, 3, 1), "done", -3), (date(2027, 3, 8), "next", -3),
        (date(2027, 3, 11), "open", -3),
    ]  # fmt: skip
    do(world, "permit", permit, "officer", "pass")
    on(3, 3)
    do(world, "permit", permit, "officer", "fetched")
    assert {point.state for point in told(world, permit).points} == {"done"}


def test_going_a_way_twice_counts_the_last_time(world, permit):
    on(3, 2)
    do(world, "permit", permit, "officer", "pass")
    do(world, "permit", permit, "officer", "send_back")
    do(world, "permit", permit, "clerk", "submit")
    on(3, 3)
    do(world, "permit", permit, "officer", "pass")
    assert told(world, permit).points[0].actual == date(2027, 3, 3)


def test_it_stands_on_the_page(world, permit, client):
    on(3, 8)
    do(world, "permit", permit, "officer", "pass")
    page = client("officer").get(f"/TL02/{permit}").text
    assert "进度预计" in page
    assert "预计晚 4 个工作日" in page
    assert "晚于需用日期 2027-03-19" in page
    assert client("clerk", world.bureaus["east"]).get(f"/TL01/{permit}").status_code == 200
