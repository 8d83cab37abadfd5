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


def test_a_bulk_action_that_there_is_not_is_told(client_for: Any) -> None:
    client = client_for("liaison")
    for action in ("x", "submit"):
        answer = client.post(f"/PP17/bulk/{action}", data={"ids": "1"})
        assert answer.status_code in (403, 404)
