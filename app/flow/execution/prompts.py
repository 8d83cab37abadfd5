"""What an action asks for: values typed when it is taken, written before anything that follows from it."""

from collections.abc import Mapping
from typing import Any

from app.core.declare import Action, Field, Object
from app.core.errors import Fault, Rejected
from app.core.expressions.env import make_env
from app.core.records import service as records
from app.core.records.typed_row import applies

PATH = "values"  # what is wrong with an answer stands at values.FIELD


def fields(obj: Object, record: Any, action: Action) -> list[Field]:
    """Return the fields that the action asks for of this record as it stands."""
    if not action.asks:
        return []
    row = records.bind_stored(obj, record)
    env = make_env(form=row)
    asked = (obj.field(name) for name in action.asks)
    return [item for item in asked if applies(item, row, env)]


def write(obj: Object, record: Any, action: Action, values: Mapping[str, Any]) -> None:
    """Write what was typed; Rejected where something is missing, wrong, or was not asked for."""
    faults = [
        Fault(f"{PATH}.{str(name)[:60]}", f"{action.title}时不填写“{str(name)[:60]}”")
        for name in values
        if name not in action.asks
    ]
    if action.asks:
        wanted = {name: values.get(name, "") for name in action.asks}
        found = [] if faults else records.answer(obj, record, wanted)
        faults += [Fault(f"{PATH}.{one.path}", one.message) for one in found]
    if faults:
        raise Rejected(faults)
