"""The few operations of expressions that databases spell differently: dates, texts, lists."""

import sqlite3
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Date, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.core import clock

_FURTHEST = 3_652_058  # days between the first and the last day that Python knows


class DaysBetween(FunctionElement[int]):
    """Days from the second date to the first."""

    inherit_cache = True
    type = BigInteger()


class Moved(FunctionElement[Any]):
    """A date so many days later."""

    inherit_cache = True
    type = Date()


class LocalDay(FunctionElement[Any]):
    """The day of a moment (naive UTC) in the office's zone."""

    inherit_cache = True
    type = Date()


class Position(FunctionElement[int]):
    """Where the second text begins in the first, from 1; 0 if nowhere."""

    inherit_cache = True
    type = BigInteger()


class Bytewise(FunctionElement[str]):
    """A text that is compared and changed by its bytes, whatever the language of the database."""

    inherit_cache = True
    type = String()


class Joined(FunctionElement[str]):
    """Texts (first) with a mark (second) between them, in the order of a key (third)."""

    inherit_cache = True
    type = String()


class Least(FunctionElement[Any]):
    """The smallest of several values, none of them null."""

    inherit_cache = True


class Greatest(FunctionElement[Any]):
    """The largest of several values, none of them null."""

    inherit_cache = True


def _parts(element: FunctionElement[Any], compiler: Any, options: dict[str, Any]) -> list[str]:
    return [compiler.process(part, **options) for part in element.clauses]


@compiles(DaysBetween)
def _days_between(element: DaysBetween, compiler: Any, **options: Any) -> str:
    last, first = _parts(element, compiler, options)
    return f"(CAST({last} AS DATE) - CAST({first} AS DATE))"


@compiles(DaysBetween, "sqlite")
def _days_between_sqlite(element: DaysBetween, compiler: Any, **options: Any) -> str:
    last, first = _parts(element, compiler, options)
    return f"CAST(julianday({last}) - julianday({first}) AS INTEGER)"


@compiles(Moved)
def _moved(element: Moved, compiler: Any, **options: Any) -> str:
    day, number = _parts(element, compiler, options)
    within = f"CASE WHEN abs({number}) <= {_FURTHEST} THEN CAST({number} AS INTEGER) END"
    return f"(CAST({day} AS DATE) + {within})"


@compiles(Moved, "sqlite")
def _moved_sqlite(element: Moved, compiler: Any, **options: Any) -> str:
    day, number = _parts(element, compiler, options)
    return f"date({day}, CAST({number} AS TEXT) || ' days')"


def _offset() -> int:
    offset = datetime(2000, 1, 1, tzinfo=clock.ZONE).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


@compiles(LocalDay)
def _local_day(element: LocalDay, compiler: Any, **options: Any) -> str:
    (moment,) = _parts(element, compiler, options)
    return f"CAST({moment} + INTERVAL '{_offset()} seconds' AS DATE)"


@compiles(LocalDay, "sqlite")
def _local_day_sqlite(element: LocalDay, compiler: Any, **options: Any) -> str:
    (moment,) = _parts(element, compiler, options)
    return f"date({moment}, '{_offset()} seconds')"


@compiles(Position)
def _position(element: Position, compiler: Any, **options: Any) -> str:
    return f"strpos({', '.join(_parts(element, compiler, options))})"


@compiles(Position, "sqlite")
def _position_sqlite(element: Position, compiler: Any, **options: Any) -> str:
    return f"instr({', '.join(_parts(element, compiler, options))})"


@compiles(Bytewise)
def _bytewise(element: Bytewise, compiler: Any, **options: Any) -> str:
    (text,) = _parts(element, compiler, options)
    return f'(({text}) COLLATE "C")'


@compiles(Bytewise, "sqlite")
def _bytewise_sqlite(element: Bytewise, compiler: Any, **options: Any) -> str:
    return f"({_parts(element, compiler, options)[0]})"


@compiles(Joined)
def _joined(element: Joined, compiler: Any, **options: Any) -> str:
    text, mark, key = _parts(element, compiler, options)
    return f"string_agg({text}, {mark} ORDER BY {key})"


@compiles(Joined, "sqlite")
def _joined_sqlite(element: Joined, compiler: Any, **options: Any) -> str:
    text, mark, key = _parts(element, compiler, options)
    order = f" ORDER BY {key}" if sqlite3.sqlite_version_info >= (3, 44) else ""
    return f"group_concat({text}, {mark}{order})"  # older ones take the order of the subquery


@compiles(Least)
@compiles(Greatest)
def _extreme(element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
    name = "least" if isinstance(element, Least) else "greatest"
    return f"{name}({', '.join(_parts(element, compiler, options))})"


@compiles(Least, "sqlite")
@compiles(Greatest, "sqlite")
def _extreme_sqlite(element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
    name = "min" if isinstance(element, Least) else "max"
    return f"{name}({', '.join(_parts(element, compiler, options))})"
