"""The demonstration's records: whole, true to the rules, and the same every time.

The product's own models and the samples of other tests do not go into one process, so the load
runs in one of its own and tells what it finds.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import json, sys
from app.core.audit import history, verification as history_check
from app.core.records import service as records
from app.core.declare import registry
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, make_engine, session
from app.core.records.change_drafts import RecordVersion
from app.demo.load import AlreadyLoaded, load
from app.flow.models import Case, HoldRow, Task
from app.settings import load as settings
from app.upgrade import upgrade
from sqlalchemy import select

upgrade(settings())
engine = make_engine(settings().database_url)
found = {"counts": load(engine, "small")}
try:
    load(engine, "small")
    found["twice"] = "loaded"
except AlreadyLoaded as error:
    found["twice"] = str(error)
with acting_as(SYSTEM), elevated():
    wrong, states, faults, open_tasks = [], set(), [], []
    for case in session.scalars(select(Case)):
        obj = registry.object(case.object)
        record = session.get(obj.model, case.record_id)
        flow = registry.flow(case.flow)
        states.add(f"{case.object}.{case.state}")
        if record.state != case.state:
            wrong.append(f"{case.object} {record.id}: {record.state} {case.state}")
        waiting = [task for task in case.tasks if task.done_at is None]
        if bool(waiting) == bool(flow.step(case.state).end):
            open_tasks.append(f"{case.object} {record.id} {case.state}: {len(waiting)}")
        if case.submitted_at is None:
            continue
        found_faults = records.check(obj, record, {}, complete=True)
        faults += [
            f"{case.object} {record.id} {f.path}: {f.message}" for f in found_faults if f.level == "error"
        ]
    held = {}
    for row in session.scalars(select(HoldRow)):
        place = (row.resource_object, row.resource_id)
        held[place] = held.get(place, 0) + row.amount
    overheld = []
    for (name, pk), amount in held.items():
        resource = session.get(registry.object(name).model, pk)
        used = getattr(resource, "used", None)
        used = resource.liaison_used if used is None else used
        if used != amount:
            overheld.append(f"{name} {pk}: used {used}, held {amount}")
    found |= {
        "wrong": wrong, "states": sorted(states), "faults": faults, "open_tasks": open_tasks,
        "overheld": overheld, "holds": len(held), "breaks": [str(b) for b in history_check.verify()],
    }
print(json.dumps(found, ensure_ascii=False))
"""


@pytest.fixture
def loaded(database_url: str, tmp_path: Path) -> dict[str, Any]:
    """What a load into an empty database gives."""
    environment = {**os.environ, "VAR": str(tmp_path / "var"), "DATABASE_URL": database_url}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_small_load_is_whole_and_keeps_every_rule(loaded: dict[str, Any]) -> None:
    counts = loaded["counts"]
    assert counts["unit"] == 5
    assert counts["person"] >= 40
    assert counts["delegation"] >= 30
    assert loaded["wrong"] == []
    assert loaded["faults"] == []
    assert loaded["open_tasks"] == []
    assert loaded["holds"] > 20
    assert loaded["overheld"] == []
    assert loaded["breaks"] == []
    assert "已有业务数据" in loaded["twice"]
