"""Bodies, addresses and questions that make no sense are answered in words."""

import json

import pytest
from flask import Flask

from app.core.declare import registry
from app.web.views.columns import possible
from tests.product.callers import Caller, paths, refused
from tests.product.rest_people import READ, REGISTRY, WRITTEN, count, refused_status, somebody

BODIES: dict[str, tuple[bytes, str, int]] = {
    "nothing": (b"", "application/json", 400),
    "no json": (b"{values: 1}", "application/json", 400),
    "half": (b'{"values": {"name": "x"', "application/json", 400),
    "list": (b"[]", "application/json", 400),
    "text": (b'"x"', "application/json", 400),
    "null": (b"null", "application/json", 400),
    "nan": (b'{"values": {"headcount": NaN}}', "application/json", 400),
    "infinity": (b'{"values": {"headcount": -Infinity}}', "application/json", 400),
    "twice": (b'{"values": {"name": "a", "name": "b"}}', "application/json", 400),
    "digits": (b'{"values": {"headcount": ' + b"9" * 5000 + b"}}", "application/json", 400),
    "utf-16": ('{"values": {}}'.encode("utf-16"), "application/json", 400),
    "latin": (b'{"values": {"name": "\xe9"}}', "application/json", 400),
    "deep": (b'{"values": ' + b'{"a": ' * 30 + b"1" + b"}" * 30 + b"}", "application/json", 400),
    "very deep": (b'{"values": ' + b"[" * 100_000, "application/json", 400),
    "form": (b"values=1", "application/x-www-form-urlencoded", 415),
    "no type": (b'{"values": {}}', "", 415),
    "xml": (b"<values/>", "application/xml", 415),
    "huge": (b'{"values": {"name": "' + b"x" * 3_000_000 + b'"}}', "application/json", 413),
    "unknown": (b'{"value": {}, "colour": 1}', "application/json", 422),
    "values is a list": (b'{"values": [1]}', "application/json", 422),
    "materials is a list": (b'{"values": {}, "materials": [1]}', "application/json", 422),
}


@pytest.mark.parametrize("kind", BODIES)
def test_bodies_that_cannot_be_read_are_refused_in_words(liaison: Caller, kind: str) -> None:
    content, media, status = BODIES[kind]
    before = count()
    for method, path in (("POST", "delegation/"), ("POST", "delegation/preview")):
        answer = liaison.call(method, path, data=content, content_type=media)
        refused(answer, status)
    pk = liaison.get("delegation/?tab=draft")["items"][0]["id"]
    for method, path in (
        ("PATCH", f"delegation/{pk}"),
        ("POST", f"delegation/{pk}/actions/submit"),
    ):
        refused(liaison.call(method, path, data=content, content_type=media), status)
    assert count() == before


def test_unknown_names_are_named(liaison: Caller) -> None:
    answer = refused(liaison.call("POST", "delegation/", {"values": {}, "colour": 1}), 422)
    assert paths(answer) == {"colour"}
    answer = refused(
        liaison.call("POST", "delegation/", {"values": {"colour": 1, "nmae": "x"}}), 422
    )
    assert paths(answer) == {"colour", "nmae"}


def test_methods_and_addresses_that_do_not_exist_are_said(liaison: Caller) -> None:
    refused(liaison.call("PUT", "delegation/1", {}), 405)
    refused(liaison.call("DELETE", "delegation/"), 405)
    refused(liaison.call("GET", "nothing/"), 404)
    refused(liaison.call("GET", "delegation/abc"), 404)
    refused(liaison.call("POST", "plan_item/", {"values": {}}), 405)
    refused(liaison.call("GET", "delegation_member/"), 404)


@pytest.mark.both_databases
@pytest.mark.parametrize("name", WRITTEN)
def test_records_that_do_not_exist_are_not_found(demonstration: Flask, name: str) -> None:
    person = somebody(demonstration, name)
    flow = registry.flow_of(name)
    submit = next((a.name for a in flow.actions if a.kind == "submit"), "") if flow else ""
    for pk in ("0", "-1", "999999999", "999999999999999999", "9" * 30, "1.5", "1'--"):
        refused(person.call("GET", f"{name}/{pk}"), 404)
        change = person.call("PATCH", f"{name}/{pk}", {"version": 1, "values": {}})
        assert refused_status(change) in (404, 405), pk  # what is no number is no address to change
        if submit:
            refused(person.try_to(name, pk, submit), 404)  # type: ignore[arg-type]
        refused(person.call("GET", f"{name}/{pk}/files/1"), 404)


ASKED = (
    "",
    "x",
    "%",
    "_",
    "'",
    "1",
    "-1",
    "9" * 40,
    "1e400",
    "NaN",
    "9999-12-31",
    "0001-01-01",
)


@pytest.mark.both_databases
@pytest.mark.parametrize("name", READ)
def test_lists_answer_whatever_they_are_asked(demonstration: Flask, name: str) -> None:
    person = somebody(demonstration, name, "view")
    obj = registry.object(name)
    everything = possible(REGISTRY.by_object[name][0], obj)
    for text in ASKED:
        parts = [
            f"f.{path}{end}={text}" for path in everything for end in ("", ".from", ".to", ".is")
        ]
        for start in range(0, len(parts), 30):
            page = person.get(f"{name}/?" + "&".join(parts[start : start + 30]))
            assert page["items"] is not None
        for argument in ("q", "tab", "sort", "page", "size", "columns"):
            person.get(f"{name}/?{argument}={text}")
        refused_or_empty = person.call("GET", f"{name}/?function={text}")
        assert refused_or_empty.status_code in (200, 403, 404)


def test_the_form_of_a_refusal_is_json_in_readable_chinese(liaison: Caller) -> None:
    answer = liaison.call("GET", "delegation/999999")
    assert answer.mimetype == "application/json"
    assert "记录不存在" in answer.text
    assert set(json.loads(answer.text)) == {"message", "number", "faults"}
