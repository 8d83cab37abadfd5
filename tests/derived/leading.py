"""A case led through its flow step by step, by whoever may, until it stands where it is wanted."""

from typing import Any

from app.core.db.database import elevated, session
from app.core.declare import registry
from app.flow.execution import external_waits
from app.flow.execution.cases import case_of
from app.flow.execution.places import places
from tests.derived.acting import take
from tests.derived.brought import brought
from tests.derived.permitted import allowed
from tests.derived.valid import Cannot

MOST = 40  # steps


def lead(world: Any, record: Any, wanted: str) -> None:
    """Lead the record's case to the state; Cannot where nobody may go on."""
    obj, pk = registry.object_of(type(record)), record.id
    for _ in range(MOST):
        with elevated():
            record = session.get(obj.model, pk)
            if record.state == wanted:
                return
        if not any(_passed(world, obj, record, place.step) for place in _places(record)):
            break
    raise Cannot(f"{obj.name}: nobody leads it from {record.state} to {wanted}")


def _places(record: Any) -> list[Any]:
    case = case_of(record)
    return list(places(registry.flow_of(registry.object_of(type(record)).name), case))


def _passed(world: Any, obj: Any, record: Any, step: Any) -> bool:
    """Take the first action that leads forward from the step; whether there was one."""
    flow = registry.flow_of(obj.name)
    for action in flow.actions:
        if not any(route.source == step.name for route in action.routes):
            continue
        if action.kind == "receipt" and step.wait and step.wait.event:
            return bool(
                external_waits.receive(
                    external_waits.key_of(case_of(record)), action.on or "other", brought(step)
                )
            )
        for role in registry.registry().roles if action.kind in ("submit", "pass") else ():
            with world.acting("system"):
                may = allowed(world, flow, action, step, role, record)
            if may:
                take(world, record, action, step, role)
                return True
    return False
