"""What is called impossible never holds, and what never holds of single values is called so."""

from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.expression import CONDITION, compile_expression
from generator.expression.contradiction import impossible
from tests.generator.expression.world import KINDS, WORLD, function

SCOPE = WORLD.scope("job")
NUMBERS = (None, *range(-2, 5))
RECORDS = [
    SimpleNamespace(days=days, size=size, kind=kind, urgent=urgent, name=name)
    for days, size, kind, urgent, name in product(
        NUMBERS,
        (None, 0, 1, 2),
        (None, *KINDS, "new"),
        (None, True, False),
        (None, "甲", "乙", "丙"),
    )
]
SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
EQUAL = st.sampled_from(["==", "!=", "in", "not in"])


def _of(names, sign, values):
    values = values if " in" in f" {sign}" else values[:1]
    shown = f"({', '.join(values)},)" if " in" in f" {sign}" else values[0]
    return f"{names} {sign} {shown}"


SINGLE = st.one_of(
    st.builds("days {} {}".format, SIGNS, st.integers(0, 3)),
    st.builds("{1} {0} size".format, SIGNS, st.integers(0, 2)),
    st.builds(
        _of, st.just("kind"), EQUAL, st.lists(st.sampled_from([f"'{k}'" for k in KINDS]), min_size=1)
    ),
    st.builds(_of, st.just("name"), EQUAL, st.lists(st.sampled_from(["'甲'", "'乙'"]), min_size=1)),
    st.builds("{} is {}".format, st.sampled_from(["days", "kind", "size"]),
              st.sampled_from(["empty", "not empty"])),
    st.sampled_from(["urgent", "not urgent", "urgent == true", "urgent is empty"]),
)  # fmt: skip
PAIRS = st.builds("days {} size".format, SIGNS)


def conditions(atoms):
    return st.recursive(
        atoms,
        lambda parts: st.one_of(
            st.builds("({} and {})".format, parts, parts),
            st.builds("({} or {})".format, parts, parts),
            st.builds("not ({})".format, parts),
        ),
        max_leaves=6,
    )


def holds_somewhere(texts):
    made = [compile_expression(text, SCOPE, CONDITION) for text in texts]
    asked = [function(one.python, "this") for one in made]
    return any(all(ask(record, None) for ask in asked) for record in RECORDS)


def never(*texts):
    return impossible(*(compile_expression(text, SCOPE, CONDITION).node for text in texts))


@given(st.lists(conditions(SINGLE | PAIRS), min_size=1, max_size=3))
def test_what_is_impossible_holds_of_no_record(texts):
    if never(*texts):
        assert not holds_somewhere(texts)


@given(st.lists(conditions(SINGLE), min_size=1, max_size=3))
def test_what_holds_of_no_record_is_impossible(texts):
    assert never(*texts) is not holds_somewhere(texts)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("days < size", "size < days"), True),
        (("days <= size", "size <= days"), False),
        (("begin > end and end > begin",), True),
        (("begin > '2026-01-01'", "begin < '2025-01-01'"), True),
        (("begin.year == 2026 and begin.year == 2027",), True),
        (("fee > 10 and fee < 9.99",), True),
        (("kind != 'online' and kind != 'onsite' and kind != 'mixed'",), False),  # one may be added
        (("urgent if days > 1 else not urgent", "days > 1", "not urgent"), False),
        (("urgent if days > 1 else urgent", "not urgent"), True),
        (("unit.name == '甲' and unit.name == '乙'",), True),
        (("name is empty and name != '甲'",), False),  # an empty text is one
        (("count(lines) > 2 and count(lines) < 2",), True),
        (("name == '甲' and note == '乙'",), False),
    ],
)
def test_more_than_single_values(texts, said):
    assert never(*texts) is said


def test_with_too_many_ways_nothing_is_said():
    wide = " and ".join(f"(days == {n} or size == {n})" for n in range(12))
    assert not never(wide)
