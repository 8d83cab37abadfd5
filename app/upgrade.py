"""Brings the database to what this version of the product needs: tables, permissions, reference data."""

import importlib
import pkgutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from warnings import catch_warnings, filterwarnings

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Column, Connection, TableClause, func, inspect, select
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)

import app
from app import migrations
from app.core.access.actor import SYSTEM, acting_as
from app.core.aggregates import reconciliation
from app.core.db import abstract_views, search_index
from app.core.db.database import (
    bind,
    broken_references,
    make_upgrading_engine,
    session,
    unit_of_work,
)
from app.core.db.entity import Table
from app.core.declare import registry
from app.core.records import slots
from app.core.reference import dictionaries, reference_data
from app.flow.execution import versions
from app.messaging import templates
from app.migrations import displayed
from app.migrations.values import CannotConvert
from app.security.models import PermissionVersion
from app.security.shipped import sync_permissions
from app.settings import Settings

UPGRADE = 8_317_402  # any number that nothing else locks by


class CannotUpgrade(Exception):
    """The database cannot be reached or changed; the message is Chinese."""


class _Rehearsed(Exception):
    """Ends a rehearsal, so that everything is rolled back."""


def upgrade(settings: Settings, *, rehearse: bool = False, adopt: bool = False) -> list[str]:
    """Create and adjust what is needed, in one transaction; return what was done, in words.

    A rehearsal does the same and rolls it back; it also tells which tables would lose rows and which
    values would be displayed in another way. `adopt` moves cases whose version of a flow is lost.
    """
    done: list[str] = []
    load_models()
    bind(make_upgrading_engine(settings.database_url))
    try:
        with acting_as(SYSTEM), unit_of_work():
            connection = session.connection()
            _alone(connection)
            before = _Rehearsal(connection) if rehearse else None
            done += [*_tables(connection), *ship(connection)]
            done += [*versions.record(adopt=adopt), *search_index.renew(connection)]
            kept = reconciliation.repair()
            done += [f"按明细补算汇总数 {kept} 处"] if kept else []
            _whole(connection)
            displayed.keep(connection, migrations.snapshot())
            if before is not None:
                done += before.compared(connection)
                raise _Rehearsed
        return done
    except _Rehearsed:
        return done
    except CommandError as error:
        raise CannotUpgrade(
            "数据库由更新版本的程序建立，本程序不认识它的表结构版本，什么都没有改。"
            "请改用那个版本或更新的程序。"
        ) from error
    except versions.NotKept as error:
        raise CannotUpgrade(f"{error}已全部撤回，什么都没有改。") from error
    except CannotConvert as error:
        raise CannotUpgrade(f"{error}。已全部撤回，什么都没有改。") from error
    except (IntegrityError, DataError, ProgrammingError) as error:
        raise CannotUpgrade(
            f"已有数据不符合新版本的表结构（{_reason(error)}），已全部撤回，什么都没有改。"
            "请把这一行交给系统维护人员。"
        ) from error
    except OperationalError as error:
        url = session.get_bind().engine.url.render_as_string(hide_password=True)
        raise CannotUpgrade(f"无法使用数据库 {url}：{_reason(error)}") from error
    finally:
        session.remove()
        session.get_bind().engine.dispose()


class _Rehearsal:
    """What was there before: how many rows, and what people read of them."""

    def __init__(self, connection: Connection) -> None:
        self.folder = TemporaryDirectory(prefix="rehearse-")
        self.sizes, self.revision = _sizes(connection), migrations.current(connection)
        known = displayed.kept(connection) or (migrations.snapshot() if self.revision else {})
        self.displayed = displayed.Before(Path(self.folder.name), connection, known)

    def compared(self, connection: Connection) -> list[str]:
        """Return in words what is gone and what is displayed in another way."""
        dictionaries.refresh()
        renamed = migrations.renamed(connection, self.revision)
        before = {renamed.get(name, name): count for name, count in self.sizes.items()}
        lost = _lost(before, _sizes(connection))
        other = self.displayed.compared(connection, migrations.snapshot(), renamed)
        self.folder.cleanup()
        if lost or other or not before:
            return [*lost, *other]
        return [f"原有 {len(before)} 张表的行都在，显示的值都没有改变"]


def _whole(connection: Connection) -> None:
    """Refuse what would leave references that lead nowhere: they were not enforced on the way."""
    if broken := broken_references(connection):
        raise CannotUpgrade(
            f"升级后有指向不存在记录的引用（{'、'.join(broken)}），已全部撤回，什么都没有改。"
            "请把这一行交给系统维护人员。"
        )


def ship(connection: Connection) -> list[str]:
    """Bring what this release ships to what nobody changed on screen; tell in words what was done."""
    told = filter(None, [templates.follow()])
    return [*_permissions(connection), *reference_data.seed(), *slots.ship(), *told]


def is_made() -> bool:
    """Tell whether the database that the session works on has been upgraded at some time."""
    try:
        return session.execute(select(PermissionVersion.v)).first() is not None
    except SQLAlchemyError:
        return False
    finally:
        session.remove()


def load_models() -> None:
    """Import everything that declares tables: every module of the runtime, and what is generated."""
    load_runtime()
    registry.registry()


def load_runtime() -> None:
    """Import every module that is not generated."""
    importlib.import_module("flask_appbuilder.security.sqla.models")
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.startswith(("app.generated", "app.ops", "app.migrations", "app.kept")):
            importlib.import_module(module.name)


def _alone(connection: Connection) -> None:
    """Wait until no other upgrade is under way: two at once would both make the same tables.

    On SQLite the transaction has waited already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(UPGRADE)))


def _sizes(connection: Connection) -> dict[str, int]:
    """Count the rows of every table; indexes that are stored as tables have none of their own."""
    names = [
        name for name in inspect(connection).get_table_names() if search_index.MARK not in name
    ]
    return {
        name: connection.scalar(select(func.count()).select_from(TableClause(name))) or 0
        for name in sorted(names)
    }


def _lost(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """Tell in words which tables hold less than they did."""
    gone = [f"{name}（{count} 行）" for name, count in before.items() if name not in after]
    fewer = [
        f"{name}（{count} 行变为 {after[name]} 行）"
        for name, count in before.items()
        if after.get(name, count) < count
    ]
    return [
        *([f"不再有的表：{'、'.join(gone)}"] if gone else []),
        *([f"行数减少的表：{'、'.join(fewer)}"] if fewer else []),
    ]


def _tables(connection: Connection) -> list[str]:
    before = set(inspect(connection).get_table_names())
    versioned = migrations.tables()
    lists = abstract_views.views(Table.metadata)
    abstract_views.drop(connection, lists)
    own = [
        table
        for name, table in Table.metadata.tables.items()
        if name not in versioned and table not in lists
    ]
    Table.metadata.create_all(connection, tables=own)
    grown = _new_columns(connection, own)
    _indexes(connection, [table for table in own if table.name in before])
    done = migrations.migrate(connection)
    abstract_views.make(connection, lists)
    made = set(inspect(connection).get_table_names()) - before
    return [*([f"新建数据表 {len(made)} 张"] if made else []), *grown, *done]


def _new_columns(connection: Connection, own: list[Any]) -> list[str]:
    """Add the columns, which may be empty, that the runtime's own tables have gained."""
    added = 0
    known = inspect(connection)
    for table in own:
        stored = {column["name"] for column in known.get_columns(table.name)}
        fresh = [column for column in table.columns if column.name not in stored]
        for column in fresh:
            if not column.nullable:
                raise CannotUpgrade(f"数据表 {table.name} 缺少必填列 {column.name}，不能自动补上")
            operations = Operations(MigrationContext.configure(connection))
            operations.add_column(table.name, Column(column.name, column.type))
            added += 1
    return [f"补充系统表的列 {added} 个"] if added else []


def _indexes(connection: Connection, tables: list[Any]) -> None:
    """Make indexes that this version of the runtime adds to tables that were there before."""
    inspector = inspect(connection)
    for table in tables:
        with catch_warnings():  # SQLite's indexes of expressions are known by their names alone
            filterwarnings("ignore", "Skipped unsupported reflection of expression-based index")
            known = {index["name"] for index in inspector.get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in known:
                index.create(connection)


def _permissions(connection: Connection) -> list[str]:
    outcome = sync_permissions(connection)
    words: dict[str, list[Any]] = {
        "新增权限": outcome.permissions_added,
        "删除权限": outcome.permissions_removed,
        "新增角色": outcome.roles_added,
        "更新角色说明": outcome.roles_changed,
        "新增授权": outcome.grants_added,
        "收回授权": outcome.grants_removed,
    }
    return [f"{word} {len(items)} 项" for word, items in words.items() if items]


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig else "连接失败"
