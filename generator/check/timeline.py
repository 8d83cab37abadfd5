"""Timelines: nodes that follow others, days that are days, and something to expect of each."""

from generator.check.context import Context
from generator.formulas import Where
from generator.language import tr
from generator.timeline import Node, Timeline
from generator.world import Entity

TIMELINE = "E145"


def check(context: Context) -> None:
    """Check the timeline of every object that has one."""
    for entity in context.linked.entities.values():
        if entity.spec and entity.spec.timeline:
            _timeline(context, entity, entity.spec.timeline)


def _timeline(context: Context, entity: Entity, spec: Timeline) -> None:
    before: list[str] = []
    for item in spec.nodes.values():
        _node(context, entity, item, before)
        before.append(str(item.name))
    for warn in spec.warn:
        context.known(TIMELINE, warn.reach, spec.nodes, tr("it warns of the unknown node"), "node")
        context.formulas.compile(warn.by, Where(this=entity.name), "date")


def _node(context: Context, entity: Entity, item: Node, before: list[str]) -> None:
    where, formulas = Where(this=entity.name), context.formulas
    if item.after is not None and item.after not in before:
        context.known(
            TIMELINE,
            item.after,
            before,
            tr("'{name}' comes after", name=item.name),
            tr("node above it"),
        )
    if item.takes is not None:
        formulas.compile(item.takes, where, "integer")
        if item.after is None:
            what = tr("'{name}' takes days after nothing", name=item.name)
            context.note(TIMELINE, item.takes, what, tr("name the node before it with after."))
    for code in (item.planned, item.actual):
        if code is not None:
            formulas.compile(code, where, "date")
    if item.actual is not None and item.passed is not None:
        what = tr("'{name}' has two days on which it was", name=item.name)
        context.note(TIMELINE, item.passed, what, tr("write actual or passed."))
    if item.passed is not None:
        steps = entity.flow.steps if entity.flow else {}
        context.known(
            TIMELINE, item.passed, steps, tr("'{name}' has no step", name=entity.name), "step"
        )
    if item.takes is None and item.planned is None and item.actual is None and not item.passed:
        context.note(
            TIMELINE, item.name, tr("nothing says when '{name}' is or was", name=item.name),
            tr("give takes with after, planned, actual or passed."),
        )  # fmt: skip
