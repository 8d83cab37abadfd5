"""What expressions learn from a resident identity number."""

from datetime import date

from app.core.expressions import expr as ex
from app.core.identity_numbers import check_digit


def number(first17: str) -> str:
    return first17 + check_digit(first17)


def test_birth_and_sex_of_a_valid_number() -> None:
    woman = number("42010619880229012")
    assert ex.birth_of(woman) == date(1988, 2, 29)
    assert ex.sex_of(woman) == "2"
    assert ex.sex_of(number("42010619880229013")) == "1"


def test_anything_else_is_null() -> None:
    wrong = number("42010619880229012")[:-1] + "?"
    for value in (None, "", "420106", wrong, number("42010619880230012")):
        assert ex.birth_of(value) is None
        assert ex.sex_of(value) is None
