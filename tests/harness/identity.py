"""Numbers with right check digits, for people and units that do not exist."""

from datetime import date

from stdnum.cn import uscc

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(birth: date, sex: str, order: int = 1, area: str = "420106") -> str:
    """Return a resident's number; `sex` is 男 or 女, `order` tells people of one birthday apart."""
    first = f"{area}{birth:%Y%m%d}{order * 2 + (1 if sex == '男' else 0):03}"
    total = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True))
    return first + "10X98765432"[total % 11]


def credit_code(head: str, tail: str) -> str:
    """Return a unit's code from its first eight signs and up to nine more."""
    first = f"{head}{tail:0>9}"
    return first + str(uscc.calc_check_digit(first))
