"""Every way to a row is filtered: lists, counts, references, children, aliases, subqueries, eager loads."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.core import clock
from app.core.access.actor import ANONYMOUS, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import Criterion, Scope, registry
from app.core.errors import NotFound, Refused
from app.core.records import granted_rows
from app.core.records import service as records
from app.core.records.queries import Filter
from app.core.reference.policies import PolicyVersion
from tests.app.conftest import World
from tests.harness.selecting import select_rows
from tests.sample import Club, Guest, Meeting


@pytest.fixture
def meetings(world: World) -> dict[str, int]:
    """One draft meeting of each club."""
    made = {}
    for who, club in (("anna", "east"), ("bert", "west")):
        with world.acting(who), unit_of_work():
            raw = world.meeting(name=f"{club}的活动")
            made[club] = records.save(registry.object("meeting"), None, raw, complete=False).id
    return made


WAYS = {
    "list": lambda: session.scalars(select(Meeting)).all(),
    "alias": lambda: session.scalars(select(aliased(Meeting))).all(),
    "columns": lambda: session.execute(select(Meeting.id)).all(),
    "exists": lambda: session.scalars(
        select(Club).where(select(Meeting.id).where(Meeting.club_id == Club.id).exists())
    ).all(),
    "children": lambda: {g.parent_id for g in session.scalars(select(Guest)).all()},
    "union": lambda: session.scalars(select(Meeting).from_statement(select(Meeting))).all(),
    "eager": lambda: session.scalars(select(Meeting).options(selectinload(Meeting.guests))).all(),
    "joined": lambda: (
        session.scalars(select(Meeting).options(joinedload(Meeting.guests))).unique().all()
    ),
    "rows": lambda: select_rows(registry.object("meeting")).items,
    "query": lambda: session.query(Meeting).all(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("who", "function", "sees"),
    [
        ("anna", "S01", 1),
        ("adam", "S01", 1),
        ("bert", None, 1),
        ("carl", "S02", 2),
        ("wanda", "S07", 1),
        ("anna", "S07", 0),  # a function that she has not been granted
    ],
)
def test_every_way_shows_the_rows_in_reach(
    world: World, meetings: dict[str, int], way: str, who: str, function: str | None, sees: int
) -> None:
    with world.acting(who, function):
        assert len(WAYS[way]()) == sees


def test_a_screen_for_whose_rows_there_is_no_reason_shows_none(
    world: World, meetings: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    function = registry.function("S01")
    with world.acting("anna", "S01"):
        assert granted_rows.find_in(function, meetings["east"])
        monkeypatch.setitem(granted_rows.shown, function.screen, lambda *_: {})
        with pytest.raises(NotFound):
            granted_rows.find_in(function, meetings["east"])


def test_counts_and_pages_agree(world: World, meetings: dict[str, int]) -> None:
    with world.acting("anna"):
        page = select_rows(registry.object("meeting"))
        assert (page.total, page.capped) == (1, False)
        assert session.scalar(select(func.count()).select_from(Meeting)) == 1


def test_a_row_out_of_reach_is_as_if_it_were_not_there(
    world: World, meetings: dict[str, int]
) -> None:
    with world.acting("anna"):
        assert records.find(registry.object("meeting"), meetings["east"]).name == "east的活动"
        for pk in (meetings["west"], 999, "abc", None, "9" * 30, -1):
            with pytest.raises(NotFound):
                records.find(registry.object("meeting"), pk)
        assert session.get(Meeting, meetings["west"]) is None
        with elevated():
            assert session.get(Meeting, meetings["west"])  # from now on the session knows it
        with pytest.raises(NotFound):
            records.find(registry.object("meeting"), meetings["west"])


def test_bulk_statements_touch_only_rows_in_reach(world: World, meetings: dict[str, int]) -> None:
    from sqlalchemy import update

    with world.acting("anna"), unit_of_work():
        session.execute(update(Meeting).values(kind="online"))
    with world.acting("carl"):
        kinds = {row.id: row.kind for row in session.execute(select(Meeting.id, Meeting.kind))}
    assert kinds == {meetings["east"]: "online", meetings["west"]: "hall"}


def test_nobody_in_particular_sees_nothing(world: World, meetings: dict[str, int]) -> None:
    session.remove()
    with acting_as(ANONYMOUS):
        assert session.scalars(select(Meeting)).all() == []
    with elevated():
        assert len(session.scalars(select(Meeting)).all()) == 2


def test_statements_that_cannot_be_filtered_are_refused(
    world: World, meetings: dict[str, int]
) -> None:
    with world.acting("anna"):
        with pytest.raises(RuntimeError, match="sample_meeting"):
            session.execute(select(Meeting.__table__))
        with pytest.raises(RuntimeError, match="text"):
            session.execute(text("select * from sample_meeting"))


def test_references_to_hidden_rows_cannot_be_chosen(world: World, meetings: dict[str, int]) -> None:
    obj = registry.object("meeting_change")
    with world.acting("anna"):
        raw = {"target": str(meetings["west"]), "reason": "x"}
        faults = records.check(obj, None, raw, complete=False)
        assert [fault.path for fault in faults] == ["target"]


def test_nobody_writes_for_another_organisation(world: World) -> None:
    obj = registry.object("meeting")
    with world.acting("anna"):
        raw = world.meeting(club=str(world.clubs["west"]))
        faults = records.check(obj, None, raw, complete=False)
        assert [fault.path for fault in faults] == ["club"]
    obj = registry.object("club")
    with world.acting("wanda", "S07"), pytest.raises(Refused), unit_of_work():
        records.save(obj, None, {"name": "新社", "district": "w"}, complete=True)


def test_filters_search_and_order(world: World, meetings: dict[str, int]) -> None:
    obj = registry.object("meeting")
    with world.acting("carl"):

        def found(**how) -> list[str]:
            return [item.name for item in select_rows(obj, **how).items]

        assert found(search_for="east") == ["east的活动"]
        assert found(search_for="huodong") == ["west的活动", "east的活动"]
        assert found(search_for="100%") == []
        assert found(filters=[Filter("name", "contains", "%")]) == []
        assert found(filters=[Filter("club.name", "contains", "棋")]) == ["west的活动"]
        assert (
            found(filters=[Filter("guests.name", "eq", "李华")], order=["name"])[0] == "east的活动"
        )
        assert found(filters=[Filter("room", "eq", world.room)], limit=1) == ["west的活动"]
        assert found(states=["approved"]) == []


@pytest.fixture
def by_condition(monkeypatch: pytest.MonkeyPatch) -> Callable[[Criterion], None]:
    """Let meetings be seen by a condition, as `scope: {where: …}` says."""

    def condition(criterion: Criterion) -> None:
        obj = registry.object("meeting")
        scoped = replace(obj, scope=Scope(kind="expression", criterion=criterion))
        monkeypatch.setitem(registry.registry().by_model, Meeting, scoped)
        monkeypatch.setitem(registry.registry().objects, "meeting", scoped)

    return condition


def seen() -> set[int]:
    """Return which meetings a person sees, and whether their rows agree."""
    found = {one.id for one in session.scalars(select(Meeting)).all()}
    assert {one.parent_id for one in session.scalars(select(Guest)).all()} == found
    return found


def test_a_scope_that_reads_the_day_ends_with_the_day(
    world: World, meetings: dict[str, int], by_condition: Callable[[Criterion], None]
) -> None:
    by_condition(lambda cls, env: cls.last_day >= env.today)
    for day, count in ((2, 2), (3, 0), (1, 2)):
        clock.set_clock(lambda day=day: datetime(2026, 12, day, 4, tzinfo=UTC))
        with world.acting("carl", "S02"):
            assert len(seen()) == count, day


def test_a_scope_that_reads_a_policy_ends_with_its_version(
    world: World, meetings: dict[str, int], by_condition: Callable[[Criterion], None]
) -> None:
    by_condition(lambda cls, env: cls.days <= env.policy.longest("hall"))
    for table, count in (({"hall": 3}, 2), ({"hall": 1}, 0), ({"hall": 9}, 2)):
        with world.acting("hugo"), unit_of_work(), elevated():
            row = session.scalars(select(PolicyVersion)).one()
            row.content = json.dumps({"table": table})
        with world.acting("carl", "S02"):
            assert len(seen()) == count, table


def test_a_scope_that_reads_the_persons_name_follows_it(
    world: World, meetings: dict[str, int], by_condition: Callable[[Criterion], None]
) -> None:
    by_condition(lambda cls, env: cls.name == env.me.name)
    for name, count in (("east的活动", 1), ("谁也不是", 0)):
        session.remove()
        with acting_as(replace(world.actors["carl"], name=name), "S02"):
            assert len(seen()) == count
        session.remove()
