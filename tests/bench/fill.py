"""Fills a table with many rows in the driver's quickest way: `python -m tests.bench.fill ROWS`.

Run within a project it opens two accounts, writes offices and the rows of the first synthetic
object, and prints how many functions the project has.
"""

import csv
import io
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

OFFICES = 1000
BLOCK = 50_000
COLUMNS = ("id", "unit_id", "name", "note", "amount", "day", "twice", "state")
_SIGNS = "王李张刘陈杨赵黄周吴伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文辉力斌"
_STATES = ("draft", "check", "done", "rejected")


def rows_of(number: int) -> Iterator[tuple[Any, ...]]:
    """Return the same rows for everybody, in the order of COLUMNS."""
    chance = random.Random(7)
    begin = date(2006, 1, 1)
    for pk in range(1, number + 1):
        amount = chance.randrange(1000)
        name = "".join(chance.choices(_SIGNS, k=8))
        day = (begin + timedelta(days=chance.randrange(7000))).isoformat()
        yield (
            pk, chance.randrange(OFFICES) + 1, name, f"{name}的说明", amount, day, amount * 2,
            chance.choice(_STATES),
        )  # fmt: skip


def offices() -> list[tuple[int, str]]:
    """Return the offices that the rows belong to."""
    return [(pk, f"第{pk}办事处") for pk in range(1, OFFICES + 1)]


def write(connection: Any, table: str, columns: tuple[str, ...], rows: Iterator[Any]) -> None:
    """Write rows to a table through a driver's connection of either kind and commit."""
    cursor = connection.cursor()
    names = ", ".join(columns)
    if hasattr(cursor, "copy_expert"):
        while part := _part(rows):
            text = io.StringIO()
            csv.writer(text).writerows(part)
            text.seek(0)
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv)", text)
    else:
        marks = ", ".join("?" for _ in columns)
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    connection.commit()


def _part(rows: Iterator[Any]) -> list[Any]:
    return [row for _, row in zip(range(BLOCK), rows, strict=False)]


def _project(number: int) -> None:
    """Fill the database that the environment names, in the project that we run in."""
    from app import settings
    from app.core.declare import registry
    from app.upgrade import upgrade
    from app.web.factory import create_app

    given = settings.load()
    upgrade(given)
    app = create_app(given)
    with app.app_context():
        from app.core.db.database import session
        from tests.harness.people import open_person

        raw = session.get_bind().engine.raw_connection()
        write(raw, "desk_office", ("id", "name", "version"), ((*one, 1) for one in offices()))
        many = ((*row, 1) for row in rows_of(number))
        write(raw, "desk_thing_0000", (*COLUMNS, "version"), many)
        if session.get_bind().dialect.name == "postgresql":
            for table in ("desk_office", "desk_thing_0000"):
                top = f"(SELECT max(id) FROM {table})"
                place = f"pg_get_serial_sequence('{table}', 'id')"
                raw.cursor().execute(f"SELECT setval({place}, {top})")
            raw.commit()
        finish(raw)
        office = type("Office", (), {"id": 1})
        open_person("clerk", username="clerk", org=office)
        open_person("host", username="host")
        print(len(registry.registry().functions))


def finish(connection: Any) -> None:
    """Let the database look at what was written, as it does by itself in the course of a day."""
    connection.rollback()
    if hasattr(connection.cursor(), "copy_expert"):
        plain = getattr(connection, "driver_connection", connection)
        plain.autocommit = True
        plain.cursor().execute("VACUUM ANALYZE")
        plain.autocommit = False
    else:
        connection.cursor().execute("ANALYZE")
        connection.commit()


if __name__ == "__main__":
    _project(int(sys.argv[1]))
