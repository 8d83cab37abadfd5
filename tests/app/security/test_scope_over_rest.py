"""The interface for programs tells nothing of rows of somebody else, on any of its paths.

Every path of the map of URLs below /api/ is tried by everybody who does not see everything, with
the ids of other people's rows wherever an id can stand: the record's own, a condition, a chosen
reference, a file, a change's draft, a screen that was not granted. As in `test_scope_everywhere`
the same request goes to two databases, one of which never held those rows.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.core.declare import Object, registry
from app.core.types import Ref
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


def rest_rules(app: Flask) -> Iterator[tuple[Any, str]]:
    """Yield every path of the interface with the object that it works on ("" for none)."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            view = app.view_functions[rule.endpoint]
            yield rule, getattr(getattr(view, "__self__", None), "object_name", "")


def requests(
    world: World, person: Person, rule: Any, method: str, obj: Object
) -> Iterator[Request]:
    """Yield requests to a path with somebody else's ids in every place that takes one."""
    theirs = foreign.ids_of(world, person, obj.name)[:2]
    own = foreign.own_ids_of(world, person, obj.name)[:1]
    if rule.arguments == {"pk"} or "pk" in rule.arguments:
        for pk in [*theirs, *own]:
            # An action on one's own row is one's own business.
            actions = sorted(foreign.actions_of(obj)) if pk in theirs else []
            file = foreign.file_of(world, person, obj.name, pk if pk in theirs else 0)
            values = {"pk": pk, "file_id": file, "action": actions}
            if pk in own and method in ("DELETE", "POST"):
                continue
            for request in foreign.addressed(world.app, rule, method, values):
                yield _with_body(world, person, obj, request)
        return
    if method == "GET":
        yield from _asked(world, person, obj, rule)
        return
    values = {
        "slot": foreign.slots_of(obj) or ["material.x"],
        "field": foreign.choosable(obj, "") or ["x"],
    }
    for request in foreign.addressed(world.app, rule, method, values):
        if "slot" not in rule.arguments:
            yield _with_body(world, person, obj, request)


def _with_body(world: World, person: Person, obj: Object, request: Request) -> Request:
    return (
        request
        if request.method == "GET"
        else Request(request.method, request.address, json=_body(world, person, obj))
    )


def _body(world: World, person: Person, obj: Object) -> dict[str, Any]:
    """Return a body in which every reference and every file is somebody else's."""
    file = foreign.file_of(world, person, obj.name, 0)
    return {
        "version": 1,
        "values": _values(world, person, obj),
        "materials": {item.name: [file] for item in obj.materials},
        "q": person.foreign[0],
        "comment": "意见",
        "id": (foreign.ids_of(world, person, obj.name) or [0])[0],
    }


def _values(world: World, person: Person, obj: Object) -> dict[str, Any]:
    own = dict(foreign.filled(world, person, obj, ""))
    values: dict[str, Any] = {item.name: own[item.name] for item in obj.fields if item.name in own}
    for child in obj.children:
        inner = registry.object(child.object)
        row = dict(foreign.filled(world, person, inner, ""))
        ids = foreign.ids_of(world, person, inner.name)
        values[child.name] = [
            {
                "id": ids[0] if ids else 1,
                **{f.name: row[f.name] for f in inner.fields if f.name in row},
            }
        ]
    return values


def _asked(world: World, person: Person, obj: Object, rule: Any) -> Iterator[Request]:
    base = next(foreign.addressed(world.app, rule, "GET", {"name": "x"})).address
    yield Request("GET", f"{base}?size=100&sort=-id")
    yield Request("GET", f"{base}?q={person.foreign[0]}")
    for function in registry.functions_of(obj.name):
        yield Request("GET", f"{base}?function={function.id}&size=100")
    for item in obj.fields:
        if isinstance(item.type, Ref):
            for pk in foreign.ids_of(world, person, item.type.object)[:1]:
                yield Request("GET", f"{base}?f.{item.name}.is={pk}&f.{item.name}={OTHER}")


def objects() -> list[str]:
    """Return the objects that the interface offers or might offer."""
    with product_declared():
        return sorted(registry.registry().objects)


@pytest.mark.parametrize("role", limited())
@pytest.mark.parametrize("name", objects())
def test_no_path_of_an_object_tells_of_rows_of_others(world: World, name: str, role: str) -> None:
    person, obj = world.people[role], registry.object(name)
    faults = []
    for rule, object_name in rest_rules(world.app):
        if object_name != name:
            continue
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            found = list(requests(world, person, rule, method, obj))
            within = f"{name} {role} {method} {rule.rule}"
            for request in by_day.some(found, 2, "requests over REST for rows of others", within):
                faults += compare(world, person, request)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", limited())
def test_no_other_path_tells_of_rows_of_others(world: World, role: str) -> None:
    person = world.people[role]
    faults = []
    for rule, object_name in rest_rules(world.app):
        if not object_name and "GET" in rule.methods:
            values = {"pk": [1, 2, 3], "name": sorted(registry.registry().objects)}
            for request in foreign.addressed(world.app, rule, "GET", values):
                faults += compare(world, person, request)
    assert not faults, "\n".join(faults)


def test_every_path_is_tried(world: World) -> None:
    """A path that no object claims, and that takes more than a name, would have been left out."""
    person = next(iter(world.people.values()))
    left = []
    for rule, name in rest_rules(world.app):
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            if not name:
                tried = method == "GET"
            else:
                found = requests(world, person, rule, method, registry.object(name))
                tried = next(found, None) is not None
            upload = "slot" in rule.arguments  # a file of one's own, which belongs to nothing yet
            shared = name and not foreign.ids_of(world, person, name)
            without = "action" in rule.arguments and not foreign.actions_of(registry.object(name))
            if not tried and not upload and not shared and not without:
                left.append(f"{method} {rule.rule}")
    assert not left


def test_own_rows_are_shown(world: World) -> None:
    """What the comparison rests on: the interface does show rows that may be seen."""
    for person in world.people.values():
        mark = ALONE if person.role == "applicant" else OWN
        seen = ""
        for rule, name in rest_rules(world.app):
            if name and rule.rule.endswith(f"/{name}/") and "GET" in rule.methods:
                seen += ask(world, person, "all", Request("GET", f"{rule.rule}?size=100"), "").body
        assert f"{mark}" in seen, person.role
