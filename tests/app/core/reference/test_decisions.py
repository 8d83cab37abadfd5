"""Decision tables: conditions are read, gaps and overlaps are found, whatever is asked one line fits."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.reference import decisions
from app.core.reference.decisions import (
    Condition,
    asked,
    doubts,
    fitting,
    read,
    said,
    stored,
    words,
)

CODES = {"甲": "a", "乙": "b", "丙": "c"}
TITLES = {code: title for title, code in CODES.items()}


@pytest.mark.parametrize(
    ("kind", "text", "yes", "no"),
    [
        ("dict", "a, b", ["a", "b"], ["c", None]),
        ("dict", "not a", ["b", "c"], ["a", None]),
        ("dict", "*", ["a", None], []),
        ("dict", "empty", [None], ["a"]),
        ("boolean", "no", [False], [True, None]),
        ("integer", ">= 90", [90, 91], [89, None]),
        ("integer", "<90", [89, -1], [90]),
        ("integer", "30..89", [30, 89], [29, 90]),
        ("integer", "7", [7], [6, 8]),
        ("money", "< 100000", [99_999_99], [100_000_00, None]),
        ("money", "100..999.99", [100_00, 999_99], [99_99, 1000_00]),
        ("date", "> 2027-01-01", [date(2027, 1, 2)], [date(2027, 1, 1)]),
    ],
)
def test_a_condition_lets_through_what_it_says(kind, text, yes, no):
    cell = read(kind, text)
    assert all(cell.fits(value) for value in yes)
    assert not any(cell.fits(value) for value in no)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("integer", "many"), ("money", "1.2.3"),
     ("integer", "9..3"), ("date", "2027-02-30"), ("boolean", "maybe"), ("dict", ",")],
)  # fmt: skip
def test_what_cannot_be_read_is_said(kind, text):
    with pytest.raises(ValueError, match=r"[一-龥]"):
        read(kind, text)


TEXTS = {
    "dict": st.sampled_from(["*", "empty", "a", "a, c", "not b", "not a, b"]),
    "integer": st.one_of(
        st.sampled_from(["*", "empty"]),
        st.integers(-5, 5).map(str),
        st.integers(-5, 5).map(">= {}".format),
        st.integers(-5, 5).map("< {}".format),
        st.tuples(st.integers(-5, 0), st.integers(0, 5)).map(lambda ends: f"{ends[0]}..{ends[1]}"),
    ),
}
LINES = st.lists(st.tuples(TEXTS["dict"], TEXTS["integer"]), min_size=1, max_size=5)


@given(LINES)
def test_a_table_without_doubts_has_one_line_for_everything(texts):
    lines = [[read("dict", one), read("integer", two)] for one, two in texts]
    found = list(doubts(("dict", "integer"), lines, (["a", "b", "c"], [])))
    every = [(code, number) for code in "abc" for number in range(-9, 10)]
    if not found:
        assert all(len(fitting(lines, values)) == 1 for values in every)
    for doubt in found:
        assert fitting(lines, doubt.values) == list(doubt.lines)
        assert len(doubt.lines) != 1
    if any(len(fitting(lines, values)) != 1 for values in every):
        assert found


@given(TEXTS["dict"], TEXTS["integer"])
def test_what_people_read_can_be_typed_again(one, two):
    assert stored(words(one, "dict", lambda code: TITLES[code]), "dict", CODES) == one
    again = stored(words(two, "integer"), "integer", {})
    assert read("integer", again) == read("integer", two)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("非洲", "africa"),
        ("非洲、境外", "africa, abroad"),
        ("除 非洲 外", "not africa"),
        ("除境外", "not abroad"),
        ("除境外以外", "not abroad"),
        ("除非洲、境外外", "not africa, abroad"),
        ("非境外", "not abroad"),
        ("非洲、火星", "africa, 火星"),
        ("除", "除"),
        ("除，境外", "除, abroad"),
    ],
)
def test_a_title_is_not_taken_apart_for_words_that_deny(text, kept):
    assert stored(text, "dict", {"非洲": "africa", "境外": "abroad"}) == kept


def test_too_many_combinations_are_refused():
    day = date(2027, 1, 1)
    cells = [[read("date", f">= {day + timedelta(days=9 * n)}")] * 3 for n in range(30)]
    with pytest.raises(decisions.TooMany):
        list(doubts(("date",) * 3, cells, ([], [], [])))


def test_nothing_is_known_of_what_no_line_names():
    assert Condition().anything
    assert (
        list(doubts(("string",), [[read("string", "x")], [read("string", "not x")]], ([],))) == []
    )


def test_no_amount_falls_between_two_lines():
    lines = [[read("money", "< 100")], [read("money", ">= 100")]]
    assert not list(doubts(["money"], lines, [()]))
    for fen in (D("9999.4"), D("9999.5"), D("9999.999")):
        assert len(fitting(lines, [asked("money", fen)])) == 1
    (doubt,) = doubts(["money"], [[read("money", "< 100")], [read("money", "> 100")]], [()])
    assert said("money", doubt.values[0]) == 100
