"""Says everything about one name: an error code, function, object, field, flow, role, message or document."""

from collections.abc import Iterator
from typing import Any

from generator import explain_catalogs as catalogs
from generator import explain_figures as figures
from generator import explain_interfaces as interfaces
from generator import keys, vocabulary
from generator.chinese import chinese
from generator.codes import CODES, FAMILIES
from generator.emit.screens import operations_of
from generator.language import tr
from generator.problem import did_you_mean
from generator.reader import Name, Word
from generator.routes import consequence, kind_of, lead, routes_of
from generator.world import Entity, FunctionIn, Linked


def explain(linked: Linked, name: str) -> str | None:
    """Return the text about a name, None if nothing is called so."""
    if name.upper() in CODES:
        return code(name.upper())
    parts = [
        *([_object(linked, linked.entities[name])] if name in linked.entities else []),
        *([_function(linked, linked.functions[name])] if name in linked.functions else []),
        *([_flow(linked, linked.flows[name])] if name in linked.flows else []),
        *([_role(linked, name)] if name in linked.data.roles else []),
        *([_decision(linked, name)] if name in linked.data.decisions else []),
        *([figures.model(linked, name)] if name in linked.data.reports else []),
        *([figures.score(linked, name)] if name in linked.data.scores else []),
        *([interfaces.interface(linked, name)] if name in linked.data.interfaces else []),
        *([figures.migration(linked, name)] if name in linked.data.migrations else []),
        *catalogs.explain(linked, name),
        *_dotted(linked, name),
        *vocabulary.explain(name),
        *keys.explain(name),
    ]
    return "\n".join(parts) if parts else None


def unknown(linked: Linked, name: str) -> str:
    """Return what to say when nothing is called so."""
    names = [
        *CODES,
        *linked.data.decisions,
        *linked.data.reports,
        *linked.data.scores,
        *linked.data.interfaces,
        *linked.data.migrations,
        *linked.entities,
        *linked.functions,
        *linked.flows,
        *linked.data.roles,
        *linked.data.policies,
        *linked.data.dictionaries,
        *linked.data.documents,
        *linked.data.patterns,
        *vocabulary.words(),
        *keys.words(),
    ]
    fields = [
        f"{entity.name}.{field}" for entity in linked.entities.values() for field in entity.fields
    ]
    return tr(
        "nothing is called '{name}'; {hint}",
        name=name,
        hint=did_you_mean(name, [*names, *fields], "name"),
    )


def code(name: str) -> str:
    """Return the explanation of an error code."""
    item = CODES[name]
    family = chinese(FAMILIES[item.code[:2]])
    return f"{item.code}  {chinese(item.title)}（{family}）\n\n  {chinese(item.text)}\n"


def _object(linked: Linked, entity: Entity) -> str:
    lines = [
        f"object {entity.name}  {entity.title}",
        f"  defined at {entity.place}",
        f"  table {entity.table}, class {entity.cls}",
    ]
    if entity.parent:
        lines.append(f"  rows of {entity.parent}")
    if entity.spec and entity.spec.scope:
        scope = entity.spec.scope
        paths = ", ".join(map(str, (scope.path, *scope.also))) if scope.path else ""
        lines.append(f"  seen by: {scope.kind} {paths or scope.where or ''}".rstrip())
    lines.append("  fields:")
    for item in entity.fields.values():
        about = f"{item.type} {item.to or item.of or ''}".rstrip()
        lines.append(f"    {item.name:<20} {about:<24} {item.title}")
    for child in entity.children.values():
        lines.append(f"    {child.name:<20} {'rows of ' + child.object:<24} {child.title}")
    users = [
        f"{other.name}.{item.name}"
        for other in linked.entities.values()
        for item in other.fields.values()
        if item.to == entity.name
    ]
    if users:
        lines.append(f"  referred to by: {', '.join(users)}")
    if entity.flow:
        lines.append(f"  flow: {entity.flow.name}  {entity.flow.title}")
    functions = [item.spec.id for item in linked.functions_of(entity.name)]
    if functions:
        lines.append(f"  functions: {', '.join(functions)}")
    return "\n".join(lines) + "\n"


def _decision(linked: Linked, name: str) -> str:
    item = linked.data.decisions[name]
    lines = [
        f"decision {name}  {item.title}",
        f"  defined at {item.name.place}",
        f"  called as decide.{name}({', '.join(item.takes)}); gives an entry of {item.of}",
    ]
    for row in item.rows:
        lines.append(f"  from {row.valid_from} ({row.profile}; {row.source}):")
        for line in row.lines:
            asked = ", ".join(f"{key}: {text}" for key, text in line.when.items()) or "anything"
            lines.append(f"    {asked} -> {line.then}")
    users = [
        f"{entity.name}.{field.name}"
        for entity in linked.entities.values()
        for field in entity.fields.values()
        if f"decide.{name}(" in (field.propose or "")
    ]
    if users:
        lines.append(f"  proposes: {', '.join(users)}")
    return "\n".join(lines) + "\n"


def _function(linked: Linked, item: FunctionIn) -> str:
    spec = item.spec
    lines = [
        f"function {spec.id}  {spec.title}",
        f"  declared at {spec.id.place}",
        f"  menu: {item.subsystem} / {spec.module or '-'}; address /{spec.id}/",
        f"  screen: {spec.screen}; object: {item.object or '-'}",
        f"  can grant: {', '.join(operations_of(linked, item))}",
    ]
    lines += [f"  {role}: {', '.join(words)}" for role, words in spec.roles.items()]
    if spec.steps:
        lines.append(f"  queue of: {', '.join(spec.steps)}")
    if spec.help:
        lines.append(f"  {spec.help}")
    return "\n".join(lines) + "\n"


def _flow(linked: Linked, entity: Entity) -> str:
    flow = entity.flow
    assert flow is not None
    lines = [
        f"flow {flow.name}  {flow.title}  (of {entity.name})",
        f"  defined at {flow.name.place}",
    ]
    for step in flow.steps.values():
        who = f"ends: {step.end}" if step.end else f"by {', '.join(step.by)}"
        lines.append(f"  {step.name:<16} {step.title}  [{who}]")
        for action in flow.actions.values():
            if step.name in action.sources:
                ways = [to for source, to, _ in routes_of(flow, action) if source == step.name]
                said = "；".join(
                    lead(linked, flow, kind_of(action), to) for to in ways if to != step.name
                )
                said = action.consequence or said or consequence(linked, flow, action)
                lines.append(f"      {action.name:<14} {action.title}  {kind_of(action)}: {said}")
    return "\n".join(lines) + "\n"


def _role(linked: Linked, name: str) -> str:
    role = linked.data.roles[name]
    lines = [
        f"role {role.name}  {role.title}",
        f"  declared at {role.name.place}",
        f"  reach {role.reach}, {role.face}",
    ]
    if role.purpose:
        lines.append(f"  {role.purpose}")
    if role.excludes:
        lines.append(f"  not together with: {', '.join(role.excludes)}")
    for item in linked.functions.values():
        if name in item.spec.roles:
            words = ", ".join(item.spec.roles[Word(name)])
            lines.append(f"  {item.spec.id:<8} {item.spec.title}: {words}")
    for entity in linked.entities.values():
        steps = (
            [step.title for step in entity.flow.steps.values() if name in step.by]
            if entity.flow
            else []
        )
        if steps:
            lines.append(f"  acts in {entity.name}: {'、'.join(steps)}")
    return "\n".join(lines) + "\n"


def _dotted(linked: Linked, name: str) -> list[str]:
    """`object.field`, its list, material, step, action or message."""
    head, _, rest = name.partition(".")
    entity = linked.entities.get(head)
    if entity is None or not rest:
        return []
    parts = []
    item = entity.fields.get(Name(rest))
    if item is not None:
        parts.append(_part("field", name, item))
    parts += [_part(kind, name, found) for kind, found in _below(entity, rest)]
    message = entity.spec.messages.get(Name(rest)) if entity.spec else None
    if message is not None:
        parts.append(
            f"message {name}\n  defined at {message.name.place}\n  to {', '.join(message.to)}\n  {message.text}\n"
        )
    return parts


def _below(entity: Entity, name: str) -> Iterator[tuple[str, Any]]:
    """Return what an object calls so, beside fields and messages, with its kind."""
    flow = entity.flow
    materials = entity.spec.materials if entity.spec else {}
    for kind, items in (
        ("list", entity.children),
        ("material", materials),
        ("step", flow.steps if flow else {}),
        ("action", flow.actions if flow else {}),
    ):
        if name in items:
            yield kind, items[Name(name)]


def _part(kind: str, name: str, found: Any) -> str:
    keys = [f"  {key.value}: {_shown(node)}" for key, node in found.node]
    head = f"{kind} {name}  {found.title}"
    return "\n".join([head, f"  defined at {found.name.place}", *keys]) + "\n"


def _shown(node: object) -> str:
    value = getattr(node, "value", None)
    if isinstance(value, str):
        return value
    items = getattr(node, "items", ())
    return "[" + ", ".join(_shown(item) for item in items) + "]" if items else "{…}"
