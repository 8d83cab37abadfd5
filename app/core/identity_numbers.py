"""Check digits of resident identity numbers (GB 11643) and organisations' credit codes (GB 32100)."""

from datetime import date

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from app.core.clock import today

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS = "10X98765432"


def check_resident_id(text: str) -> str:
    """Return the number in its normal form; ValueError says in Chinese what is wrong.

    Takes 18-digit numbers of citizens, residence permits of people from Hong Kong, Macao and
    Taiwan (81…, 82…, 83…) and permanent residents' cards of 2023 (9…): all have the same
    check digit, and birth date and sex at the same place. Regions are not looked up: counties
    are created every year, and a number stays valid when its county is renamed.
    """
    number = text.strip().upper().replace(" ", "")
    if len(number) != 18 or not number[:17].isascii() or not number[:17].isdigit():
        raise ValueError("身份证号码应为 18 位，前 17 位为数字")
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    if number[17] != _DIGITS[total % 11]:
        raise ValueError("身份证号码的校验位不正确，请核对是否输错")
    birth_of(number)
    return number


def birth_of(number: str) -> date:
    """Return the birth date that the number contains; ValueError if there is no such day."""
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError("身份证号码中的出生日期不存在") from None
    if not date(1900, 1, 1) <= birth <= today():
        raise ValueError("身份证号码中的出生日期不合理")
    return birth


def sex_of(number: str) -> str:
    """Return "1" for male, "2" for female (GB/T 2261.1), as the 17th digit says."""
    return "1" if int(number[16]) % 2 else "2"


def check_digit(first17: str) -> str:
    """Return the check digit of the first 17 digits (for demonstration data and tests)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True))
    return _DIGITS[total % 11]


def check_credit_code(text: str) -> str:
    """Return the unified social credit code in its normal form; ValueError in Chinese."""
    code = text.strip().upper().replace(" ", "")
    try:
        return str(uscc.validate(code))
    except ValidationError:
        raise ValueError("统一社会信用代码应为 18 位，校验位须正确，请核对是否输错") from None
