"""Whatever is sent over the interface for programs: it is named, nothing is written by half, nothing leaks."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select

from app.core import registry
from app.core.actor import SYSTEM, acting_as
from app.core.database import elevated, session, unit_of_work
from app.core.declare import Child, Field, Object
from app.core.entity import Model
from app.core.types import Ref
from app.security import accounts
from app.security.models import Token
from app.web.api.schemas import is_typed
from app.web.views.columns import possible
from tests.harness.people import open_person
from tests.product.callers import PDF, Caller, paths, picture, refused, with_token
from tests.product.hostile import NOWHERE, strange, wrong

REGISTRY = registry.registry()
WRITTEN = [
    name
    for name in (api.object_name for api in REGISTRY.apis)
    if any("add" in held for f in REGISTRY.by_object[name] for _, held in f.grants)
]
READ = [name for name in REGISTRY.objects if REGISTRY.by_object[name]]


# --- people ---------------------------------------------------------------------------------------


def role_for(name: str, operation: str) -> str:
    """Return a role that the operation on the object is granted to."""
    return next(
        role
        for function in REGISTRY.by_object[name]
        for role, held in function.grants
        if operation in held
    )


def organisations() -> list[Any]:
    model: Any = registry.object(registry.project().organisation).model
    with acting_as(SYSTEM), elevated():
        return list(session.scalars(select(model).order_by(model.id)))


def somebody(app: Flask, name: str, operation: str = "add", number: int = 0) -> Caller:
    """Return somebody who may do the operation; people of the portal belong to the unit of that number."""
    role = role_for(name, operation)
    org = organisations()[number] if registry.role(role).reach == "unit" else None
    return with_token(app, open_person(role, org=org))


@pytest.fixture
def liaison(demonstration: Flask) -> Caller:
    """Somebody who files for the first unit."""
    return with_token(demonstration, open_person("liaison", org=organisations()[0]))


@pytest.fixture
def stranger(demonstration: Flask) -> Caller:
    """Somebody who files for the second unit."""
    return with_token(demonstration, open_person("liaison", org=organisations()[1]))


def count() -> dict[str, int]:
    """Count the rows of every table that a call may write, but the looks that are written down."""
    session.remove()
    quiet = {"sys_history", "sys_token", "sys_document_event", "sys_sms_record"}
    with acting_as(SYSTEM), elevated():
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Model.metadata.sorted_tables
            if (table.name.startswith("sys_") and table.name not in quiet)
            or any(obj.model.__table__ is table for obj in REGISTRY.objects.values())  # type: ignore[attr-defined]
        }


# --- every field of every object ------------------------------------------------------------------


def typed(obj: Object) -> list[Field]:
    """Return what the person may send, without what applies to some records only and is else dropped."""
    return [i for i in obj.fields if is_typed(i) and not i.edit_by and i.when is None]


def rounds(fields: list[Field]) -> Iterator[dict[str, Any]]:
    """Give every field its first wrong value, then its second one …"""
    values = {item.name: wrong(item.type) for item in fields}
    for number in range(max((len(found) for found in values.values()), default=0)):
        yield {name: found[number] for name, found in values.items() if number < len(found)}


@pytest.mark.both_databases
@pytest.mark.parametrize("name", WRITTEN)
def test_every_wrong_value_is_named_at_its_field(demonstration: Flask, name: str) -> None:
    obj = registry.object(name)
    person = somebody(demonstration, name)
    before = count()
    tried = 0
    for values in rounds(typed(obj)):
        answer = refused(person.call("POST", f"{name}/", {"values": values}), 422)
        found = {path.split(".")[0] for path in paths(answer)}
        assert set(values) <= found, (set(values) - found, values)
        tried += len(values)
    assert tried
    assert count() == before


@pytest.mark.both_databases
@pytest.mark.parametrize("name", WRITTEN)
def test_every_wrong_value_of_a_row_is_named_at_its_row(demonstration: Flask, name: str) -> None:
    obj = registry.object(name)
    person = somebody(demonstration, name)
    before = count()
    for child in obj.children:
        fields = typed(registry.object(child.object))
        for values in rounds(fields):
            body = {"values": {child.name: [{}, values]}}
            answer = refused(person.call("POST", f"{name}/", body), 422)
            wanted = {f"{child.name}.1.{field}" for field in values}
            assert wanted <= paths(answer), (wanted - paths(answer), values)
        _wrong_lists(person, name, child)
    assert count() == before


def _wrong_lists(person: Caller, name: str, child: Child) -> None:
    for rows in ("x", 5, {}, [1], [None], [[]], [{"id": NOWHERE}], [{"id": "x"}], [{"id": True}]):
        body = {"values": {child.name: rows}}
        answer = refused(person.call("POST", f"{name}/", body), 422)
        assert any(path.split(".")[0] == child.name for path in paths(answer)), rows
    for field in ("parent_id", "parent", "position", "version", "created_by_id"):
        body = {"values": {child.name: [{field: 1}]}}
        answer = refused(person.call("POST", f"{name}/", body), 422)
        assert f"{child.name}.0.{field}" in paths(answer)
    many = {"values": {child.name: [{}] * 501}}
    refused(person.call("POST", f"{name}/", many), 422)


@pytest.mark.both_databases
@pytest.mark.parametrize("name", WRITTEN)
def test_strange_texts_are_taken_as_they_are_or_named(demonstration: Flask, name: str) -> None:
    obj = registry.object(name)
    person = somebody(demonstration, name)
    fields = [item for item in typed(obj) if strange(item.type)]
    for index in range(len(strange(fields[0].type))):
        values = {item.name: strange(item.type)[index] for item in fields}
        answer = person.call("POST", f"{name}/", {"values": values})
        if answer.status_code == 422:
            content = refused(answer, 422)
            values = {k: v for k, v in values.items() if k not in paths(content)}
            answer = person.call("POST", f"{name}/", {"values": values})
        if answer.status_code == 201:
            read = answer.get_json()["values"]
            for field, text in values.items():
                kept = read[field] or ""
                assert "\x00" not in kept and plain(kept) == plain(text), field
        else:
            assert obj.flow == "" and not set(values) & paths(refused(answer, 422))


def plain(text: str) -> str:
    return "".join(text.encode("utf-8", "ignore").decode().replace("\x00", "").split())


@pytest.mark.parametrize("name", WRITTEN)
def test_what_the_system_gives_cannot_be_sent(demonstration: Flask, name: str) -> None:
    obj = registry.object(name)
    person = somebody(demonstration, name)
    before = count()
    for item in obj.fields:
        if is_typed(item) and not item.edit_by:
            continue
        for value in (NOWHERE, "2020-01-01", "x", True):
            answer = refused(person.call("POST", f"{name}/", {"values": {item.name: value}}), 422)
            assert item.name in paths(answer), (item.name, value)
    for field in (
        "id",
        "version",
        "state",
        "created_by_id",
        "search_text",
        "没有这一项",
        "x" * 900,
    ):
        answer = refused(person.call("POST", f"{name}/", {"values": {field: 1}}), 422)
        assert any(field.startswith(path) or path.startswith(field[:60]) for path in paths(answer))
        assert "没有" in str(answer["faults"])
    assert count() == before


@pytest.mark.both_databases
@pytest.mark.parametrize("name", WRITTEN)
def test_an_empty_record_is_a_draft_or_named_whole(demonstration: Flask, name: str) -> None:
    obj = registry.object(name)
    answer = somebody(demonstration, name).call("POST", f"{name}/", {"values": {}})
    if not obj.flow:
        needed = {
            item.name for item in typed(obj) if item.required is True and item.default is None
        }
        assert needed <= paths(refused(answer, 422))
        return
    if answer.status_code == 201:
        assert answer.get_json()["state"]["code"] == registry.flow(obj.flow).steps[0].name
    else:
        refused(answer, 422)


# --- bodies ---------------------------------------------------------------------------------------

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


# --- rows of others -------------------------------------------------------------------------------


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


def refused_status(answer: Any) -> int:
    refused(answer, answer.status_code)
    return int(answer.status_code)


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


# --- files ----------------------------------------------------------------------------------------


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


# --- at the same time -----------------------------------------------------------------------------


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


# --- rights ---------------------------------------------------------------------------------------


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


# --- acting ---------------------------------------------------------------------------------------

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


# --- queries --------------------------------------------------------------------------------------

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
