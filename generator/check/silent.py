"""What would be taken in silence and never be seen by anybody: documents and actions."""

from collections.abc import Iterator

from generator import model
from generator.check import acts
from generator.check.context import Context
from generator.check.effects import effects_of
from generator.language import tr
from generator.problem import Place
from generator.routes import kind_of
from generator.source import Mapping, Node, Sequence
from generator.world import Entity

PAPER, GRANT = "E405", "E312"


def check(context: Context) -> None:
    """Check that documents are made and actions granted; last of all, so that nothing is said twice."""
    _papers(context)
    by_effect = {
        acts.leads(context, entity, effect)
        for entity in context.linked.entities.values()
        for effect in effects_of(entity)
    }
    for entity in context.linked.entities.values():
        if entity.flow and entity.name not in context.problems.lost:
            _actions(context, entity, entity.flow, by_effect)


def _papers(context: Context) -> None:
    """Note documents that nothing issues and no step prints."""
    used = set[str]()
    for entity in context.linked.entities.values():
        used |= {str(effect.word()) for effect in effects_of(entity) if effect.kind == "issue"}
        for step in entity.flow.steps.values() if entity.flow else ():
            used |= {str(word) for word in step.print}
    for name, item in context.linked.data.documents.items():
        about = context.linked.entities.get(str(item.object))
        flow = about.flow if about else None
        if name in used or about is None or (flow and context.said(_places(flow.node))):
            continue  # or an effect of the flow could not be read
        how, where = (
            (f"do: [issue: {name}]", tr("an action"))
            if item.number
            else (f"print: [{name}]", tr("a step"))
        )
        context.note(
            PAPER, item.name, tr("nothing issues or prints the document '{name}'", name=name),
            tr("add {how} to {where} of '{object}', or delete the document.", how=how, where=where, object=item.object),
        )  # fmt: skip


def _actions(context: Context, entity: Entity, flow: model.Flow, by_effect: set[str]) -> None:
    """Note actions that no function grants, unless what is wrong with them or with the grants is said already."""
    functions = context.linked.functions_of(entity.name)
    granted = {
        str(word) for item in functions for words in item.spec.roles.values() for word in words
    }
    roles = [item.spec.node.get("roles") for item in functions]
    places = [item.spec.id.place for item in functions]
    if not functions or context.said([place for node in roles for place in _places(node)] + places):
        return
    for action in flow.actions.values():
        by_hand = kind_of(action) != "receipt" and any(
            not step.branches and not context.said([step.name.place])
            for name, step in flow.steps.items()
            if name in action.sources
        )
        said = context.said([action.name.place, *_places(action.node)])
        taken = f"{entity.name}.{action.name}" in by_effect
        if by_hand and not said and not taken and str(action.name) not in granted:
            context.note(
                GRANT, action.name, tr("nobody is granted '{name}', so its button is nowhere", name=action.name),
                tr("name it under `roles` of a function on '{name}', or delete it.", name=entity.name),
            )  # fmt: skip


def _places(node: Node | None) -> Iterator[Place]:
    """Yield where a node and everything below it stands."""
    if node is None:
        return
    yield node.place
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _places(item)
    elif isinstance(node, Mapping):
        for key, value in node:
            yield key.place
            yield from _places(value)
