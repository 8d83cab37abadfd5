"""What waits for people besides cases: rows that rest in a state until somebody does something to them.

A function says `todo: {STATE: OPERATION}`; a row in the state waits for whoever may do the
operation there. Cases wait in queues of their own (`app.flow.queries.queues`).
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select

from app.core.access.actor import Actor, acting_as
from app.core.db.database import session
from app.core.declare import Function, Object, registry
from app.core.records import display, granted_rows
from app.core.records import queries as core_rows
from app.web.page.menu import address_of


def functions(actor: Actor) -> Iterator[tuple[Function, tuple[str, ...]]]:
    """Yield the functions in which rows wait for the person, with the states in which they do."""
    for function in registry.registry().functions.values():
        if not function.todo or not actor.may("view", function.id) or not address_of(function.id):
            continue
        states = tuple(state for state, what in function.todo if actor.may(what, function.id))
        if states:
            yield function, states


def counts(actor: Actor) -> dict[str, int]:
    """Count what waits for the person by function; a statement for each that says `todo`."""
    found = {}
    for function, states in functions(actor):
        with acting_as(actor, function.id):
            model: Any = registry.object(function.object).model
            query = _waiting(function, states, actor).with_only_columns(func.count(model.id))
            found[function.id] = session.scalar(query) or 0
    return {name: n for name, n in found.items() if n}


def rows(actor: Actor, function: Function, states: tuple[str, ...], limit: int) -> list[Any]:
    """Return what waits for the person in a function, what came first at the head."""
    with acting_as(actor, function.id):
        model: Any = registry.object(function.object).model
        query = _waiting(function, states, actor).order_by(model.id).limit(limit)
        shown = [item.name for item in registry.object(function.object).fields]
        query = query.options(*core_rows.eager(registry.object(function.object), shown))
        return list(session.scalars(query))


def after(actor: Actor, function: Function, pk: int) -> int | None:
    """Return the id of what waits next for the person in a function, None where nothing else does."""
    for own, states in functions(actor):
        if own.id == function.id:
            model: Any = registry.object(function.object).model
            query = _waiting(function, states, actor).with_only_columns(model.id)
            query = query.where(model.id != pk).order_by(model.id < pk, model.id)
            return session.scalar(query.limit(1))
    return None


def named(obj: Object, record: Any) -> tuple[str, str]:
    """Return what a row is about and what it is: fields that people search for, and its name."""
    inside = set(display.variables(obj.display))
    more = [item.name for item in obj.fields if item.search and item.name not in inside]
    texts = [text for name in more if (text := display.text_of(obj, record, name))]
    name = display.title_of(record)
    return (" ".join(texts), name) if texts else (name, "")


def _waiting(function: Function, states: tuple[str, ...], actor: Actor) -> Select[Any]:
    model: Any = registry.object(function.object).model
    return select(model).where(*granted_rows.criteria(function, actor), model.state.in_(states))
