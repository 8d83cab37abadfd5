"""A cabinet that is counted: what differs, what is done about it, and how the count is closed."""

import pytest

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected
from app.core.records import service as records
from tests.examples.cabinets import standing, stored, taken_in
from tests.examples.deeds import do, get, save, work

A, B, C, D = "PE0000001", "PE0000002", "PE0000003", "PE0000004"
CLOSED = ("盘库报告已打印存档",)


@pytest.fixture
def doors(monkeypatch):
    yield from standing(monkeypatch, slots=8)


def ordered(world, device="1"):
    pk = save(world, "passport_inventory", {"device": device}, who="officer")
    do(world, "passport_inventory", pk, "officer", "submit")
    work()
    return pk


def lines(pk, name="lines"):
    """What each line says: number: (where the system has it, where it lies, what follows)."""
    return {n: (row.expected, row.slot, row.result) for n, row in lined(pk, name).items()}


def lined(pk, name="lines"):
    with acting_as(SYSTEM), elevated():
        return {row.number: row for row in getattr(get("passport_inventory", pk), name)}


def settle(world, pk, **ways):
    """Write what is done about differences: number={way: …, reason: …}."""
    obj = registry.object("passport_inventory")
    with world.acting("officer"), unit_of_work():
        record = records.find(obj, pk)
        raw = records.raw_of(obj, record)["differences"]
        for row in raw:
            row |= ways.get(row["number"], {})
        records.save(obj, record, {"differences": raw}, complete=False)


def close(world, pk):
    do(world, "passport_inventory", pk, "officer", "pass", checks=CLOSED)


def faults(world, pk):
    with pytest.raises(Rejected) as refused:
        close(world, pk)
    return [fault.message for fault in refused.value.faults]


def state(pk):
    return get("passport_inventory", pk).state


def mixed(world, doors):
    """A misplaced, B gone, C found that is at the counter, one found that nobody knows."""
    papers = {number: stored(world, doors, number) for number in (A, B)}
    papers[C] = taken_in(world, C)
    work()
    doors.door(**{"from": "A01", "to": "A05"})
    doors.door(slot="A02", number="")
    doors.door(no=doors.tasks[-1]["no"], did="nothing")  # C was put aside …
    work()
    doors.door(slot="A06", number=C)  # … and put in by somebody later
    doors.door(slot="A07", number="XX99")
    return papers, ordered(world)
