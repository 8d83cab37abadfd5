"""Requests that name rows of somebody else wherever one can be named."""

from collections.abc import Iterator
from typing import Any

from flask import Flask

from app.core.declare import Object, registry
from app.core.types import DraftOf, File, Integer, Ref
from tests.app.security.two_databases import ALONE, OWN, Person, Request, World


def addressed(
    app: Flask, rule: Any, method: str, values: dict[str, Any], form: Any = None
) -> Iterator[Request]:
    """Yield a request for every combination of what can stand in the address."""
    combinations: list[dict[str, Any]] = [{}]
    for name in rule.arguments:
        given = values.get(name, "x")
        options = given if isinstance(given, list) else [given]
        combinations = [{**c, name: option} for c in combinations for option in options]
    for combination in combinations:
        with app.test_request_context():
            built = rule.build(combination)
        if built is not None:
            yield Request(method, built[1], form if method != "GET" else None)


def ids_of(world: World, person: Person, name: str) -> list[int]:
    return [pk for mark in person.foreign for pk in world.plots[mark].rows.get(name, ())]


def own_ids_of(world: World, person: Person, name: str) -> list[int]:
    return world.plots[ALONE if person.role == "applicant" else OWN].rows.get(name, [])


def file_of(world: World, person: Person, name: str, pk: int) -> int:
    files = {key: f for mark in person.foreign for key, f in world.plots[mark].files.items()}
    return files.get((name, pk), next(iter(files.values())))


def actions_of(obj: Object) -> set[str]:
    flow = registry.flow_of(obj.name)
    return {action.name for action in flow.actions} if flow else set()


def choosable(obj: Object, prefix: str) -> list[str]:
    """Return the path of every field that has a search box."""
    found = [prefix + item.name for item in obj.fields if isinstance(item.type, Ref)]
    for child in obj.children:
        found += choosable(registry.object(child.object), f"{prefix}{child.name}.")
    return found


def slots_of(obj: Object) -> list[str]:
    return [f"material.{item.name}" for item in obj.materials][:2]


def form_of(world: World, person: Person, obj: Object, pk: int) -> dict[str, Any]:
    """Return a form of the object in which every reference and every file is somebody else's."""
    form = dict(filled(world, person, obj, ""))
    file = file_of(world, person, obj.name, pk)
    form["_materials"] = "1"
    form.update({f"material.{item.name}": str(file) for item in obj.materials})
    form.update({"comment": "x", "reason": "x", "_do": "save"})
    return form


def filled(world: World, person: Person, obj: Object, prefix: str) -> Iterator[tuple[str, str]]:
    for item in obj.fields:
        path, kind = prefix + item.name, item.type
        if item.value is not None:
            continue
        if isinstance(kind, DraftOf):
            yield path, ""
        elif isinstance(kind, Ref):
            ids = ids_of(world, person, kind.object)
            yield path, str(ids[0] if ids else 1)
        elif isinstance(kind, File):
            yield path, str(file_of(world, person, obj.name, 0))
        elif isinstance(kind, Integer):
            yield path, "2026"
        elif type(kind).__name__ in ("String", "Text"):
            yield path, "x"
    for child in obj.children:
        yield f"{prefix}{child.name}", ""
        yield from filled(world, person, registry.object(child.object), f"{prefix}{child.name}.0.")
