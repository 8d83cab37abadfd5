"""Operators of compiled expressions: nulls, three values, halves, dates, texts, lists."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.expressions import expr as ex

NULLS = [None, ""]
STRICT = [
    "eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "div", "floordiv", "mod", "concat",
    "contains", "startswith", "scale", "round", "floor", "ceil", "shift", "age",
    "workdays_between", "workdays_before",
]  # fmt: skip


@pytest.mark.parametrize("name", STRICT)
@pytest.mark.parametrize("null", NULLS)
def test_null_goes_through_two_operands(name: str, null: Any) -> None:
    function = getattr(ex, name)
    assert function(null, 1) is None
    assert function(1, null) is None
    assert function(null, null) is None


@pytest.mark.parametrize(
    "name", ["neg", "days", "span", "year", "month", "day", "local_date", "len", "upper", "lower"]
)
@pytest.mark.parametrize("null", NULLS)
def test_null_goes_through_one_operand(name: str, null: Any) -> None:
    assert getattr(ex, name)(null) is None


def test_three_values() -> None:
    assert ex.and_(True, None) is None
    assert ex.and_(False, None) is False
    assert ex.and_(True, True) is True
    assert ex.or_(False, None) is None
    assert ex.or_(True, None) is True
    assert ex.or_(False, False) is False
    assert ex.not_(None) is None
    assert ex.not_(False) is True


def test_in() -> None:
    assert ex.is_in(1, (1, None)) is True
    assert ex.is_in(2, (1, None)) is None
    assert ex.is_in(2, (1,)) is False
    assert ex.is_in(None, (1,)) is None
    assert ex.is_in(None, ()) is False
    assert ex.not_in(2, (1, None)) is None
    assert ex.not_in(2, [1]) is True


@pytest.mark.parametrize(
    ("left", "right", "quotient"),
    [(7, 2, 4), (-7, 2, -4), (7, -2, -4), (5, 4, 1), (1, 3, 0), (1, 0, None)],
)
def test_quotients_round_halves_away_from_zero(left: int, right: int, quotient: int | None) -> None:
    assert ex.div(left, right) == quotient


def test_whole_division_rounds_down() -> None:
    assert (ex.floordiv(-7, 2), ex.mod(-7, 2)) == (-4, 1)
    assert (ex.floordiv(7, 0), ex.mod(7, 0)) == (None, None)


def test_scales() -> None:
    assert ex.scale(3, 2) == 300
    assert [ex.round(n, 2) for n in (149, 150, -150, -149)] == [1, 2, -2, -1]
    assert [ex.floor(n, 2) for n in (199, -101)] == [1, -2]
    assert [ex.ceil(n, 2) for n in (101, -199)] == [2, -1]
    assert [ex.scaled(n, 2) for n in (3, 0.1, "1.005", None)] == [300, 10, 101, None]


def test_dates() -> None:
    leap = date(2024, 2, 29)
    assert ex.days(ex.sub(date(2024, 3, 1), leap)) == 1
    assert ex.shift(leap, -60) == date(2023, 12, 31)
    assert ex.shift(date(9999, 12, 31), 1) is None
    assert ex.span(3) == timedelta(days=3)
    assert ex.age(date(2000, 2, 29), date(2018, 2, 28)) == 17
    assert ex.age(date(2000, 2, 29), date(2018, 3, 1)) == 18
    assert ex.local_date(datetime.fromisoformat("2024-02-28 16:30")) == leap
    assert ex.local_date(datetime.fromisoformat("2024-02-28 15:59")) == date(2024, 2, 28)


def test_texts() -> None:
    assert ex.len("武汉𠀀") == 3
    assert (ex.upper("aé武"), ex.lower("AÉ")) == ("Aé武", "aÉ")
    assert ex.contains("武汉", "汉") is True
    assert ex.startswith("武汉", "汉") is False


def test_lists() -> None:
    values = ["乙", None, "甲", "", "乙"]
    assert ex.count(values) == 3
    assert ex.distinct(values) == ["乙", "甲"]
    assert ex.join(values, "、") == "乙、甲、乙"
    assert ex.join([None, ""], "、") is None
    assert (ex.sum([1, None, 2]), ex.sum([])) == (3, 0)
    assert (ex.min([3, None, 2]), ex.max([]), ex.min([""])) == (2, None, None)
    assert ex.any([None, False]) is False
    assert ex.all([True, None]) is False
    assert (ex.any([]), ex.all([])) == (False, True)


def test_scalars() -> None:
    assert (ex.least(3, None, 2), ex.greatest(None, ""), ex.coalesce("", None, 0)) == (2, None, 0)
    assert [ex.is_empty(value) for value in (None, "", [], 0, False, [0])] == [True] * 3 + [
        False
    ] * 3


def test_paths_end_at_what_is_missing() -> None:
    country, nowhere = SimpleNamespace(name="甲"), SimpleNamespace(name=None)
    stops = [
        SimpleNamespace(country=country),
        SimpleNamespace(country=None),
        SimpleNamespace(country=nowhere),
    ]
    this = SimpleNamespace(unit=SimpleNamespace(above=None), stops=stops)
    assert ex.path(this, "unit.above.name") is None
    assert ex.each(this, "stops.country.name") == ["甲"]
    assert ex.each(this, "stops.country") == [country, nowhere]
    with pytest.raises(AttributeError):
        ex.path(this, "unit.nothing")
