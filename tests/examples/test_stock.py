"""Blank books: received by ranges of numbers, drawn in order, no gap and no double, balanced to zero."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected
from app.core.records import service as records
from app.flow import engine
from app.flow.execution import effects, stock
from tests.examples.deeds import do, save
from tests.harness.threads import at_once

DRAWERS = 50


def receive(world, first, last):
    lot = save(
        world,
        "blank_lot",
        {"first": first, "last": last, "received_on": "2027-01-04"},
        who="officer",
    )
    do(world, "blank_lot", lot, "officer", "submit")
    return lot


def draft(world, purpose="制证"):
    return save(world, "blank_draw", {"purpose": purpose}, who="officer")


def draw(world, pk=None):
    pk = pk or draft(world)
    do(world, "blank_draw", pk, "officer", "submit")
    return pk


def number(pk):
    with elevated():
        book = records.find(registry.object("blank_draw"), pk).book
        return book.number if book else None


def spoil(world, pk, reason="打印偏移"):
    with acting_as(SYSTEM), unit_of_work():
        records.find(registry.object("blank_draw"), pk).reason = reason
    do(world, "blank_draw", pk, "officer", "spoil")


def balance(lot):
    with acting_as(SYSTEM):
        session.expire_all()
        row = records.find(registry.object("blank_lot"), lot)
        found = row.received, row.drawn, row.spoilt, row.remaining
    session.remove()
    return found


def books():
    with elevated():
        model = registry.object("blank_book").model
        found = list(session.scalars(select(model.number).order_by(model.number)))
    session.remove()
    return found


def test_a_lot_is_a_row_for_each_number_and_books_are_drawn_in_order(world):
    lot = receive(world, "E0098", "E0101")
    assert books() == ["E0098", "E0099", "E0100", "E0101"]
    assert balance(lot) == (4, 0, 0, 4)
    made = [draw(world) for _ in range(3)]
    assert [number(pk) for pk in made] == ["E0098", "E0099", "E0100"]
    spoil(world, made[1])
    assert balance(lot) == (4, 2, 1, 1)
    do(world, "blank_draw", made[0], "officer", "use")
    draw(world)
    waiting = draft(world)
    with pytest.raises(Rejected) as found:
        draw(world, waiting)
    assert [(f.path, f.message) for f in found.value.faults] == [("book", "没有可领的空白本")]
    assert number(waiting) is None
    assert balance(lot) == (4, 3, 1, 0)


def test_what_is_free_may_depend_on_the_record_that_takes(world):
    """The condition of a take may read the form, as here the number that is asked for."""
    receive(world, "E1", "E3")
    pk = draft(world, "E2")
    obj = registry.object("blank_draw")
    action = next(one for one in registry.flow(obj.flow).actions if one.name == "submit")
    (taking,) = (one for one in action.effects if one.kind == "take")
    asked = taking.params | {"where": lambda book, env: book.number == env.form.purpose}
    with acting_as(SYSTEM), unit_of_work():
        record = records.find(obj, pk)
        case = engine.case_of(record)
        context = effects.context_of(obj, record, case, None)
        effects.run(replace(taking, params=asked), context)
    assert number(pk) == "E2"


def test_a_book_is_not_spoilt_without_a_reason(world):
    receive(world, "E1", "E2")
    pk = draw(world)
    with pytest.raises(Exception, match="先填写作废原因"):
        do(world, "blank_draw", pk, "officer", "spoil")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("E001", "E01", "起止号码的字头和位数应相同"),
        ("E001", "F009", "起止号码的字头和位数应相同"),
        ("E009", "E001", "终止号码小于起始号码"),
        ("E001", "E00X", "号码应以数字结尾"),
        ("E0001", "E9999", "一次最多 5000 个号码，请分批登记"),
        ("E050", "E060", "号码 E055 已登记过"),
    ],
)
def test_a_range_that_cannot_be_is_refused_beside_its_end_and_nothing_is_written(
    world, first, last, words
):
    receive(world, "E055", "E056")
    with pytest.raises(Rejected) as found:
        receive(world, first, last)
    assert [(f.path, f.message) for f in found.value.faults] == [("last", words)]
    assert books() == ["E055", "E056"]


@given(st.text("AE0", max_size=3), st.integers(0, 10**9), st.integers(0, 60), st.integers(0, 4))
@settings(max_examples=200, deadline=None)
def test_a_range_has_every_number_once_in_order(head, lowest, more, zeros):
    width = len(str(lowest + more)) + zeros
    first, last = (f"{head}{n:0{width}}" for n in (lowest, lowest + more))
    found = list(stock.numbers(first, last))
    assert (found[0], found[-1], len(found)) == (first, last, more + 1)
    assert found == sorted(set(found))


@given(st.lists(st.sampled_from(["receive", "draw", "use", "spoil"]), min_size=4, max_size=8))
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_done_nothing_is_missing_or_twice(world, deeds):
    lots, drawn, out = [], [], []
    first = len(books())
    for deed in ["receive", *deeds]:
        if deed == "receive":
            start = len(books())
            lots.append(receive(world, f"K{start:05}", f"K{start + 2:05}"))
        elif deed == "draw" and len(drawn) < 3 * len(lots):
            out.append(draw(world))
            drawn.append(number(out[-1]))
        elif out and deed in ("use", "spoil"):
            pk = out.pop(0)
            spoil(world, pk) if deed == "spoil" else do(world, "blank_draw", pk, "officer", "use")
    assert drawn == books()[first : first + len(drawn)]
    for lot in lots:
        received, used, spoilt, left = balance(lot)
        assert received - used - spoilt - left == 0
    rest = 3 * len(lots) - len(drawn)
    for _ in range(rest):  # the next example finds none left
        draw(world)


def test_fifty_drawers_at_once_get_fifty_books_without_a_gap(world):
    lot = receive(world, "E0001", f"E{DRAWERS + 5:04}")
    pks = [draft(world, f"第{n}件") for n in range(DRAWERS)]
    taken = at_once(DRAWERS, lambda n: do(world, "blank_draw", pks[n], "officer", "submit"))
    assert taken == [None] * DRAWERS
    assert sorted(number(pk) for pk in pks) == books()[:DRAWERS]
    assert balance(lot) == (DRAWERS + 5, DRAWERS, 0, 5)
