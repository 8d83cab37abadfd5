"""What is called so: the names of each kind at a place, each with its title and where it is declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from generator import kinds, loads, vocabulary
from generator.check.fields import FILES
from generator.editor.here import Here, follow
from generator.emit.screens import operations_of
from generator.expression import Member
from generator.problem import Place
from generator.world import Entity, Linked


@dataclass(frozen=True)
class Named:
    """Something with a name."""

    name: str
    title: str = ""
    place: Place | None = None
    about: str = ""  # under which name `explain` knows it
    target: str = ""  # the object whose names may follow behind a point


Names = dict[str, Named]
DOTTED = frozenset(
    {"path", "path there", "public", "who", "fact", "event", "sent", "total", "part"}
)


def names(linked: Linked, here: Here, kind: str, before: str = "") -> Names:
    """Return the names of a kind; with `before`, those that may follow it behind a point."""
    if before:
        return _behind(linked, here, kind, before) if kind in DOTTED else {}
    find = _KINDS.get(kind)
    return find(linked, here) if find else {}


def find(linked: Linked, here: Here, kind: str, text: str) -> Named | None:
    """Return what a name of a kind means; of `unit.name` what the last word of it does."""
    before, _, last = (
        text.lstrip("-").rpartition(".") if kind in DOTTED else ("", "", text.lstrip("-"))
    )
    return names(linked, here, kind, before).get(last)


def members(linked: Linked, object: str) -> Names:
    """Return what stands behind a point after something of an object."""
    entity = linked.entities.get(object)
    known = linked.world.members.get(object, {})
    return {name: _member(entity, object, name, member) for name, member in known.items()}


def _member(entity: Entity | None, object: str, name: str, member: Member) -> Named:
    kind = f"{member.type} {member.target or member.dictionary}".rstrip()
    item: Any = _part(entity, name)
    if item is None:
        title = vocabulary.NAMES.get(name, ("", ""))[1] or kind
        return Named(name, title, None, name if name in vocabulary.NAMES else "", member.target)
    return Named(
        name, f"{item.title}（{kind}）", item.name.place, f"{object}.{name}", member.target
    )


def _part(entity: Entity | None, name: Any) -> Any:
    return entity and (entity.fields.get(name) or entity.children.get(name))


def _behind(linked: Linked, here: Here, kind: str, before: str) -> Names:
    head, *rest = before.split(".")
    if kind in ("fact", "event", "total") and head in linked.entities:
        return _of_object(linked, linked.entities[head], kind) if not rest else {}
    if kind == "sent":
        found = linked.data.interfaces.get(head)
        return _listed(found.messages) if found else {}
    if kind in ("path", "who", "part") and head == "material":
        return _materials(linked, here)
    start = here.there if kind == "path there" else here.this
    return members(linked, follow(linked, start, before.split(".")))


def _of_object(linked: Linked, entity: Entity, kind: str) -> Names:
    if kind == "event":
        flow = entity.flow
        ladders = entity.spec.ladders if entity.spec else {}
        steps, actions = (flow.steps, flow.actions) if flow else ({}, {})
        return _listed(steps, entity) | _listed(actions, entity) | _listed(ladders, entity)
    if kind == "fact":
        return _listed(entity.children, entity)
    return members(linked, entity.name)


def _listed(items: Mapping[Any, Any], entity: Entity | None = None) -> Names:
    """Return what a table of the meta-model declares."""
    whose = f"{entity.name}." if entity else ""
    return {
        str(name): Named(
            str(name), str(getattr(item, "title", None) or ""),
            getattr(getattr(item, "name", None) or getattr(item, "id", None) or name, "place", None),
            f"{whose}{name}",
        )
        for name, item in items.items()
    }  # fmt: skip


def _written(here: Here, *way: str) -> Names:
    """Return what the file itself declares, also as long as it cannot be read as a whole."""
    found = {}
    for token in here.outline.tokens:
        if token.role == "key" and token.way[:-1] == way:
            place = Place(here.path, token.line + 1, token.column + 1, max(1, len(token.text)))
            title = here.outline.value(*token.way, "title") or here.outline.value(*token.way)
            found[token.text] = Named(token.text, title, place)
    return found


def holes(here: Here) -> Names:
    """Return what a pattern's `$` may name: its parameters, and what every use gives."""
    if not here.path.startswith("metadata/patterns/"):
        return {}
    given = {"object": "用到模式的对象", "organisation": "project.yaml 的 organisation"}
    return _words(given) | _written(here, "parameters")


def _fields(linked: Linked, here: Here) -> Names:
    own: Names = {}
    if here.rows:
        own = _written(here, "children", here.rows, "fields")
    elif here.own:
        own = _written(here, "fields")
    return own | members(linked, here.this)


def _paths(linked: Linked, here: Here) -> Names:
    own = _written(here, "children") if here.own else {}
    return own | _fields(linked, here)


def _of(linked: Linked, here: Here) -> Entity | None:
    return linked.entities.get(here.object)


def _steps(linked: Linked, here: Here) -> Names:
    entity = _of(linked, here)
    state = linked.world.members.get(here.object, {}).get("state")
    known = {code: Named(code) for code in state.codes} if state else {}
    found = _listed(entity.flow.steps, entity) if entity and entity.flow else {}
    own = _written(here, "flow", "steps") if here.own else {}
    return own | known | (codes(linked, state.dictionary) if state else {}) | found


def _actions(linked: Linked, here: Here) -> Names:
    entity = _of(linked, here)
    found = _listed(entity.flow.actions, entity) if entity and entity.flow else {}
    return _written(here, "flow", "actions") | found


def _spec(part: str) -> Callable[[Linked, Here], Names]:
    """Return what lists one part of the object at hand."""

    def listed(linked: Linked, here: Here) -> Names:
        entity = _of(linked, here)
        known = _listed(getattr(entity.spec, part), entity) if entity and entity.spec else {}
        return _written(here, part) | known

    return listed


_materials = _spec("materials")


def _lists(linked: Linked, here: Here) -> Names:
    entity = linked.entities.get(here.this)
    own = _written(here, "children") if here.own else {}
    return own | (_listed(entity.children, entity) if entity else {})


def _parts(linked: Linked, here: Here) -> Names:
    return _words({"all": "全部"}) | _paths(linked, here) | _materials(linked, here)


def _words(table: Mapping[str, str]) -> Names:
    return {name: Named(name, title, None, name) for name, title in table.items()}


def _objects(linked: Linked, here: Here) -> Names:
    return {
        name: Named(name, entity.title, entity.place, name, name)
        for name, entity in sorted(linked.entities.items())
    }


def _types(linked: Linked, here: Here) -> Names:
    return _words(dict.fromkeys(kinds.KINDS, "")) | _listed(linked.data.types)


def _patterns(linked: Linked, here: Here) -> Names:
    return {
        name: Named(name, one.help, one.place, name) for name, one in linked.data.patterns.items()
    }


def _functions(linked: Linked, here: Here) -> Names:
    return {
        name: Named(name, str(one.spec.title), one.spec.id.place, name)
        for name, one in linked.functions.items()
    }


def _models(linked: Linked, here: Here) -> Names:
    data = linked.data
    handed = dict.fromkeys(loads.handed_in(data.migrations.values()), "")
    return _listed(data.reports) | _listed(data.scores) | _words(handed)


def _modules(linked: Linked, here: Here) -> Names:
    project = linked.data.project
    parts = here.path.split("/")
    known = project.subsystems if project else {}
    own = [one for name, one in known.items() if name == (parts[1] if len(parts) > 1 else "")]
    return {
        str(name): Named(str(name), str(title), getattr(name, "place", None))
        for one in (*own, *known.values())
        for name, title in one.modules.items()
    }


def _screens(linked: Linked, here: Here) -> Names:
    hand = {f"runtime.{name}": said for name, (_, said) in vocabulary.RUNTIME.items()}
    return _words(vocabulary.SCREENS | hand)


def _operations(linked: Linked, here: Here) -> Names:
    item = linked.functions.get(here.function)
    every = list(operations_of(linked, item)) if item else []
    every += [word for screen in vocabulary.SCREENS for word in vocabulary.operations(screen)]
    every += [word for grants, _ in vocabulary.RUNTIME.values() for word in grants]
    return {name: Named(name) for name in every} | _actions(linked, here)


def _who(linked: Linked, here: Here) -> Names:
    return _words({"applicant": "申请人"}) | _listed(linked.data.roles) | _paths(linked, here)


def _targets(linked: Linked, here: Here) -> Names:
    ways = {"next": "下一个环节", "previous": "上一个环节", "same": "留在本环节"}
    return _words(ways) | _steps(linked, here)


def _of_model(part: str) -> Callable[[Linked, Here], Names]:
    def listed(linked: Linked, here: Here) -> Names:
        model = linked.data.reports.get(here.model)
        return _written(here, here.model, part) | (_listed(getattr(model, part)) if model else {})

    return listed


def _parameters(linked: Linked, here: Here) -> Names:
    pattern = linked.data.patterns.get(here.pattern)
    return {
        str(one.name): Named(
            str(one.name), f"{one.type}  {one.help or ''}".rstrip(), one.name.place
        )
        for one in (pattern.parameters.values() if pattern else ())
    }


def _public(linked: Linked, here: Here) -> Names:
    printed = {"number": "文号", "title": "函件名称", "state": "状态"}
    return _words(printed) | _paths(linked, here)


def _there(linked: Linked, here: Here) -> Names:
    return members(linked, here.there)


def codes(linked: Linked, dictionary: str) -> Names:
    """Return the codes of a dictionary."""
    book = linked.data.dictionaries.get(dictionary)
    if book is None:
        return {}
    found = {}
    for code, entry in book.entries.items():
        title = entry.get("title") if isinstance(entry, dict) else entry
        found[str(code)] = Named(str(code), str(title), getattr(code, "place", None), dictionary)
    return found


_KINDS: dict[str, Callable[[Linked, Here], Names]] = {
    "abstract": lambda linked, here: {
        name: one for name, one in _objects(linked, here).items() if linked.entities[name].abstract
    },
    "action": _actions,
    "built-in type": lambda linked, here: _words(dict.fromkeys(kinds.KINDS, "")),
    "capture": lambda linked, here: _words({"all": "全部"}) | _spec("captures")(linked, here),
    "decision": lambda linked, here: _listed(linked.data.decisions),
    "default": lambda linked, here: _words({"true": "", "false": ""}),
    "dictionary": lambda linked, here: _listed(linked.data.dictionaries),
    "dimension": _of_model("dimensions"),
    "document": lambda linked, here: _listed(linked.data.documents),
    "draft": _there,
    "event": _objects,
    "fact": _objects,
    "field": _fields,
    "function": _functions,
    "kind of file": lambda linked, here: _words(dict.fromkeys(sorted(FILES), "")),
    "list": _lists,
    "material": _materials,
    "measure": _of_model("measures"),
    "message": _spec("messages"),
    "migration": lambda linked, here: _listed(linked.data.migrations),
    "model": _models,
    "module": _modules,
    "object": _objects,
    "of": lambda linked, here: _fields(linked, here) | _listed(linked.data.dictionaries),
    "operation": _operations,
    "own field": lambda linked, here: members(linked, here.there),
    "parameter": _parameters,
    "part": _parts,
    "part there": _there,
    "path": _paths,
    "path there": _there,
    "pattern": _patterns,
    "public": _public,
    "policy": lambda linked, here: _listed(linked.data.policies),
    "report": lambda linked, here: _listed(linked.data.reports),
    "role": lambda linked, here: _listed(linked.data.roles),
    "screen": _screens,
    "section": _spec("sections"),
    "sent": lambda linked, here: _listed(linked.data.interfaces),
    "step": _steps,
    "subsystem": lambda linked, here: _listed(
        linked.data.project.subsystems if linked.data.project else {}
    ),
    "target": _targets,
    "total": lambda linked, here: _lists(linked, here) | _objects(linked, here),
    "type": _types,
    "who": _who,
}
