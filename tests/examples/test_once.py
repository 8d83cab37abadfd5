"""What stands in one record under way stands in no other, however it comes there: picked, followed, taken up again."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected, UserError
from app.core.expressions.env import make_env
from app.core.records import exclusivity
from app.core.records import service as records
from tests.examples.deeds import do, journey, save, write
from tests.examples.test_batches import batch, issued
from tests.examples.test_tolls import PEOPLE
from tests.harness.refusals import refused
from tests.harness.threads import at_once

ENTRY = {
    "serial": "20270301-1", "payer": "东局", "purpose": "学习交流", "amount": "200",
    "arrived_on": "2027-03-01",
}  # fmt: skip


def entry(world, **more):
    return save(world, "bank_entry", ENTRY | more, who="officer")


def bill(world, trip):
    return save(world, "toll_bill", {"journey": str(trip)}, who="officer")


def serials(world, pk):
    with acting_as(SYSTEM), elevated():
        session.remove()
        one = records.find(registry.object("toll_bill"), pk)
        return [row.entry.serial for row in one.receipts]


def look_again(world, pk, who="officer"):
    """Open and save as it stands: what follows is looked for anew."""
    obj = registry.object("toll_bill")
    with world.acting(who), unit_of_work():
        record = records.find(obj, pk)
        records.save(obj, record, records.raw_of(obj, record), complete=False)


def test_a_bank_row_is_booked_to_one_bill_only(world):
    entry(world)
    trips = [journey(world, travellers=PEOPLE), journey(world, travellers=PEOPLE)]
    first, second = (bill(world, trip) for trip in trips)
    assert (serials(world, first), serials(world, second)) == (["20270301-1"], [])
    look_again(world, first)  # its own rows are no obstacle to it
    assert serials(world, first) == ["20270301-1"]
    do(world, "toll_bill", first, "officer", "cancel")
    look_again(world, second)
    assert (serials(world, first), serials(world, second)) == (["20270301-1"], ["20270301-1"])


def test_what_stands_in_a_record_out_of_reach_is_taken_all_the_same(world):
    """The other bureau's clerk sees none of this bureau's bills, nor what they hold."""
    entry(world)
    east = bill(world, journey(world, travellers=PEOPLE))
    places = str(world.allotments["west2027"])
    west = journey(world, travellers=PEOPLE, allotment=places, by="other")
    with world.acting("other"):
        item = exclusivity.place_of("toll_receipt").item
        target = registry.object("bank_entry")
        assert session.scalars(select(registry.object("toll_bill").model)).all() == []
        query = select(target.model).where(exclusivity.free(target, item, None))
        assert session.scalars(query).all() == []
    assert serials(world, bill(world, west)) == []
    assert serials(world, east) == ["20270301-1"]


def test_of_two_bills_made_at_once_one_has_it(world):
    entry(world)
    trips = [journey(world, travellers=PEOPLE), journey(world, travellers=PEOPLE)]
    found = at_once(2, lambda number: bill(world, trips[number]))
    made = [pk for pk in found if not isinstance(pk, UserError)]
    assert sorted(serial for pk in made for serial in serials(world, pk)) == ["20270301-1"], found


def test_a_record_that_comes_back_does_not_take_what_another_has_by_now(world):
    entry(world)
    first = bill(world, journey(world, travellers=PEOPLE))
    do(world, "toll_bill", first, "officer", "cancel")
    second = bill(world, journey(world, travellers=PEOPLE))
    assert serials(world, second) == ["20270301-1"]
    with pytest.raises(Rejected) as caught:
        write("toll_bill", first, state="made")
    assert [one.path for one in caught.value.faults] == ["receipts.0.entry"]
    assert "已列入另一件办理中的“费用结算”" in caught.value.words
    do(world, "toll_bill", second, "officer", "cancel")
    write("toll_bill", first, state="made")


def test_no_way_of_writing_takes_what_is_taken(world):
    """What the system writes is asked by nobody what may be chosen: a draft that is applied, rows of an import."""
    rows = issued(world)
    obj = registry.object("card_batch")
    batch(world, rows[0])
    raw = {"name": "二批", "items": [{"applicant": str(rows[0])}]}
    with refused(Rejected, "1 处"), acting_as(SYSTEM), unit_of_work():
        records.save(obj, None, raw, complete=False, engine=True)
    twice = [raw | {"items": [{"applicant": str(rows[1])}], "name": name} for name in "甲乙"]
    with refused(Rejected, "2 处"), world.acting("officer"), unit_of_work():
        records.insert(obj, [records.bind_new(obj, one, make_env()).row for one in twice])


@settings(
    max_examples=max(5, settings.default.max_examples // 20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_random_bills(world, seed):
    """Whatever is made, saved, cancelled, deleted and paid in: no entry stands in two bills under way."""
    chance = random.Random(seed)
    with acting_as(SYSTEM), unit_of_work():
        obj = registry.object("allotment")
        places = records.find(obj, world.allotments["east2027"])
        records.save(obj, places, {"places": "1000"}, complete=False)
    trips = [journey(world, travellers=PEOPLE) for _ in range(2)]
    bills, serial = [], f"R{seed}-"
    for number in range(12):
        try:
            match chance.choice(("enter", "make", "save", "cancel", "back")):
                case "enter":
                    entry(world, serial=f"{serial}{number}")
                case "make":
                    bills.append(bill(world, chance.choice(trips)))
                case "save":
                    look_again(world, chance.choice(bills or [0]))
                case "cancel":
                    do(world, "toll_bill", chance.choice(bills or [0]), "officer", "cancel")
                case "back":
                    write("toll_bill", chance.choice(bills or [0]), state="made")
        except UserError:
            session.rollback()
        finally:
            session.remove()
        with acting_as(SYSTEM), elevated():
            model = registry.object("toll_bill").model
            alive = session.scalars(select(model).where(model.state != "dropped")).all()
            booked = [row.entry_id for one in alive for row in one.receipts]
            assert len(booked) == len(set(booked))
            session.remove()
