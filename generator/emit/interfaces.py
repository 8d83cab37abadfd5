"""interfaces.py: the counterparts, with the functions that say what their messages hold."""

from typing import Any

from generator import kept
from generator.emit.bodies import Bodies
from generator.emit.module import header, listing
from generator.emit.text import OMIT, Raw, call, given, rows, unless
from generator.expression import Compiled
from generator.formulas import Formulas, Where
from generator.interfaces import Content, Incoming, Interface, Offer, Outgoing, Reply, type_of
from generator.world import Linked

_CLASSES = ("Interface", "Content", "Incoming", "Offer", "Outgoing", "Reply")


def interfaces(linked: Linked, formulas: Formulas) -> str:
    """Return interfaces.py."""
    bodies = Bodies(formulas)
    items = [_interface(bodies, spec) for spec in linked.data.interfaces.values()]
    text = listing("interfaces", "interfaces", bodies, items, *_CLASSES)
    return header("Interfaces", "metadata/interfaces/") + "\n" + text


def _interface(bodies: Bodies, spec: Interface) -> Raw:
    return call(
        "Interface",
        tall=True,
        name=str(spec.name),
        title=str(spec.title),
        transport=given(f"plugins.{spec.transport}" if spec.transport else ""),
        codec=given(f"plugins.{spec.codec}" if spec.codec else ""),
        messages=_given([_outgoing(bodies, spec, one) for one in spec.messages.values()]),
        takes=_given([_incoming(bodies, one) for one in spec.takes.values()]),
        provide=_given([_offer(bodies, spec, one) for one in spec.provide.values()]),
    )


def _outgoing(bodies: Bodies, spec: Interface, item: Outgoing) -> Raw:
    name = f"{spec.name}_{item.name}"
    where = Where(this=str(item.object or ""))
    when: Any = OMIT
    if item.when:
        when = bodies.condition(f"{name}_when", item.when, where)
    return call(
        "Outgoing",
        tall=True,
        **_of(bodies, name, item),
        materials=given(tuple(map(str, item.materials))),
        on=given(tuple(map(str, item.on))),
        when=when,
        at=given(str(item.at or "")),
        answers=_given([_reply(bodies, one) for one in item.answers.values()]),
    )


def _reply(bodies: Bodies, item: Reply) -> Raw:
    brings = [_content(bodies, "", Where(this=""), one) for one in item.fields.values()]
    return call("Reply", name=str(item.name), title=str(item.title), fields=_given(brings))


def _incoming(bodies: Bodies, item: Incoming) -> Raw:
    return call(
        "Incoming",
        tall=True,
        name=str(item.name),
        title=str(item.title),
        object=str(item.object),
        key=tuple(map(str, item.key)),
        fields=rows([_content(bodies, "", Where(this=""), one) for one in item.fields.values()]),
        mode=unless(str(item.mode), "all"),
        action=given(str(item.action or "")),
        entry=given(str(item.entry or "")),
    )


def _offer(bodies: Bodies, spec: Interface, item: Offer) -> Raw:
    return call("Offer", tall=True, **_of(bodies, f"{spec.name}_{item.name}", item))


def _of(bodies: Bodies, name: str, item: Outgoing | Offer) -> dict[str, Any]:
    """Return what messages and offers have in common: what is said of which rows."""
    where = Where(this=str(item.object or ""))
    fields = rows([_content(bodies, name, where, one) for one in item.fields.values()])
    chosen: Any = OMIT
    if item.where:
        chosen = bodies.criterion(f"{name}_where", item.where, where)
    return {
        "name": str(item.name),
        "title": str(item.title),
        "object": given(str(item.object or "")),
        "fields": fields,
        "where": chosen,
    }


def _content(bodies: Bodies, prefix: str, where: Where, item: Content) -> Raw:
    value: Any = OMIT
    reads: Any = OMIT
    path, inner = "", where
    if item.type == "rows" and item.value:
        found = bodies.formulas.compile(item.value, where)
        path = str(item.value)
        inner = Where(this=found.type.target if found else "", parent=where.this)
    elif item.value:
        value = bodies.formula(f"{prefix}_{item.name}", item.value, where, type_of(item))
        compiled = bodies.formulas.compile(item.value, where, type_of(item))
        reads = given(tuple(_beyond(bodies, where, compiled)) if compiled else ())
    return call(
        "Content",
        name=str(item.name),
        title=str(item.title),
        type=unless(str(item.type), "string"),
        dictionary=given(str(item.of or "")),
        length=given(item.length),
        scale=unless(item.scale, 2),
        required=given(item.required),
        codes=given({str(ours): str(theirs) for ours, theirs in item.codes.items()}),
        value=value,
        reads=reads,
        to=given(str(item.to or "")),
        path=given(path),
        fields=_given(
            [_content(bodies, f"{prefix}_{item.name}", inner, one) for one in item.fields.values()]
        ),
        most=given(item.max),
    )


def _beyond(bodies: Bodies, where: Where, compiled: Compiled) -> list[str]:
    """Return the paths of a value that lead out of the record's own columns."""
    linked = bodies.formulas.linked
    entity = linked.entities[where.this]
    own = {name for name, one in entity.fields.items() if linked.kind(one) not in ("ref", "refs")}
    return [path for path in kept.reads(compiled) if path not in own]


def _given(items: list[Raw]) -> Any:
    return rows(items) if items else OMIT
