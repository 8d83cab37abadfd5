import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from app import migrations
from app.core.db.database import make_engine
from app.settings import ROOT, load
from app.upgrade import CannotUpgrade, upgrade

pytestmark = pytest.mark.usefixtures("own_var")


def test_an_empty_database_gets_all_tables_and_the_second_time_nothing(
    database_url: str, office: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert upgrade(load())
    assert upgrade(load()) == []
    engine = make_engine(database_url)
    tables = inspect(engine).get_table_names()
    engine.dispose()
    assert {"ab_user", "sys_account", "sys_outbox", "test_society"} <= set(tables)


def test_a_rehearsal_tells_what_would_be_done_and_lost_and_changes_nothing(
    database_url: str, office: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    engine = make_engine(database_url)
    first = upgrade(load(), rehearse=True)
    assert any(words.startswith("新建数据表") for words in first)
    assert inspect(engine).get_table_names() == []
    assert upgrade(load()) == first
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE older (id INTEGER)"))
        connection.execute(text("INSERT INTO older VALUES (1), (2)"))
    (said,) = upgrade(load(), rehearse=True)
    assert said.startswith("原有") and said.endswith("张表的行都在，显示的值都没有改变")

    def loses(connection: Connection) -> list[str]:
        connection.execute(text("DROP TABLE older"))
        connection.execute(text("DELETE FROM ab_permission_view_role"))
        return []

    monkeypatch.setattr(migrations, "migrate", loses)
    said = " ".join(upgrade(load(), rehearse=True))
    assert "不再有的表：older（2 行）" in said
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM older")) == 2
    engine.dispose()


def test_an_unreachable_database_is_said_in_words(
    office: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:secret@127.0.0.1:1/nothing")
    with pytest.raises(CannotUpgrade, match="无法使用数据库") as caught:
        upgrade(load())
    assert "secret" not in str(caught.value)


def test_a_database_of_a_later_version_is_left_alone_and_said_in_words(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('r9999_later')"))
    with pytest.raises(CannotUpgrade, match="更新版本的程序"):
        upgrade(load())
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_two_upgrades_at_once_are_one_after_the_other(database_url: str, own_var: Path) -> None:
    environment = {**os.environ, "VAR": str(own_var), "DATABASE_URL": database_url}
    running = [
        subprocess.Popen(
            [sys.executable, "run.py", "upgrade"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert sorted("新建数据表" in out for out, _ in said) == [False, True]
    assert sum("数据库已是最新" in out for out, _ in said) == 1
