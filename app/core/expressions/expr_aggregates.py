"""What is asked of the rows of other tables: how many, the sum, whether one fulfils a condition."""

import copy
from typing import Any

from sqlalchemy import BigInteger, Boolean, String, cast, exists, func, literal, select
from sqlalchemy import not_ as sql_not

from app.core.expressions.expr_clause import Clause, clause_of, truth
from app.core.expressions.expr_dialect import Bytewise, Joined
from app.core.expressions.expr_rows import Rows


def some(found: Rows, *where: Clause) -> Clause:
    """Whether there is a row that fulfils all conditions."""
    return exists(found._select(literal(1), where=where))


def _condition(found: Rows, condition: Any) -> Clause:
    return truth(found._value if condition is None else condition)


def _aggregate(name: str, found: Rows, thing: Any) -> Clause:
    """Return sum, min or max of the values of the rows, or of an expression over them.

    The expression is named in a query of its own: an aggregate over columns of the surrounding
    row alone would belong to the surrounding query.
    """
    if thing is not None:
        inner = found._select(clause_of(thing).label("v")).subquery()
        clause: Clause = inner.c.v
    else:
        clause = clause_of(found._value)
    kind = clause.type
    if isinstance(kind, String):
        clause = Bytewise(clause)
    result = getattr(func, name)(clause.distinct() if found._distinct else clause, type_=kind)
    if thing is not None:
        return select(result).select_from(inner).scalar_subquery()
    return found._scalar(result)


def count(found: Rows, condition: Any = None) -> Clause:
    """How many there are; with a condition, how many rows fulfil it."""
    if condition is not None:
        return found._scalar(func.count(), where=(truth(condition),))
    column = found._value
    if found._distinct and column is not None:
        return found._scalar(func.count(column.distinct()))
    return found._scalar(func.count())


def sum(found: Rows, thing: Any = None) -> Clause:
    """The sum; 0 of nothing."""
    return cast(func.coalesce(_aggregate("sum", found, thing), 0), BigInteger)


def min(found: Rows, thing: Any = None) -> Clause:
    """The smallest; null of nothing."""
    return _aggregate("min", found, thing)


def max(found: Rows, thing: Any = None) -> Clause:
    """The largest; null of nothing."""
    return _aggregate("max", found, thing)


def any(found: Rows, condition: Any = None) -> Clause:
    """Whether one holds."""
    return some(found, _condition(found, condition))


def all(found: Rows, condition: Any = None) -> Clause:
    """Whether every one holds; a condition that is null does not."""
    holds = func.coalesce(_condition(found, condition), literal(False, Boolean()), type_=Boolean())
    return sql_not(some(found, sql_not(holds)))


def distinct(found: Rows) -> Rows:
    """Every value once."""
    once = copy.copy(found)
    once._distinct = True
    if once._value is None:
        once._value = once.id
    return once


def join(found: Rows, mark: str) -> Clause:
    """The texts with a mark between them, in the order of the rows; null of nothing."""
    assert found._value is not None
    key = func.row_number().over(order_by=found._order).label("k")
    inner = found._select(found._value.label("v"), key).subquery()
    if found._distinct:
        first = func.min(inner.c.k).label("k")
        inner = select(inner.c.v, first).group_by(inner.c.v).correlate(None).subquery()
    inner = select(inner.c.v, inner.c.k).order_by(inner.c.k).subquery()
    return select(Joined(inner.c.v, literal(mark), inner.c.k)).scalar_subquery()
