"""Columns, results and plain values as clauses of one kind, for `app.core.expressions.expr_sql`."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    String,
    false,
    literal,
    true,
)
from sqlalchemy.types import NullType, TypeEngine

Clause = ColumnElement[Any]

_TYPES: dict[str, TypeEngine[Any]] = {
    "boolean": Boolean(),
    "date": Date(),
    "datetime": DateTime(),
    "integer": BigInteger(),
    "decimal": BigInteger(),
    "money": BigInteger(),
    "days": BigInteger(),
    "ref": BigInteger(),
}


def plain(thing: Any) -> Any:
    """Return a value as the database knows it: no empty text, a difference of dates in days."""
    if isinstance(thing, timedelta):
        return thing.days
    return None if thing == "" else thing


def is_clause(thing: Any) -> bool:
    """Tell a column or result from a plain value."""
    return hasattr(thing, "__clause_element__") or isinstance(thing, ColumnElement)


def clause_of(thing: Any, kind: TypeEngine[Any] | None = None) -> Clause:
    """Return a clause; a null is bound, so that `==` cannot turn into IS NULL."""
    if hasattr(thing, "__clause_element__"):
        found: Clause = thing.__clause_element__()
        return found
    if isinstance(thing, ColumnElement):
        return thing
    return literal(plain(thing), kind)


def truth(thing: Any) -> Clause:
    """Return a condition; Python's truth values become those of the database."""
    if thing is True:
        return true()
    return false() if thing is False else clause_of(thing, Boolean())


def pair(left: Any, right: Any) -> tuple[Clause, Clause]:
    """Return both as clauses; a plain value takes the type of the other side."""
    kind = next((side.type for side in (left, right) if is_clause(side)), None)
    return clause_of(left, kind), clause_of(right, kind)


def type_of(kind: str) -> TypeEngine[Any]:
    """Return the database type of a type of the language."""
    return _TYPES.get(kind, String())


def kind_of(*parts: Any) -> TypeEngine[Any] | None:
    """Return the first known type of some clauses and values."""
    kinds = (clause_of(part).type for part in parts if plain(part) is not None)
    return next((kind for kind in kinds if not isinstance(kind, NullType)), None)


def typed(clause: Any, kind: TypeEngine[Any]) -> Clause:
    """Return the clause with a type that it does not have by itself."""
    clause.type = kind
    found: Clause = clause
    return found
