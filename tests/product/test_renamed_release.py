"""A release that renames what most of the demonstration is about, upgraded by `run.py upgrade`.

The next release is a whole copy of the product whose metadata call the object and a field otherwise:
migrated, built and started as an administrator does. Cases under way, papers, holds and history stay.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from app.settings import ROOT
from tests.harness import by_day
from tests.harness.databases import KINDS

COPIED = ("app", "generator", "metadata", "plugins", "devices", "run.py")
LOAD = """
from app.core.db.database import make_engine
from app.demo.load import load
from app.settings import load as settings
from app.upgrade import upgrade
upgrade(settings())
load(make_engine(settings().database_url), "small")
"""
TELL = """
import json, sys
from sqlalchemy import select
from app.core.audit import history, verification as history_check
from app.core.records import materials
from app.core.declare import registry
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.flow import engine
from app.flow.execution import reservations as holds
from app.flow.models import HoldRow
from app.settings import load as settings
from app.web.case import timeline as told
from app.web.factory import create_app

name, field = sys.argv[1:]
obj = registry.object(name)
found = {}
with create_app(settings()).app_context(), acting_as(SYSTEM), elevated():
    for record in session.scalars(select(obj.model).order_by(obj.model.id)):
        case = engine.case_of(record)
        happened = told.history(obj, record, engine.history_of(case) if case else ())
        found[record.id] = {
            "state": [record.state, case.state if case else None],
            "tasks": len(case.tasks) if case else None,
            "papers": {key: len(rows) for key, rows in materials.current(obj, record.id).items()},
            "history": [(one.who, one.what, [(c.label, c.before, c.after) for c in one.changes]) for one in happened],
            "entries": len(history.changes_of(name, record.id)),
            "value": getattr(record, field),
        }
    wrong = [str(one) for one in history_check.verify()] + [str(one) for one in holds._differing()]
    rows = session.scalars(select(HoldRow).where(HoldRow.object == name).order_by(HoldRow.id))
    held = [(row.field, row.amount, row.resource_id) for row in rows]
print(json.dumps({"records": found, "wrong": wrong, "held": held}, ensure_ascii=False))
"""


def _run(folder: Path, environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, (command, done.stdout[-2000:] + done.stderr[-3000:])
    return done.stdout


def _told(folder: Path, environment: dict[str, str], name: str, field: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        _run(folder, environment, "-c", TELL, name, field).splitlines()[-1]
    )
    return found


@pytest.mark.timeout(900)  # a load, a build and three upgrades in processes of their own
def test_the_demonstration_is_whole_after_an_upgrade_that_renames(
    database_url: str, tmp_path: Path
) -> None:
    kind = make_url(database_url).get_backend_name()
    if not by_day.chosen(kind, KINDS, "databases on which a release renames"):
        pytest.skip("the other database is tried today, both in `make soak`")
    environment = {**os.environ, "VAR": str(tmp_path / "var"), "DATABASE_URL": database_url}
    _run(ROOT, environment, "-c", LOAD)
    before = _told(ROOT, environment, "delegation", "entry_city")
    assert len(before["records"]) >= 30
    assert before["held"]
    assert before["wrong"] == []

    release = tmp_path / "release"
    for name in COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(ROOT / name, release / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, release / name)
    for path in (release / "metadata").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        named = re.sub(r"\bdelegation\b", "mission", text)
        named = re.sub(r"\bentry_city\b", "return_city", named)
        path.write_text(named, encoding="utf-8")
    main = release / "metadata" / "outbound" / "delegation.yaml"
    text = main.read_text(encoding="utf-8")
    text = text.replace("object: mission\n", "object: mission\nrenamed_from: delegation\n", 1)
    text = text.replace("return_city: {", "return_city: {renamed_from: entry_city, ", 1)
    main.write_text(text, encoding="utf-8")
    for words in (("migrate", "-m", "missions"), ("build",), ("check",)):
        _run(release, environment, "-m", "generator", *words)
    _run(release, environment, "run.py", "upgrade", "--rehearse")
    _run(release, environment, "run.py", "upgrade")

    assert _told(release, environment, "mission", "return_city") == before
    _run(release, environment, "run.py", "verify-history")
