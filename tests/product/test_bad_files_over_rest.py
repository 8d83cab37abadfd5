"""Files are of who sent them, of the kind that is asked for, and used once."""

from io import BytesIO

import pytest
from flask import Flask

from tests.harness.people import open_person
from tests.product.callers import PDF, Caller, paths, picture, refused, with_token
from tests.product.hostile import NOWHERE
from tests.product.rest_people import count, organisations


@pytest.mark.both_databases
def test_a_file_of_somebody_else_cannot_be_handed_in(liaison: Caller, stranger: Caller) -> None:
    theirs = stranger.upload("delegation", "material.request")
    before = count()
    for given in ([theirs], [NOWHERE], [{"id": theirs}]):
        body = {"values": {"name": "团"}, "materials": {"request": given}}
        answer = refused(liaison.call("POST", "delegation/", body), 422)
        assert paths(answer) == {"material.request"}
    assert count() == before
    pk = liaison.post("delegation/", values={"name": "团"})["id"]
    refused(liaison.call("GET", f"delegation/{pk}/files/{theirs}"), 404)


@pytest.mark.both_databases
def test_a_file_is_used_once(liaison: Caller) -> None:
    mine = liaison.upload("delegation", "material.request")
    first = liaison.post("delegation/", values={"name": "甲"}, materials={"request": [mine]})
    body = {"values": {"name": "乙"}, "materials": {"request": [mine]}}
    answer = refused(liaison.call("POST", "delegation/", body), 422)
    assert paths(answer) == {"material.request"}
    twice = liaison.upload("delegation", "material.request")
    body["materials"] = {"request": [twice], "task_form": [twice]}
    refused(liaison.call("POST", "delegation/", body), 422)
    kept = {"version": first["version"], "materials": {"request": [mine]}, "values": {"name": "丙"}}
    assert liaison.call("PATCH", f"delegation/{first['id']}", kept).status_code == 200


@pytest.mark.both_databases
def test_a_picture_of_somebody_else_cannot_be_put_into_a_field(demonstration: Flask) -> None:
    first, second = (with_token(demonstration, open_person("applicant")) for _ in range(2))
    theirs = first.upload("unit", "seal", picture())
    answer = second.call("POST", "unit/", {"values": {"name": "乙单位", "seal": theirs}})
    assert paths(refused(answer, 422)) == {"seal"}
    mine = second.upload("unit", "seal", picture())
    both = {"name": "乙单位", "seal": mine, "signatory_signature": mine}
    refused(second.call("POST", "unit/", {"values": both}), 422)
    kept = second.post("unit/", values={"name": "乙单位", "seal": mine})
    assert kept["values"]["seal"]["id"] == mine
    assert second.call("GET", f"unit/{kept['id']}/files/{mine}").data == picture()
    refused(first.call("GET", f"unit/{kept['id']}/files/{mine}"), 404)


@pytest.mark.both_databases
def test_a_picture_of_somebody_else_cannot_be_smuggled_into_a_change(
    liaison: Caller, stranger: Caller
) -> None:
    theirs = stranger.upload("unit_change", "after.seal", picture())
    mine = liaison.upload("unit_change", "after.seal", picture())
    unit = organisations()[0].id
    values = {"target": unit, "kind": codes(liaison, "unit_change_kind")[0]}
    body = {"values": {**values, "after": {"seal": theirs}}}
    answer = refused(liaison.call("POST", "unit_change/", body), 422)
    assert paths(answer) == {"after.seal"}
    made = liaison.post("unit_change/", values={**values, "after": {"seal": mine}})
    assert str(made["values"]["after"]["values"]["seal"]) == str(mine)


def codes(person: Caller, name: str) -> list[str]:
    return [entry["code"] for entry in person.get(f"dictionaries/{name}")["entries"]]


FILES = {
    "empty": b"",
    "text": b"hello",
    "program": b"\x7fELF" + b"\0" * 100,
    "page": b"<html><script>alert(1)</script></html>",
    "archive": b"PK\x03\x04" + b"\0" * 100,
    "half a picture": picture()[:40],
}


@pytest.mark.parametrize("kind", FILES)
def test_files_of_other_kinds_are_refused_by_their_content(liaison: Caller, kind: str) -> None:
    before = count()
    data = {"file": (BytesIO(FILES[kind]), "扫描件.pdf")}
    answer = liaison.call("POST", "delegation/files/material.request", data=data)
    assert paths(refused(answer, 422)) == {"material.request"}
    assert count() == before


def test_files_that_are_too_large_or_for_no_place_are_refused(liaison: Caller) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    large = head + PDF + b"0" * 21 * 1024 * 1024 + b"\r\n--x--\r\n"
    form = "multipart/form-data; boundary=x"
    path = "delegation/files/material.request"
    refused(liaison.call("POST", path, data=large, content_type=form), 422)
    huge = {"CONTENT_LENGTH": str(10**10)}
    refused(liaison.call("POST", path, content_type=form, environ_overrides=huge), 413)
    for slot in ("material.nothing", "nothing", "name", "members", "..%2f..", "material."):
        data = {"file": (BytesIO(PDF), "a.pdf")}
        refused(liaison.call("POST", f"delegation/files/{slot}", data=data), 404)
    refused(liaison.call("POST", "delegation/files/material.request"), 422)
    names = {"file": (BytesIO(PDF), "../../<b>\x00:|?.exe")}
    found = liaison.call("POST", "delegation/files/material.request", data=names).get_json()
    assert not set('<>:"|?*/\\\x00') & set(found["name"])
