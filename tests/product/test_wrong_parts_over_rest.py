"""A part of a body that has another type than described is refused, also where it is empty."""

from typing import Any

import pytest
from flask import Flask

from tests.product.callers import caller, paths, refused

EMPTY = ("", 0, [], False, "x", 1, [1], True)


@pytest.mark.parametrize("given", EMPTY)
def test_values_are_an_object(at_office: Flask, given: Any) -> None:
    person = caller(at_office, "liaison")
    content = refused(person.call("POST", "delegation/", {"values": given}), 422)
    assert "values" in paths(content)
    assert person.get("delegation/")["total"] == 0


@pytest.mark.parametrize("number", [0xD800, 0xDFFF])
def test_half_a_character_is_refused_where_it_stands(at_office: Flask, number: int) -> None:
    half = chr(number)
    person = caller(at_office, "liaison")
    body = {"values": {"name": f"甲{half}乙", "members": [{"post": half}]}}
    content = refused(person.call("POST", "delegation/", body), 422)
    assert paths(content) == {"name", "members.0.post"}
    assert f"第 2 个字符无法识别（U+{number:04X}）" in content["faults"][0]["message"]
    assert paths(refused(person.call("POST", "delegation/", {"values": {half: "x"}}), 422)) == {""}
    assert person.get("delegation/")["total"] == 0
    answer = person.try_to("delegation", 1, "submit", comment=half)
    assert paths(refused(answer, 422)) == {"comment"}


def test_a_bulk_action_that_there_is_not_is_told(client_for: Any) -> None:
    client = client_for("liaison")
    for action in ("x", "submit"):
        answer = client.post(f"/PP17/bulk/{action}", data={"ids": "1"})
        assert answer.status_code in (403, 404)


LONG = "9" * 5000  # more digits than Python makes a number of


def test_a_number_of_5000_digits_is_no_number_anywhere_over_rest(at_office: Flask) -> None:
    person = caller(at_office, "liaison")
    refused(person.call("GET", f"delegation/{LONG}"), 404)
    refused(person.call("PATCH", f"delegation/{LONG}", {"values": {}}), 405)  # it is no record's
    body = {"values": {"leader": LONG, "members": [{"id": LONG, "person": LONG}]}}
    found = paths(refused(person.call("POST", "delegation/", body), 422))
    assert {"leader", "members.0.id"} <= found
    assert person.get(f"delegation/?page={LONG}&size={LONG}")["total"] == 0


def test_a_number_of_5000_digits_is_no_number_anywhere_on_a_page(client_for: Any) -> None:
    client = client_for("liaison")
    for path in (f"/PP17/{LONG}", f"/PP17/{LONG}/edit", f"/PP17/?page={LONG}&ids={LONG}"):
        assert client.get(path).status_code in (200, 404), path[:20]
    given = {"name": "团", "members": "1", f"members.{LONG}.post": "处长", "leader": LONG}
    answer = client.post("/PP17/new", data=given)
    assert answer.status_code in (200, 422)
    assert "Traceback" not in answer.text
    assert "没有办成" not in answer.text
