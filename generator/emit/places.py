"""Where what decides about rights is declared: the table by which a screen names the line to change.

The table holds addresses within files, "functions/A1/roles/host", and no lines: those would move with every edit
above them. `app.core.declare.sources` finds the line when it is asked for.
"""

import ast
from collections.abc import Iterator

from app.core.declare.addresses import addresses
from generator.emit.module import header
from generator.emit.text import Raw, table
from generator.manual.words import condition
from generator.problem import Place
from generator.world import Entity, FunctionIn, Linked

NARROWING = ("when", "mask", "hidden", "edit_by")  # what keeps a value of a field from somebody


def places(linked: Linked) -> str:
    """Return places.py: by file the addresses of roles, grants, scopes, conditions, steps and actions."""
    texts = linked.data.texts
    files: dict[str, dict[str, Place]] = {}
    for key, place in found(linked):
        files.setdefault(place.path, {})[key] = place
    lines = {path: _addressed(texts.get(path, ""), files[path]) for path in sorted(files)}
    words = dict(sorted(worded(linked)))
    body = f"PLACES = {table(lines).source}\n\nWORDS = {table(words).source}\n"
    return f"{header('Lines and conditions of the metadata', 'metadata/')}\n{body}"


def _addressed(text: str, keys: dict[str, Place]) -> Raw:
    """Return the addresses of what stands in one file, in its order."""
    at = {(mark.line + 1, mark.column + 1): address for address, mark in addresses(text)}
    in_order = sorted(keys.items(), key=lambda item: (item[1].line, item[0]))
    return table({key: at.get((place.line, place.column), "") for key, place in in_order})


def found(linked: Linked) -> Iterator[tuple[str, Place]]:
    """Yield what is declared where: "grant FUNCTION ROLE", "scope OBJECT", "guard FLOW.ACTION" …"""
    for role in linked.data.roles.values():
        yield f"role {role.name}", role.name.place
    for item in linked.functions.values():
        yield from of_function(item)
    for entity in linked.entities.values():
        yield from of_object(entity)


def worded(linked: Linked) -> Iterator[tuple[str, str]]:
    """Yield the conditions of scopes and functions in words, and their parts, by what the metadata say."""
    for item in linked.functions.values():
        entity = linked.entities.get(item.object)
        if entity and item.spec.where:
            yield from _worded(linked, entity, str(item.spec.where))
    for entity in linked.entities.values():
        scope = entity.spec.scope if entity.spec else None
        if scope and scope.where:
            yield from _worded(linked, entity, str(scope.where))


def _worded(linked: Linked, entity: Entity, text: str) -> Iterator[tuple[str, str]]:
    try:
        whole = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return
    parts = whole.values if isinstance(whole, ast.BoolOp) else []
    for part in (text.strip(), *map(ast.unparse, parts)):
        said = condition(linked, entity, part)
        if not said.startswith("`"):
            yield f"{entity.name}: {part}", said


def of_function(item: FunctionIn) -> Iterator[tuple[str, Place]]:
    """Yield the lines of a function: itself, what its list shows, what each role is granted."""
    spec = item.spec
    yield f"function {spec.id}", spec.id.place
    if spec.where:
        yield f"where {spec.id}", spec.where.place
    for kind, words in (("states", spec.states), ("steps", spec.steps)):
        if words:
            yield f"{kind} {spec.id}", words[0].place
    for role in spec.roles:
        yield f"grant {spec.id} {role}", role.place


def of_object(entity: Entity) -> Iterator[tuple[str, Place]]:
    """Yield the lines of an object: itself, its scope, fields that not everybody sees, its flow."""
    yield f"object {entity.name}", entity.place
    if entity.spec and entity.spec.scope:
        yield f"scope {entity.name}", entity.spec.scope.place
    for field in entity.fields.values():
        kept = [key for key in NARROWING if field.node is not None and field.node.get(key)]
        for key in kept:
            yield f"{key} {entity.name}.{field.name}", field.node.key(key).place
    flow = entity.flow
    if flow is None:
        return
    for step in flow.steps.values():
        yield f"step {flow.name}.{step.name}", step.name.place
        if step.by:
            yield f"by {flow.name}.{step.name}", step.by[0].place
    for action in flow.actions.values():
        yield f"action {flow.name}.{action.name}", action.name.place
        if action.by:
            yield f"by {flow.name}.{action.name}", action.by[0].place
        if action.guard:
            yield f"guard {flow.name}.{action.name}", action.guard.place
