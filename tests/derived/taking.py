"""A row that is free to be taken, for an action that takes the next one."""

import re
from typing import Any

from sqlalchemy import select

from app.core import types
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import Action, Effect, Field, Step, registry
from app.core.expressions.env import make_env
from tests.derived import values
from tests.derived.valid import Cannot, Maker, asked

TRIES = 120


def provide(maker: Maker, record: Any, action: Action, step: Step) -> None:
    """Make a free row for every take that the action brings about and that would find none."""
    for effect in (*step.effects, *action.effects):
        needed = effect.kind == "take" and (
            effect.when is None or effect.when(record, make_env(form=record))
        )
        if needed and not _free(effect, record):
            _make(maker, effect, record)


def _free(effect: Effect, record: Any) -> bool:
    """Is there a row that the declared condition calls free?"""
    model: Any = registry.object(effect.params["object"]).model
    where = effect.params["where"](model, make_env(form=record))
    with elevated():
        return session.scalars(select(model.id).where(where).limit(1)).first() is not None


def _make(maker: Maker, effect: Effect, record: Any) -> None:
    """Make a row, and change what the condition reads until it is free."""
    target = registry.object(effect.params["object"])
    condition = effect.params["where"]
    words = re.findall(r"[a-z_]+", condition.__doc__ or "")
    read = [item for item in target.fields if item.name in words and item.value is None]
    with acting_as(SYSTEM), elevated():
        row = maker.finished(target, asked(condition, record))
        for _ in range(TRIES):
            session.flush()
            if _free(effect, record):
                return
            for item in read:
                _change(maker, row, item)
    raise Cannot(f"{target.name}: no row is free where {condition.__doc__}")


def _change(maker: Maker, row: Any, item: Field) -> None:
    """Leave a field empty, as that of a new row is, or give it another value."""
    if not item.required and maker.chance.random() < 0.7:
        setattr(row, item.name, None)
    elif not isinstance(item.type, types.Ref):
        raw = values.of(item.type, maker.chance)
        setattr(row, item.name, item.type.parse(raw) if raw is not None else None)
