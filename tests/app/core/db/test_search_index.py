"""The quick search finds what contains a word, through an index that no writer can leave behind."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update

from app.core.db import search_index
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.records import queries
from tests.app.conftest import World

WORDS = ["武汉", "汉口", "王小明", "wuhan", "访德", "100%", "a_b", "𠮷野", "汉"]
TEXTS = st.lists(st.sampled_from([*WORDS, "武 汉", "医院", "x"]), max_size=4).map("".join)


@pytest.fixture
def obj(world: World):
    return registry.object("meeting")


def found(obj, word: str) -> set[int]:
    session.expire_all()
    with elevated():
        return set(
            session.scalars(queries.query(obj, search_for=word).with_only_columns(obj.model.id))
        )


def table(obj):
    return obj.model.__table__


def insert_row(obj, content: str | None, code: str | None = None) -> int:
    statement = insert(table(obj)).values(search_text=content, code=code, version=1)
    return session.connection().execute(statement).inserted_primary_key[0]


@given(st.lists(st.tuples(TEXTS, TEXTS, st.booleans()), min_size=1, max_size=6))
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_it_finds_what_contains_the_word_after_every_kind_of_write(world, obj, writes):
    with elevated(), unit_of_work():
        session.connection().execute(delete(table(obj)))
        kept = {}
        for before, after, gone in writes:
            pk = insert_row(obj, before, "X9")
            change = update(table(obj)).where(table(obj).c.id == pk).values(search_text=after)
            session.connection().execute(change)
            if gone:
                session.connection().execute(delete(table(obj)).where(table(obj).c.id == pk))
            else:
                kept[pk] = f"{after} x9"
    for word in WORDS:
        assert found(obj, word) == {pk for pk, content in kept.items() if word in content}, word


def test_a_number_is_found_by_its_parts_in_any_case(world, obj):
    with elevated(), unit_of_work():
        pk = insert_row(obj, "读书会 dushuhui", "武外出〔2026〕0017号A")
        other = insert_row(obj, None, None)
    assert found(obj, "0017号a") == {pk}
    assert found(obj, "2026 读书") == {pk}
    assert other not in found(obj, "书")


def test_what_was_rolled_back_is_not_found(world, obj):
    with pytest.raises(ZeroDivisionError), elevated(), unit_of_work():
        pk = insert_row(obj, "未成")
        assert found(obj, "未成") == {pk}, "in the same transaction it is"
        raise ZeroDivisionError
    assert found(obj, "未成") == set()


def test_the_index_answers(world, obj):
    with elevated(), unit_of_work():
        insert_row(obj, "武汉")
        postgresql = session.connection().dialect.name == "postgresql"
        if postgresql:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        statement = queries.query(obj, search_for="武汉").with_only_columns(obj.model.id)
        compiled = statement.compile(
            session.connection(), compile_kwargs={"literal_binds": not postgresql}
        )
        explain = "EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN "
        parameters = dict(compiled.params) if postgresql else ()
        plan = session.connection().exec_driver_sql(explain + str(compiled), parameters)
        said = "\n".join(str(row) for row in plan)
    assert ("sample_meeting__pairs" in said) if postgresql else ("VIRTUAL TABLE INDEX" in said), (
        said
    )


def test_what_is_missing_is_made_again(world, obj):
    """A migration may have written the table anew, without triggers."""
    with elevated(), unit_of_work() as current:
        connection = current.connection()
        assert search_index.install(connection, [table(obj)]) == []
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER sample_meeting__pairs_added")
        else:
            connection.exec_driver_sql("DROP INDEX sample_meeting__pairs")
        pk = insert_row(obj, "后来的")
        assert search_index.install(connection, [table(obj)]) == ["sample_meeting"]
    assert found(obj, "后来") == {pk}


def test_texts_are_made_anew_when_other_fields_are_searched(world, obj):
    with world.acting("carl"), unit_of_work() as current:
        pk = insert_row(obj, "陈旧")
        current.connection().execute(
            update(table(obj)).where(table(obj).c.id == pk).values(name="音乐会")
        )
        assert search_index.renew(current.connection()), "nothing was known yet"
        assert search_index.renew(current.connection()) == [], "what is known is left alone"
        current.connection().execute(
            update(table(obj)).where(table(obj).c.id == pk).values(search_text="陈旧")
        )
        known = current.scalars(
            select(search_index.SearchText).where(search_index.SearchText.object == "meeting")
        ).one()
        known.made_from = "others"
        current.flush()
        assert obj.title in search_index.renew(current.connection())[0]
    assert found(obj, "音乐") == {pk}
    assert found(obj, "陈旧") == set()
