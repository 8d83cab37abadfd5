"""What one step costs the database: every table is read and written once, however much follows."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from app.core.db.database import session
from app.flow import engine
from app.flow.execution import cases
from tests.app.conftest import World
from tests.app.flow.test_engine import do, ready

MOST = 16  # statements of a step with a hold, two roles and the history of two records


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collect the statements that are sent."""
    sent: list[str] = []

    def listen(conn, cursor, statement, parameters, context, many) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    target = session.get_bind()
    event.listen(target, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(target, "before_cursor_execute", listen)


def test_a_step_writes_every_row_once(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    with listening() as sent:
        do(world, "carl", pk, "pass", checks=["材料齐全"])
    tables = Counter(
        found[2]
        for statement in sent
        if (found := re.match(r"(UPDATE|INSERT INTO) (\w+)", statement))
    )
    assert tables["sys_case"] == 1, "state, count and title change together"
    assert tables["sys_step"] == 1
    assert tables["sys_history"] == 1, "entries of one record are written together"
    heads = [text for text in sent if text.startswith("SELECT sys_history")]
    assert len(heads) == 1, "the head of a record's chain is read once"
    assert len(sent) <= MOST, len(sent)


def test_a_case_is_locked_once_and_anew_when_the_lock_is_gone(world: World) -> None:
    pk = ready(world)
    with world.acting("anna"):
        with listening() as sent:
            case = cases.lock(engine.case_to_act_on("meeting", pk))
        assert len(sent) == 2, "the case and its tasks"
        assert engine.case_to_act_on("meeting", pk) is case
        session.rollback()  # now somebody else may act
        with listening() as sent:
            cases.lock(case)
        assert any("FROM sys_task" in text for text in sent), "all of it is read anew"
