"""Declarations of timelines."""

from typing import Any

from generator.emit.bodies import Bodies
from generator.emit.text import OMIT, Raw, call, given, rows
from generator.emit.warned import effects
from generator.formulas import Where
from generator.reader import Code
from generator.timeline import Node, Timeline
from generator.world import Entity, Linked


def timeline(linked: Linked, bodies: Bodies, entity: Entity) -> Any:
    """Return the declaration of an object's timeline."""
    spec: Timeline | None = entity.spec.timeline if entity.spec else None
    if spec is None:
        return OMIT
    warn = [
        call(
            "Warn",
            reach=str(one.reach),
            by=_day(bodies, entity, f"{one.reach}_in_time", one.by),
            text=str(one.text),
            effects=effects(linked, bodies, entity, one.do, f"{one.reach}_late"),
            ended=effects(linked, bodies, entity, one.ended, f"{one.reach}_in_time"),
        )
        for one in spec.warn
    ]
    return call(
        "Timeline",
        nodes=rows([_node(bodies, entity, item) for item in spec.nodes.values()]),
        warn=rows(warn) if warn else OMIT,
    )


def _node(bodies: Bodies, entity: Entity, item: Node) -> Raw:
    takes: Any = OMIT
    if item.takes:
        name = f"{item.name}_takes_of_{entity.name}"
        takes = bodies.formula(name, item.takes, Where(this=entity.name), "integer")
    return call(
        "Node",
        name=str(item.name),
        title=str(item.title),
        after=given(str(item.after or "")),
        takes=takes,
        planned=_day(bodies, entity, f"{item.name}_planned", item.planned),
        actual=_day(bodies, entity, f"{item.name}_actual", item.actual),
        passed=given(str(item.passed or "")),
    )


def _day(bodies: Bodies, entity: Entity, name: str, code: Code | None) -> Any:
    if code is None:
        return OMIT
    return bodies.formula(f"{name}_of_{entity.name}", code, Where(this=entity.name), "date")
