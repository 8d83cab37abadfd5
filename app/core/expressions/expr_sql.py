"""What compiled filters call: the operators and functions of `app.core.expressions.expr`, said in SQL.

Every function takes columns, other results of this module, or plain values (of the person, the
form, a policy), and means in the database exactly what its namesake means in Python. Stored text
is never empty (`app.core.types` makes it null), so columns are taken as they are.
"""

import builtins
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    String,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    null,
    or_,
)
from sqlalchemy import not_ as sql_not
from sqlalchemy.types import NullType, TypeEngine

from app.core.expressions.expr_aggregates import (
    all,
    any,
    count,
    distinct,
    join,
    max,
    min,
    some,
    sum,
)
from app.core.expressions.expr_clause import (
    Clause,
    clause_of,
    is_clause,
    kind_of,
    pair,
    plain,
    truth,
    type_of,
    typed,
)
from app.core.expressions.expr_dialect import (
    Bytewise,
    DaysBetween,
    Greatest,
    Least,
    LocalDay,
    Moved,
    Position,
)
from app.core.expressions.expr_rows import Held, Rows, each, path, rows
from app.core.reference import dictionaries

__all__ = [
    "Held",
    "all",
    "any",
    "count",
    "distinct",
    "each",
    "join",
    "max",
    "min",
    "path",
    "rows",
    "sum",
]


def _is_text(*clauses: Clause) -> bool:
    return builtins.any(isinstance(clause.type, String) for clause in clauses)


def value(thing: Any, kind: str) -> Clause:
    """Return a value that is the same for every row, as a clause."""
    if plain(thing) is None:
        return cast(null(), type_of(kind))  # PostgreSQL would take a bare null for text
    return literal(plain(thing), type_of(kind))


# --- logic ------------------------------------------------------------------------------------


def is_empty(thing: Any) -> Clause:
    """Tell whether there is no value, or no row."""
    if isinstance(thing, Rows):
        return sql_not(some(thing))
    return clause_of(thing).is_(None)


def is_not_empty(thing: Any) -> Clause:
    """Tell whether there is a value, or a row."""
    return sql_not(is_empty(thing))


def all_of(*parts: Any) -> Clause:
    """`and`."""
    return and_(*map(truth, parts))


def any_of(*parts: Any) -> Clause:
    """`or`."""
    return or_(*map(truth, parts))


def not_(thing: Any) -> Clause:
    """The opposite; null stays null."""
    return sql_not(truth(thing).self_group())


def choose(condition: Any, then: Any, other: Any, kind: str = "") -> Clause:
    """`then if condition else other`; `kind` is the type where both are plain values."""
    type_ = type_of(kind) if kind else kind_of(then, other) or NullType()
    first, second = (
        cast(null(), type_) if plain(part) is None else clause_of(part, type_)
        for part in (then, other)
    )
    return typed(case((truth(condition), first), else_=second), type_)


def _ordered(left: Any, right: Any) -> tuple[Clause, Clause]:
    first, second = pair(left, right)
    return (Bytewise(first), Bytewise(second)) if _is_text(first, second) else (first, second)


def eq(left: Any, right: Any) -> Clause:
    """Whether both are equal."""
    first, second = pair(left, right)
    return first.self_group() == second.self_group()


def ne(left: Any, right: Any) -> Clause:
    """Whether they differ."""
    first, second = pair(left, right)
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
        return clause_of(item).in_(options._select(options._value))
    if not options:
        return false()
    plain = is_clause(item) and not builtins.any(is_clause(part) for part in options)
    if plain and None not in options and "" not in options:
        return clause_of(item).in_(list(options))
    return or_(*(eq(item, option) for option in options))


def not_in(item: Any, options: Rows | Sequence[Any]) -> Clause:
    """Whether the item is none of the options."""
    return sql_not(is_in(item, options).self_group())  # else the opposite of an `or` has no type


# --- numbers ----------------------------------------------------------------------------------


def _whole(thing: Any) -> Clause:
    """Return a number of 64 bits: two numbers of 32 would overflow in PostgreSQL."""
    if not is_clause(thing):
        return cast(literal(plain(thing), BigInteger()), BigInteger())
    clause = clause_of(thing)
    return clause if isinstance(clause.type, BigInteger) else cast(clause, BigInteger)


def _is_date(thing: Any) -> bool:
    return isinstance(thing, date) or (is_clause(thing) and isinstance(clause_of(thing).type, Date))


def add(left: Any, right: Any) -> Clause:
    """The sum."""
    return _whole(left) + _whole(right)


def sub(left: Any, right: Any) -> Clause:
    """The difference; of two dates the days between them."""
    if _is_date(left) or _is_date(right):
        return DaysBetween(clause_of(left, Date()), clause_of(right, Date()))
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
    kind = kind_of(*parts) or NullType()
    clauses = [clause_of(part, kind) for part in parts]
    if isinstance(kind, String):
        clauses = [Bytewise(clause) for clause in clauses]
    turned = (clauses[start:] + clauses[:start] for start in range(builtins.len(clauses)))
    return [func.coalesce(*turn) for turn in turned], kind


def least(*parts: Any) -> Clause:
    """The smallest of the values that there are."""
    clauses, kind = _filled(parts)
    return typed(Least(*clauses), kind)


def greatest(*parts: Any) -> Clause:
    """The largest of the values that there are."""
    clauses, kind = _filled(parts)
    return typed(Greatest(*clauses), kind)


def coalesce(*parts: Any) -> Clause:
    """The first value that there is."""
    kind = kind_of(*parts) or NullType()
    return func.coalesce(*(clause_of(part, kind) for part in parts), type_=kind)


# --- dates ------------------------------------------------------------------------------------


def days(thing: Any) -> Clause:
    """The number of days of a difference of dates, which is that number in the database."""
    return clause_of(thing)


def span(thing: Any) -> Clause:
    """So many days."""
    return clause_of(thing)


def shift(day: Any, number: Any) -> Clause:
    """The day so many days later."""
    return Moved(clause_of(day, Date()), _whole(number))


def _part(name: str, day: Any) -> Clause:
    if not is_clause(day):
        return literal(None if day is None else getattr(day, name), BigInteger())
    return cast(extract(name, clause_of(day)), BigInteger)


def year(day: Any) -> Clause:
    """The year of a date."""
    return _part("year", day)


def month(day: Any) -> Clause:
    """The month of a date."""
    return _part("month", day)


def day(day: Any) -> Clause:
    """The day of the month of a date."""
    return _part("day", day)


def entry(code: Any, dictionary: str, name: str) -> Clause:
    """What an entry of a dictionary has beside its title, told code by code."""
    column = clause_of(code)
    known = [
        (item.code, item.attributes.get(name)) for item in dictionaries.all_entries(dictionary)
    ]
    ways = [(column == one, value) for one, value in known if value is not None]
    return case(*ways, else_=None) if ways else null()


def local_date(moment: Any) -> Clause:
    """The day of a moment in the office's zone."""
    return LocalDay(clause_of(moment))


def age(birth: Any, on: Any) -> Clause:
    """Full years from a birthday to a day."""
    before = month(on) * 100 + day(on) < month(birth) * 100 + day(birth)
    return year(on) - year(birth) - case((before, 1), else_=0)


# --- texts ------------------------------------------------------------------------------------


def concat(left: Any, right: Any) -> Clause:
    """Both texts, one after the other."""
    return clause_of(left, String()).concat(clause_of(right, String()))


def len(text: Any) -> Clause:
    """The number of characters."""
    return func.length(clause_of(text), type_=BigInteger())


def upper(text: Any) -> Clause:
    """The text with Latin letters in capitals."""
    return func.upper(Bytewise(clause_of(text)), type_=String())


def lower(text: Any) -> Clause:
    """The text with Latin capitals made small."""
    return func.lower(Bytewise(clause_of(text)), type_=String())


def contains(text: Any, part: Any) -> Clause:
    """Whether the part stands in the text."""
    return Position(clause_of(text, String()), clause_of(part, String())) > 0


def startswith(text: Any, part: Any) -> Clause:
    """Whether the text begins with the part."""
    begin = clause_of(part, String())
    head = func.substr(clause_of(text, String()), 1, func.length(begin), type_=String())
    return head == begin


def endswith(text: Any, part: Any) -> Clause:
    """Whether the text ends in the part."""
    whole, end = clause_of(text, String()), clause_of(part, String())
    length = func.length(end)
    # of a text that is shorter, less is taken than the part, so the two differ
    tail = func.substr(whole, func.length(whole) - length + 1, length, type_=String())
    return tail == end
