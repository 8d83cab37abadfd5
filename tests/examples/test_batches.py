"""Batches: rows of many cases, each in one batch only, with places and days proposed and legs that follow."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected, UserError
from app.core.records import service as records
from tests.examples.deeds import do, save
from tests.examples.test_cards import act as judge
from tests.examples.test_cards import card, to_sign
from tests.harness.refusals import refused
from tests.harness.threads import at_once


def issued(world, **more):
    """A case whose cards are granted; return the ids of its rows."""
    _, pk = card(world, **more)
    to_sign(world, pk, "agreed", "agreed", "agreed")
    judge(world, pk, "director", "approve", "agreed", "agreed", "agreed")
    with world.acting("officer"):
        rows = records.find(registry.object("card_application"), pk).applicants
        return [row.id for row in rows]


def batch(world, *picked, name="一批", **more):
    rows = [{"applicant": str(pk)} for pk in picked]
    return save(world, "card_batch", {"name": name, "items": rows} | more, who="officer")


def form(world, pk):
    with world.acting("officer"):
        obj = registry.object("card_batch")
        return records.raw_of(obj, records.find(obj, pk))


def edit(world, pk, who, change):
    raw = form(world, pk)
    change(raw)
    with world.acting(who), unit_of_work():
        obj = registry.object("card_batch")
        records.save(obj, records.find(obj, pk), raw, complete=False)


def column(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_rows_of_several_cases_with_what_is_proposed(world):
    first, second = issued(world), issued(world, depart_on="2027-04-01", return_on="2027-04-03")
    pk = batch(world, first[0], first[1], second[0])
    found = form(world, pk)
    assert column(found["items"], "place", "submit_on") == [
        ("east", "2027-04-26"),
        ("west", "2027-04-26"),
        ("east", "2027-03-25"),
    ]
    assert column(found["legs"], "place") == [("east",), ("west",)]


def test_what_is_kept_is_not_made(world):
    rows = issued(world)
    with pytest.raises(Rejected, match="1 处"):
        batch(world, rows[2])


def test_a_row_stands_in_one_batch_only_until_that_is_cancelled(world):
    rows = issued(world)
    first = batch(world, rows[0])
    with refused(Rejected, "所选申办人不存在、不可选用"):
        batch(world, rows[0], name="二批")
    edit(world, first, "officer", lambda raw: None)  # its own rows are no obstacle to it
    do(world, "card_batch", first, "officer", "cancel")
    batch(world, rows[0], name="二批")


def test_two_who_pick_at_once_do_not_both_get_it(world):
    rows = issued(world)
    found = at_once(2, lambda n: batch(world, rows[0], name=("甲", "乙")[n]))
    assert sorted(isinstance(one, UserError) for one in found) == [False, True], found


def to_route(world, pk):
    do(world, "card_batch", pk, "officer", "submit")
    do(world, "card_batch", pk, "director", "pass", opinions={"审批意见": "同意"})


def test_the_director_overrides_a_place_with_a_reason_and_the_legs_follow(world):
    rows = issued(world)
    pk = batch(world, rows[0], rows[1])
    do(world, "card_batch", pk, "officer", "submit")
    edit(world, pk, "director", lambda raw: raw["items"][1].update(place="east"))
    with pytest.raises(Rejected) as caught:
        do(world, "card_batch", pk, "director", "pass")
    assert [fault.path for fault in caught.value.faults] == ["items.1.place_reason"]
    edit(world, pk, "director", lambda raw: raw["items"][1].update(place_reason="汉口检修"))
    do(world, "card_batch", pk, "director", "pass")
    edit(world, pk, "officer", lambda raw: None)
    assert column(form(world, pk)["legs"], "place") == [("east",)]


def test_legs_are_put_in_order_and_dated_in_time(world):
    rows = issued(world)
    pk = batch(world, rows[0], rows[1])
    to_route(world, pk)

    def dated(raw, *days):
        raw["legs"].reverse()
        for leg, day in zip(raw["legs"], days, strict=True):
            leg["arrive_on"] = day

    edit(world, pk, "officer", lambda raw: dated(raw, "2027-04-20", "2027-04-27"))
    assert column(form(world, pk)["legs"], "place") == [("west",), ("east",)]
    with pytest.raises(Rejected, match="1 处"):
        do(world, "card_batch", pk, "officer", "routed")
    edit(world, pk, "officer", lambda raw: dated(raw, "2027-04-20", "2027-04-21"))
    do(world, "card_batch", pk, "officer", "routed")
    with world.acting("officer"):
        assert records.find(registry.object("card_batch"), pk).state == "sent"


@settings(
    max_examples=max(5, settings.default.max_examples // 10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_random_histories(world, seed):
    """Whatever is picked, dropped, cancelled and sent on: no row stands in two batches under way."""
    chance = random.Random(seed)
    with acting_as(SYSTEM), unit_of_work():
        obj = registry.object("allotment")
        places = records.find(obj, world.allotments["east2027"])
        records.save(obj, places, {"places": "1000"}, complete=False)
    rows, batches = issued(world), []
    for _ in range(15):
        try:
            if not batches or chance.random() < 0.3:
                batches.append(batch(world, *chance.sample(rows, chance.randint(1, 2))))
            elif chance.random() < 0.4:
                picked = [{"applicant": str(pk)} for pk in chance.sample(rows, 1)]
                edit(
                    world,
                    chance.choice(batches),
                    "officer",
                    lambda raw, p=picked: raw.update(items=p),
                )
            else:
                action = chance.choice(("submit", "pass", "routed", "send_back", "cancel"))
                do(
                    world,
                    "card_batch",
                    chance.choice(batches),
                    chance.choice(("officer", "director")),
                    action,
                )
        except UserError:
            session.rollback()
        finally:
            session.remove()
        once(world)


def once(world):
    with acting_as(SYSTEM), elevated():
        session.remove()
        model = registry.object("card_batch").model
        alive = session.scalars(select(model).where(model.state != "dropped")).all()
        picked = [row.applicant_id for one in alive for row in one.items]
        assert len(picked) == len(set(picked))
        for one in alive:
            if one.state == "plan":
                assert {leg.place for leg in one.legs} == {row.place for row in one.items}
