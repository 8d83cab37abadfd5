"""What compiled expressions call: operators and functions that know null.

Null is None or the empty text. It goes through arithmetic and comparison, and/or/not follow SQL's
three values, aggregates pass over it. Decimals are whole numbers of their smallest unit and money
is fen, so every answer is exact and the same as that of `app.core.expressions.expr_sql` in the database.
"""

import builtins
import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ParamSpec

from app.core import clock, identity_numbers
from app.core.reference import dictionaries

__all__ = ["date", "datetime"]  # literals of generated code


P = ParamSpec("P")


def _null(value: Any) -> bool:
    return value is None or value == ""


def _strict(function: Callable[P, Any]) -> Callable[P, Any]:
    """Let a function answer null where any argument is null."""

    @functools.wraps(function)
    def guarded(*arguments: P.args, **named: P.kwargs) -> Any:
        if builtins.any(_null(value) for value in arguments):
            return None
        return function(*arguments, **named)

    return guarded


# --- paths ------------------------------------------------------------------------------------


def path(source: Any, dotted: str) -> Any:
    """Follow attributes through references; null where one of them is missing."""
    for name in dotted.split("."):
        if source is None:
            return None
        source = getattr(source, name)
    return source


def each(source: Any, dotted: str) -> list[Any]:
    """Follow attributes through references and lists; all that is found, without nulls."""
    found = [source]
    for name in dotted.split("."):
        step: list[Any] = []
        for item in found:
            value = getattr(item, name)
            step.extend(value if isinstance(value, (list, tuple)) else [value])
        found = [value for value in step if not _null(value)]
    return found


def rows(source: Any, dotted: str, bind: Callable[[Any, Any], Any], env: Any) -> list[Any]:
    """Return what `bind` makes of each row of a child list; the source is the rows' parent."""
    inner = replace(env, parent=source)
    return [bind(row, inner) for row in each(source, dotted)]


# --- logic ------------------------------------------------------------------------------------


def is_empty(value: Any) -> bool:
    """Tell whether there is no value, no text, or no row."""
    return _null(value) or (isinstance(value, (list, tuple)) and not value)


def and_(*parts: bool | None) -> bool | None:
    """False if one part is false, else null if one is null."""
    if builtins.any(part is False for part in parts):
        return False
    return None if builtins.any(part is None for part in parts) else True


def or_(*parts: bool | None) -> bool | None:
    """True if one part is true, else null if one is null."""
    if builtins.any(part is True for part in parts):
        return True
    return None if builtins.any(part is None for part in parts) else False


def not_(value: bool | None) -> bool | None:
    """The opposite; null stays null."""
    return None if value is None else not value


@_strict
def eq(left: Any, right: Any) -> Any:
    """Whether both are equal."""
    return left == right


@_strict
def ne(left: Any, right: Any) -> Any:
    """Whether they differ."""
    return left != right


@_strict
def lt(left: Any, right: Any) -> Any:
    """Whether the first is less, or earlier."""
    return left < right


@_strict
def le(left: Any, right: Any) -> Any:
    """Whether the first is not more."""
    return left <= right


@_strict
def gt(left: Any, right: Any) -> Any:
    """Whether the first is more, or later."""
    return left > right


@_strict
def ge(left: Any, right: Any) -> Any:
    """Whether the first is not less."""
    return left >= right


def is_in(item: Any, options: Iterable[Any]) -> bool | None:
    """Whether the item is one of the options; null if that cannot be known."""
    listed = list(options)
    if not listed:
        return False
    return or_(*(eq(item, option) for option in listed))


def not_in(item: Any, options: Iterable[Any]) -> bool | None:
    """Whether the item is none of the options."""
    return not_(is_in(item, options))


# --- numbers ----------------------------------------------------------------------------------


@_strict
def add(left: Any, right: Any) -> Any:
    """The sum."""
    return left + right


@_strict
def sub(left: Any, right: Any) -> Any:
    """The difference; of two dates the time between them."""
    return left - right


@_strict
def mul(left: int, right: int) -> Any:
    """The product."""
    return left * right


@_strict
def neg(value: int) -> Any:
    """The opposite number."""
    return -value


@_strict
def div(left: int, right: int) -> Any:
    """The quotient, halves away from zero; null if divided by zero."""
    if right == 0:
        return None
    quotient = (2 * abs(left) + abs(right)) // (2 * abs(right))
    return quotient if (left < 0) == (right < 0) else -quotient


@_strict
def floordiv(left: int, right: int) -> Any:
    """The quotient without its fraction, rounded down; null if divided by zero."""
    return left // right if right else None


@_strict
def mod(left: int, right: int) -> Any:
    """What a division rounded down leaves; null if divided by zero."""
    return left % right if right else None


@_strict
def scale(value: int, digits: int) -> Any:
    """The same number in units smaller by so many digits."""
    return value * 10**digits


@_strict
def round(value: int, digits: int) -> Any:
    """The number in units larger by so many digits, halves away from zero."""
    return div(value, 10**digits)


@_strict
def floor(value: int, digits: int) -> Any:
    """The number in units larger by so many digits, rounded down."""
    return value // 10**digits


@_strict
def ceil(value: int, digits: int) -> Any:
    """The number in units larger by so many digits, rounded up."""
    return -(-value // 10**digits)


def scaled(value: Any, digits: int) -> int | None:
    """A number as it was typed (3, "0.5") in units of so many digits after the point."""
    if _null(value):
        return None
    return int(Decimal(str(value)).scaleb(digits).to_integral_value(ROUND_HALF_UP))


@_strict
def printed(value: int, digits: int) -> Any:
    """A decimal as people read it, for papers: 1,250.50."""
    return f"{Decimal(value).scaleb(-digits):,.{digits}f}"


def least(*values: Any) -> Any:
    """The smallest of the values that there are."""
    return min(values)


def greatest(*values: Any) -> Any:
    """The largest of the values that there are."""
    return max(values)


def coalesce(*values: Any) -> Any:
    """The first value that there is."""
    return next((value for value in values if not _null(value)), None)


# --- dates ------------------------------------------------------------------------------------


@_strict
def days(between: timedelta) -> Any:
    """The number of days of a difference of dates."""
    return between.days


@_strict
def span(number: int) -> Any:
    """So many days."""
    return timedelta(days=number)


@_strict
def shift(day: date, number: int) -> Any:
    """The day so many days later; null beyond the calendar."""
    try:
        return day + timedelta(days=number)
    except OverflowError:
        return None


@_strict
def year(day: date) -> Any:
    """The year of a date."""
    return day.year


@_strict
def month(day: date) -> Any:
    """The month of a date."""
    return day.month


@_strict
def day(day: date) -> Any:
    """The day of the month of a date."""
    return day.day


@_strict
def entry(code: str, dictionary: str, name: str) -> Any:
    """What an entry of a dictionary has beside its title; null where it has none of that name."""
    found = dictionaries.find(dictionary, code)
    return found.attributes.get(name) if found else None


@_strict
def local_date(moment: datetime) -> Any:
    """The day of a moment in the office's zone."""
    return clock.local(moment).date()


@_strict
def birth_of(number: str) -> Any:
    """The birth date in a resident identity number; null where it holds none."""
    return identity_numbers.birth_of(number) if _is_identity(number) else None


@_strict
def sex_of(number: str) -> Any:
    """The code of the sex in a resident identity number; null where it is not one."""
    return identity_numbers.sex_of(number) if _is_identity(number) else None


def _is_identity(number: str) -> bool:
    try:
        identity_numbers.check_resident_id(number)
    except ValueError:
        return False
    return True


@_strict
def age(birth: date, on: date) -> Any:
    """Full years from a birthday to a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


@_strict
def workdays_between(first: date, last: date) -> Any:
    """The working days after the first day, up to the last one."""
    from app.core.reference import workdays  # needs the database, which most expressions do not

    return workdays.between(first, last)


@_strict
def workdays_before(day: date, number: int) -> Any:
    """The day so many working days earlier."""
    from app.core.reference import workdays  # needs the database, which most expressions do not

    return workdays.add(day, -number)


# --- texts ------------------------------------------------------------------------------------

_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_LOWER = {upper: lower for lower, upper in _UPPER.items()}


@_strict
def concat(left: str, right: str) -> Any:
    """Both texts, one after the other."""
    return left + right


@_strict
def len(text: str) -> Any:
    """The number of characters."""
    return builtins.len(text)


@_strict
def upper(text: str) -> Any:
    """The text with Latin letters in capitals; others stay, as in every database."""
    return text.translate(_UPPER)


@_strict
def lower(text: str) -> Any:
    """The text with Latin capitals made small."""
    return text.translate(_LOWER)


@_strict
def contains(text: str, part: str) -> Any:
    """Whether the part stands in the text."""
    return part in text


@_strict
def startswith(text: str, part: str) -> Any:
    """Whether the text begins with the part."""
    return text.startswith(part)


@_strict
def endswith(text: str, part: str) -> Any:
    """Whether the text ends in the part."""
    return text.endswith(part)


# --- lists ------------------------------------------------------------------------------------


def _known(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if not _null(value)]


def count(values: Iterable[Any]) -> int:
    """How many there are, without nulls."""
    return builtins.len(_known(values))


def sum(values: Iterable[Any]) -> int:
    """The sum; 0 of nothing."""
    return builtins.sum(_known(values))


def min(values: Iterable[Any]) -> Any:
    """The smallest; null of nothing."""
    return builtins.min(_known(values), default=None)


def max(values: Iterable[Any]) -> Any:
    """The largest; null of nothing."""
    return builtins.max(_known(values), default=None)


def any(values: Iterable[Any]) -> bool:
    """Whether one holds."""
    return builtins.any(value is True for value in values)


def all(values: Iterable[Any]) -> bool:
    """Whether every one holds; a condition that is null does not, no row at all does."""
    return builtins.all(value is True for value in values)


def distinct(values: Iterable[Any]) -> list[Any]:
    """Every value once, in the order in which they first come."""
    return list(dict.fromkeys(_known(values)))


def join(values: Iterable[Any], mark: str) -> str | None:
    """The texts with a mark between them; null of nothing."""
    return mark.join(_known(values)) or None
