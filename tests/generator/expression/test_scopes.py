"""Where names lead: rows, their record, the form; what an expression depends on."""

import pytest

from generator.expression import CONDITION, ExpressionError, Member, Type, compile_expression
from tests.generator.expression.world import WORLD


def test_the_form_of_a_record() -> None:
    made = compile_expression(
        "(end - begin).days + count(lines, number > size)", WORLD.scope("job")
    )
    assert made.depends == ("end", "begin", "lines", "size")
    assert made.names == {"this.end", "this.begin", "this.lines", "row.number", "this.size"}


def test_a_filter_over_a_form() -> None:
    text = "unit == me.unit and begin.year == form.begin.year and form.unit.district == '江岸'"
    made = compile_expression(text, WORLD.scope("job", form="job"), CONDITION)
    assert made.depends == ("begin", "unit")
    assert {"form.begin", "form.unit.district", "me.unit", "this.unit"} <= made.names


def test_the_record_of_a_row_on_its_form() -> None:
    """`env.parent` is the record that is being checked; in the database it is the row's own."""
    scope = WORLD.scope("line", parent="job")
    made = compile_expression("parent.begin <= on and parent.unit == me.unit", scope, CONDITION)
    assert (
        made.python == "ex.le(env.parent.begin, this.on) and ex.eq(env.parent.unit_id, env.me.unit)"
    )
    assert made.depends == ("parent.begin", "on", "parent.unit")
    bare = compile_expression("parent.begin <= on", WORLD.scope("line"), CONDITION)
    assert bare.python == 'ex.le(ex.path(this, "parent.begin"), this.on)'
    assert bare.sql == 'sql.path(cls, "parent.begin") <= cls.on'


def test_a_filter_for_a_row_reads_the_record_of_the_form() -> None:
    """The rows that are filtered have no `parent`, so it is that of the form."""
    scope = WORLD.scope("unit", form="line", parent="job")
    made = compile_expression("this == parent.unit", scope, CONDITION)
    assert made.sql == "sql.eq(cls.id, env.parent.unit_id)"


def test_inner_names_go_before_outer_ones() -> None:
    scope = WORLD.scope("item")
    made = compile_expression("any(tags, word == name)", scope, CONDITION)
    assert made.python == "ex.any(ex.eq(row.word, this.name) for row in this.tags)"
    inner = compile_expression("any(tags, parent.name == this.name)", scope, CONDITION)
    assert (
        inner.python == 'ex.any(ex.eq(ex.path(row, "parent.name"), this.name) for row in this.tags)'
    )


@pytest.mark.parametrize(
    ("text", "expect", "python"),
    [
        ("3", "money", "300"),
        ("days * 200", "money", "ex.scale(ex.mul(this.days, 200), 2)"),
        ("days", Type("decimal", scale=4), "ex.scale(this.days, 4)"),
        ("ratio", Member(type="decimal", scale=2), "ex.round(this.ratio, 2)"),
        ("0.125", Member(type="decimal", scale=2), "13"),
        ("'online'", Member(type="dict", codes=("online",)), '"online"'),
        ("'2026-02-01'", "date", "ex.date(2026, 2, 1)"),
        ("kind", "string", "this.kind"),
        ("unit.above", Member(type="ref", target="unit"), 'ex.path(this, "unit.above_id")'),
        ("topics", Member(type="refs", target="item"), 'ex.each(this, "topics.id")'),
        ("None", "date", "None"),
        ("policy.factor", "decimal", "ex.round(ex.scaled(env.policy.factor(), 4), 2)"),
        ("days", "year", "this.days"),
    ],
)
def test_values_are_brought_to_what_is_expected(text: str, expect: object, python: str) -> None:
    made = compile_expression(text, WORLD.scope("job"), expect)  # type: ignore[arg-type]
    assert made.python == python


@pytest.mark.parametrize(
    ("text", "expect", "message"),
    [
        ("rate", "integer", "this expression expects an integer, here stands a decimal"),
        ("fee", "decimal", "this expression expects a decimal, here stands money"),
        ("end - begin", "integer", "expects an integer, here stands a difference of dates"),
        ("unit", Member(type="ref", target="item"), "expects an item, here stands a unit"),
        ("lines.title", "string", "expects a string, here stands a list of string"),
        (
            "'offlin'",
            Member(type="dict", dictionary="mode", codes=("offline",)),
            "not a code of mode",
        ),
        ("kind", Member(type="dict", dictionary="mode"), "expects a code of mode, here stands"),
        ("days", CONDITION, "a condition expects a boolean, here stands an integer"),
    ],
)
def test_values_that_do_not_fit(text: str, expect: object, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        compile_expression(text, WORLD.scope("job"), expect)  # type: ignore[arg-type]
