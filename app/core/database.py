"""One database, one session per request, one unit of work per write.

SQLite begins a transaction that will write with BEGIN IMMEDIATE: two writers then wait for each
other instead of failing when a reader tries to become a writer. `unit_of_work` says so, and so
does the web for every request that is not a GET.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Engine, Integer, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.types import TypeDecorator

BigId = BigInteger().with_variant(Integer(), "sqlite")

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
    """Return an engine for the URL, with SQLite set up for several processes."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": 30}, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(parsed, pool_pre_ping=True, **options)


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin on its own
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
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


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Commit everything at the end, or nothing. Nested units belong to the outermost one."""
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
