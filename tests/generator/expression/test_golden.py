"""Every construct as it is spelled, every fault as it is explained."""

import pytest

from generator.expression import CONDITION, ExpressionError, compile_expression
from tests.generator.expression import golden
from tests.generator.expression.world import WORLD


@pytest.mark.parametrize("name", sorted(golden.FILES))
def test_file(name: str) -> None:
    written = (golden.FOLDER / name).read_text("utf-8")
    assert golden.rendered(name, golden.FILES[name]) == written, (
        "if this is meant: python -m tests.generator.expression.golden"
    )


def test_every_fault_is_one() -> None:
    for text, expect in golden.cases("faults.txt"):
        with pytest.raises(ExpressionError):
            compile_expression(text, golden.SCOPE, expect)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_no_text(text: str) -> None:
    with pytest.raises(ExpressionError, match="the expression is empty"):
        compile_expression(text, golden.SCOPE, CONDITION)


def test_too_long_and_too_deep() -> None:
    with pytest.raises(ExpressionError, match="longer than 2000"):
        compile_expression("days + " * 400 + "1", golden.SCOPE)
    with pytest.raises(ExpressionError, match="nested more than 60"):
        compile_expression(" + ".join(["days"] * 80), golden.SCOPE)
    with pytest.raises(ExpressionError):
        compile_expression("(" * 500 + "1" + ")" * 500, golden.SCOPE)


def test_lines_of_yaml_are_one_expression() -> None:
    text = "kind == 'online'\n  and nam == '甲'\n"
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, golden.SCOPE, CONDITION)
    assert text[caught.value.offset :].startswith("nam ==")


def test_offsets_count_characters() -> None:
    text = "  name == '武汉市' and nam == '甲'"
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, golden.SCOPE, CONDITION)
    assert (caught.value.offset, caught.value.length) == (text.index("nam ="), 3)


@pytest.mark.parametrize("name", ["form", "parent"])
def test_roots_that_are_not_everywhere(name: str) -> None:
    with pytest.raises(ExpressionError, match=f"unknown name '{name}'") as caught:
        compile_expression(f"{name}.days > 1", WORLD.scope("job"), CONDITION)
    assert "is known only" in caught.value.hint
