"""The same operators in the database, on both kinds of it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Date, DateTime, String, create_engine, literal, select, true

from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url)
    with engine.connect() as made:
        yield made
    engine.dispose()


def _day(year: int, month: int, day: int) -> Any:
    return literal(date(year, month, day), Date())


def _text(text: str) -> Any:
    return literal(text, String())


def test_one_row_of_everything(connection: Connection) -> None:
    moment = literal(datetime.fromisoformat("2024-02-28 16:30"), DateTime())
    asked = {
        "days": (sql.sub(_day(2024, 3, 1), _day(2023, 12, 31)), 61),
        "shift": (sql.shift(_day(2024, 2, 29), -60), date(2023, 12, 31)),
        "year": (sql.year(_day(2024, 2, 29)), 2024),
        "month": (sql.month(date(2024, 2, 29)), 2),
        "local": (sql.local_date(moment), date(2024, 2, 29)),
        "age": (sql.age(_day(2000, 2, 29), date(2018, 2, 28)), 17),
        "half": (sql.div(-7, 2), -4),
        "zero": (sql.div(7, 0), None),
        "down": (sql.floordiv(-7, 2), -4),
        "rest": (sql.mod(-7, 2), 1),
        "ceil": (sql.ceil(-199, 2), -1),
        "upper": (sql.upper(_text("aé武")), "Aé武"),
        "len": (sql.len(_text("武汉𠀀")), 3),
        "concat": (sql.concat(_text("武"), "汉"), "武汉"),
        "least": (sql.least(None, literal(3), literal(2)), 2),
        "greatest": (sql.greatest(_text("甲"), _text("Z")), "甲"),
        "coalesce": (sql.coalesce(None, literal(0)), 0),
        "missing": (sql.value(None, "integer"), None),
    }
    row = connection.execute(
        select(*(clause.label(name) for name, (clause, _) in asked.items()))
    ).one()
    assert dict(row._mapping) == {name: expected for name, (_, expected) in asked.items()}


@pytest.mark.parametrize(
    ("clause", "holds"),
    [
        (sql.contains(_text("武汉"), "汉"), True),
        (sql.contains(_text("100%"), "0%"), True),
        (sql.contains(_text("武汉"), "%"), False),
        (sql.startswith(_text("武汉"), "武"), True),
        (sql.eq(_text("a"), None), None),
        (sql.eq(_text("a"), ""), None),
        (sql.ne(literal(1), None), None),
        (sql.lt(_text("Z"), "a"), True),
        (sql.is_in(literal(2), (1, None)), None),
        (sql.is_in(literal(2), ()), False),
        (sql.not_in(literal(2), (1, 3)), True),
        (sql.all_of(None, literal(1) == 2), False),
        (sql.any_of(None, literal(1) == 1), True),
        (sql.any_of(None, literal(1) == 2), None),
        (sql.not_(sql.value(None, "boolean")), None),
        (sql.is_empty(sql.value(None, "string")), True),
        (sql.choose(None, True, False), False),
    ],
)
def test_conditions(connection: Connection, clause: Any, holds: bool | None) -> None:
    found = connection.execute(select(clause)).scalar_one()
    assert (None if found is None else bool(found)) is holds
    rows = connection.execute(select(1).where(true(), clause)).all()
    assert bool(rows) is bool(holds)


def test_every_operator_has_its_namesake() -> None:
    """Whatever one module offers the other does, but what only Python can."""
    only_python = {
        "and_",
        "or_",
        "scaled",
        "printed",
        "workdays_between",
        "workdays_before",
        "birth_of",
        "sex_of",
    }
    public = {name for name in vars(ex) if not name.startswith("_") and callable(vars(ex)[name])}
    own = {name for name in public if getattr(vars(ex)[name], "__module__", "") == ex.__name__}
    assert own - only_python - set(vars(sql)) == set()
