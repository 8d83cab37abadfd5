"""Tables of business objects, version by version; revisions are written by `python -m generator migrate`."""

import json
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

HERE = Path(__file__).parent


def tables() -> frozenset[str]:
    """Return the names of all tables that revisions look after."""
    return frozenset(snapshot())


def snapshot() -> dict[str, Any]:
    """Return what the revisions lead to: tables, columns, and what their values mean."""
    found: dict[str, Any] = json.loads((HERE / "schema.json").read_text(encoding="utf-8"))
    return found


def renamed(connection: Connection, since: str | None) -> dict[str, str]:
    """Return what tables and columns (TABLE.COLUMN: column) are called that revisions since one renamed."""
    script = ScriptDirectory.from_config(_config(connection))
    found: dict[str, str] = {}
    for revision in reversed(list(script.walk_revisions(since or "base", "head"))):
        if revision.revision != since:
            for former, name in getattr(revision.module, "renamed", {}).items():
                table, _, column = former.partition(".")
                earlier = next((k for k, v in found.items() if not column and v == table), former)
                found[earlier] = name
    return found


def current(connection: Connection) -> str | None:
    """Return the revision that a database stands at."""
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def migrate(connection: Connection) -> list[str]:
    """Carry out the revisions that a database lacks, in its transaction; return what was done, in words."""
    config = _config(connection)
    script = ScriptDirectory.from_config(config)
    before = current(connection)
    if before is None and tables() & set(inspect(connection).get_table_names()):
        command.stamp(config, "head")  # made by an earlier version that knew no revisions
        return []
    numbers = _last_numbers(connection)
    command.upgrade(config, "head")
    _never_again(connection, numbers)
    after = script.get_current_head()
    return [] if before == after else [f"数据表结构由 {before or '空'} 升级到 {after}"]


def _last_numbers(connection: Connection) -> dict[str, int]:
    """Return the last number that SQLite gave in each table."""
    known = (
        {"sqlite_sequence"} & set(inspect(connection).get_table_names(sqlite_include_internal=True))
        if connection.dialect.name == "sqlite"
        else set()
    )
    query = "SELECT name, seq FROM sqlite_sequence"
    return dict(connection.exec_driver_sql(query).tuples().all()) if known else {}


def _never_again(connection: Connection, numbers: dict[str, int]) -> None:
    """A table that was written anew does not know numbers of rows that are gone; nobody gets them again."""
    now = _last_numbers(connection)
    for name, number in numbers.items():
        if name in now and now[name] < number:
            connection.exec_driver_sql(
                "UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (number, name)
            )
