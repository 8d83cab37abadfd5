"""The property test writes every function and every operator; what only Python computes says so."""

import ast
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from generator.expression import compile_expression
from generator.expression.functions import FUNCTIONS
from tests.generator.expression import writing
from tests.generator.expression.world import WORLD

PYTHON_ONLY = {  # a filter that needs one is refused: E121
    "birth_of": "birth_of(name)",
    "sex_of": "sex_of(name)",
    "workdays_before": "workdays_before(begin, 5)",
    "workdays_between": "workdays_between(begin, end)",
}
OPERATORS = {
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.USub, ast.And, ast.Or, ast.Not,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.IfExp, ast.Attribute,
}  # fmt: skip


def parts(text: str) -> set[Any]:
    """The functions by name and the operators by class of an expression."""
    plain = text.replace("is not empty", "!= 0").replace("is empty", "== 0")
    nodes = list(ast.walk(ast.parse(plain, mode="eval")))
    called = {
        node.func.id
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return called | {type(node) for node in nodes}


def written() -> set[Any]:
    found: set[Any] = set()

    @settings(
        max_examples=3000, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(text=writing.values | writing.conditions)
    def collect(text: str) -> None:
        found.update(parts(text))

    collect()
    return found


def test_every_function_and_operator_is_tried() -> None:
    found = written()
    assert set(FUNCTIONS) - set(PYTHON_ONLY) - found == set()
    assert OPERATORS - found == set()


def test_what_only_python_computes_says_so() -> None:
    scope = WORLD.scope("job", form="job")
    for name, text in PYTHON_ONLY.items():
        compiled = compile_expression(text, scope)
        assert compiled.sql is None and compiled.why_no_sql, name
