"""Statements are compiled once in a process of tests, though nearly every test has an engine of its own.

SQLAlchemy keeps what it compiled by statement and dialect, each engine for itself. Here all engines have
one such memory, and two dialects of one kind are the same to it.
"""

from functools import partial

from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

from app.core.db import database

MOST = 3000  # statements; an engine alone remembers 500


def _same(one: Dialect, other: object) -> bool:
    return type(one) is type(other)


def _number(one: Dialect) -> int:
    return hash(type(one))


for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg2):
    kind.__eq__ = _same  # type: ignore[method-assign, assignment]
    kind.__hash__ = _number  # type: ignore[method-assign, assignment]

database.create_engine = partial(  # type: ignore[attr-defined]
    create_engine, execution_options={"compiled_cache": LRUCache(MOST)}
)
