"""The command `demo`: it empties a demonstration, and nothing else.

The product's own models and the samples of other tests do not go into one process.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from app.core.files import storage
from app.ops.ports import free_port
from tests.harness import s3

ROOT = Path(__file__).resolve().parents[3]
OPEN = """
import dataclasses, os, sys
from app.core.files import storage as contents
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import unit_of_work
from app.ops import demo
from app.security import accounts, demonstration
from app.settings import load
from app.upgrade import upgrade
from app.web.factory import create_app

settings = dataclasses.replace(load(), demonstration=True)
upgrade(settings)
with create_app(settings).app_context(), acting_as(SYSTEM), unit_of_work():
    if sys.argv[1] == "demonstration":
        demonstration.open_demonstration("wang", "王立", ("system_admin",))
    else:
        accounts.open_account(
            name="王立", phone=None, username="wang", roles=("system_admin",), password="Hankou-River-88"
        )
(settings.var / "files" / "a").write_text("a")
if "FILES_URL" in os.environ:
    (settings.var / "paper").write_text("paper")
    contents.contents().put("0" * 64, settings.var / "paper")
try:
    demo._empty(settings)
except demo.CannotRun as error:
    print(error)
"""


def emptied(database_url: str, var: Path, whose: str, **more: str) -> tuple[str, list[str], bool]:
    """Open one account and empty; return what was said, the tables left, whether files are left."""
    environment = {
        **os.environ, "DATABASE_URL": database_url, "VAR": str(var), "PORT": str(free_port()),
        **more,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", OPEN, whose],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    engine = create_engine(database_url)
    tables = inspect(engine).get_table_names()
    engine.dispose()
    return done.stdout, tables, (var / "files" / "a").exists()


def test_a_demonstration_is_emptied(database_url: str, tmp_path: Path) -> None:
    assert emptied(database_url, tmp_path, "demonstration") == ("", [], False)


def test_what_it_kept_in_a_bucket_goes_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with s3.server() as bucket:
        own = {"FILES_URL": f"{bucket}/demo", "FILES_KEY": "k", "FILES_SECRET": "s"}
        beside = storage.Bucket(bucket, "k", "s", "us-east-1")
        monkeypatch.setenv("VAR", str(tmp_path))
        (tmp_path / "other").write_text("other")
        (tmp_path / "files").mkdir()
        beside.put("1" * 64, tmp_path / "other")
        url = f"sqlite:///{tmp_path / 'demo.db'}"
        assert emptied(url, tmp_path, "demonstration", **own)[0] == ""
        assert [kept.name for kept in beside.walk()] == ["1" * 64]


def test_an_installation_of_real_people_is_left_alone(database_url: str, tmp_path: Path) -> None:
    said, tables, files = emptied(database_url, tmp_path, "real")
    assert "有正式账户" in said
    assert "sys_account" in tables
    assert files


def test_a_project_without_recipes_says_how_it_is_started(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from app.demo import load; from app.ops import demo\n"
        f"load.FOLDER = Path({str(tmp_path)!r})\n"
        "try: demo.load()\n"
        "except demo.CannotRun as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "没有演示数据可载入" in done.stdout, done.stderr[-2000:]
    assert "create-admin" in done.stdout
