"""A condition is asked part by part of one stored row; its parts are named as the metadata write them."""

import pytest

from app.core.db.database import unit_of_work
from app.core.declare import registry
from app.core.expressions import expr_sql as sql
from app.core.records import service as records
from app.web.why import rows
from tests.app.conftest import World
from tests.sample import Meeting

EITHER = "name == '春游' or days > 3"
BOTH = "name == '春游' and not (days > 3 or days < 1)"
CLAUSES = {
    EITHER: lambda: sql.any_of(sql.eq(Meeting.name, "春游"), Meeting.days > 3),
    BOTH: lambda: sql.all_of(
        sql.eq(Meeting.name, "春游"), sql.not_(sql.any_of(Meeting.days > 3, Meeting.days < 1))
    ),
    "days > 3": lambda: Meeting.days > 3,
    "this is (no condition": lambda: Meeting.days > 3,
}


@pytest.mark.parametrize(
    ("text", "told", "holds"),
    [
        (EITHER, ["name == '春游'", "或者days > 3"], [True, False]),
        (BOTH, ["name == '春游'", "并且not (days > 3 or days < 1)"], [True, True]),
        ("days > 3", [], []),  # nothing to take apart
        ("this is (no condition", [], []),
    ],
)
def test_the_parts_of_a_condition_are_asked_of_the_row(
    world: World, text: str, told: list[str], holds: list[bool]
) -> None:
    obj = registry.object("meeting")
    with world.acting("anna"), unit_of_work():
        raw = world.meeting(name="春游")
        pk = records.save(obj, None, raw, complete=False).id
    parts = list(rows.split("meeting", CLAUSES[text](), text))
    assert [reason.what for reason, _ in parts] == told
    assert rows.evaluate(obj, pk, [clause for _, clause in parts]) == holds
    assert rows.evaluate(obj, pk + 1, [clause for _, clause in parts]) == [False] * len(parts)
