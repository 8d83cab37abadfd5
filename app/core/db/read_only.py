"""What asks to read cannot write: checked below the ORM, where every statement goes to the database.

A request by GET, HEAD or OPTIONS proves nothing about who meant it: a page of another site can send
it with the visitor's cookie. So whatever a view does, its statements are refused here unless they
read. What reading itself leaves behind (a session that was seen, a look that is logged, an export
that is noted) goes through the one door `bookkeeping`, which names the tables that it may write.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event

READS = (
    "SELECT", "VALUES", "SHOW", "EXPLAIN", "PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE",
)  # fmt: skip
_FIRST = re.compile(r"[\s(]*(\w+)")
_WRITTEN = re.compile(
    r'\b(?:INSERT\s+INTO|DELETE\s+FROM|(?<!FOR )(?<!DO )UPDATE)\s+"?(\w+)"?', re.IGNORECASE
)

_reading: ContextVar[bool] = ContextVar("reading", default=False)
_noted: ContextVar[frozenset[str]] = ContextVar("noted", default=frozenset())


class WriteRefused(RuntimeError):
    """Code tried to write while it answers a request that only reads: a fault of ours, never of a person."""


def expect_reads(reading: bool = True) -> None:
    """Say whether from now on statements of this thread may only read."""
    _reading.set(reading)


@contextmanager
def bookkeeping(*models: Any) -> Iterator[None]:
    """Let reading leave its traces in the tables of these models, and in no others."""
    token = _noted.set(_noted.get() | {model.__tablename__ for model in models})
    try:
        yield
    finally:
        _noted.reset(token)


def demand_writable() -> None:
    """Raise WriteRefused where this request only reads and stands in no door."""
    if _reading.get() and not _noted.get():
        raise WriteRefused("a unit of work within a request that only reads")


def guard(engine: Engine) -> None:
    """Refuse statements that write on this engine while a request only reads."""
    event.listen(engine, "before_cursor_execute", _check)


def _check(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
    if not _reading.get():
        return
    first = _FIRST.match(statement)
    word = first[1].upper() if first else ""
    if word in READS:
        return
    tables = set(_WRITTEN.findall(statement))
    if word == "WITH" and not tables:
        return
    allowed = _noted.get()
    if not tables or not tables <= allowed:
        what = ", ".join(sorted(tables - allowed)) or word
        raise WriteRefused(f"a request that only reads would write {what}")
