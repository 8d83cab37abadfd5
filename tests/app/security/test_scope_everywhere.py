"""Rows of somebody else might as well not exist: no address of the product tells that they do.

Every route of the map of URLs is tried by every kind of person who does not see everything, with
the ids of other people's rows wherever an id can stand: in the address, in conditions, as a chosen
reference, as a file, among many at once. The same request goes to two databases, one of which has
never held those rows. The answers must be the same, must not show a text of those rows, and must
leave them as they were. What counts, draws, exports or completes is covered like what lists.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.core.declare import Object, registry
from app.core.types import Ref
from app.security import gate
from app.security.open_routes import door_of
from tests.app.security import foreign
from tests.app.security.two_databases import (
    ALONE,
    OTHER,
    OWN,
    Person,
    Request,
    World,
    ask,
    compare,
    limited,
    product_declared,
    world,
)
from tests.harness import by_day

__all__ = ["world"]  # a fixture: the two databases


def requests(world: World, person: Person, rule: Any, method: str) -> Iterator[Request]:
    """Yield requests to a route that name rows of somebody else wherever it takes a name."""
    view = world.app.view_functions[rule.endpoint]
    function = registry.registry().functions.get(gate.function_of(view, rule.endpoint) or "")
    if function is None or not function.object:
        yield from foreign.addressed(world.app, rule, method, {"pk": 1})
        return
    obj = registry.object(function.object)
    ids = foreign.ids_of(world, person, obj.name)
    own = foreign.own_ids_of(world, person, obj.name)
    if "pk" in rule.arguments:
        for pk in ids[:3]:
            file = foreign.file_of(world, person, obj.name, pk)
            more = {"file_id": file, "action": sorted(foreign.actions_of(obj)), "number": 1}
            yield from foreign.addressed(
                world.app, rule, method, {"pk": pk, **more}, foreign.form_of(world, person, obj, pk)
            )
        for pk in own[:1]:  # our own row, with somebody else's in its fields
            file = foreign.file_of(world, person, obj.name, (ids or [0])[0])
            more = {"file_id": file, "action": [], "number": 1}
            if method == "GET" or rule.rule.endswith(("/edit", "/readings")):
                yield from foreign.addressed(
                    world.app,
                    rule,
                    method,
                    {"pk": pk, **more},
                    foreign.form_of(world, person, obj, pk),
                )
        return
    if method == "GET":
        yield from _asked(world, person, obj, rule)
        return
    values = {
        "action": sorted(foreign.actions_of(obj)),
        "field": foreign.choosable(obj, ""),
        "slot": foreign.slots_of(obj),
    }
    for pk in [*ids[:1], *(own[:1] or [0])] if "action" in rule.arguments else [*ids[:1], 0]:
        form = {
            "_record": str(pk or ""),
            "ids": ",".join(map(str, ids)),
            **foreign.form_of(world, person, obj, pk),
        }
        yield from foreign.addressed(world.app, rule, method, values, form)


def _asked(world: World, person: Person, obj: Object, rule: Any) -> Iterator[Request]:
    """Yield what a list can be asked: nothing, the others' names, and their ids in every condition."""
    ids = foreign.ids_of(world, person, obj.name)
    base = next(foreign.addressed(world.app, rule, "GET", {})).address
    yield Request("GET", f"{base}?view=charts")
    for query in (f"q={person.foreign[0]}", f"ids={','.join(map(str, ids))}"):
        yield Request("GET", f"{base}?{query}")
    if rule.rule.endswith("/export"):
        return
    named = [item for item in obj.fields if isinstance(item.type, Ref)]
    for item in named:
        for pk in foreign.ids_of(world, person, item.type.object)[:1]:
            yield Request("GET", f"{base}?f.{item.name}.is={pk}&{item.name}={pk}")
            yield Request("GET", f"{base}?f.{item.name}={person.foreign[0]}")


def granted() -> list[tuple[str, str]]:
    """Return every function with every limited role that may open it."""
    with product_declared():
        roles = set(limited())
        return sorted(
            (function.id, role)
            for function in registry.registry().functions.values()
            for role, held in function.grants
            if role in roles and held
        )


def routes(app: Flask, function: str, role: str) -> Iterator[tuple[Any, str]]:
    """Yield the closed routes of a function that the role's grants open."""
    held = set(dict(registry.function(function).grants)[role])
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if door_of(rule.rule) or gate.function_of(view, rule.endpoint) != function:
            continue
        by_action = getattr(view, "operation_argument", "")
        if by_action or gate.operation_of(view, {}) in held:
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule, method


@pytest.mark.parametrize(("function", "role"), granted())
def test_no_route_of_a_function_tells_of_rows_of_others(
    world: World, function: str, role: str
) -> None:
    person = world.people[role]
    faults, tried = [], 0
    for rule, method in routes(world.app, function, role):
        found = list(requests(world, person, rule, method))
        within = f"{function} {role} {method} {rule.rule}"
        for request in by_day.some(found, 2, "requests for rows of others", within):
            tried += 1
            faults += compare(world, person, request)
    assert tried
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", limited())
def test_no_page_for_everybody_tells_of_rows_of_others(world: World, role: str) -> None:
    person = world.people[role]
    faults = []
    for rule in world.app.url_map.iter_rules():
        door = door_of(rule.rule)
        if door is None or door.to != "signed_in" or "GET" not in rule.methods:
            continue
        for request in foreign.addressed(world.app, rule, "GET", {"pk": [1, 2, 3]}):
            faults += compare(world, person, request)
    assert not faults, "\n".join(faults)


def test_every_owned_object_was_planted(world: World) -> None:
    for name, obj in registry.registry().objects.items():
        if obj.scope.kind in ("org", "own", "parent"):
            assert world.plots[OTHER].rows.get(name), name
            assert world.plots[OWN].rows.get(name), name


def test_people_see_their_own_rows(world: World) -> None:
    """What the comparison rests on: the pages do show texts of rows that may be seen."""
    for person in world.people.values():
        own = ALONE if person.role == "applicant" else OWN
        seen = ""
        for function, role in granted():
            if role == person.role and registry.function(function).object:
                seen += ask(world, person, "all", Request("GET", f"/{function}/"), "").body
        assert re.search(rf"{own}[0-9]", seen), person.role
