"""What revisions do to values so that they go on saying what they said, and what they ask before.

Numbers with digits behind the point are stored as integers: another number of digits is another
integer. Whatever cannot be converted stops the upgrade, in words, before anything is lost.
"""

# ruff: noqa: S608 - names of tables and columns come from the metadata, which check has read

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.core.audit.value_meanings import LARGEST, read, write

_PIECE = 2_000  # rows that are converted with one statement
_SHOWN = 5  # records that a refusal names


class CannotConvert(Exception):
    """What is stored cannot be what the new revision wants; the message is Chinese."""


def scale(table: str, column: str, digits: int) -> None:
    """Give numbers that many digits more behind the point; fewer digits (below 0) are rounded."""
    factor = 10 ** abs(digits)
    if digits > 0:
        _stop(
            table, column, f"abs({column}) > {LARGEST // factor}", f"多 {digits} 位小数后数值太大"
        )
        op.execute(f"UPDATE {table} SET {column} = {column} * {factor} WHERE {column} IS NOT NULL")
        return
    half = factor // 2
    op.execute(
        f"UPDATE {table} SET {column} = CASE WHEN {column} < 0 THEN -((-{column} + {half}) / {factor})"
        f" ELSE ({column} + {half}) / {factor} END WHERE {column} IS NOT NULL"
    )


def carry(table: str, column: str, before: Any, after: Any, *, was: str, now: str) -> None:
    """Write the values of a column anew in another type: as text what was shown, or what a text says."""
    fresh = f"{column[:50]}__anew"
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column(fresh, after))
    if not op.get_context().as_sql:
        _write_anew(
            sa.table(table, sa.column("id"), sa.column(column, before), sa.column(fresh, after)),
            was,
            now,
        )
    with op.batch_alter_table(table) as batch:
        batch.drop_column(column)
    with op.batch_alter_table(table) as batch:
        batch.alter_column(fresh, new_column_name=column)


def filled(table: str, column: str) -> None:
    """Stop where a row has no value."""
    _stop(table, column, f"{column} IS NULL", "没有填写，而新版本要求必填")


def empty(table: str, column: str) -> None:
    """Stop where there is a row at all: nothing says what it should have in the new column."""
    _stop(table, column, "1 = 1", "在新增的必填项中没有值")


def fit(table: str, column: str, length: int) -> None:
    """Stop where a text is longer."""
    _stop(table, column, f"length({column}) > {length}", f"超过 {length} 个字，新版本放不下")


def small(table: str, column: str, digits: int) -> None:
    """Stop where a number will be too large for 32 bits, after it got so many digits more."""
    limit = (2**31 - 1) * 10 ** max(0, -digits) // 10 ** max(0, digits)
    _stop(table, column, f"abs({column}) > {limit}", "数值太大，新版本放不下")


def differ(table: str, *columns: str) -> None:
    """Stop where rows repeat what must differ from now on; nothing repeats nothing."""
    names = ", ".join(columns)
    some = " AND ".join(f"{name} IS NOT NULL" for name in columns)
    again = f"SELECT {names} FROM {table} WHERE {some} GROUP BY {names} HAVING count(*) > 1"
    same = " AND ".join(f"a.{name} = {table}.{name}" for name in columns)
    _stop(
        table, names, f"EXISTS (SELECT 1 FROM ({again}) a WHERE {same})", "重复，而新版本不许重复"
    )


def _stop(table: str, column: str, condition: str, words: str) -> None:
    if op.get_context().as_sql:
        return
    connection = op.get_bind()
    query = f"FROM {table} WHERE {condition}"
    count = connection.scalar(sa.text(f"SELECT count(*) {query}")) or 0
    if count:
        ids = connection.scalars(sa.text(f"SELECT id {query} ORDER BY id LIMIT {_SHOWN}")).all()
        _refuse(table, column, count, ids, words)


def _refuse(table: str, column: str, count: int, ids: Any, words: str) -> None:
    named = "、".join(map(str, ids))
    more = " 等" if count > len(ids) else ""
    raise CannotConvert(f"{table} 的 {column} 有 {count} 行{words}（记录号 {named}{more}）")


# --- values that are written anew -----------------------------------------------------------------


def _write_anew(of: Any, was: str, now: str) -> None:
    connection = op.get_bind()
    key, old, new = of.c
    change = (
        of.update().where(key == sa.bindparam("of_row")).values({new.name: sa.bindparam("value")})
    )
    bad: list[int] = []
    longest = getattr(new.type, "length", None)
    for rows in _pieces(connection, of, key, old):
        found = []
        for number, stored in rows:
            said = write(was, stored)
            value = read(now, said[:10] if (was, now) == ("datetime", "date") else said)
            if value is None or (longest and len(value) > longest):
                bad.append(number)
            else:
                found.append({"of_row": number, "value": value})
        if found:
            connection.execute(change, found)
    if bad:
        words = "不能改为新版本要求的类型"
        _refuse(of.name, old.name, len(bad), bad[:_SHOWN], words)


def _pieces(connection: sa.Connection, of: Any, key: Any, old: Any) -> Iterator[list[Any]]:
    last = 0
    while True:
        query = sa.select(key, old).where(old.is_not(None), key > last).order_by(key).limit(_PIECE)
        rows: list[Any] = list(connection.execute(query))
        if not rows:
            return
        yield rows
        last = rows[-1][0]
