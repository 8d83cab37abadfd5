"""Lack of places is said as soon as it can be known: by the draft, at submission, at the first pass."""

import pytest

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, Rejected
from app.core.records import service as records
from app.flow import engine
from app.web.form import advice
from tests.examples.deeds import do, form, journey, people, save
from tests.examples.test_change import change, used
from tests.harness.refusals import refused

FULL = "“east2027”剩余 2，本次需要 3，超出 1"


def left(world, name, number):
    """Let so many places be left, as other cases would have left them."""
    with acting_as(SYSTEM), elevated(), unit_of_work():
        row = session.get(registry.object("allotment").model, world.allotments[name])
        row.used, row.remaining = 10 - number, number


def moved(world):
    """A change that moves a trip of three from the places of one year to the two left of another."""
    pk = journey(
        world, depart_on="2026-12-28", return_on="2026-12-30", allotment=str(world.allotments["east2026"])
    )  # fmt: skip
    left(world, "east2027", 2)
    after = {
        "depart_on": "2027-01-02",
        "return_on": "2027-01-04",
        "allotment": str(world.allotments["east2027"]),
    }
    return pk, after


def test_what_is_held_of_one_resource_is_not_left_of_another(world):
    pk, after = moved(world)
    with pytest.raises(Rejected) as caught:
        do(world, "journey_change", change(world, pk, after=after), "clerk", "submit")
    assert ("after.allotment", FULL) in [(f.path, f.message) for f in caught.value.faults]


def test_a_draft_shows_what_the_changed_record_takes(world, app):
    pk, after = moved(world)
    obj = registry.object("journey_change")
    raw = {"target": str(pk), "kind": "amend", "reason": "改期", "after": after}
    with app.app_context(), world.acting("clerk"):
        (card,) = advice.hold_cards(obj, records.preview(obj, None, raw).row)
    assert (card.resource, card.before, card.amount, card.after) == ("east2027", "2", "3", "-1")
    assert card.level == "error"


def test_who_passes_a_change_first_is_told_that_places_have_gone(world):
    pk = journey(world)
    pk = change(world, pk, after={"travellers": people(5)})
    do(world, "journey_change", pk, "clerk", "submit")
    left(world, "east2027", 1)
    words = "“east2027”剩余 4，本次需要 5，超出 1"
    with world.acting("officer"):
        record = records.find(registry.object("journey_change"), pk)
        (offer,) = (o for o in engine.offers(engine.case_of(record), record) if o.name == "pass")
        assert (offer.hindered, offer.refusal) == ("places", words)
    with refused(Conflict, words):
        do(world, "journey_change", pk, "officer", "pass")
    left(world, "east2027", 7)
    do(world, "journey_change", pk, "officer", "pass")
    do(world, "journey_change", pk, "director", "approve")
    assert used(world)[1] == 5


def test_a_returned_trip_that_still_holds_places_is_told_of_another_plan(world):
    this_year = {
        "allotment": str(world.allotments["east2026"]),
        "depart_on": "2026-12-01",
        "return_on": "2026-12-03",
    }
    pk = save(world, "journey", form(world, **this_year), attach="letter")
    do(world, "journey", pk, "clerk", "submit")
    do(world, "journey", pk, "officer", "send_back", target="draft")
    left(world, "east2027", 2)
    with world.acting("clerk"), unit_of_work():
        obj = registry.object("journey")
        record = records.find(obj, pk)
        raw = {
            "allotment": str(world.allotments["east2027"]),
            "depart_on": "2027-01-02",
            "return_on": "2027-01-04",
        }
        faults = records.check(obj, record, raw, complete=True)
    assert ("allotment", FULL) in [(f.path, f.message) for f in faults]
