"""Tables of business objects, version by version; revisions are written by `python -m generator migrate`."""

import json
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

HERE = Path(__file__).parent


def tables() -> frozenset[str]:
    """Return the names of all tables that revisions look after."""
    return frozenset(json.loads((HERE / "schema.json").read_text(encoding="utf-8")))


def migrate(connection: Connection) -> list[str]:
    """Carry out the revisions that a database lacks, in its transaction; return what was done, in words."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    before = MigrationContext.configure(connection).get_current_revision()
    if before is None and tables() & set(inspect(connection).get_table_names()):
        command.stamp(config, "head")  # made by an earlier version that knew no revisions
        return []
    command.upgrade(config, "head")
    after = script.get_current_head()
    return [] if before == after else [f"数据表结构由 {before or '空'} 升级到 {after}"]
