"""Which rows of an object a person reaches through the functions that grant an operation.

A screen shows the rows of its own function; whoever asks by object (REST) gets what all the
functions together show that grant the operation, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, false, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.core.access import row_security
from app.core.access.actor import REACHES, Actor, current_actor, current_function
from app.core.db.database import session
from app.core.declare import Function, Object, registry
from app.core.errors import NotFound
from app.core.expressions.env import make_env
from app.core.records import queries

_LARGEST_KEY = 2**62

# Why a row is shown, in words, and what then holds of it; one reason suffices. None: no more is asked.
Reasons = Mapping[str, ColumnElement[bool]]
Shown = Callable[[Object, Function, Actor], Reasons | None]
shown: dict[str, Shown] = {}  # by screen: what it shows besides `where` and `states`


@dataclass(frozen=True)
class Part:
    """One of the things that hold of every row that a function shows; kind: where, states, screen."""

    kind: str
    clause: ColumnElement[bool]
    reasons: Reasons | None = None  # screen: the clause is that one of them holds


def functions(obj: Object, operation: str, actor: Actor | None = None) -> list[Function]:
    """Return the functions on the object that grant the operation to the person."""
    actor = actor or current_actor()
    return [item for item in registry.functions_of(obj.name) if actor.may(operation, item.id)]


def widest(object_name: str, operation: str, actor: Actor) -> str | None:
    """Return the function that grants the operation and through which the person sees furthest."""
    found = functions(registry.object(object_name), operation, actor)
    return max(
        (item.id for item in found), key=lambda id: REACHES.index(actor.reach(id)), default=None
    )


def clause(obj: Object, operation: str, actor: Actor | None = None) -> ColumnElement[bool] | None:
    """Return what must hold of a row so that one of the functions shows it; None = nothing more.

    The session's own filter has the reach of the widest function; narrower ones say theirs here.
    """
    actor = actor or current_actor()
    found = [_of(obj, item, actor) for item in functions(obj, operation, actor)]
    if not found:
        return false()
    return (
        None
        if any(one is None for one in found)
        else or_(*(one for one in found if one is not None))
    )


def criteria(function: Function, actor: Actor | None = None) -> list[ColumnElement[bool]]:
    """Return what holds of the rows that a function shows a person, besides their reach.

    The one place where this is said: lists, pages, exports, badges and programs ask here.
    """
    return [part.clause for part in parts(function, actor)]


def parts(function: Function, actor: Actor | None = None) -> list[Part]:
    """Return the `criteria` one by one, each with what it comes from."""
    obj, actor = registry.object(function.object), actor or current_actor()
    model: Any = obj.model
    found: list[Part] = []
    if function.where is not None:
        found.append(Part("where", function.where(model, make_env(actor))))
    if function.states:
        found.append(Part("states", model.state.in_(function.states)))
    reasons = shown[function.screen](obj, function, actor) if function.screen in shown else None
    if reasons is not None:  # no reason at all: nothing is shown
        found.append(Part("screen", or_(false(), *reasons.values()), reasons))
    return found


def _of(obj: Object, function: Function, actor: Actor) -> ColumnElement[bool] | None:
    model: Any = obj.model
    parts = criteria(function, actor)
    reach = actor.reach(function.id)
    if reach != actor.reach(current_function()):
        own = row_security.criterion(model, actor, reach)
        parts += [own] if own is not None else []
    return and_(*parts) if parts else None


def find(obj: Object, pk: Any, operation: str, *, paths: Any = (), lock: bool = False) -> Any:
    """Return the record if a function that grants the operation reaches it; NotFound otherwise.

    `paths` are the references that will be read and are loaded along.
    """
    reached = clause(obj, operation)
    return _found(obj, pk, [] if reached is None else [reached], paths, lock)


def find_in(function: Function, pk: Any, *, lock: bool = False) -> Any:
    """Return the record if the function shows it to the person; NotFound otherwise."""
    return _found(registry.object(function.object), pk, criteria(function), (), lock)


def _found(obj: Object, pk: Any, holds: list[ColumnElement[bool]], paths: Any, lock: bool) -> Any:
    model: Any = obj.model
    if not isinstance(pk, int) or not 0 < pk < _LARGEST_KEY:
        raise NotFound()
    query = select(model).where(model.id == pk, *holds).options(*queries.eager(obj, paths))
    if lock:
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    record = session.scalars(query).unique().first()
    if record is None:
        raise NotFound()
    return record


def reaches(obj: Object, record: Any, operation: str) -> bool:
    """Tell whether a function that grants the operation reaches the stored record."""
    model: Any = obj.model
    query = select(model.id).where(model.id == record.id)
    reached = clause(obj, operation)
    if reached is not None:
        query = query.where(reached)
    return session.scalar(query) is not None
