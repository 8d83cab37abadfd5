"""Rehearses a flow on a database, in a process of its own: `python -m generator rehearse` starts it.

The declarations are those of a draft, compiled into a package that stands in a temporary folder;
the database is opened for reading only. Below VAR nothing is made or changed, but for the two empty
companions (-wal, -shm) that SQLite itself puts beside a file that nobody else has open.
"""

import argparse
import importlib.util
import json
import os
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.core import clock
from app.core import settings as installation
from app.core.db.database import bind, make_reading_engine, trouble_of
from app.core.db.missing_schema import Columns, columns_of, read_as_empty
from app.core.declare import registry
from app.flow.queries.simulation import rehearse
from app.settings import DATABASES
from app.upgrade import load_runtime

NEEDED = ("sys_case", "sys_step", "sys_account", "sys_role", "ab_user", "ab_role")
SECRETS = ("password", "sslpassword")  # a driver takes them behind the ? too
YEAR = timedelta(days=365)
FORM = "postgresql://用户:密码@主机:端口/库名 或 sqlite:////目录/文件.db"


class CannotRehearse(Exception):
    """There is nothing that could be rehearsed on; the message is Chinese and says what to do."""


def main(arguments: list[str]) -> int:
    """Rehearse and write what was found, or why nothing was, as JSON; 0 or 2."""
    parser = argparse.ArgumentParser()
    for name in ("--package", "--kept", "--flow", "--since", "--database", "--out"):
        parser.add_argument(name, required=True)
    options = parser.parse_args(arguments)
    try:
        found = _rehearsed(options)
    except CannotRehearse as fault:
        found = {"error": str(fault)}
    text = json.dumps(found, ensure_ascii=False, indent=2)
    Path(options.out).write_text(text, encoding="utf-8")
    return 2 if "error" in found else 0


def _rehearsed(options: argparse.Namespace) -> dict[str, Any]:
    engine, there, said = open_database(options.database)
    try:
        if importlib.util.find_spec("app.kept"):  # else no version was ever kept
            kept = importlib.import_module("app.kept")
            kept.__path__.insert(0, options.kept)  # the project's own, wherever it stands
        registry.use(options.package)
        load_runtime()
        _need(there, options.flow, said)
        missing = read_as_empty(there)
        bind(engine)
        day = date.fromisoformat(options.since) if options.since else clock.today() - YEAR
        asked = _counted(engine)
        found = rehearse(options.flow, clock.as_utc(datetime.combine(day, time())))
    except DBAPIError as error:
        raise CannotRehearse(_trouble(error, said)) from error
    finally:
        engine.dispose()
    own = registry.object(found["object"])
    about = {"database": said, "statements": len(asked)}
    return {**found, **about, "missing": [m for m in missing if _of(own, m)]}


def _counted(engine: Engine) -> list[None]:
    """Return a list that gets longer with every statement."""
    asked: list[None] = []
    event.listen(engine, "before_cursor_execute", lambda *_: asked.append(None))
    return asked


def _of(own: Any, missing: str) -> bool:
    """Tell whether something missing is of the object itself, or of its rows."""
    tables = {own.model.__tablename__}
    tables |= {registry.object(child.object).model.__tablename__ for child in own.children}  # type: ignore[attr-defined]
    return missing.partition(".")[0] in tables


def open_database(given: str) -> tuple[Engine, Columns, str]:
    """Return a database of ours to read, what it holds, and how it is named: without a password."""
    parsed = _address(given)
    said = parsed.difference_update_query(SECRETS).render_as_string(hide_password=True)
    engine = make_reading_engine(parsed.render_as_string(hide_password=False))
    try:
        there = columns_of(engine)
    except DBAPIError as error:
        raise CannotRehearse(_trouble(error, said)) from error
    if not there:
        raise CannotRehearse(f"数据库是空的：{said}。请指定办过件的库")
    missing = [name for name in NEEDED if name not in there]
    if missing:
        raise CannotRehearse(f"这不是本平台的数据库：{said} 里没有表 {'、'.join(missing)}")
    return engine, there, said


def _address(given: str) -> URL:
    text = given or os.environ.get("DATABASE_URL", "").strip()
    text = text or f"sqlite:///{installation.var() / 'data' / 'platform.db'}"
    try:
        parsed = make_url(text)
    except (ArgumentError, ValueError):
        raise CannotRehearse(f"数据库地址的写法无法识别，应为 {FORM}") from None
    if parsed.drivername not in DATABASES:
        raise CannotRehearse(f"数据库地址应为 {FORM}，不支持 {parsed.drivername}")
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise CannotRehearse(
            f"没有这个数据库文件：{parsed.database or '（地址里没有写文件）'}。"
            "请用 --database 指定，或先运行 make demo"
        )
    return parsed


def _need(there: Columns, flow: str, said: str) -> None:
    found = registry.object(registry.flow(flow).object)
    for obj in (registry.organisation(), found):
        table = obj.model.__tablename__  # type: ignore[attr-defined]
        if table not in there:
            raise CannotRehearse(
                f"库里没有“{obj.title}”的表 {table}：{said} 是另一个项目的库，或这项业务还没有办过"
            )


def _trouble(error: DBAPIError, said: str) -> str:
    reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "原因不明"
    kind = {"busy": "数据库正忙", "full": "磁盘已满", "away": "连不上数据库"}
    return f"{kind.get(trouble_of(error), '数据库不能读')}：{said}（{reason}）"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
