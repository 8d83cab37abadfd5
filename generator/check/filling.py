"""What fills the fields that nobody types: effects, devices, answers, rows from elsewhere, and how early."""

from collections.abc import Iterator

from generator import model
from generator.check.effects import effects_by_itself
from generator.formulas import doing
from generator.interfaces import Content
from generator.reader import Name
from generator.readers import Effect
from generator.routes import kind_of, routes_of
from generator.source import Mapping, Node, Scalar
from generator.world import Entity, Linked

Written = Iterator[tuple[str, str]]  # object, field


def filled(linked: Linked) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return the fields (object, field) that something fills before a record must be complete, and later."""
    early, late = set(_from_elsewhere(linked)), set[tuple[str, str]]()
    for entity in linked.entities.values():
        early |= set(_of_declaration(linked, entity))
        for written, before in _of_flow(linked, entity):
            own = written[0] in (entity.name, *(row.name for row in linked.rows_of(entity)))
            (early if before or not own else late).add(written)
        for effect in effects_by_itself(entity):
            early |= set(_of_effect(linked, entity, effect))
    for name, field in list(early):
        if name in linked.entities:
            early |= {(one.name, field) for one in linked.concretes(linked.entities[name])}
    return early, late


def _of_declaration(linked: Linked, entity: Entity) -> Written:
    """Yield what the object itself says: references that bring values, captures, holds, rows that follow."""
    for item in entity.fields.values():
        yield from ((entity.name, str(name)) for name in item.fill)
        copied = entity.fields.get(Name(item.of)) if item.of else None
        if copied is not None:
            yield from ((str(copied.to), str(name)) for name in item.fields)
    if entity.child:
        follows = entity.child.rows.fill if entity.child.rows else ()
        yield from ((entity.name, str(name)) for name in follows)
        yield (entity.name, str(entity.child.pick or ""))
    if entity.spec is None:
        return
    for capture in entity.spec.captures.values():
        yield from ((entity.name, str(name)) for name in (*capture.fill, capture.by_hand))
    for hold in entity.spec.holds.values():
        held = entity.fields.get(hold.field)
        if held is not None:
            yield from ((str(held.to), str(name)) for name in (hold.capacity, hold.used))
    if entity.spec.slots:
        yield from ((entity.name, name) for name in ("day", "hours", "capacity", "used"))


def _of_flow(linked: Linked, entity: Entity) -> Iterator[tuple[tuple[str, str], bool]]:
    """Yield what the flow of an object writes, and whether before completeness is asked for."""
    flow = entity.flow
    if flow is None:
        return
    open_ = before_complete(flow)
    for action in flow.actions.values():
        sources = [str(word) for word in action.sources]
        before = any(name in open_ and not asks(flow, action, name) for name in sources)
        for effect in action.do:
            yield from ((one, before) for one in _of_effect(linked, entity, effect))
        yield from (((entity.name, str(word)), before) for word in action.asks)
    for name, step in flow.steps.items():
        before = str(name) in open_
        for effect in step.on_pass:
            yield from ((one, before) for one in _of_effect(linked, entity, effect))
        if step.per:
            yield from (
                (one, before) for one in _at(linked, entity, f"{step.per.rows}.{step.per.field}")
            )
        for path, word in step.wait.fill.items() if step.wait else ():
            yield from ((one, before) for one in _of_answer(linked, entity, step, path, word))


def asks(flow: model.Flow, action: model.Action, step: str) -> bool:
    """Tell whether a record must be complete when the action is taken at a step."""
    kind = kind_of(action)
    return kind == "submit" or (kind == "pass" and bool(flow.steps[Name(step)].edit))


def before_complete(flow: model.Flow) -> set[str]:
    """Return the steps that a case comes to before anything asks it to be complete."""
    found = {str(name) for name in list(flow.steps)[:1]}
    while True:
        ways = {
            target
            for action in flow.actions.values()
            for source, target, _ in routes_of(flow, action)
            if source in found and not asks(flow, action, source)
        }
        if ways <= found:
            return found
        found |= ways


def _of_effect(linked: Linked, entity: Entity, effect: Effect) -> Written:
    """Yield what one effect writes."""
    about, argument = doing(linked, entity, effect), effect.argument
    if not isinstance(argument, Mapping):
        return
    if effect.kind == "set":
        for path in _keys(argument):
            yield from _at(linked, about, path)
        return
    if effect.kind == "price":
        yield from _at(linked, about, f"{_text(argument, 'rows')}.{_text(argument, 'field')}")
    if effect.kind == "take":
        yield (about.name, _text(argument, "as"))
    if effect.kind == "account":
        subject = ".".join(part for part in (_text(argument, "of"), "account") if part)
        yield from _at(linked, about, subject)
    target = _text(argument, "object")
    yield (target, _text(argument, "number"))
    for path in _keys(argument.get("fields")):
        yield from _at(linked, linked.entities.get(target), path)


def _of_answer(linked: Linked, entity: Entity, step: model.Step, path: str, word: str) -> Written:
    """Yield what one value of an answer fills: a field, or a list with the fields of its rows."""
    child = entity.children.get(Name(path))
    if child is None:
        yield from _at(linked, entity, path)
        return
    head, _, name = str(step.send.message if step.send else "").partition(".")
    face = linked.data.interfaces.get(head)
    message = face.messages.get(Name(name)) if face else None
    for reply in message.answers.values() if message else ():
        rows: Content | None = reply.fields.get(Name(word))
        for one in rows.fields.values() if rows else ():
            yield (str(child.object), str(one.to or one.name))


def _from_elsewhere(linked: Linked) -> Written:
    """Yield what migrations, messages that come, and settings of screens fill."""
    for spec in linked.data.migrations.values():
        yield from ((str(spec.into), str(name)) for name in spec.fields)
        for rows in spec.children.values():
            target = linked.fact(f"{spec.into}.{rows.name}")
            yield from ((target.name if target else "", str(name)) for name in rows.fields)
    for face in linked.data.interfaces.values():
        for taken in face.takes.values():
            for one in taken.fields.values():
                yield (str(taken.object), str(one.to or one.name).partition(".")[0])
    for function in linked.functions.values():
        params = function.spec.node.get("params")
        for name in _keys(params.get("preset") if isinstance(params, Mapping) else None):
            yield (function.object, name)


def _at(linked: Linked, entity: Entity | None, path: str) -> Written:
    """Yield the field at the end of a path, of the object that it belongs to."""
    *steps, last = path.split(".")
    here = entity.name if entity else ""
    for step in steps:
        member = linked.world.members.get(here, {}).get(step)
        here = member.target if member else ""
    yield (here, last)


def _keys(node: Node | None) -> list[str]:
    return [key.value for key, _ in node] if isinstance(node, Mapping) else []


def _text(node: Mapping, key: str) -> str:
    found = node.get(key)
    return found.value if isinstance(found, Scalar) else ""
