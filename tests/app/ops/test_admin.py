"""Commands for whoever runs the installation, in processes of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, text

from app.settings import ROOT
from tests.harness.databases import copy_sqlite
from tests.harness.product import Ground

PASSWORD = "Cheng#Men-2026"


def run(var: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VAR": str(var), "DATABASE_URL": url, "ADMIN_PASSWORD": PASSWORD}
    return subprocess.run(
        [sys.executable, "run.py", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_an_account_that_is_opened_by_command_stands_in_the_history(
    own_var: Path, sqlite_ground: Ground, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'own.db'}"
    copy_sqlite(sqlite_ground.url, url)
    done = run(own_var, url, "create-admin", "guard", "--name", "门卫", "--role", "system_admin")
    assert done.returncode == 0, done.stderr
    engine = create_engine(url)
    with engine.connect() as connection:
        told = connection.execute(
            text("SELECT kind, detail FROM sys_history WHERE object = 'account' ORDER BY seq")
        ).all()
    engine.dispose()
    assert [kind for kind, _ in told] == ["open", "roles"]
    assert "guard" in told[0].detail
    assert run(own_var, url, "verify-history").returncode == 0


def test_every_timed_job_is_one_of_the_worker(
    own_var: Path, sqlite_ground: Ground, tmp_path: Path
) -> None:
    """A job that no module of the worker imports would never run, and nobody would be told."""
    url = f"sqlite:///{tmp_path / 'own.db'}"
    copy_sqlite(sqlite_ground.url, url)
    done = run(own_var, url, "schedule")
    listed = {line.split()[0] for line in done.stdout.splitlines()}
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "app").rglob("*.py"))
    declared = set(
        re.findall(r'scheduler\.declare\(\s*(?:scheduler\.)?Job\(\s*name="(\w+)"', sources)
    )
    assert {"slots", "archive", "remind"} <= declared
    assert declared <= listed
