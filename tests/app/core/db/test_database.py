"""What an engine says when a statement fails, and the connections that its pool keeps."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from app.core.db.database import make_engine


def test_an_error_of_the_database_quotes_nothing_that_was_to_be_written():
    engine = make_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(SQLAlchemyError) as failed:
        connection.execute(text("insert into nowhere values (:number)"), {"number": "E12345678"})
    engine.dispose()
    assert "nowhere" in str(failed.value) and "E12345678" not in str(failed.value)


def test_a_connection_that_the_server_ended_is_replaced_unasked(database_url: str) -> None:
    engine, other = make_engine(database_url, pool_size=1), make_engine(database_url)
    try:
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
            if engine.dialect.name == "postgresql":
                pid = connection.scalar(text("SELECT pg_backend_pid()"))
        if engine.dialect.name == "postgresql":
            with other.connect() as killer:
                assert killer.scalar(text(f"SELECT pg_terminate_backend({pid}, 5000)"))
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
            if engine.dialect.name == "postgresql":
                assert connection.scalar(text("SELECT pg_backend_pid()")) != pid
    finally:
        engine.dispose()
        other.dispose()


def test_the_connection_that_was_used_last_is_used_next(database_url: str) -> None:
    engine = make_engine(database_url)
    if engine.dialect.name != "postgresql":
        pytest.skip("a file has no server whose side could be warm")

    def pid(connection: Connection) -> int:
        return connection.scalar(text("SELECT pg_backend_pid()")) or 0

    try:
        with engine.connect() as first:
            with engine.connect() as second:
                others = {pid(second)}
            last = pid(first)
        assert last not in others
        with engine.connect() as connection:
            assert pid(connection) == last
    finally:
        engine.dispose()


def test_a_commit_is_on_the_disk_before_anybody_is_told(tmp_path: Path) -> None:
    """Else a power failure takes back what messages and anchors already speak of."""
    engine = make_engine(f"sqlite:///{tmp_path / 'own.db'}")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2, "every commit is synchronised"
    engine.dispose()
