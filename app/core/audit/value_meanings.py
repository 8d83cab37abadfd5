"""What stored values mean, in words that a revision writes down: decimal(4), text, dict(sex), datetime.

A release may give a field another type. Its column is converted then; what was kept of earlier values
is read by the word of its time, or written anew from one word to another.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from app.core import clock, types

LARGEST = 2**53  # what a field of numbers takes
_YES, _NO = "是", "否"


def write(kind: str, value: Any) -> str:
    """Return a stored value as people read it; `kind` is such as decimal(4), text or datetime."""
    if kind.startswith("decimal"):
        digits = _digits(kind)
        return f"{Decimal(value).scaleb(-digits):.{digits}f}"
    if kind == "boolean":
        return _YES if value else _NO
    if kind == "datetime":
        return f"{clock.local(value):%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    return value.isoformat() if isinstance(value, date) else str(value)


def read(kind: str, text: str) -> Any:
    """Return what a text says as a value of a kind; None where it says none exactly."""
    text = text.strip()
    try:
        return _READERS[kind.split("(")[0]](text, kind)
    except (ValueError, InvalidOperation, KeyError):
        return None


def type_of(word: str) -> types.Type:
    """Return the type that shows values of a meaning as they were shown."""
    kind, _, rest = word.removesuffix(")").partition("(")
    if kind == "decimal":
        return types.Decimal(scale=int(rest))
    if kind in ("dict", "tree"):
        return types.Dict(of=rest)
    return _TYPES.get(kind, types.Type())


def stored(word: str, kept: Any) -> Any:
    """Return a value that was kept as JSON as the type of its meaning has it."""
    if kept is None or not isinstance(kept, str):
        return kept
    if word == "date":
        return datetime.fromisoformat(kept).date()
    return datetime.fromisoformat(kept) if word == "datetime" else kept


def in_form(was: str, now: str, text: str) -> str:
    """Return what a form holds for a value whose field got another meaning, as its column was converted.

    What the former type cannot read, or the new one cannot say, stays as it was typed: the form tells.
    """
    numbers = [_is_number(word) for word in (was, now)]
    try:
        value = type_of(was).parse(text)
        if value is None:
            return text
        if all(numbers):
            return _rounded(Decimal(value).scaleb(-_digits(was)), _digits(now))
        if now == "text" and not was.startswith(("dict", "tree")):
            return write(was, value)
        if (was, now) == ("date", "datetime"):
            return f"{value.isoformat()}T00:00"
        if (was, now) == ("datetime", "date"):
            return write(was, value)[:10]
        if was == "text" and not now.startswith(("dict", "tree")):
            found = read(now, text)
            return text if found is None else type_of(now).dump(found)
    except (ValueError, InvalidOperation):
        pass
    return text


def _rounded(number: Decimal, digits: int) -> str:
    return f"{number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):.{digits}f}"


def _is_number(word: str) -> bool:
    return word == "integer" or word.startswith("decimal")


def _digits(word: str) -> int:
    return int(word[8:-1]) if word.startswith("decimal") else 0


def _number(text: str, kind: str) -> int:
    number = Decimal(text.replace(",", "")).scaleb(_digits(kind))
    if number != int(number) or abs(number) > LARGEST:
        raise ValueError(text)
    return int(number)


def _day(text: str, kind: str) -> date:
    return date.fromisoformat(re.sub(r"[ T]00:00(:00)?$", "", text))


def _moment(text: str, kind: str) -> datetime:
    return clock.as_utc(datetime.fromisoformat(text))


def _truth(text: str, kind: str) -> bool:
    return {_YES: True, _NO: False}[text]


_READERS: dict[str, Callable[[str, str], Any]] = {
    "text": lambda text, kind: text,
    "decimal": _number,
    "integer": _number,
    "date": _day,
    "datetime": _moment,
    "boolean": _truth,
}
_TYPES: dict[str, types.Type] = {
    "integer": types.Integer(),
    "date": types.Date(),
    "datetime": types.DateTime(),
    "boolean": types.Boolean(),
}
