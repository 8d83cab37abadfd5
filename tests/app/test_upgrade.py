from pathlib import Path

import pytest
from sqlalchemy import inspect

from app.core.database import make_engine
from app.settings import load
from app.upgrade import CannotUpgrade, upgrade


def test_an_empty_database_gets_all_tables_and_the_second_time_nothing(
    database_url: str, tmp_path: Path
) -> None:
    settings = load({"VAR": str(tmp_path), "DATABASE_URL": database_url})
    assert upgrade(settings)
    assert upgrade(settings) == []
    engine = make_engine(database_url)
    assert "ab_user" in inspect(engine).get_table_names()
    engine.dispose()


def test_an_unreachable_database_is_said_in_words(tmp_path: Path) -> None:
    url = "postgresql://someone:secret@127.0.0.1:1/nothing"
    settings = load({"VAR": str(tmp_path), "DATABASE_URL": url})
    with pytest.raises(CannotUpgrade, match="无法连接数据库") as caught:
        upgrade(settings)
    assert "secret" not in str(caught.value)
