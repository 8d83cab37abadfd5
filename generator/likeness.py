"""`like`: a step takes over from another what it does not say itself."""

from dataclasses import replace

from generator import model
from generator.reader import Name, slots

OWN = frozenset(("name", "title", "like", "end"))


def complete(flow: model.Flow | None) -> None:
    """Let the steps of a flow that are like others have what those say."""
    for name, step in (flow.steps if flow else {}).items():
        other = flow.steps.get(Name(step.like)) if flow and step.like else None
        if flow and other is not None and other is not step and not other.like:
            taken = {
                slot.attribute: getattr(other, slot.attribute)
                for slot in slots(model.Step)
                if slot.key not in OWN and step.node.get(slot.key) is None
            }
            flow.steps[name] = replace(step, **taken)
