"""A cabinet of the examples with passports in it: put in, lent, looked up."""

from tests.examples.deeds import at, do, get, paper, save, work
from tests.examples.test_custody import DUE
from tests.harness import cabinet

CARD = "420106199001011231"


def standing(monkeypatch, slots):
    """Run the simulator of a cabinet with so many slots, on the day on which loans are due."""
    with cabinet.running("--slots", str(slots)) as one:
        one.connect(monkeypatch)
        at(DUE)
        yield one


def taken_in(world, number="PE1234567"):
    pk = paper(world, "passport", number=number, kind="affairs")
    do(world, "passport", pk, "officer", "check_in")
    return pk


def stored(world, doors, number="PE1234567"):
    pk = taken_in(world, number)
    work()
    doors.door(no=doors.tasks[-1]["no"], did="put")
    work()
    return pk


def lend(world, pk):
    raw = {
        "paper": str(pk), "borrower": "王伟", "phone": "13912345678", "due_on": DUE.isoformat(),
        "taker_card": CARD,
    }  # fmt: skip
    return save(world, "passport_loan", raw, who="officer")


def place(pk):
    row = get("passport", pk)
    return row.place, row.slot
