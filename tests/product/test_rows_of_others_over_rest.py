"""Rows of another unit are as if they were not there, on every path."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import Object, registry
from app.core.types import Ref
from app.web.api.schemas import is_typed
from tests.harness.people import open_person
from tests.product.callers import Caller, paths, refused, with_token
from tests.product.hostile import NOWHERE
from tests.product.rest_people import (
    WRITTEN,
    count,
    organisations,
    refused_status,
    role_for,
    somebody,
)


def rows_of_others(obj: Object, number: int) -> list[Any]:
    """Return records that belong to another unit than the one of that number."""
    mine = organisations()[number].id
    model: Any = obj.model
    with acting_as(SYSTEM), elevated():
        found = session.scalars(select(model).order_by(model.id)).unique().all()
        return [row for row in found if row.unit_id not in (mine, None)]


OF_UNITS = [
    name
    for name in WRITTEN
    if registry.object(name).scope.path == "unit_id" and role_for(name, "add") == "liaison"
]


@pytest.mark.both_databases
@pytest.mark.parametrize("name", OF_UNITS)
def test_rows_of_another_unit_are_as_if_they_were_not_there(
    demonstration: Flask, name: str
) -> None:
    person = somebody(demonstration, name)
    flow = registry.flow(registry.object(name).flow)
    before = count()
    for row in rows_of_others(registry.object(name), 0)[:3]:
        refused(person.call("GET", f"{name}/{row.id}"), 404)
        body = {"version": row.version, "values": {}}
        refused(person.call("PATCH", f"{name}/{row.id}", body), 404)
        refused(person.call("DELETE", f"{name}/{row.id}"), 404)
        refused(person.call("POST", f"{name}/preview", {"id": row.id}), 404)
        for action in flow.actions:
            status = refused_status(person.try_to(name, row.id, action.name))
            assert status in (403, 404), action.name
    assert count() == before


def references() -> list[tuple[str, str, str]]:
    """Return (object, path, target) of each reference to rows that belong to units."""
    found = []
    for name in OF_UNITS:
        obj = registry.object(name)
        places = [("", obj)] + [(c.name, registry.object(c.object)) for c in obj.children]
        for place, inner in places:
            for item in inner.fields:
                if type(item.type) is not Ref or not is_typed(item):
                    continue
                target = registry.object(item.type.object)
                if target.scope.path == "unit_id" or target.parent:
                    found.append((name, f"{place}.{item.name}".lstrip("."), target.name))
    return found


@pytest.mark.both_databases
@pytest.mark.parametrize(("name", "path", "target"), references())
def test_rows_of_another_unit_cannot_be_referred_to(
    demonstration: Flask, name: str, path: str, target: str
) -> None:
    person = somebody(demonstration, name)
    rows = rows_of_others(registry.object(target), 0)
    if not rows:
        pytest.skip("the demonstration has no such row of another unit")
    place, _, field = path.rpartition(".")
    row = {field: rows[0].id}
    values = {place: [row]} if place else row
    answer = refused(person.call("POST", f"{name}/", {"values": values}), 422)
    wanted = f"{place}.0.{field}" if place else field
    assert wanted in paths(answer)
    message = next(f["message"] for f in answer["faults"] if f["path"] == wanted)
    none = {place: [{field: NOWHERE}]} if place else {field: NOWHERE}
    nothing = refused(person.call("POST", f"{name}/", {"values": none}), 422)
    same = next(f["message"] for f in nothing["faults"] if f["path"] == wanted)
    assert message == same, "what is out of reach reads like what is not there"


def test_a_row_of_another_record_cannot_be_taken_over(liaison: Caller) -> None:
    lines = liaison.get("delegation/?size=100")["items"]
    drafts = [line["id"] for line in lines if line["state"]["code"] == "draft"]
    other = next(line["id"] for line in lines if line["id"] != drafts[0])
    taken = liaison.get(f"delegation/{other}")["values"]["members"][0]["id"]
    mine = liaison.get(f"delegation/{drafts[0]}")
    body = {"version": mine["version"], "values": {"members": [{"id": taken}]}}
    answer = refused(liaison.call("PATCH", f"delegation/{drafts[0]}", body), 422)
    assert "members.0" in paths(answer)
    assert liaison.get(f"delegation/{other}")["values"]["members"][0]["id"] == taken


@pytest.mark.both_databases
def test_a_draft_belongs_to_its_unit_and_an_application_to_its_person(
    demonstration: Flask, liaison: Caller, stranger: Caller
) -> None:
    pk = liaison.post("delegation/", values={"name": "一个草稿"})["id"]
    office = somebody(demonstration, "delegation", "pass")
    for nobody in (stranger, office):
        refused(nobody.call("GET", f"delegation/{pk}"), 404)
        assert pk not in [line["id"] for line in nobody.get("delegation/?size=100")["items"]]
    colleague = somebody(demonstration, "delegation")
    assert colleague.get(f"delegation/{pk}")["values"]["name"] == "一个草稿"
    first, second = (with_token(demonstration, open_person("applicant")) for _ in range(2))
    unit = first.post("unit/", values={"name": "甲单位"})["id"]
    refused(second.call("GET", f"unit/{unit}"), 404)
    refused(second.try_to("unit", unit, "submit"), 404)
