"""How far the rows of a table can be walked by their keys without passing over one.

Keys are handed out before their transactions end, so on PostgreSQL a row may appear below one that was
given already. Whoever has drawn a key has held the table's lock of writers since before that: once all
who held it at some moment are done, nothing can appear any more up to the last key of that moment.
SQLite has one writer at a time and hands keys out to it alone, none of them twice (see
`app.core.db.database`); there the end is where the rows end.
"""

import time

from sqlalchemy import Connection, Table, text

from app.core.db.database import session
from app.exchange.models import mark, set_mark

PATIENCE = 3.0  # seconds for which those are waited for who write just now
_STEP = 0.02
_LAST = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, 'id')::regclass)")
_WRITERS = text(
    "SELECT virtualtransaction FROM pg_locks"
    " WHERE locktype = 'relation' AND relation = CAST(:name AS regclass)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock',"
    " 'AccessExclusiveLock') AND granted AND pid IS DISTINCT FROM pg_backend_pid()"
)


def safe(table: Table) -> int | None:
    """Return the largest key up to which no row is to come any more; None for no limit.

    Where somebody writes longer than is waited for, it is what it was the last time. Read the rows
    by a statement that begins after this has returned, and `remember` the key with them.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return None
    last = int(connection.scalar(_LAST, {"name": table.name}) or 0)
    writing, end = _writers(connection, table), time.monotonic() + PATIENCE
    while writing and time.monotonic() < end:
        time.sleep(_STEP)
        writing &= _writers(connection, table)
    return _known(table) if writing else last


def remember(table: Table, last: int | None) -> None:
    """Keep, within the caller's unit of work, how far a table can be walked."""
    if last is not None and last > _known(table):
        set_mark(_name(table), str(last))


def _known(table: Table) -> int:
    return int(mark(_name(table)) or 0)


def _name(table: Table) -> str:
    return f"walked/{table.name}"


def _writers(connection: Connection, table: Table) -> set[str]:
    return set(connection.scalars(_WRITERS, {"name": table.name}))
