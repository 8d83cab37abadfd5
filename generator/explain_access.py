"""What one role can do with one object, and by which lines of the metadata: `explain access ROLE OBJECT`."""

from dataclasses import dataclass
from typing import Any

from generator.emit.places import NARROWING
from generator.problem import Place
from generator.reader import Word
from generator.world import Entity, FunctionIn, Linked

SCOPES = {
    "own": "only rows that the person made",
    "everyone": "every row, for whoever signed in",
}


@dataclass(frozen=True)
class Line:
    """One thing that the metadata say of a role and an object; `at` is where."""

    kind: str  # role, rows, grant, where, states, step, action, field
    text: str
    at: str
    inner: bool = False  # belongs to the line before


def access(linked: Linked, role: str, name: str) -> list[Line]:
    """Return what the role can do with the object, as shipped; an administrator may have changed grants."""
    entity = linked.entities[name]
    known = linked.data.roles[role]
    found = [Line("role", f"{role} {known.title}: reach {known.reach}", str(known.name.place))]
    held = [item for item in linked.functions_of(name) if role in item.spec.roles]
    if not held:
        others = dict.fromkeys(
            str(one) for item in linked.functions_of(name) for one in item.spec.roles
        )
        said = f"nothing is granted on {name}"
        said += f"; granted to: {', '.join(others)}" if others else "; no function shows it"
        return [*found, Line("rows", said, str(entity.place))]
    found.append(_rows(linked, entity, str(known.reach)))
    for item in held:
        found += _function(item, role)
    return [*found, *_flow(entity, held, role), *_fields(linked, entity, role)]


def text(role: str, name: str, lines: list[Line]) -> str:
    """Return the lines as people read them."""
    told = [f"access of {role} to {name}, as shipped"]
    for line in lines:
        told.append(f"{'    ' if line.inner else '  '}{line.text}  ({line.at})")
    return "\n".join(told) + "\n"


def described(role: str, name: str, lines: list[Line]) -> dict[str, Any]:
    """Return the same for programs."""
    said = [{"kind": line.kind, "text": line.text, "at": line.at} for line in lines]
    return {"kind": "access", "name": f"{role} {name}", "role": role, "object": name, "lines": said}


def _rows(linked: Linked, entity: Entity, reach: str) -> Line:
    top = linked.flow_owner(entity)
    scope = top.spec.scope if top.spec else None
    if scope is None:
        return Line("rows", "rows: the scope of its record", str(entity.place))
    if scope.kind == "where":
        return Line("rows", f"rows: those for which {scope.where}", str(scope.place))
    if scope.kind in SCOPES and not (scope.kind == "own" and reach == "all"):
        return Line("rows", f"rows: {SCOPES[scope.kind]}", str(scope.place))
    owner = " or ".join(map(str, (scope.path or "unit", *scope.also)))
    said = {
        "all": "every row",
        "district": f"those whose {owner} is in the person's district",
        "unit": f"those whose {owner} is the person's own organisation, and those that the person made",
        "own": SCOPES["own"],
    }[reach]
    return Line("rows", f"rows: {said}", str(scope.place))


def _function(item: FunctionIn, role: str) -> list[Line]:
    spec = item.spec
    place = next(word.place for word in spec.roles if word == role)
    words = ", ".join(spec.roles[Word(role)])
    found = [Line("grant", f"{spec.id} {spec.title}: {words}", str(place))]
    if spec.where:
        found.append(Line("where", f"only rows where {spec.where}", str(spec.where.place), True))
    if spec.states:
        states = ", ".join(spec.states)
        found.append(Line("states", f"only rows in {states}", str(spec.states[0].place), True))
    if spec.steps:
        steps = ", ".join(spec.steps)
        said = f"rows that rest at {steps}, stood in this queue, or were dealt with by the person"
        found.append(Line("states", said, str(spec.steps[0].place), True))
    return found


def _flow(entity: Entity, held: list[FunctionIn], role: str) -> list[Line]:
    """Say at which steps the role acts, and under which conditions."""
    flow, found = entity.flow, []
    if flow is None:
        return []
    words = {str(one) for item in held for one in item.spec.roles[Word(role)]}
    for action in flow.actions.values():
        if action.name not in words:
            continue
        by = ", ".join(action.by) or "whoever the step is for"
        said = f"{action.name} {action.title}: at {', '.join(action.sources)}, by {by}"
        found.append(Line("action", said, str(action.name.place)))
        if action.guard:
            said = f"only if {action.guard}"
            found.append(Line("action", said, str(action.guard.place), True))
    for step in flow.steps.values():
        if role in step.by:
            edits = f", may change {', '.join(step.edit)}" if step.edit else ""
            found.append(
                Line("step", f"acts at {step.name} {step.title}{edits}", _at(step.by, role))
            )
    return found


def _at(words: tuple[Word, ...], name: str) -> str:
    return str(next(word.place for word in words if word == name))


def _fields(linked: Linked, entity: Entity, role: str) -> list[Line]:
    """Say which fields are not shown whole, always or to everybody, here and in the rows of its lists."""
    found = []
    for own in (entity, *linked.rows_of(entity)):
        for field in own.fields.values():
            for key in NARROWING:
                said = _narrowed(field, key, role)
                if said and field.node is not None and field.node.get(key):
                    place: Place = field.node.key(key).place
                    found.append(Line("field", f"{own.name}.{field.name} {said}", str(place)))
    return found


def _narrowed(field: Any, key: str, role: str) -> str:
    value = getattr(field, key)
    if not value:
        return ""
    if key == "edit_by":
        return "" if role in value else f"is typed by {', '.join(value)} only"
    return {
        "when": f"is there only if {value}",
        "mask": "is masked in lists; whole on the page of the record, where the look is logged",
        "hidden": "is on no page",
    }[key]
