"""One list over two tables: an abstract object, those that extend it, and a reference to either."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.core.audit import verification
from app.core.db import abstract_views
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected
from app.core.records import back_references, display
from app.core.records import service as records
from app.core.records.queries import Filter
from tests.examples.deeds import do, paper
from tests.harness.refusals import refused
from tests.harness.selecting import select_rows


@pytest.fixture
def papers(world):
    """A passport in each bureau and a travel pass in the east; ids of two tables may be equal."""
    made = {
        "passport": paper(world, "passport", number="PE1234567", kind="affairs"),
        "west": paper(world, "passport", "west", number="PE7654321", kind="service", holder="李芳"),
        "travel_pass": paper(world, "travel_pass", number="C12345678", region="澳门"),
    }
    for name, pk in made.items():
        do(world, "travel_pass" if name == "travel_pass" else "passport", pk, "officer", "check_in")
    return made


def listed(world, who, **query):
    with world.acting(who):
        found = select_rows(registry.object("paper"), **query)
        return [(one.variant, one.number) for one in found.items]


def number_of(world, number):
    with world.acting("officer"):
        model = registry.object("paper").model
        return session.scalars(select(model).where(model.number == number)).one().id


def check(world, number, who="officer", **more):
    raw = {"paper": str(number), "checked_on": "2026-11-20", "sound": "1"} | more
    with world.acting(who), unit_of_work():
        return records.save(registry.object("paper_check"), None, raw, complete=True).id


def test_the_list_shows_all_papers_and_narrows_like_any_other(world, papers):
    everything = [
        ("travel_pass", "C12345678"),
        ("passport", "PE1234567"),
        ("passport", "PE7654321"),
    ]
    assert listed(world, "officer") == everything
    assert listed(world, "clerk") == everything[:2]
    assert listed(world, "other") == everything[2:]
    only = Filter("variant", "eq", "travel_pass")
    assert listed(world, "officer", filters=[only]) == everything[:1]
    assert listed(world, "officer", search_for="李芳") == everything[2:]


def test_each_has_its_own_table_and_rules(world, papers):
    with refused(Rejected, "2 个字母和 7 位数字"):
        paper(world, "passport", number="PE1", kind="affairs")
    with refused(Rejected, "证件已过期"):
        paper(world, "travel_pass", number="C2", region="香港", valid_until="2020-01-01")
    with elevated():
        tables = {
            name: session.execute(text(f"SELECT count(*) FROM {name}")).scalar()
            for name in ("ground_passport", "air_travel_pass", "ground_paper")
        }
    assert tables == {"ground_passport": 2, "air_travel_pass": 1, "ground_paper": 3}


def test_a_reference_names_either_and_keeps_a_key_for_each_table(world, papers):
    for number, key in (("PE1234567", "passport"), ("C12345678", "travel_pass")):
        pk = check(world, number_of(world, number))
        with world.acting("officer"):
            obj = registry.object("paper_check")
            row = records.find(obj, pk)
            assert (row.number, row.paper.number, row.paper.variant) == (number, number, key)
            assert getattr(row, f"paper_{key}_id") == papers[key]
            assert [row.paper_passport_id, row.paper_travel_pass_id].count(None) == 1
            assert display.text_of(obj, row, "paper") == f"{number} 王伟"
    changed = check_again(world, pk, number_of(world, "PE1234567"))
    assert changed == (papers["passport"], None)
    assert list(verification.verify()) == []


def check_again(world, pk, number):
    obj = registry.object("paper_check")
    with world.acting("officer"), unit_of_work():
        row = records.find(obj, pk)
        records.save(obj, row, records.raw_of(obj, row) | {"paper": str(number)}, complete=True)
    with world.acting("officer"):
        row = records.find(obj, pk)
        return row.paper_passport_id, row.paper_travel_pass_id


def test_filters_and_scope_lead_through_the_reference(world, papers):
    check(world, number_of(world, "PE7654321"))
    check(world, number_of(world, "C12345678"))
    obj = registry.object("paper_check")
    for who, filters, numbers in (
        ("officer", [], ["C12345678", "PE7654321"]),
        ("clerk", [], ["C12345678"]),
        ("officer", [Filter("paper.variant", "eq", "passport")], ["PE7654321"]),
        ("officer", [Filter("paper.holder", "contains", "王")], ["C12345678"]),
    ):
        with world.acting(who):
            found = select_rows(obj, filters=filters, columns=["paper", "paper.holder"])
            assert sorted(row.number for row in found.items) == numbers


def test_what_is_out_of_reach_or_may_not_be_chosen_is_refused(world, papers):
    with refused(Rejected, "不在您的范围内"):
        check(world, 999_999_999)
    with world.acting("officer"), unit_of_work():
        model = registry.object("passport").model
        session.get(model, papers["passport"]).valid_until = date(2020, 1, 1)
    with refused(Rejected, "请从列表中重新选择"):
        check(world, number_of(world, "PE1234567"))


def test_a_check_counts_among_what_refers_to_a_paper_of_its_kind(world, papers):
    check(world, number_of(world, "PE1234567"))
    obj = registry.object("passport")
    with world.acting("officer"):
        row = records.find(obj, papers["passport"])
        assert back_references.referring(obj, row) == [
            ("证件查验的证件", 1), ("护照出入库流水的护照", 2), ("护照存证的证件", 1),
        ]  # fmt: skip
        other = records.find(obj, papers["west"])
        assert back_references.referring(obj, other) == [
            ("护照出入库流水的护照", 2), ("护照存证的证件", 1),
        ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    ["paper_passport_id = NULL", "paper_travel_pass_id = 1", "paper_id = paper_id + 100"],
)
def test_the_database_itself_holds_that_one_is_filled(world, papers, change):
    check(world, number_of(world, "PE1234567"))
    with elevated(), pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE ground_paper_check SET {change}"))
    session.rollback()


def test_rows_are_found_by_an_index_and_not_by_looking_through(world, papers):
    number = number_of(world, "C12345678")
    with elevated():
        if session.get_bind().dialect.name == "sqlite":
            plan = session.execute(
                text(f"EXPLAIN QUERY PLAN SELECT * FROM ground_paper WHERE id IN ({number})")
            ).all()
            assert sum("_union" in line[-1] for line in plan) == 2, plan
        else:
            session.execute(text("SET enable_seqscan = off"))
            plan = session.execute(
                text(f"EXPLAIN SELECT * FROM ground_paper WHERE id IN ({number})")
            ).all()
            assert any("ux_air_travel_pass_union" in line[0] for line in plan), plan
    assert abstract_views.concrete(registry.object("paper"), number)[0].name == "travel_pass"


def test_the_list_shows_how_each_stands(world, papers):
    obj = registry.object("paper")
    with world.acting("officer"):
        found = select_rows(obj, filters=[Filter("state", "eq", "stored")]).items
        assert len(found) == 3
        assert {display.text_of(obj, one, "state") for one in found} == {"保管中"}
