"""Random expressions over random rows mean the same in Python, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session, aliased

from app.core.expressions.expr_rows import Wide, joined
from generator.expression import CONDITION, Compiled, compile_expression
from tests.generator.expression import writing
from tests.generator.expression.world import (
    WORLD,
    Base,
    Env,
    Group,
    Item,
    Job,
    Line,
    Me,
    Tag,
    Unit,
    function,
)

SCOPE = WORLD.scope("job", form="job")
TEXTS = ["甲", "乙方", "Ab", "ab", "甲乙", "z", "武汉、北京", "É", "%_", "江岸", "a'b"]
DATES = [
    date(2024, 2, 29),
    date(2023, 12, 31),
    date(2024, 3, 1),
    date(2000, 2, 29),
    date(2024, 1, 8),
]
MOMENTS = [
    datetime.fromisoformat(t) for t in ("2024-02-28 16:30", "2023-12-31 15:59", "2024-03-01")
]


def _maybe(values: Any) -> Any:
    return st.none() | values


texts = _maybe(st.sampled_from(TEXTS))
kinds = _maybe(st.sampled_from(["online", "onsite", "mixed"]))
numbers = _maybe(st.integers(-12, 12))
amounts = _maybe(st.sampled_from([0, 1, 99, -150, 10050, 333, 1_000_000]) | st.integers(-500, 500))
dates = _maybe(st.sampled_from(DATES) | st.dates(date(2023, 1, 1), date(2025, 12, 31)))
truths = st.sampled_from([True, False, None])

groups = st.builds(dict, name=texts, open=truths)
items = st.builds(
    dict,
    name=texts,
    level=numbers,
    group=_maybe(st.integers(0, 1)),
    tags=st.lists(texts, max_size=2),
)
units = st.builds(dict, name=texts, district=texts)
lines = st.builds(
    dict,
    title=texts,
    sort=kinds,
    number=numbers,
    price=amounts,
    weight=amounts,
    on=dates,
    done=truths,
    item=_maybe(st.integers(0, 2)),
)
jobs = st.builds(
    dict,
    name=texts,
    note=texts,
    kind=kinds,
    begin=dates,
    end=dates,
    seen_at=_maybe(st.sampled_from(MOMENTS)),
    days=numbers,
    size=numbers,
    fee=amounts,
    budget=amounts,
    rate=amounts,
    ratio=amounts,
    urgent=truths,
    paper_id=_maybe(st.just(5)),
    unit=_maybe(st.integers(0, 1)),
    lines=st.lists(lines, max_size=3),
    topics=st.sets(st.integers(0, 2)),
)
worlds = st.fixed_dictionaries(
    {
        "groups": st.lists(groups, min_size=2, max_size=2),
        "items": st.lists(items, min_size=3, max_size=3),
        "units": st.lists(units, min_size=2, max_size=2),
        "jobs": st.lists(jobs, min_size=2, max_size=3),
    }
)
people = st.builds(
    Me,
    unit=_maybe(st.integers(1, 2)),
    district=texts,
    roles=st.sampled_from([(), ("clerk",), ("clerk", "chief")]),
)


@pytest.fixture(scope="module")
def engines(postgres_databases: Any) -> Iterator[dict[str, Engine]]:
    url = postgres_databases.make()
    found = {"sqlite": create_engine("sqlite://"), "postgresql": create_engine(url)}
    for engine in found.values():
        Base.metadata.create_all(engine)
    yield found
    for engine in found.values():
        engine.dispose()
    postgres_databases.drop(url)


def _fill(session: Session, world: dict[str, Any]) -> list[Job]:
    """Store the rows with fixed keys, so that they are the same in both databases."""
    all_groups = [Group(id=n + 1, **row) for n, row in enumerate(world["groups"])]
    all_units = [Unit(id=n + 1, **row) for n, row in enumerate(world["units"])]
    all_units[1].above = all_units[0]
    all_items = []
    for n, row in enumerate(world["items"]):
        tags = [Tag(id=10 * n + k, word=word) for k, word in enumerate(row["tags"])]
        group = None if row["group"] is None else all_groups[row["group"]]
        item = Item(id=n + 1, name=row["name"], level=row["level"], group=group, tags=tags)
        all_items.append(item)
    made = []
    for n, row in enumerate(world["jobs"]):
        plain = {key: row[key] for key in row if key not in ("lines", "topics", "unit")}
        job = Job(id=n + 1, **plain)
        job.unit = None if row["unit"] is None else all_units[row["unit"]]
        job.topics = [all_items[k] for k in sorted(row["topics"])]
        for k, line in enumerate(row["lines"]):
            values = {key: line[key] for key in line if key != "item"}
            item = None if line["item"] is None else all_items[line["item"]]
            # keys run against positions: the order of rows must come from the position
            job.lines.append(Line(id=100 * n + 10 - k, position=k, item=item, **values))
        made.append(job)
    session.add_all([*all_groups, *all_units, *all_items, *made])
    session.flush()
    session.expire_all()
    return made


def _plain(value: Any, kind: str) -> Any:
    """Return what a database gives as Python gives it."""
    if value is None or value == "":
        return None
    if isinstance(value, timedelta):
        return value.days
    if kind == "boolean":
        return bool(value)
    if kind in ("integer", "decimal", "money", "days"):
        assert value == int(value)
        return int(value)
    if kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def _agree(session: Session, jobs: list[Job], text: str, compiled: Compiled, env: Env) -> None:
    assert compiled.sql is not None
    python, sql = function(compiled.python, "this"), function(compiled.sql, "cls")
    wide = Wide(aliased(Job))
    column = sql(wide, env)  # before its source: it is what joins
    ways = {
        "by itself": select(Job.id, sql(Job, env)),
        "joined": select(wide.id, column).select_from(joined(wide)),
    }
    for way, query in ways.items():
        found = dict(session.execute(query).tuples().all())
        for job in jobs:
            expected = _plain(python(job, env), compiled.type.kind)
            answer = _plain(found[job.id], compiled.type.kind)
            assert answer == expected, f"{session.get_bind().dialect.name}, {way}: {text}"


def _select(session: Session, jobs: list[Job], text: str, compiled: Compiled, env: Env) -> None:
    assert compiled.sql is not None
    python, sql = function(compiled.python, "this"), function(compiled.sql, "cls")
    wide = Wide(aliased(Job))
    condition = sql(wide, env)
    ways = {
        "by itself": select(Job.id).where(sql(Job, env)),
        "joined": select(wide.id).select_from(joined(wide)).where(condition),
    }
    expected = {job.id for job in jobs if python(job, env)}
    for way, query in ways.items():
        found = list(session.scalars(query))
        assert len(found) == len(set(found)), "a reference leads to one row"
        assert set(found) == expected, f"{session.get_bind().dialect.name}, {way}: {text}"


Judge = Callable[[Session, list[Job], str, Compiled, Env], None]


def _run(
    engines: dict[str, Engine],
    world: Any,
    me: Me,
    texts: list[str],
    expect: str | None,
    judge: Judge,
) -> None:
    compiled = [(text, compile_expression(text, SCOPE, expect)) for text in texts]
    for engine in engines.values():
        with Session(engine) as session:
            made = _fill(session, world)
            env = Env(me=me, form=made[-1])
            for text, result in compiled:
                note(f"{text}\n  {result.python}\n  {result.sql}")
                judge(session, made, text, result, env)
            session.rollback()


MANY = settings(max_examples=settings().max_examples * 5)


@MANY
@given(world=worlds, me=people, texts=st.lists(writing.values, min_size=4, max_size=8))
def test_values(engines: dict[str, Engine], world: Any, me: Me, texts: list[str]) -> None:
    _run(engines, world, me, texts, None, _agree)


@MANY
@given(world=worlds, me=people, texts=st.lists(writing.conditions, min_size=4, max_size=8))
def test_conditions(engines: dict[str, Engine], world: Any, me: Me, texts: list[str]) -> None:
    _run(engines, world, me, texts, CONDITION, _select)
