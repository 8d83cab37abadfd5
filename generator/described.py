"""What `explain --json` says: the same as the text, for programs."""

from typing import Any

from generator import explain_catalogs, vocabulary
from generator.chinese import chinese
from generator.codes import CODES, FAMILIES
from generator.emit.screens import operations_of
from generator.explain_figures import shown_by
from generator.explain_interfaces import sent_by
from generator.reader import Name, Word
from generator.routes import kind_of, routes_of
from generator.world import Entity, FunctionIn, Linked


def described(linked: Linked, name: str) -> list[dict[str, Any]]:
    """Return everything that is called so; empty if nothing is."""
    found = []
    if name.upper() in CODES:
        found.append(code(name.upper()))
    if name in linked.entities:
        found.append(_object(linked, linked.entities[name]))
    if name in linked.functions:
        found.append(_function(linked, linked.functions[name]))
    if name in linked.flows:
        found.append(_flow(linked.flows[name]))
    data = linked.data
    for known, say in (
        (data.roles, _role),
        (data.reports, _model),
        (data.scores, _score),
        (data.interfaces, _interface),
        (data.migrations, _migration),
    ):
        if name in known:
            found.append(say(linked, name))
    if name in linked.data.decisions:
        item = linked.data.decisions[name]
        found.append({"kind": "decision", "name": name, "title": str(item.title)})
    return [*found, *_told(linked, name), *_member(linked, name)]


def _told(linked: Linked, name: str) -> list[dict[str, Any]]:
    """Return what is told in words only: policies, dictionaries, papers, patterns, the language's words."""
    declared = [(text.split(" ", 1)[0], text) for text in explain_catalogs.explain(linked, name)]
    words = [("word", text) for text in vocabulary.explain(name)]
    return [{"kind": kind, "name": name, "text": text} for kind, text in (*declared, *words)]


def code(name: str) -> dict[str, Any]:
    """Return the explanation of an error code."""
    item = CODES[name]
    return {
        "kind": "code", "name": item.code, "title": chinese(item.title),
        "family": chinese(FAMILIES[item.code[:2]]), "text": chinese(item.text),
    }  # fmt: skip


def _object(linked: Linked, entity: Entity) -> dict[str, Any]:
    users = [
        f"{other.name}.{item.name}"
        for other in linked.entities.values()
        for item in other.fields.values()
        if item.to == entity.name
    ]
    functions = [item.spec.id for item in linked.functions_of(entity.name)]
    return {
        "kind": "object",
        "name": entity.name,
        "title": entity.title,
        "at": str(entity.place),
        "table": entity.table,
        "class": entity.cls,
        "parent": entity.parent or None,
        "fields": [
            {"name": str(item.name), "type": str(item.type), "title": str(item.title),
             "to": str(item.to or item.of or "") or None}
            for item in entity.fields.values()
        ],
        "lists": {str(name): str(child.object) for name, child in entity.children.items()},
        "flow": str(entity.flow.name) if entity.flow else None,
        "functions": [str(id) for id in functions],
        "referred_to_by": users,
    }  # fmt: skip


def _function(linked: Linked, item: FunctionIn) -> dict[str, Any]:
    spec = item.spec
    return {
        "kind": "function",
        "name": str(spec.id),
        "title": str(spec.title),
        "at": str(spec.id.place),
        "menu": [item.subsystem, str(spec.module or "")],
        "address": f"/{spec.id}/",
        "screen": str(spec.screen),
        "object": item.object or None,
        "model": str(spec.model) if spec.model else None,
        "models": list(map(str, spec.models)),
        "operations": list(operations_of(linked, item)),
        "roles": {str(role): list(map(str, words)) for role, words in spec.roles.items()},
        "steps": list(map(str, spec.steps)),
    }


def _flow(entity: Entity) -> dict[str, Any]:
    flow = entity.flow
    assert flow is not None
    return {
        "kind": "flow",
        "name": str(flow.name),
        "title": str(flow.title),
        "at": str(flow.name.place),
        "object": entity.name,
        "steps": [
            {"name": str(s.name), "title": str(s.title), "by": list(map(str, s.by)),
             "end": str(s.end) or None}
            for s in flow.steps.values()
        ],
        "actions": [
            {"name": str(a.name), "title": str(a.title), "kind": kind_of(a),
             "ways": [[source, target] for source, target, _ in routes_of(flow, a)]}
            for a in flow.actions.values()
        ],
    }  # fmt: skip


def _role(linked: Linked, name: str) -> dict[str, Any]:
    role = linked.data.roles[name]
    granted = {
        str(item.spec.id): list(map(str, item.spec.roles[Word(name)]))
        for item in linked.functions.values()
        if name in item.spec.roles
    }
    return {
        "kind": "role",
        "name": name,
        "title": str(role.title),
        "at": str(role.name.place),
        "reach": str(role.reach),
        "face": str(role.face),
        "excludes": list(map(str, role.excludes)),
        "functions": granted,
    }


def _model(linked: Linked, name: str) -> dict[str, Any]:
    spec = linked.data.reports[name]
    return {
        "kind": "report model",
        "name": name,
        "title": str(spec.title),
        "at": str(spec.name.place),
        "fact": str(spec.fact),
        "dimensions": {str(n): str(item.by) for n, item in spec.dimensions.items()},
        "measures": {str(n): item.said for n, item in spec.measures.items()},
        "reports": {str(n): str(item.title) for n, item in spec.reports.items()},
        "tiles": {
            str(n): {form: str(word) for form, word in item.forms}
            for n, item in (spec.dashboard.tiles if spec.dashboard else {}).items()
        },
        "docx": {
            str(n): {
                "template": str(paper.template),
                "blocks": {
                    str(block.name): {form: list(map(str, show)) for form, show in block.forms}
                    for block in paper.blocks.values()
                },
            }
            for n, paper in spec.docx.items()
        },
        "functions": shown_by(linked, name),
    }


def _score(linked: Linked, name: str) -> dict[str, Any]:
    spec = linked.data.scores[name]
    return {
        "kind": "score",
        "name": name,
        "title": str(spec.title),
        "at": str(spec.name.place),
        "of": str(spec.of),
        "period": str(spec.period),
        "start": spec.start,
        "items": {
            str(n): {"on": str(item.on), "points": str(item.points), "cap": item.cap}
            for n, item in spec.items.items()
        },
        "functions": shown_by(linked, name),
    }


def _interface(linked: Linked, name: str) -> dict[str, Any]:
    spec = linked.data.interfaces[name]
    return {
        "kind": "interface",
        "name": name,
        "title": str(spec.title),
        "at": str(spec.name.place),
        "transport": str(spec.transport or ""),
        "messages": {
            str(n): {
                "title": str(item.title),
                "values": {
                    str(one.name): {"type": str(one.type), "required": one.required}
                    for one in item.fields.values()
                },
                "answers": list(map(str, item.answers)),
                "sent_at": sent_by(linked, f"{name}.{n}"),
            }
            for n, item in spec.messages.items()
        },
        "provides": {
            str(n): {"title": str(item.title), "object": str(item.object)}
            for n, item in spec.provide.items()
        },
        "takes": {
            str(n): {"title": str(item.title), "object": str(item.object)}
            for n, item in spec.takes.items()
        },
    }


def _migration(linked: Linked, name: str) -> dict[str, Any]:
    spec = linked.data.migrations[name]
    return {
        "kind": "migration",
        "name": name,
        "title": str(spec.title),
        "at": str(spec.name.place),
        "source": f"{spec.source}: {spec.table}",
        "file": str(spec.file or ""),
        "into": str(spec.into),
        "match": list(map(str, spec.match)),
        "mode": str(spec.mode),
        "fields": {str(n): str(item.value) for n, item in spec.fields.items()},
        "children": {str(n): str(item.table) for n, item in spec.children.items()},
    }


def _member(linked: Linked, name: str) -> list[dict[str, Any]]:
    """`object.field` or `object.message`."""
    head, _, rest = name.partition(".")
    entity = linked.entities.get(head)
    if entity is None or not rest:
        return []
    found: list[dict[str, Any]] = []
    item = entity.fields.get(Name(rest))
    if item is not None:
        found.append({
            "kind": "field", "name": name, "title": str(item.title), "at": str(item.name.place),
            "type": str(item.type), "keys": [key.value for key, _ in item.node],
        })  # fmt: skip
    message = entity.spec.messages.get(Name(rest)) if entity.spec else None
    if message is not None:
        found.append({
            "kind": "message", "name": name, "at": str(message.name.place),
            "to": list(map(str, message.to)), "text": str(message.text),
        })  # fmt: skip
    return found
