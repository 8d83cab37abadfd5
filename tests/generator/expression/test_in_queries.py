"""Compiled filters inside real queries: aliases, row scopes, empty persons, other tables."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, false, func, select
from sqlalchemy.orm import Session, aliased, with_loader_criteria

from generator.expression import CONDITION, compile_expression
from tests.generator.expression.world import (
    WORLD,
    Base,
    Env,
    Group,
    Item,
    Job,
    Line,
    Me,
    Unit,
    function,
)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = create_engine(database_url)
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        near, far = Unit(id=1, name="甲", district="江岸"), Unit(id=2, name="乙", district="武昌")
        item = Item(id=1, name="表", group=Group(id=1, name="组", open=True))
        lines = [Line(id=1, position=0, number=3, item=item), Line(id=2, position=1, number=4)]
        made.add_all([
            Job(id=1, name="一", kind="online", unit=near, lines=lines),
            Job(id=2, name="二", kind="onsite", unit=far, topics=[item]),
            Job(id=3, name="三", kind="online"),
        ])  # fmt: skip
        made.flush()
        yield made
    engine.dispose()


def _clause(text: str, cls: object = Job, env: Env | None = None) -> object:
    compiled = compile_expression(text, WORLD.scope("job"), CONDITION)
    assert compiled.sql is not None
    return function(compiled.sql, "cls")(cls, env or Env())


def _ids(session: Session, text: str, env: Env | None = None) -> set[int]:
    return set(session.scalars(select(Job.id).where(_clause(text, env=env))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unit == me.unit", {1}),
        ("unit.district == me.district", {1}),
        ("unit.district != me.district", {2}),
        ("unit is empty", {3}),
        ("endswith(kind, 'line')", {1, 3}),
        ("endswith(kind, 'an online')", set()),
        ("not endswith(kind, name)", {1, 2, 3}),
        ("(name not in ('二', kind)) if kind == kind else None", {1, 3}),
        ("count(lines) > 1", {1}),
        ("sum(lines.number) == 7", {1}),
        ("any(lines, item.group.open)", {1}),
        ("any(topics, name == '表')", {2}),
        ("kind == 'online' and lines is empty", {3}),
        ("'clerk' in me.roles", {1, 2, 3}),
        ("'chief' in me.roles", set()),
        ("me.unit in (unit, unit.above)", {1}),
        ("join(lines.item.name) == '表'", {1}),
    ],
)
def test_filters(session: Session, text: str, expected: set[int]) -> None:
    assert _ids(session, text) == expected


def test_nobody_in_particular_sees_no_rows_without_a_unit(session: Session) -> None:
    """A null of the person must never turn into IS NULL."""
    nobody = Env(me=Me(unit=None, district=None, roles=()))
    assert _ids(session, "unit == me.unit", nobody) == set()
    assert _ids(session, "unit.district == me.district", nobody) == set()
    assert _ids(session, "me.unit in (unit, unit.above)", nobody) == set()
    assert _ids(session, "not (unit == me.unit)", nobody) == set()


def test_an_alias_is_filtered_by_its_own_rows(session: Session) -> None:
    other = aliased(Job)
    text = "any(lines, item.group.open) and unit.district == me.district"
    query = select(Job.id, other.id).where(Job.id == 3, other.id != Job.id, _clause(text, other))
    assert session.execute(query).tuples().all() == [(3, 1)]


def test_as_a_row_scope(session: Session) -> None:
    """The criterion that the runtime puts under every query, also under aliases and subqueries."""
    clause = _clause("any(lines, number > 3) or any(topics, group.open)")
    scope = with_loader_criteria(Job, clause, include_aliases=True)
    other = aliased(Job)
    assert set(session.scalars(select(Job.id).options(scope))) == {1, 2}
    assert set(session.scalars(select(other.id).options(scope))) == {1, 2}
    assert session.scalar(select(func.count()).select_from(Job).options(scope)) == 2


def test_other_tables_are_read_whole(session: Session) -> None:
    """What a person may see of rows elsewhere does not change whether a condition holds."""
    hidden = [
        with_loader_criteria(cls, false(), include_aliases=True) for cls in (Line, Item, Unit)
    ]
    query = select(Job.id).where(_clause("count(lines) == 2 and unit.name == '甲'"))
    assert set(session.scalars(query.options(*hidden))) == {1}


def test_order_of_rows_is_that_of_the_list(session: Session) -> None:
    job = session.get_one(Job, 1)
    job.lines[0].title, job.lines[1].title = "后", "先"
    job.lines[0].position, job.lines[1].position = 2, 1
    session.flush()
    assert _ids(session, "join(lines.title, '、') == '先、后'") == {1}
