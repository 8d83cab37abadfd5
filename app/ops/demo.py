"""The demonstration's data by command: load them, or begin anew."""

import argparse
import shutil
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, MetaData, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.core.db.database import bind, make_engine, session
from app.core.files import storage
from app.ops.ports import is_taken
from app.ops.preconditions import CannotRun
from app.security.demonstration import is_strange
from app.security.models import Account
from app.settings import Settings
from app.upgrade import CannotUpgrade, load_models, upgrade

NOT_OURS = "这个数据库中有正式账户，不是演示系统的，不能载入或清空演示数据"

NO_RECIPES = (
    "metadata/demo/ 中没有配方，没有演示数据可载入。请不带 --demonstration 启动，"
    "先用 run.py create-admin 开通管理员"
)


def demo(settings: Settings, options: argparse.Namespace) -> None:
    """Load the demonstration into an empty installation; with --reset empty it before."""
    settings = replace(settings, demonstration=True)
    if options.reset:
        _empty(settings)
    for line in [*_upgrade(settings), *(_load(settings) or ["演示数据已在库中，没有重复载入"])]:
        print(f"· {line}")


def load() -> list[str]:
    """Load what is missing into the database that the session works on; return what was done."""
    from app.demo.load import FOLDER, prepare

    if not any(FOLDER.glob("*.yaml")):
        raise CannotRun(NO_RECIPES)
    if is_strange():
        raise CannotRun(NOT_OURS)
    return prepare(session.get_bind().engine)


def _load(settings: Settings) -> list[str]:
    from app.web.factory import create_app

    with create_app(settings).app_context():
        return load()


def _upgrade(settings: Settings) -> list[str]:
    try:
        return upgrade(settings)
    except CannotUpgrade as error:
        raise CannotRun(str(error)) from error


def _empty(settings: Settings) -> None:
    """Take the data away, of a demonstration and of nothing else."""
    if is_taken(settings.host, settings.port):
        raise CannotRun(f"端口 {settings.port} 上的服务还在运行，请先停止它，再清空演示数据")
    load_models()
    engine = make_engine(settings.database_url)
    bind(engine)
    try:
        names = _tables(engine)
        if names and (Account.__tablename__ not in names or is_strange()):
            raise CannotRun(NOT_OURS)
        session.remove()
        if engine.dialect.name == "sqlite":
            engine.dispose()
            for ending in ("", "-wal", "-shm"):
                Path(f"{make_url(settings.database_url).database}{ending}").unlink(missing_ok=True)
        else:
            tables = MetaData()
            tables.reflect(engine)
            tables.drop_all(engine)
    finally:
        session.remove()
        engine.dispose()
    store = storage.contents()
    for kept in list(store.walk()):
        store.remove(kept.name)
    for name in ("files", "cache"):
        shutil.rmtree(settings.var / name, ignore_errors=True)
    (settings.var / "files").mkdir()


def _tables(engine: Engine) -> list[str]:
    try:
        return inspect(engine).get_table_names()
    except SQLAlchemyError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise CannotRun(f"无法使用数据库 {where}，请检查 DATABASE_URL") from error
