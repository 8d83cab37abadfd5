"""Brings the database to what this version of the product needs: tables, defaults, permissions."""

import importlib
import importlib.util

from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from app.core.database import bind, make_engine, session, unit_of_work
from app.core.entity import Model
from app.settings import Settings

ACCOUNTS = "flask_appbuilder.security.sqla.models"
# Modules whose tables and defaults belong to the product. `seed()` of each, where it has one,
# adds what is missing inside our transaction and returns what it did, in words.
PARTS = (
    ACCOUNTS,
    "app.core.history",
    "app.core.outbox",
    "app.core.files",
    "app.core.numbering",
    "app.core.policies",
    "app.core.dictionaries",
    "app.core.workdays",
    "app.flow.models",
    "app.documents.models",
    "app.messaging.models",
    "app.security.models",
    "app.core.materials",
    "app.core.drafts",
    "app.generated",
    "app.core.reference",
)


class CannotUpgrade(Exception):
    """The database cannot be reached or changed; the message is Chinese."""


def load_models() -> list[object]:
    """Import every module that declares tables; return those that have defaults."""
    modules = []
    for name in PARTS:
        if importlib.util.find_spec(name.rpartition(".")[0]) and importlib.util.find_spec(name):
            modules.append(importlib.import_module(name))
    for module in modules:
        if hasattr(module, "load"):
            module.load()
    return [module for module in modules if hasattr(module, "seed")]


def upgrade(settings: Settings) -> list[str]:
    """Create what is missing, in one transaction; return what was done, in words."""
    seeds = load_models()
    engine = make_engine(settings.database_url)
    bind(engine)
    done: list[str] = []
    try:
        with unit_of_work():
            connection = session.connection()
            before = set(inspect(connection).get_table_names())
            Model.metadata.create_all(connection)
            made = set(Model.metadata.tables) - before
            if made:
                done.append(f"新建数据表 {len(made)} 张")
            for module in seeds:
                done += module.seed()  # type: ignore[attr-defined]
    except OperationalError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise CannotUpgrade(f"无法连接数据库 {shown}：{_reason(error)}") from error
    finally:
        session.remove()
    return done


def _reason(error: OperationalError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig else "连接失败"
