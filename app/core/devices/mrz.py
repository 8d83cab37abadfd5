"""Machine-readable zones of travel documents (ICAO 9303): the number, if its check digit is right."""

import re

_WEIGHTS = (7, 3, 1)
_VALUES = {sign: value for value, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {
    "<": 0
}
_ZONE = re.compile(r"[A-Z0-9<]+\Z")


class Unreadable(ValueError):
    """A zone that is damaged or was read wrongly; the message is for the user."""


def check_digit(text: str) -> int:
    """Return the check digit of a stretch of a zone."""
    return sum(_VALUES[sign] * _WEIGHTS[at % 3] for at, sign in enumerate(text)) % 10


def number_of(text: str) -> str:
    """Return the document's number of a zone, other texts as they are; Unreadable if it is damaged."""
    lines = [line.strip().upper().replace(" ", "") for line in text.split("\n") if line.strip()]
    joined = "".join(lines)
    if not _ZONE.match(joined) or len(joined) not in (88, 90) or joined[0] not in "PIACV":
        return text.strip()
    number, digit = (joined[44:53], joined[53]) if len(joined) == 88 else (joined[5:14], joined[14])
    if not digit.isdigit() or check_digit(number) != int(digit):
        raise Unreadable("机读码校验不符，请重新扫描或输入号码")
    return number.rstrip("<")
