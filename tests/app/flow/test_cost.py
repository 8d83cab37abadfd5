"""What one step costs the database: every table is read and written once, however much follows."""

import re
from collections import Counter

from sqlalchemy import event

from app.core.database import session
from tests.app.conftest import World
from tests.app.flow.test_engine import do, ready

MOST = 17  # statements of a step with a hold, two roles and the history of two records


def test_a_step_writes_every_row_once(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    sent: list[tuple[str, bool]] = []

    def listen(conn, cursor, statement, parameters, context, many) -> None:
        sent.append((statement, many))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", listen)
    try:
        do(world, "carl", pk, "pass", checks=["材料齐全"])
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    tables = Counter(
        found[2]
        for statement, _ in sent
        if (found := re.match(r"(UPDATE|INSERT INTO) (\w+)", statement))
    )
    assert tables["sys_case"] == 1, "state, count and title change together"
    assert tables["sys_step"] == 1
    assert tables["sys_history"] == 1, "entries of one record are written together"
    heads = [text for text, _ in sent if text.startswith("SELECT sys_history")]
    assert len(heads) == 1, "the head of a record's chain is read once"
    assert len(sent) <= MOST, len(sent)
