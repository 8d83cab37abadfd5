"""The rules of cleaning: each takes a text and gives a text; what it cannot mend it leaves alone."""

import re
from collections.abc import Callable
from functools import cache

from app.core import clock, identity_numbers, text_input
from app.core.declare.loads import Cleaning, SourceColumn
from app.core.types import Dict
from app.intake import text_cleaning

_PARTS = {
    "YYYY": r"(?P<year>\d{4})", "YY": r"(?P<short>\d{2})", "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})", "DD": r"(?P<day>\d{2})", "D": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{2})", "mm": r"(?P<minute>\d{2})", "ss": r"(?P<second>\d{2})",
}  # fmt: skip
_PART = re.compile("|".join(_PARTS))  # longer ones stand first
_DIGITS = re.compile(r"\D+", re.ASCII)


def clean(text: str, rules: tuple[Cleaning, ...]) -> str:
    """Return a text as the rules leave it, in their order."""
    for rule in rules:
        text = RULES[rule.name](text, rule)
    return text


def value_of(column: SourceColumn, text: str, codes: text_cleaning.Codes) -> object:
    """Return what a column's text becomes; ValueError with a message for the user."""
    text = clean(text_cleaning.clean(text), column.clean)
    if isinstance(column.type, Dict) and text:
        return codes.of(column.type, text)
    return column.type.parse(text)


def _id15_to_18(text: str, rule: Cleaning) -> str:
    """Numbers of 15 digits were given to people born in the last century."""
    if len(text) != 15 or not text.isascii() or not text.isdigit():
        return text
    first = f"{text[:6]}19{text[6:]}"
    return first + identity_numbers.check_digit(first)


def _dates(text: str, rule: Cleaning) -> str:
    for pattern in rule.texts:
        found = _pattern(pattern).fullmatch(text)
        if found:
            return _iso(found.groupdict())
    return text


@cache
def _pattern(written: str) -> re.Pattern[str]:
    """Return the pattern of a way to write a date, such as YYYY.M.D."""
    parts, at = [], 0
    for part in _PART.finditer(written):
        parts += [re.escape(written[at : part.start()]), _PARTS[part[0]]]
        at = part.end()
    return re.compile("".join([*parts, re.escape(written[at:])]), re.ASCII)


def _iso(parts: dict[str, str | None]) -> str:
    year = parts.get("year")
    if year is None:
        short = int(parts["short"] or 0)
        year = str((2000 if short <= clock.today().year % 100 else 1900) + short)
    day = f"{year}-{int(parts['month'] or 0):02}-{int(parts['day'] or 0):02}"
    if not parts.get("hour"):
        return day
    return f"{day} {parts['hour']}:{parts.get('minute') or '00'}:{parts.get('second') or '00'}"


def _replace(text: str, rule: Cleaning) -> str:
    for old, new in rule.table.items():
        text = text.replace(old, new)
    return text


RULES: dict[str, Callable[[str, Cleaning], str]] = {
    "trim": lambda text, rule: text.strip(),
    "squeeze": lambda text, rule: " ".join(text.split()),
    "no_blanks": lambda text, rule: "".join(text.split()),
    "half_width": lambda text, rule: text_input.narrow(text),
    "upper": lambda text, rule: text.upper(),
    "lower": lambda text, rule: text.lower(),
    "digits": lambda text, rule: _DIGITS.sub("", text),
    "id15_to_18": _id15_to_18,
    "empty": lambda text, rule: "" if text in rule.texts else text,
    "replace": _replace,
    "cut": lambda text, rule: text[: rule.number],
    "dates": _dates,
    "codes": lambda text, rule: rule.table.get(text, text),
}
