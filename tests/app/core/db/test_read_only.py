"""While a request only reads, no statement of any kind writes; its traces go through one door."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.core.db.database import bind, insert_unless_there, make_engine, session, unit_of_work
from app.core.db.read_only import WriteRefused, bookkeeping, expect_reads

ROOT = Path(__file__).resolve().parents[4]


class Base(DeclarativeBase):
    """Tables of these tests alone."""


class Role(Base):
    __tablename__ = "t_role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Seen(Base):
    __tablename__ = "t_seen"
    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(40))


ROLES, SEEN = Role.__table__, Seen.__table__
GONE = Table("t_gone", MetaData(), Column("id", Integer, primary_key=True))

WRITES = {
    "insert": lambda one: one.execute(insert(ROLES).values(id=2, name="b")),
    "insert returning": lambda one: one.execute(
        insert(ROLES).values(id=2, name="b").returning(ROLES.c.id)
    ),
    "insert from select": lambda one: one.execute(
        insert(ROLES).from_select(["id", "name"], select(literal(2), literal("b")))
    ),
    "many": lambda one: one.execute(insert(ROLES), [{"id": n, "name": str(n)} for n in (2, 3)]),
    "unless there": lambda one: insert_unless_there(one, ROLES, {"name": "b"}),
    "update": lambda one: one.execute(update(ROLES).values(name="b")),
    "delete": lambda one: one.execute(delete(ROLES)),
    "text": lambda one: one.execute(text("  update t_role set name = 'b'")),
    "commented": lambda one: one.execute(text("/* select */ delete from t_role")),
    "driver": lambda one: one.exec_driver_sql("DELETE FROM t_role"),
    "within with": lambda one: one.execute(text("with x as (select 1) delete from t_role")),
    "a second table behind an allowed one": lambda one: one.execute(
        insert(SEEN).values(id=2, what="b").add_cte(delete(ROLES).cte("first"))
    ),
    "create": GONE.create,
    "drop": lambda one: one.execute(text("drop table t_seen")),
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Any]:
    engine = make_engine(database_url)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(ROLES).values(id=1, name="a"))
    before = session.get_bind() if session.registry.has() else None
    bind(engine)
    yield engine
    expect_reads(False)
    session.remove()
    Base.metadata.drop_all(engine)
    engine.dispose()
    if before is not None:
        session.configure(bind=before)


def names(engine: Any) -> list[str]:
    expect_reads(False)
    with engine.connect() as connection:
        return list(connection.scalars(select(ROLES.c.name)))


@pytest.mark.parametrize("way", sorted(WRITES))
@pytest.mark.parametrize("door", [(), (Seen,)], ids=["no door", "the door of another table"])
def test_no_statement_writes(engine: Any, way: str, door: tuple[Any, ...]) -> None:
    if engine.dialect.name == "sqlite" and way.startswith("a second table"):
        pytest.skip("SQLite has no such statement")
    expect_reads()
    with bookkeeping(*door), engine.connect() as connection:
        with pytest.raises(WriteRefused):
            WRITES[way](connection)
        connection.rollback()
    assert names(engine) == ["a"]


@pytest.mark.parametrize("way", sorted(WRITES))
def test_each_of_them_writes_where_writing_is_meant(engine: Any, way: str) -> None:
    """Else the refusals above would prove nothing."""
    if engine.dialect.name == "sqlite" and way.startswith("a second table"):
        pytest.skip("SQLite has no such statement")
    with engine.connect() as connection:
        WRITES[way](connection)
        connection.rollback()


def test_nothing_is_flushed(engine: Any) -> None:
    expect_reads()
    with Session(engine) as current:
        current.get_one(Role, 1).name = "b"
        with pytest.raises(WriteRefused):
            current.execute(select(func.count(Role.id))).one()  # flushes before
        current.rollback()
        current.add(Role(id=2, name="c"))
        with pytest.raises(WriteRefused):
            current.commit()
    assert names(engine) == ["a"]


def test_a_unit_of_work_does_not_even_begin(engine: Any) -> None:
    expect_reads()
    with pytest.raises(WriteRefused), unit_of_work():
        pass


def test_reading_reads(engine: Any) -> None:
    expect_reads()
    with engine.connect() as connection:
        assert connection.scalar(select(ROLES.c.name).with_for_update()) == "a"
        first = select(ROLES.c.id).cte("first")
        assert connection.scalar(select(first.c.id)) == 1
        with connection.begin_nested():
            assert (
                connection.scalar(
                    text("(select 1)") if engine.name != "sqlite" else text("select 1")
                )
                == 1
            )


def test_the_door_writes_what_it_names_and_nothing_else_beside(engine: Any) -> None:
    expect_reads()
    with bookkeeping(Seen), unit_of_work() as current:
        current.add(Seen(id=1, what="looked"))
    current.get_one(Role, 1).name = "b"  # was changed before by whoever stands around the door
    with pytest.raises(WriteRefused), bookkeeping(Seen), unit_of_work():
        current.add(Seen(id=2, what="looked"))
    assert names(engine) == ["a"]
    with engine.connect() as connection:
        assert list(connection.scalars(select(SEEN.c.id))) == [1]


DOOR = {
    "Case", "CopyRow", "DocumentEvent", "Exchange", "InboxMessage", "LongJob", "Mark", "ServerSession", "Task", "Token",
    "history.Change", "*RENDERED",
}  # fmt: skip


def test_what_reading_may_leave_behind_is_known() -> None:
    """A further trace is a decision: it is named here too."""
    found = set()
    for path in sorted((ROOT / "app").rglob("*.py")):
        if path.name == "read_only.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("bookkeeping"):
                found |= {ast.unparse(item) for item in node.args}
    assert found == DOOR
