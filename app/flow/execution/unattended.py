"""What the worker does to records by itself: one by one under its lock, so that none holds up the others."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.core.db.database import session
from app.core.declare import Object
from app.core.errors import UserError
from app.core.expressions.env import make_env
from app.flow.execution import cases
from app.flow.execution.effects import Context
from app.flow.models import StepRecord

logger = logging.getLogger(__name__)

Done = TypeVar("Done")


def attempt(act: Callable[[], Done], what: str, obj: Object, pk: int) -> Done | None:
    """Do what is due for a record; None where it cannot be done, which the log tells."""
    try:
        return act()
    except (UserError, SQLAlchemyError):
        session.rollback()
        logger.exception("%s of %s %s failed", what, obj.name, pk)
        return None


def lock(obj: Object, pk: int, *clauses: Any) -> Any:
    """Return a record under its lock as it is stored now; None where the clauses no longer hold."""
    model: Any = obj.model
    query = select(model).where(model.id == pk, *clauses).with_for_update(of=model)
    return session.scalars(query.execution_options(populate_existing=True)).first()


def context(obj: Object, record: Any, name: str, title: str, comment: str = "") -> Context:
    """Return the surroundings of effects that no step has: a day has come, or a condition holds."""
    case = cases.case_of(record) if obj.flow else None
    step = StepRecord(
        action=name, action_title=title, target_title="", actor_name="系统", comment=comment
    )
    return Context(obj, record, case, step, make_env())
