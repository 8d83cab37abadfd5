"""What an answer brings that somebody waits for: a value for each that is filled in, one row of rows."""

from typing import Any

from app.core.declare import Step, registry


def brought(step: Step) -> dict[str, Any]:
    """Return values for everything that a waiting step fills in."""
    assert step.wait
    rows = _rows(step)
    lists = {c.name for obj in registry.registry().objects.values() for c in obj.children}
    plain = {name: [] if path in lists else "1" for path, name in step.wait.fill.items()}
    return {name: rows.get(name, value) for name, value in plain.items()}


def _rows(step: Step) -> dict[str, list[dict[str, str]]]:
    if step.send is None:
        return {}
    item = registry.registry().interfaces[step.send.interface].message(step.send.message)
    found = [one for reply in item.answers for one in reply.fields if one.type == "rows"]
    return {one.name: [{inner.name: "1" for inner in one.fields}] for one in found}
