"""kill -9 of a migration before statements at random: run again it goes on, and every row is taken exactly once."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter

import pytest
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.audit.history import Change
from app.core.db.database import session
from app.core.declare import registry
from app.flow.models import Case
from app.intake.models import TakenRow
from app.ops.supervisor import die_with_parent
from app.settings import ROOT
from tests.examples import legacy

ROWS = 240
KILLS, STATEMENTS = (
    3,
    240,
)  # each run but the last is killed before one of its first so many statements


def start(url, said, *names, dies_at=0):
    with said.open("w") as out:
        return subprocess.Popen(
        [sys.executable, "-m", "tests.examples.migrate_program", *names],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": url, "DIES_AT": str(dies_at)}, preexec_fn=die_with_parent,
        stdout=out,
    )  # fmt: skip


def taken():
    session.remove()
    with acting_as(SYSTEM):
        found = select(func.count()).where(TakenRow.migration == "old_holders")
        number = session.scalar(found)
    session.remove()
    return number


@pytest.mark.timeout(300)
def test_killed_again_and_again_it_takes_every_row_once(world, database_url, tmp_path, monkeypatch):
    persons, wrong, again = legacy.dirty(ROWS, seed=7)
    trips = [(n, n, "法国", "20200101", "3") for n in range(1, ROWS + 1)]
    place, said = tmp_path / "legacy.db", tmp_path / "said.txt"
    monkeypatch.setenv("MIGRATION_LEGACY", legacy.make(place, persons, trips))
    assert start(database_url, said, "old_bureaus").wait() == 0
    chance, before = random.Random(7), 0
    for _ in range(KILLS):
        dies_at = chance.randint(STATEMENTS // 2, STATEMENTS)
        process = start(database_url, said, "old_holders", dies_at=dies_at)
        assert process.wait() == -signal.SIGKILL, "it was through before"
        now = taken()
        assert before < now, "it goes on where it was killed"
        before = now
    last = start(database_url, said, "old_holders")
    assert last.wait() == 0
    assert "以前已处理" in said.read_text("utf-8")
    with acting_as(SYSTEM):
        rows = session.scalars(select(TakenRow).where(TakenRow.migration == "old_holders")).all()
        outcomes = {int(row.key): row.outcome for row in rows if not row.part}
        assert {pk for pk, outcome in outcomes.items() if outcome == "quarantined"} == wrong
        assert {pk for pk, outcome in outcomes.items() if outcome == "merged"} == set(again)
        good = ROWS - len(wrong) - len(again)
        for name, expected in (("holder", good), ("holder_trip", good)):
            model = registry.object(name).model
            assert session.scalar(select(func.count()).select_from(model)) == expected
        cases = session.scalars(select(Case.record_id).where(Case.object == "holder")).all()
        created = select(Change.record_id).where(Change.object == "holder", Change.kind == "create")
        assert Counter(cases) == Counter(session.scalars(created))
        assert len(cases) == good
        assert not list(verification.verify())
    session.remove()
