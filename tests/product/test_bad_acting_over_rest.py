"""Acting twice, too late or without the right changes nothing and says why."""

from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.security import accounts
from app.security.models import Token
from tests.harness.people import open_person
from tests.product.callers import Caller, paths, refused, with_token
from tests.product.rest_people import REGISTRY, WRITTEN, count, organisations, somebody


@pytest.mark.both_databases
def test_who_saves_second_is_told(demonstration: Flask, liaison: Caller) -> None:
    colleague = somebody(demonstration, "delegation")
    made = liaison.post("delegation/", values={"name": "甲"})
    place, version = f"delegation/{made['id']}", made["version"]
    colleague.patch(place, values={"name": "乙"}, version=version)
    late = liaison.call("PATCH", place, {"values": {"name": "丙"}, "version": version})
    assert "他人修改" in refused(late, 409)["message"]
    assert liaison.get(place)["values"]["name"] == "乙"
    answer = liaison.call("PATCH", place, {"values": {"name": "丙"}})
    assert paths(refused(answer, 422)) == {"version"}
    for wrong_version in ("1", True, 1.5, [1]):
        body = {"values": {"name": "丙"}, "version": wrong_version}
        assert paths(refused(liaison.call("PATCH", place, body), 422)) == {"version"}


@pytest.mark.both_databases
def test_a_call_that_comes_twice_makes_one_record(liaison: Caller, stranger: Caller) -> None:
    key = {"Idempotency-Key": "the same form"}
    body = {"values": {"name": "甲"}}
    first = liaison.call("POST", "delegation/", body, headers=key)
    second = liaison.call("POST", "delegation/", body, headers=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["id"] == second.get_json()["id"]


@pytest.mark.both_databases
def test_submitting_twice_moves_once(demonstration: Flask) -> None:
    liaison = somebody(demonstration, "delegation")
    lines = liaison.get("delegation/?tab=draft&size=100")["items"]
    pk = next(pk for pk in (line["id"] for line in lines) if _whole(liaison, pk))
    steps = liaison.get(f"delegation/{pk}")["case"]["steps"]
    liaison.act("delegation", pk, "submit", expected=steps)
    for body in ({"expected": steps}, {}):
        refused(liaison.try_to("delegation", pk, "submit", **body), 409)
    assert liaison.get(f"delegation/{pk}")["case"]["steps"] == steps + 1


def _whole(person: Caller, pk: int) -> bool:
    return not paths(person.get(f"delegation/{pk}?check=1"))


@pytest.mark.both_databases
def test_a_right_that_is_taken_away_is_gone_at_once(demonstration: Flask) -> None:
    user_id = open_person("liaison", org=organisations()[0])
    liaison = with_token(demonstration, user_id)
    pk = liaison.post("delegation/", values={"name": "甲"})["id"]
    with acting_as(SYSTEM), unit_of_work():
        user = session.get(User, user_id)
        user.roles.clear()
    before = count()
    refused(liaison.call("GET", "delegation/"), 403)
    refused(liaison.call("POST", "delegation/", {"values": {}}), 403)
    refused(liaison.call("PATCH", f"delegation/{pk}", {"version": 1, "values": {}}), 403)
    refused(liaison.try_to("delegation", pk, "submit"), 403)
    refused(liaison.call("POST", "delegation/files/material.request"), 403)
    assert count() == before
    with acting_as(SYSTEM), unit_of_work():
        accounts.close(accounts.get(user_id), "离职")
    refused(liaison.call("GET", "delegation/"), 401)


def test_a_token_that_is_taken_back_is_nothing(demonstration: Flask, liaison: Caller) -> None:
    with acting_as(SYSTEM), unit_of_work():
        session.query(Token).delete()
    refused(liaison.call("GET", "delegation/"), 401)


@pytest.mark.parametrize("name", WRITTEN)
def test_who_may_only_look_may_not_write(demonstration: Flask, name: str) -> None:
    held: dict[str, set[str]] = {}
    for function in REGISTRY.by_object[name]:
        for role, operations in function.grants:
            held.setdefault(role, set()).update(operations)
    for role, operations in held.items():
        org = organisations()[0] if registry.role(role).reach == "unit" else None
        person = with_token(demonstration, open_person(role, org=org))
        if "add" not in operations:
            refused(person.call("POST", f"{name}/", {"values": {}}), 403)
        if "edit" not in operations:
            body = {"version": 1, "values": {}}
            refused(person.call("PATCH", f"{name}/1", body), 403)
        if "delete" not in operations:
            refused(person.call("DELETE", f"{name}/1"), 403)
        if not operations & {"add", "edit"}:
            refused(person.call("POST", f"{name}/preview", {"values": {}}), 403)
            refused(person.call("POST", f"{name}/files/material.x"), 403)
        flow = registry.flow_of(name)
        for action in flow.actions if flow else ():
            if action.name not in operations:
                refused(person.try_to(name, 1, action.name), 403)


WRONG_ACTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "comment": ({"comment": 5}, "comment"),
    "long": ({"comment": "长" * 2001}, "comment"),
    "no comment": ({"target": "draft"}, "comment"),
    "target": ({"comment": "x", "target": 5}, "target"),
    "nowhere": ({"comment": "x", "target": "approved"}, "target"),
    "checks": ({"comment": "x", "checks": "完整性"}, "checks"),
    "check": ({"comment": "x", "checks": [1]}, "checks"),
    "opinions": ({"comment": "x", "opinions": []}, "opinions"),
    "opinion": ({"comment": "x", "opinions": {"没有这一栏": "y"}}, "opinions"),
    "opinion number": ({"comment": "x", "opinions": {"办理意见": 5}}, "opinions"),
    "expected": ({"comment": "x", "expected": "1"}, "expected"),
    "marks": ({"comment": "x", "marks": {}}, "marks"),
    "mark": ({"comment": "x", "marks": [5]}, "marks"),
    "mark target": ({"comment": "x", "marks": [{"target": "material.nothing"}]}, "marks"),
    "mark label": (
        {"comment": "x", "marks": [{"target": "field.name", "labels": "x"}]},
        "marks.0.labels",
    ),
    "mark rework": (
        {"comment": "x", "marks": [{"target": "field.name", "rework": 1}]},
        "marks.0.rework",
    ),
    "mark more": ({"comment": "x", "marks": [{"target": "field.name", "x": 1}]}, "marks.0.x"),
    "unknown": ({"comment": "x", "colour": 1}, "colour"),
}


@pytest.mark.both_databases
def test_what_is_wrong_with_an_action_is_named(demonstration: Flask) -> None:
    reception = with_token(demonstration, open_person("fao_reception"))
    pk = reception.get("delegation/?function=PP18")["items"][0]["id"]
    steps = reception.get(f"delegation/{pk}")["case"]["steps"]
    before = count()
    for kind, (body, path) in WRONG_ACTIONS.items():
        answer = refused(reception.try_to("delegation", pk, "send_back", **body), 422)
        assert paths(answer) == {path}, kind
    refused(reception.try_to("delegation", pk, "nothing"), 403)
    refused(reception.try_to("delegation", pk, "send_back", comment="x", expected=0), 409)
    assert count() == before
    assert reception.get(f"delegation/{pk}")["case"]["steps"] == steps
    zero = {"comment": "零\x00字符", "target": "draft"}
    answer = refused(reception.try_to("delegation", pk, "send_back", **zero), 400)
    assert "空字符" in answer["message"]
