"""One database, one session per request, one unit of work per write.

SQLite begins a transaction that will write with BEGIN IMMEDIATE: two writers then wait for each
other instead of failing when a reader tries to become a writer. `unit_of_work` says so, and so
does the web for every request that is not a GET.
"""

import select
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    Engine,
    Integer,
    Select,
    Table,
    create_engine,
    delete,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    DisconnectionError,
    InterfaceError,
    InternalError,
    InvalidatePoolError,
    OperationalError,
)
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

from app.core.db.read_only import demand_writable, guard

BigId = BigInteger().with_variant(Integer(), "sqlite")

TRUSTED = 30.0  # seconds for which a connection is taken as alive that has nothing to say

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_elevated: ContextVar[bool] = ContextVar("elevated", default=False)
_depth: ContextVar[int] = ContextVar("unit_of_work_depth", default=0)


class UtcDateTime(TypeDecorator[datetime]):
    """Naive UTC in the database and in Python; an aware value is converted on the way in."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is not None:
            return value.astimezone(UTC).replace(tzinfo=None)
        return value


def make_engine(url: str, **options: Any) -> Engine:
    """Return an engine for the URL, on which a request that reads cannot write."""
    engine = _make_engine(url, options)
    guard(engine)
    return engine


def _make_engine(url: str, options: dict[str, Any]) -> Engine:
    """Return an engine with SQLite set up for several processes, PostgreSQL for few exchanges with the server."""
    parsed = make_url(url)
    options.setdefault("hide_parameters", True)  # people's data must not come into logs by an error
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": 30}, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_backend_name() == "postgresql":
        # Several rows of one table change in one message to the server, not in one each.
        options.setdefault("executemany_mode", "values_plus_batch")
        # The server's side of the connection that was used last still has the tables in mind.
        options.setdefault("pool_use_lifo", True)
        engine = create_engine(parsed, **options)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_see_alive, engine.dialect))
        return engine
    return create_engine(parsed, pool_pre_ping=True, **options)


def make_upgrading_engine(url: str) -> Engine:
    """Return an engine on which tables can be written anew, by whoever asks `broken_references` at the end.

    SQLite changes most of a table by writing another one and dropping the first. While references are
    enforced, dropping it deletes its rows first, and with them all rows that go with theirs.
    """
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _unenforced)
    return engine


def _unenforced(connection: sqlite3.Connection, record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def broken_references(connection: Connection) -> list[str]:
    """Return TABLE → TABLE of references that lead nowhere; PostgreSQL lets none come about."""
    if connection.dialect.name != "sqlite":
        return []
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return sorted({f"{row[0]} → {row[2]}" for row in rows})


def make_reading_engine(url: str) -> Engine:
    """Return an engine on which nothing can be written, and all statements of a session see one state.

    A database file is never made. Raises ArgumentError for what is no URL of a database that we know.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        file = Path(parsed.database or "").absolute().as_uri()
        engine = create_engine(
            "sqlite://",
            creator=partial(_open_reading, f"{file}?mode=ro"),
            poolclass=NullPool,
            hide_parameters=True,
        )
        event.listen(engine, "begin", lambda one: one.exec_driver_sql("BEGIN"))
        return engine
    return create_engine(
        parsed,
        connect_args={"connect_timeout": 10},
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        hide_parameters=True,
    )


def _open_reading(address: str) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, timeout=30, check_same_thread=False)
    connection.isolation_level = None
    return connection


def _note_use(connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _see_alive(dialect: Any, connection: Any, record: Any, proxy: Any) -> None:
    """Let the pool connect anew where the server is gone, without asking it every time.

    A server that goes away says so, or its end is closed: then there is something to read. Only
    a connection like that, or one that nobody has used for a while, is asked.
    """
    used = record.info.get("used")
    if used is None:
        return  # just made
    heard = select.poll()
    heard.register(connection.fileno(), select.POLLIN)
    if time.monotonic() - used < TRUSTED and not heard.poll(0):
        return
    try:
        dialect.do_ping(connection)
    except dialect.dbapi.Error as error:
        record.info.pop("used")
        raise DisconnectionError() from error


def insert_unless_there(
    connection: Connection, table: Table, row: dict[str, Any], first: Delete | None = None
) -> int | None:
    """Insert a row with all its columns and return its id; None where its unique key is taken.

    `first` is carried out before, on the same way to the server where the database can do that;
    its parameters stand in `row` beside the columns.
    """
    if first is not None and connection.dialect.name != "postgresql":
        connection.execute(first, {name: row[name] for name in first.compile().params})
        first = None
    found: int | None = connection.execute(
        _unless_there(connection.dialect, table, first), row
    ).scalar()
    return found


@lru_cache(maxsize=64)
def _unless_there(dialect: Dialect, table: Table, first: Delete | None) -> Any:
    """Return the statement compiled: the library keeps none that has an ON CONFLICT."""
    kinds: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    insert = kinds[dialect.name](table).on_conflict_do_nothing().returning(table.c.id)
    if first is not None:
        insert = insert.add_cte(first.cte("first"))
    names = [column.key for column in table.columns if not column.primary_key]
    return insert.compile(dialect=dialect, column_keys=names)


def insert_all_unless_there(
    connection: Connection, table: Table, rows: list[dict[str, Any]]
) -> bool:
    """Insert rows in one statement; False, and none of them, where a unique key of one is taken."""
    if len(rows) == 1:
        return insert_unless_there(connection, table, rows[0]) is not None
    kinds: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    insert = kinds[connection.dialect.name](table).values(rows)
    written = connection.execute(insert.on_conflict_do_nothing().returning(table.c.id))
    found = list(written.scalars())
    if len(found) == len(rows):
        return True
    if found:
        connection.execute(delete(table).where(table.c.id.in_(found)))
    return False


def _number_once(table: Table, connection: Connection, **_: Any) -> None:
    """Let SQLite, as PostgreSQL does, never give the number of a row that is gone to another one.

    Else a counterpart that goes on behind the last number it was given would pass over a new row.
    """
    (first, *others) = table.primary_key.columns or (None,)
    if connection.dialect.name == "sqlite" and isinstance(getattr(first, "type", None), Integer):
        table.dialect_options["sqlite"]["autoincrement"] = not others


event.listen(Table, "before_create", _number_once)


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin on its own
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # what a person was told is done must outlive a power failure, as the anchors do
        "foreign_keys=ON",
        "busy_timeout=30000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


session: scoped_session[Session] = scoped_session(sessionmaker(expire_on_commit=False))


def bind(engine: Engine) -> None:
    """Let the session work on this engine from now on."""
    session.remove()
    session.configure(bind=engine)


def expect_writes(writing: bool = True) -> None:
    """Say before the first statement that this request will write."""
    _writing.set(writing)


def read_plainly(query: Select[Any], **values: Any) -> CursorResult[Any]:
    """Read columns below the ORM, half the work of reading them through it, for what every step asks.

    What waits is written before, where the ORM would. There is no row scope: the caller answers for it.
    """
    current = session()
    if current.autoflush:
        current.flush()
    return current.connection().execute(query, values)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Commit everything at the end, or nothing. Nested units belong to the outermost one."""
    demand_writable()
    depth = _depth.get()
    if depth == 0 and not _writing.get() and session().in_transaction() and _nothing_pending():
        session().rollback()  # a read transaction cannot become a writing one on SQLite
    tokens = (_depth.set(depth + 1), _writing.set(True))
    try:
        yield session()
        if depth == 0:
            session().commit()
    except BaseException:
        if depth == 0:
            session().rollback()
        raise
    finally:
        _depth.reset(tokens[0])
        if depth == 0:
            _writing.reset(tokens[1])


def leave_transaction() -> None:
    """End a transaction that only reads, before something that takes its time; never call it in a unit of work."""
    if _depth.get() or not _nothing_pending():
        raise RuntimeError("this would hold a transaction open for as long as it takes")
    if session().in_transaction():
        session().rollback()


BUSY = ("database is locked", "lock timeout", "could not obtain lock", "deadlock", "too many")
FULL_CODES = {"53100", "SQLITE_FULL"}
FULL = ("disk is full", "no space left", "disk i/o error", "disk quota", "file too large")
AWAY = ("connect", "closed", "terminat", "shutting down", "starting up", "recovery mode",
        "unable to open", "server has gone")  # fmt: skip


def trouble_of(error: BaseException) -> Literal["", "busy", "full", "away"]:
    """Say what keeps a database from working: others, a full disk, or that it cannot be reached.

    "" is for errors that are nobody's trouble but ours.
    """
    if not isinstance(
        error, (OperationalError, InterfaceError, InternalError, InvalidatePoolError)
    ):
        return ""
    cause = getattr(error, "orig", error)
    said = str(cause).lower()
    # A server may say it in the language of its own installation: the codes are the same everywhere.
    codes = {getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorname", None)}
    if codes & FULL_CODES or any(word in said for word in FULL):
        return "full"
    if any(word in said for word in BUSY):
        return "busy"
    gone = getattr(error, "connection_invalidated", False)
    return "away" if gone or any(word in said for word in AWAY) else ""


def _nothing_pending() -> bool:
    current = session()
    return not (current.new or current.dirty or current.deleted)


@contextmanager
def elevated() -> Iterator[None]:
    """Switch the row scope off, for what the runtime itself must see; keep it narrow."""
    token = _elevated.set(True)
    try:
        yield
    finally:
        _elevated.reset(token)


def is_elevated() -> bool:
    """Tell whether the row scope is off just now."""
    return _elevated.get()
