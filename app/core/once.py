"""Rows that are picked once: what stands in one record that is under way stands in no other."""

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.core import registry
from app.core.database import session
from app.core.declare import Field, Object
from app.core.env import Env
from app.core.typed_row import Row, stored_ids


def free(target: Object, item: Field, env: Env) -> Any:
    """Return the condition that no other record under way has picked a row of the target.

    Records that were rejected or cancelled let go of what they had picked.
    """
    rows = registry.object(item.once)
    owner = registry.object(rows.parent)
    row: Any = aliased(rows.model)
    parent: Any = aliased(owner.model)
    model: Any = target.model
    picked = getattr(row, f"{item.name}_id") == model.id
    clauses = [picked, row.parent_id == parent.id]
    flow = registry.flow_of(owner.name)
    if flow is not None:
        gone = [step.name for step in flow.steps if step.end in ("rejected", "cancelled")]
        clauses.append(parent.state.notin_(gone))
    own = getattr(env.parent, "id", None)
    if own is not None:
        clauses.append(parent.id != own)
    return ~exists().where(*clauses)


def hold(row: Row) -> None:
    """Keep what is picked anew to this transaction, so that two people cannot pick it at once."""
    for child in row._object.children:
        wanted: dict[tuple[str, str], set[int]] = {}
        for inner in row._children.get(child.name, ()):
            for item in inner._object.fields:
                value = inner._values.get(item.name)
                if item.once and value and value not in stored_ids(item, inner._record):
                    name = item.type.object  # type: ignore[attr-defined]
                    wanted.setdefault((name, item.name), set()).add(value)
        for (name, _), ids in sorted(wanted.items()):
            model: Any = registry.object(name).model
            query = select(model.id).where(model.id.in_(sorted(ids))).order_by(model.id)
            session.execute(query.with_for_update(of=model)).all()
