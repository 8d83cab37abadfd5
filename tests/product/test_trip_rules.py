"""What the rules of a trip say of its dates and words; the policies behind them are the shipped ones."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import registry
from tests.product.callers import Caller

pytestmark = pytest.mark.functions("PP17")
TRIP = {"name": "赴德国职业教育合作团组", "kind": "own", "publicized": True}


def said(person: Caller, path: str, **values: Any) -> list[str]:
    """Return what the draft's form says of a field."""
    answer = person.post("delegation/", values={**TRIP, **values})
    return [fault["message"] for fault in answer["faults"] if fault["path"] == path]


@pytest.mark.parametrize(
    ("last", "over"), [("2026-11-23", True), ("2026-11-24", False), ("2026-11-25", False)]
)
def test_a_trip_is_handed_in_after_the_last_day_of_its_publicity(
    liaison: Caller, last: str, over: bool
) -> None:
    found = said(liaison, "publicized_until", publicized_from="2026-11-09", publicized_until=last)
    assert any("公示期满" in text for text in found) is not over


@pytest.mark.parametrize(
    ("first", "last", "enough"),
    [
        ("2026-11-16", "2026-11-20", True),  # Monday to Friday
        ("2026-11-14", "2026-11-20", True),  # from a Saturday
        ("2026-11-14", "2026-11-19", False),  # a Saturday is no working day of publicity
        ("2026-11-17", "2026-11-22", False),
    ],
)
def test_publicity_is_counted_in_working_days_with_both_ends(
    liaison: Caller, first: str, last: str, enough: bool
) -> None:
    found = said(liaison, "publicized_until", publicized_from=first, publicized_until=last)
    assert any("公示时间少于" in text for text in found) is not enough


@pytest.mark.parametrize(
    ("task", "purpose", "warned"),
    [
        ("赴柏林学习先进经验", None, True),
        ("赴柏林考察先进经验", None, True),
        ("赴柏林学习先进经验", "academic", True),
        ("赴柏林学习先进经验", "training", False),
        ("与柏林职业教育中心签署合作协议", None, False),
    ],
)
def test_empty_words_of_a_task_are_warned_of(
    liaison: Caller, task: str, purpose: str | None, warned: bool
) -> None:
    assert bool(said(liaison, "task", task=task, purpose=purpose)) is warned


def test_the_help_of_the_task_names_the_words_that_the_rule_warns_of() -> None:
    delegation = registry.object("delegation")
    rule = next(rule for rule in delegation.rules if rule.name == "task_words")
    words = ["参观", "考察", "调研", "学习"]
    for text in (delegation.field("task").help, rule.error):
        assert [word for word in words if f"“{word}”" in text] == words


def land(name: str) -> int:
    """Return the id of a country by its name."""
    model: Any = registry.object("country").model
    with acting_as(SYSTEM), elevated():
        return session.scalars(select(model.id).where(model.short == name)).one()


def test_a_stopover_is_no_country_that_is_visited(liaison: Caller) -> None:
    stops = [{"country": land("德国")}, {"country": land("奥地利"), "transit": True}]
    made = liaison.post("delegation/", values={**TRIP, "stops": stops})
    read = liaison.get(f"delegation/{made['id']}")["values"]
    assert (read["country_count"], read["countries"]) == (1, "德国")
    stops[1]["transit"] = False
    made = liaison.post("delegation/", values={**TRIP, "stops": stops})
    read = liaison.get(f"delegation/{made['id']}")["values"]
    assert (read["country_count"], read["countries"]) == (2, "德国、奥地利")


def test_countries_that_the_plan_does_not_name_are_warned_of(liaison: Caller) -> None:
    model: Any = registry.object("plan_item").model
    with acting_as(SYSTEM), elevated():
        items = session.scalars(select(model).order_by(model.id)).all()
        first = items[0].unit_id
        plan = next(
            item
            for item in items
            if item.unit_id == first and item.remaining > 0 and item.parent.state == "approved"
        )
        named, depart_on = [one.id for one in plan.countries], f"{plan.year}-12-20"
    other = next(pk for pk in (land("德国"), land("奥地利"), land("法国")) if pk not in named)
    stops = [{"country": named[0]}, {"country": other}, {"country": other, "transit": True}]
    values = {"plan": plan.id, "depart_on": depart_on, "stops": stops}
    told = [said(liaison, f"stops.{n}.country", **values) for n in range(3)]
    assert ["没有它" in "".join(words) for words in told] == [False, True, False]
