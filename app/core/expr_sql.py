"""What compiled filters call: the operators and functions of `app.core.expr`, said in SQL.

Every function takes columns, other results of this module, or plain values (of the person, the
form, a policy), and means in the database exactly what its namesake means in Python. Stored text
is never empty (`app.core.types` makes it null), so columns are taken as they are.
"""

import builtins
import copy
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    String,
    and_,
    case,
    cast,
    exists,
    extract,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy import not_ as sql_not
from sqlalchemy.types import NullType, TypeEngine

from app.core.expr_dialect import (
    Bytewise,
    DaysBetween,
    Greatest,
    Joined,
    Least,
    LocalDay,
    Moved,
    Position,
)
from app.core.expr_rows import Rows, each, path, rows

__all__ = ["each", "path", "rows"]

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


def _plain(thing: Any) -> Any:
    """Return a value as the database knows it: no empty text, a difference of dates in days."""
    if isinstance(thing, timedelta):
        return thing.days
    return None if thing == "" else thing


def _is_clause(thing: Any) -> bool:
    return hasattr(thing, "__clause_element__") or isinstance(thing, ColumnElement)


def _clause(thing: Any, kind: TypeEngine[Any] | None = None) -> Clause:
    """Return a clause; a null is bound, so that `==` cannot turn into IS NULL."""
    if hasattr(thing, "__clause_element__"):
        found: Clause = thing.__clause_element__()
        return found
    if isinstance(thing, ColumnElement):
        return thing
    return literal(_plain(thing), kind)


def _truth(thing: Any) -> Clause:
    """Return a condition; Python's truth values become those of the database."""
    if thing is True:
        return true()
    return false() if thing is False else _clause(thing, Boolean())


def _pair(left: Any, right: Any) -> tuple[Clause, Clause]:
    kind = next((side.type for side in (left, right) if _is_clause(side)), None)
    return _clause(left, kind), _clause(right, kind)


def _is_text(*clauses: Clause) -> bool:
    return builtins.any(isinstance(clause.type, String) for clause in clauses)


def value(thing: Any, kind: str) -> Clause:
    """Return a value that is the same for every row, as a clause."""
    return literal(_plain(thing), _TYPES.get(kind, String()))


# --- logic ------------------------------------------------------------------------------------


def is_empty(thing: Any) -> Clause:
    """Tell whether there is no value, or no row."""
    if isinstance(thing, Rows):
        return sql_not(_exists(thing))
    return _clause(thing).is_(None)


def is_not_empty(thing: Any) -> Clause:
    """Tell whether there is a value, or a row."""
    return sql_not(is_empty(thing))


def all_of(*parts: Any) -> Clause:
    """`and`."""
    return and_(*map(_truth, parts))


def any_of(*parts: Any) -> Clause:
    """`or`."""
    return or_(*map(_truth, parts))


def not_(thing: Any) -> Clause:
    """The opposite; null stays null."""
    return sql_not(_truth(thing).self_group())


def choose(condition: Any, then: Any, other: Any) -> Clause:
    """`then if condition else other`."""
    kind = _kind_of(then, other)
    branches = (
        _clause(part, kind) if _plain(part) is not None else null() for part in (then, other)
    )
    first, second = branches
    result: Clause = case((_truth(condition), first), else_=second)
    return result if kind is None else _typed(result, kind)


def _kind_of(*parts: Any) -> TypeEngine[Any] | None:
    kinds = (_clause(part).type for part in parts if _plain(part) is not None)
    return next((kind for kind in kinds if not isinstance(kind, NullType)), None)


def _typed(clause: Any, kind: TypeEngine[Any]) -> Clause:
    clause.type = kind
    found: Clause = clause
    return found


def _ordered(left: Any, right: Any) -> tuple[Clause, Clause]:
    first, second = _pair(left, right)
    return (Bytewise(first), Bytewise(second)) if _is_text(first, second) else (first, second)


def eq(left: Any, right: Any) -> Clause:
    """Whether both are equal."""
    first, second = _pair(left, right)
    return first.self_group() == second.self_group()


def ne(left: Any, right: Any) -> Clause:
    """Whether they differ."""
    first, second = _pair(left, right)
    return first.self_group() != second.self_group()


def lt(left: Any, right: Any) -> Clause:
    """Whether the first is less, or earlier."""
    first, second = _ordered(left, right)
    return first < second


def le(left: Any, right: Any) -> Clause:
    """Whether the first is not more."""
    first, second = _ordered(left, right)
    return first <= second


def gt(left: Any, right: Any) -> Clause:
    """Whether the first is more, or later."""
    first, second = _ordered(left, right)
    return first > second


def ge(left: Any, right: Any) -> Clause:
    """Whether the first is not less."""
    first, second = _ordered(left, right)
    return first >= second


def is_in(item: Any, options: Rows | Sequence[Any]) -> Clause:
    """Whether the item is one of the options."""
    if isinstance(options, Rows):
        return _clause(item).in_(options._select(options._value))
    if not options:
        return false()
    plain = _is_clause(item) and not builtins.any(_is_clause(part) for part in options)
    if plain and None not in options and "" not in options:
        return _clause(item).in_(list(options))
    return or_(*(eq(item, option) for option in options))


def not_in(item: Any, options: Rows | Sequence[Any]) -> Clause:
    """Whether the item is none of the options."""
    return sql_not(is_in(item, options))


# --- numbers ----------------------------------------------------------------------------------


def _whole(thing: Any) -> Clause:
    """Return a number of 64 bits: two numbers of 32 would overflow in PostgreSQL."""
    if not _is_clause(thing):
        return cast(literal(_plain(thing), BigInteger()), BigInteger())
    clause = _clause(thing)
    return clause if isinstance(clause.type, BigInteger) else cast(clause, BigInteger)


def _is_date(thing: Any) -> bool:
    return isinstance(thing, date) or (_is_clause(thing) and isinstance(_clause(thing).type, Date))


def add(left: Any, right: Any) -> Clause:
    """The sum."""
    return _whole(left) + _whole(right)


def sub(left: Any, right: Any) -> Clause:
    """The difference; of two dates the days between them."""
    if _is_date(left) or _is_date(right):
        return DaysBetween(_clause(left, Date()), _clause(right, Date()))
    return _whole(left) - _whole(right)


def mul(left: Any, right: Any) -> Clause:
    """The product."""
    return _whole(left) * _whole(right)


def neg(thing: Any) -> Clause:
    """The opposite number."""
    return literal(0, BigInteger()) - _whole(thing)


def div(left: Any, right: Any) -> Clause:
    """The quotient, halves away from zero; null if divided by zero."""
    top, bottom = _whole(left), func.nullif(_whole(right), 0, type_=BigInteger())
    size = func.abs(bottom, type_=BigInteger())
    quotient = (2 * func.abs(top, type_=BigInteger()) + size) // (2 * size)
    return case(
        ((top < 0).self_group() == (bottom < 0).self_group(), quotient), else_=neg(quotient)
    )


def floordiv(left: Any, right: Any) -> Clause:
    """The quotient without its fraction, rounded down; null if divided by zero."""
    top, bottom = _whole(left), func.nullif(_whole(right), 0, type_=BigInteger())
    uneven = and_(top % bottom != 0, (top < 0).self_group() != (bottom < 0).self_group())
    return top // bottom - case((uneven, 1), else_=0)


def mod(left: Any, right: Any) -> Clause:
    """What a division rounded down leaves; null if divided by zero."""
    bottom = func.nullif(_whole(right), 0, type_=BigInteger())
    return (_whole(left) % bottom + bottom) % bottom


def scale(thing: Any, digits: int) -> Clause:
    """The same number in units smaller by so many digits."""
    return mul(thing, 10**digits)


def round(thing: Any, digits: int) -> Clause:
    """The number in units larger by so many digits, halves away from zero."""
    return div(thing, 10**digits)


def floor(thing: Any, digits: int) -> Clause:
    """The number in units larger by so many digits, rounded down."""
    return floordiv(thing, 10**digits)


def ceil(thing: Any, digits: int) -> Clause:
    """The number in units larger by so many digits, rounded up."""
    return neg(floordiv(neg(thing), 10**digits))


def _filled(parts: Sequence[Any]) -> tuple[list[Clause], TypeEngine[Any]]:
    """Return the values with their nulls replaced by others of them."""
    kind = _kind_of(*parts) or NullType()
    clauses = [_clause(part, kind) for part in parts]
    if isinstance(kind, String):
        clauses = [Bytewise(clause) for clause in clauses]
    turned = (clauses[start:] + clauses[:start] for start in range(builtins.len(clauses)))
    return [func.coalesce(*turn) for turn in turned], kind


def least(*parts: Any) -> Clause:
    """The smallest of the values that there are."""
    clauses, kind = _filled(parts)
    return _typed(Least(*clauses), kind)


def greatest(*parts: Any) -> Clause:
    """The largest of the values that there are."""
    clauses, kind = _filled(parts)
    return _typed(Greatest(*clauses), kind)


def coalesce(*parts: Any) -> Clause:
    """The first value that there is."""
    kind = _kind_of(*parts) or NullType()
    return func.coalesce(*(_clause(part, kind) for part in parts), type_=kind)


# --- dates ------------------------------------------------------------------------------------


def days(thing: Any) -> Clause:
    """The number of days of a difference of dates, which is that number in the database."""
    return _clause(thing)


def span(thing: Any) -> Clause:
    """So many days."""
    return _clause(thing)


def shift(day: Any, number: Any) -> Clause:
    """The day so many days later."""
    return Moved(_clause(day, Date()), _whole(number))


def _part(name: str, day: Any) -> Clause:
    if not _is_clause(day):
        return literal(None if day is None else getattr(day, name), BigInteger())
    return cast(extract(name, _clause(day)), BigInteger)


def year(day: Any) -> Clause:
    """The year of a date."""
    return _part("year", day)


def month(day: Any) -> Clause:
    """The month of a date."""
    return _part("month", day)


def day(day: Any) -> Clause:
    """The day of the month of a date."""
    return _part("day", day)


def local_date(moment: Any) -> Clause:
    """The day of a moment in the office's zone."""
    return LocalDay(_clause(moment))


def age(birth: Any, on: Any) -> Clause:
    """Full years from a birthday to a day."""
    before = month(on) * 100 + day(on) < month(birth) * 100 + day(birth)
    return year(on) - year(birth) - case((before, 1), else_=0)


# --- texts ------------------------------------------------------------------------------------


def concat(left: Any, right: Any) -> Clause:
    """Both texts, one after the other."""
    return _clause(left, String()).concat(_clause(right, String()))


def len(text: Any) -> Clause:
    """The number of characters."""
    return func.length(_clause(text), type_=BigInteger())


def upper(text: Any) -> Clause:
    """The text with Latin letters in capitals."""
    return func.upper(Bytewise(_clause(text)), type_=String())


def lower(text: Any) -> Clause:
    """The text with Latin capitals made small."""
    return func.lower(Bytewise(_clause(text)), type_=String())


def contains(text: Any, part: Any) -> Clause:
    """Whether the part stands in the text."""
    return Position(_clause(text, String()), _clause(part, String())) > 0


def startswith(text: Any, part: Any) -> Clause:
    """Whether the text begins with the part."""
    begin = _clause(part, String())
    head = func.substr(_clause(text, String()), 1, func.length(begin), type_=String())
    return head == begin


# --- lists ------------------------------------------------------------------------------------


def _exists(found: Rows, *where: Clause) -> Clause:
    return exists(found._select(literal(1), where=where))


def _condition(found: Rows, condition: Any) -> Clause:
    return _truth(found._value if condition is None else condition)


def _aggregate(name: str, found: Rows, thing: Any) -> Clause:
    """Return sum, min or max of the values of the rows, or of an expression over them."""
    clause = _clause(found._value if thing is None else thing)
    if isinstance(clause.type, String):
        clause = Bytewise(clause)
    result = getattr(func, name)(
        clause.distinct() if found._distinct else clause, type_=clause.type
    )
    return found._scalar(result)


def count(found: Rows, condition: Any = None) -> Clause:
    """How many there are; with a condition, how many rows fulfil it."""
    if condition is not None:
        return found._scalar(func.count(), where=(_truth(condition),))
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
    return _exists(found, _condition(found, condition))


def all(found: Rows, condition: Any = None) -> Clause:
    """Whether every one holds; a condition that is null does not."""
    holds = func.coalesce(_condition(found, condition), literal(False, Boolean()), type_=Boolean())
    return sql_not(_exists(found, sql_not(holds)))


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
