"""Numbers in the list of an abstract object; what stands in tables and views is tried in tests/examples."""

from types import SimpleNamespace

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from app.core.db import abstract_views

PARTS = {"hall": ("desk_hall", 17), "court": ("desk_court", 64)}


@pytest.fixture
def tables():
    metadata = MetaData()
    return [
        Table("desk_place", metadata, Column("id", Integer), info={"union": PARTS}),
        Table("desk_hall", metadata, Column("id", Integer)),
    ]


def test_a_view_is_told_from_a_table(tables):
    assert abstract_views.views(tables[0].metadata) == tables[:1]
    assert abstract_views.parts(tables[0]) == PARTS
    assert abstract_views.parts(tables[1]) == {}


@pytest.mark.parametrize(("number", "name", "pk"), [(117, "hall", 1), (99_964, "court", 999)])
def test_a_number_leads_to_one_record_of_one_object(tables, monkeypatch, number, name, pk):
    place = SimpleNamespace(name="place", model=SimpleNamespace(__table__=tables[0]))
    monkeypatch.setattr(
        abstract_views.registry, "object", lambda wanted: wanted if wanted != "place" else place
    )
    assert abstract_views.concrete(place, number) == (name, pk)
    assert abstract_views.number(place, SimpleNamespace(name=name), pk) == number


def test_a_number_without_such_a_mark_stays_what_it_is(tables):
    place = SimpleNamespace(name="place", model=SimpleNamespace(__table__=tables[0]))
    assert abstract_views.concrete(place, 118) == (place, 118)
