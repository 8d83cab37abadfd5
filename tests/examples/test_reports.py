"""Reports: dimensions with several values, totals of distinct records, sums taken once, scope, drill-down."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import floor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.expressions.expr_rows import Wide
from app.reports.arguments import Asked
from app.reports.facts import Facts
from app.reports.table import NOTHING, table, text
from tests.harness.statements import heard

# unit, month, days, places, grades of the travellers; the last one is not approved
JOURNEYS = (
    ("east", 3, 5, ("north", "north", "coast"), ("head", "staff")),
    ("east", 3, 2, ("south",), ("staff", "staff", "deputy")),
    ("west", 4, 4, (), ("head",)),
    ("west", 4, 1, ("north",), ("staff",)),
)


def put(world, journeys=JOURNEYS, state="approved"):
    model = registry.object("journey").model
    row, stop = registry.object("traveller").model, registry.object("journey_stop").model
    with acting_as(SYSTEM), unit_of_work():
        for unit, month, days, places, grades in journeys:
            record = model(
                name=f"{unit}{month}月", unit_id=world.bureaus[unit], days=days, state=state,
                depart_on=date(2027, month, 10), headcount=len(grades),
            )  # fmt: skip
            record.travellers = [
                row(name=f"人{n}", grade=grade, position=n) for n, grade in enumerate(grades)
            ]
            record.stops = [
                stop(place=place, nights=1, position=n) for n, place in enumerate(places)
            ]
            session.add(record)
    session.remove()


def asked(name="", **changes):
    model = registry.report_model("journeys")
    report = next((item for item in model.reports if item.name == name), model.reports[0])
    rows, columns = changes.pop("rows", report.rows), changes.pop("columns", report.columns)
    show = changes.pop("show", report.show)
    return Asked(
        model=model, rows=model.dimension(rows), columns=model.dimension(columns),
        show=tuple(model.measure(item) for item in show), **changes,
    )  # fmt: skip


def ask(world, who, question):
    with world.acting(who) as actor, acting_as(actor, "RP01"):
        return table(question)


def lines(found):
    """The table as text, the total in the last line."""
    show = found.asked.show
    said = {
        head.title: tuple(text(m, v) for m, v in zip(show, found.row_totals[head.key], strict=True))
        for head in found.rows
    }
    return said, tuple(text(m, v) for m, v in zip(show, found.whole, strict=True))


def test_a_journey_counts_once_in_each_place_and_once_in_the_total(world):
    put(world)
    put(world, [("east", 5, 9, ("coast",), ("head",))], state="review")
    found = ask(world, "officer", asked("by_place", columns="", show=("journeys", "persons")))
    rows, whole = lines(found)
    assert rows == {
        "北城": ("2", "3"), "南城": ("1", "3"), "海滨": ("1", "2"), NOTHING: ("1", "1")
    }  # fmt: skip
    assert whole == ("4", "7")


def test_only_the_rows_on_the_way_that_hold_divide_the_facts(world):
    """Where nobody stays the night is no group, and what stays nowhere stands under none."""
    put(world)
    stop = registry.object("journey_stop").model
    with acting_as(SYSTEM), unit_of_work():
        for row in session.scalars(select(stop).where(stop.place.in_(("coast", "south")))):
            row.nights = 0
    question = asked("by_place", rows="night", columns="", show=("journeys", "persons"))
    rows, whole = lines(ask(world, "officer", question))
    assert rows == {"北城": ("2", "3"), NOTHING: ("2", "4")}
    assert whole == ("4", "7")
    only = replace(question, only={"night": (None,)})
    assert lines(ask(world, "officer", only))[1] == ("2", "4")


def test_a_number_of_the_journey_is_added_once_however_many_travel(world):
    put(world)
    rows, whole = lines(ask(world, "officer", asked("by_month")))
    assert rows == {"2027-03": ("2", "5", "7", "3.5"), "2027-04": ("2", "2", "5", "2.5")}
    assert whole == ("4", "7", "12", "3.0")
    rows, whole = lines(ask(world, "officer", asked("by_grade")))
    assert rows == {
        "主要负责人": ("2", "2", "9"), "副职": ("1", "1", "2"), "其他人员": ("4", "3", "10")
    }  # fmt: skip
    assert whole == ("7", "4", "21")


def test_rows_by_columns_have_margins_of_their_own(world):
    put(world)
    found = ask(world, "officer", asked("by_place"))
    assert [head.title for head in found.columns] == ["主要负责人", "副职", "其他人员"]
    assert found.cells["north", "head"] == (1,)
    assert found.cells["north", "staff"] == (2,)
    assert found.row_totals["north"] == (3,)
    assert found.column_totals["head"] == (2,)
    assert found.whole == (7,)


def test_a_measure_may_have_a_condition_and_an_expression_may_divide(world):
    put(world)
    question = asked(rows="length", show=("journeys", "heads"), columns="")
    rows, whole = lines(ask(world, "officer", question))
    assert rows == {"三天以上": ("2", "2"), "三天以内": ("2", "0")}
    assert whole == ("4", "2")


def test_a_quotient_is_divided_anew_in_each_group_and_in_the_total(world):
    """The total is the quotient of the totals, no mean of the groups; nobody divides by nothing."""
    put(world)
    found = ask(world, "officer", asked("shares"))
    rows, whole = lines(found)
    assert rows == {"east": ("20.0%", "8.00"), "west": ("50.0%", "2.50")}
    assert whole == ("28.6%", "5.25")
    few = asked("shares", since=date(2030, 1, 1))
    assert lines(ask(world, "officer", few)) == ({}, ("—", "—"))
    few = ask(world, "officer", asked("by_place", show=("head_share",)))
    assert few.cell("south", "head") == (None,)
    assert few.cell("north", "head") == (1000,)
    assert few.whole == (286,)


def test_behind_a_quotient_stand_the_records_of_the_whole(world):
    put(world)
    question = asked("shares", only={"bureau": (world.bureaus["west"],)})
    share, load = (question.model.measure(name) for name in question.model.reports[-1].show)
    with world.acting("officer") as actor, acting_as(actor, "RP01"):
        assert Facts(question).number(share) == 2  # persons
        people = session.scalars(Facts(question).behind(share)).all()
        assert sorted(one.grade for one in people) == ["head", "staff"]
        trips = session.scalars(Facts(question).behind(load)).all()
        assert [one.name for one in trips] == ["west4月", "west4月"]


def test_it_is_limited_by_dates_and_by_groups(world):
    put(world)
    march = asked("by_month", since=date(2027, 3, 1), until=date(2027, 3, 31))
    assert lines(ask(world, "officer", march))[1] == ("2", "5", "7", "3.5")
    coast = asked("by_place", columns="", show=("persons",), only={"place": ("coast", None)})
    assert lines(ask(world, "officer", coast)) == ({"海滨": ("2",), NOTHING: ("1",)}, ("3",))


def test_everybody_counts_what_they_may_see(world):
    put(world)
    east, west = world.bureaus["east"], world.bureaus["west"]
    found = ask(world, "officer", asked("by_bureau"))
    assert {head.key: found.row_totals[head.key] for head in found.rows} == {
        east: (2, 5), west: (2, 2)
    }  # fmt: skip
    found = ask(world, "clerk", asked("by_bureau"))
    assert {head.key: found.row_totals[head.key] for head in found.rows} == {east: (2, 5)}
    assert found.whole == (2, 5)
    with acting_as(world.actors["clerk"], "EX04"):  # not granted to a clerk: reaches nothing
        assert table(asked("by_bureau")).whole == (0, 0)


def test_a_report_is_one_statement_and_the_names_of_records_another(world):
    put(world)
    for name, most in (("by_place", 1), ("by_month", 1), ("by_bureau", 2)):
        with world.acting("officer") as actor, acting_as(actor, "RP01"):
            table(asked(name))  # dictionaries are read once
            with heard() as ran:
                table(asked(name))
        assert len(ran) == most, (name, ran)


def test_what_a_fact_refers_to_is_looked_up_once(world):
    put(world)
    table_of_journeys = registry.object("journey").model.__tablename__
    with world.acting("officer") as actor, acting_as(actor, "RP01"):
        for name in ("by_bureau", "by_month"):
            with heard() as ran:
                table(asked(name, since=date(2026, 3, 1)))
            (statement,) = [one for one in ran if "WITH facts" in one]
            assert statement.count(f" {table_of_journeys} AS ") == 1, statement
        with heard() as ran:
            table(asked("by_place"))
        (statement,) = [one for one in ran if "each_place" in one]
        groups = statement.partition("each_place")[2].partition("UNION ALL")[0]
        assert ".id = facts.id" in groups, "others' places are not read"
        assert "IN (SELECT facts.id" not in groups, (
            "SQLite would look through all of them for each fact"
        )


def test_a_fact_may_have_a_field_of_any_name(world):
    device = registry.object("capture_device").model  # the name and the model of a thing
    assert Wide(aliased(device)).model.key == "model"


def test_behind_each_figure_stand_its_records(world):
    put(world)
    model = registry.report_model("journeys")
    question = asked("by_place", only={"place": ("north",), "grade": ("staff",)})
    with world.acting("officer") as actor, acting_as(actor, "RP01"):
        facts = Facts(question)
        people = session.scalars(facts.behind(model.measure("persons"))).all()
        trips = session.scalars(facts.behind(model.measure("journeys"))).all()
        assert facts.number(model.measure("persons")) == len(people) == 2
        assert sorted(one.name for one in trips) == ["east3月", "west4月"]
    with world.acting("clerk") as actor, acting_as(actor, "RP01"):
        trips = session.scalars(Facts(question).behind(model.measure("journeys"))).all()
        assert [one.name for one in trips] == ["east3月"]


PLACES, GRADES = ("north", "south", "coast"), ("head", "deputy", "staff", None)
one_journey = st.tuples(
    st.sampled_from(("east", "west")), st.integers(1, 12), st.integers(1, 9),
    st.lists(st.sampled_from(PLACES), max_size=4), st.lists(st.sampled_from(GRADES), max_size=4),
)  # fmt: skip


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(journeys=st.lists(one_journey, max_size=6))
def test_every_figure_is_what_counting_by_hand_gives(world, journeys):
    _clear()
    put(world, journeys)
    facts = [
        (number, days, set(places) or {None}, grade)
        for number, (_, _, days, places, grades) in enumerate(journeys)
        for grade in grades
    ]
    found = ask(world, "officer", asked("by_place", show=("persons", "journeys", "heads")))
    for head in found.rows:
        mine = [fact for fact in facts if head.key in fact[2]]
        assert found.row_totals[head.key] == _counted(mine)
        for column in found.columns:
            cell = [fact for fact in mine if fact[3] == column.key]
            assert found.cells.get((head.key, column.key), (0, 0, 0)) == _counted(cell)
    assert {head.key for head in found.rows} == {key for fact in facts for key in fact[2]}
    assert found.whole == _counted(facts)
    _nested(world, facts)
    by_grade = ask(world, "officer", asked("by_grade", show=("days", "person_days")))
    for head in by_grade.rows:
        mine = [fact for fact in facts if fact[3] == head.key]
        assert by_grade.row_totals[head.key] == _added(mine)
    assert by_grade.whole == _added(facts)
    quotients = ask(world, "officer", asked("by_grade", show=("head_share", "load")))
    for head in quotients.rows:
        mine = [fact for fact in facts if fact[3] == head.key]
        assert quotients.row_totals[head.key] == _divided(mine)
    assert quotients.whole == _divided(facts)


def _nested(world, facts):
    """Rows within rows: of each place its grades, each divided by the length of the journey."""
    question = asked("by_place", columns="length", show=("persons", "journeys", "heads"))
    question = replace(question, inner=question.model.dimension("grade"))
    found = ask(world, "officer", question)
    lines = list(found.lines())
    for line in lines:
        mine = [fact for fact in facts if line.row.key in fact[2]]
        if line.inner is not None:
            mine = [fact for fact in mine if fact[3] == line.inner.key]
            assert mine
        assert line.total == _counted(mine)
        for side, cell in zip(found.columns, line.cells, strict=True):
            long = side.key == "三天以上"
            assert cell == _counted([fact for fact in mine if (fact[1] > 3) == long])
    pairs = {(line.row.key, line.inner.key) for line in lines if line.inner is not None}
    assert pairs == {(key, fact[3]) for fact in facts for key in fact[2]}


def _counted(facts):
    return len(facts), len({fact[0] for fact in facts}), sum(fact[3] == "head" for fact in facts)


def _added(facts):
    return sum({fact[0]: fact[1] for fact in facts}.values()), sum(fact[1] for fact in facts)


def _divided(facts):
    persons, journeys, heads = _counted(facts)
    if not facts:
        return None, None
    share, load = Fraction(1000 * heads, persons), Fraction(100 * _added(facts)[1], journeys)
    return floor(share + Fraction(1, 2)), floor(load + Fraction(1, 2))


def _clear():
    with acting_as(SYSTEM), unit_of_work():
        for record in session.scalars(select(registry.object("journey").model)):
            session.delete(record)
    session.remove()


@pytest.fixture(autouse=True)
def _nothing_left(world):
    with acting_as(SYSTEM):
        assert session.scalar(select(func.count(registry.object("journey").model.id))) == 0
    session.remove()
