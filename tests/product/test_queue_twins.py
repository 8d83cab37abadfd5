"""Which function's queue a case stands in is decided in Python; the function's list asks the database."""

from flask import Flask
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session
from app.core.declare import registry
from app.core.expressions.env import make_env


def test_what_a_queue_takes_is_what_its_list_shows(demonstration: Flask) -> None:
    taken = left = 0
    with demonstration.app_context(), acting_as(SYSTEM):
        for function in registry.registry().functions.values():
            if function.takes is None:
                continue
            assert function.where is not None
            model, env = registry.object(function.object).model, make_env()
            shown = set(session.scalars(select(model.id).where(function.where(model, env))))
            for record in session.scalars(select(model).order_by(model.id).limit(400)):
                takes = function.takes(record, env) is True
                assert takes == (record.id in shown), (function.id, record.id)
                taken, left = taken + takes, left + (not takes)
    assert taken > 100
    assert left > 20


def test_every_queue_with_conditions_has_both() -> None:
    queues = ("apply", "review", "rework")
    for function in registry.registry().functions.values():
        if function.screen in queues:
            assert (function.where is None) == (function.takes is None), function.id
