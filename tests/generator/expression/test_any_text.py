"""Whatever is typed, the compiler answers with a result or with an ExpressionError at its place."""

import ast

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.expression import CONDITION, Compiled, ExpressionError, compile_expression
from tests.generator.expression.world import WORLD, function

SCOPE = WORLD.scope("job", form="job")
WORDS = [
    "name",
    "kind",
    "unit",
    "begin",
    "end",
    "seen_at",
    "days",
    "fee",
    "rate",
    "urgent",
    "lines",
    "topics",
    "paper",
    "mood",
    "item",
    "number",
    "this",
    "me",
    "form",
    "parent",
    "policy",
    "today",
    "empty",
    "unit.name",
    "me.roles",
    "me.unit",
    "form.lines",
    "policy.limit",
    "lines.item",
    "lines.title",
    "begin.year",
    "(end-begin).days",
    "unit.above",
    "None",
    "True",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "is",
    "not",
    "and",
    "or",
    "if",
    "else",
    "(",
    ")",
    ",",
    ".",
    "[",
    "]",
    "1",
    "0.5",
    "'甲'",
    "'online'",
    "'2024-01-01'",
    "count(",
    "sum(",
    "min(",
    "any(",
    "join(",
    "distinct(",
    "round(",
    "len(",
    "coalesce(",
    "age(",
    "all(",
    "，（）＝",
    "=",
    "&&",
    "!",
    "null",
    "lambda",
    "x",
    ":",
    "{}",
    "**",
    "~",
    "@",
    "days(",
    "workdays_between(",
    "contains(",
    "year(",
    "birth_of(",
]
soups = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
MANY = settings(max_examples=settings().max_examples * 20)


def _compile(text: str, expect: str | None) -> None:
    try:
        compiled = compile_expression(text, SCOPE, expect)
    except ExpressionError as caught:
        error = caught
    else:
        _check(compiled)
        return
    assert 0 <= error.offset <= len(text)
    assert error.message


def _check(compiled: Compiled) -> None:
    ast.parse(compiled.python, mode="eval")
    function(compiled.python, "this")
    assert (compiled.sql is None) == bool(compiled.why_no_sql)
    if compiled.sql is not None:
        function(compiled.sql, "cls")


@MANY
@given(text=soups, expect=st.sampled_from([None, CONDITION, "money", "string", "ref"]))
def test_words_in_any_order(text: str, expect: str | None) -> None:
    _compile(text, expect)


@MANY
@given(text=st.text(max_size=30))
def test_any_characters(text: str) -> None:
    _compile(text, None)


CALLS = [
    "age", "all", "any", "ceil", "coalesce", "contains", "count", "day", "days", "distinct",
    "endswith", "floor", "join", "len", "lower", "max", "min", "month", "round", "startswith", "sum", "today",
    "upper", "workdays_before", "workdays_between", "year", "birth_of", "sex_of", "policy.limit", "policy.factor",
]  # fmt: skip
LEAVES = [
    "name", "kind", "unit", "begin", "seen_at", "days", "fee", "rate", "urgent", "lines", "topics",
    "paper", "mood", "lines.title", "lines.done", "lines.price", "lines.on", "end - begin", "None",
    "'甲'", "'online'", "'2024-02-30'", "3", "0.25", "true", "today", "me.roles", "me.unit", "this",
    "form", "form.unit", "policy.deadline", "policy.factor", "lines.item.tags", "me", "policy", "empty",
]  # fmt: skip
OPERATORS = [
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "==",
    "!=",
    "<",
    ">=",
    "in",
    "not in",
    "and",
    "or",
    "is",
]


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    call = st.tuples(st.sampled_from(CALLS), st.lists(inner, max_size=3)).map(
        lambda made: f"{made[0]}({', '.join(made[1])})"
    )
    pair = st.tuples(inner, st.sampled_from(OPERATORS), inner).map(
        lambda made: f"({' '.join(made)})"
    )
    choice = st.tuples(inner, inner, inner).map(lambda m: f"({m[0]} if {m[1]} else {m[2]})")
    alone = inner.map(lambda made: f"(not {made})") | inner.map(lambda made: f"(-{made})")
    among = st.tuples(inner, inner, inner).map(lambda m: f"({m[0]} in ({m[1]}, {m[2]}))")
    parts = st.tuples(inner, st.sampled_from(["year", "date", "days", "name", "id", "title"]))
    return call | pair | choice | alone | among | parts.map(lambda made: f"{made[0]}.{made[1]}")


@MANY
@given(
    text=st.recursive(st.sampled_from(LEAVES), _grow, max_leaves=8),
    expect=st.sampled_from([None, CONDITION, "integer", "decimal", "date", "dict"]),
)
def test_operators_and_calls_on_anything(text: str, expect: str | None) -> None:
    _compile(text, expect)
