"""Every field of every object takes what is right and names what is not."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.core.declare import Child, Field, Object, registry
from app.web.api.schemas import is_typed
from tests.product.callers import Caller, paths, refused
from tests.product.hostile import NOWHERE, strange, wrong
from tests.product.rest_people import WRITTEN, count, somebody


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
