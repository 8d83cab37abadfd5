"""Says what an interface is: its messages, what they hold, and who sends them."""

from generator.interfaces import Content, Interface
from generator.world import Linked


def sent_by(linked: Linked, name: str) -> list[str]:
    """Return the steps, as OBJECT.STEP, that send INTERFACE.MESSAGE and wait for its answer."""
    return [
        f"{entity.name}.{step.name}"
        for entity in linked.flows.values()
        for step in (entity.flow.steps.values() if entity.flow else ())
        if step.send is not None and step.send.message == name
    ]


def interface(linked: Linked, name: str) -> str:
    """Return the text about an interface."""
    spec: Interface = linked.data.interfaces[name]
    lines = [f"interface {name}  {spec.title}", f"  declared at {spec.name.place}"]
    if spec.transport:
        lines.append(f"  reached by plugins/{spec.transport}.py, settings in [interface_{name}]")
    for item in spec.messages.values():
        lines.append(f"  message {item.name}  {item.title}")
        lines += [f"    {_content(one)}" for one in item.fields.values()]
        for reply in item.answers.values():
            brings = ", ".join(_brought(one) for one in reply.fields.values())
            lines.append(
                f"    answer {reply.name}  {reply.title}" + (f": {brings}" if brings else "")
            )
        steps = [*sent_by(linked, f"{name}.{item.name}"), *(f"{item.object}.{s}" for s in item.on)]
        lines += [f"    sent at {', '.join(steps)}"] if steps else []
        lines += [f"    sent daily at {item.at}, one file"] if item.at else []
    for taken in spec.takes.values():
        lines.append(
            f"  takes {taken.name}  {taken.title}: {taken.object} by {', '.join(taken.key)}"
        )
        lines += [f"    {_content(one)}" for one in taken.fields.values()]
    for offer in spec.provide.values():
        where = f", where {offer.where}" if offer.where else ""
        lines.append(f"  provides {offer.name}  {offer.title}: {offer.object}{where}")
        lines += [f"    {_content(one)}" for one in offer.fields.values()]
    return "\n".join(lines) + "\n"


def _brought(item: Content) -> str:
    inner = f" of {', '.join(map(str, item.fields))}, up to {item.max}" if item.fields else ""
    return f"{item.name}{inner}"


def _content(item: Content) -> str:
    length = f" up to {item.length}" if item.length else ""
    said = f" = {item.value}" if item.value else ""
    needed = ", required" if item.required else ""
    inner = f" ({_brought(item)})" if item.fields else ""
    return f"{item.name:<16} {item.of or item.type}{length}{needed}{said}{inner}  {item.title}"
