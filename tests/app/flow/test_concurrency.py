"""Many people at once: one decides, nobody gets the last place twice, numbers have no gaps."""

from datetime import date

from app.core.db.database import unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, Rejected
from app.core.records import numbering
from app.core.records import service as records
from app.flow import engine
from tests.app.conftest import World
from tests.app.flow.test_engine import do, meeting, ready, room, state
from tests.harness.threads import at_once


def test_of_fifty_deciders_one_wins_and_the_others_read_why(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")

    def decide(index: int) -> str:
        action = "pass" if index % 2 else "reject"
        who = "carl" if index % 3 else "cora"
        do(world, who, pk, action, comment="意见", checks=["材料齐全"], expected=1)
        return action

    results = at_once(50, decide)
    won = [result for result in results if isinstance(result, str)]
    lost = [result for result in results if not isinstance(result, str)]
    assert len(won) == 1
    assert all(isinstance(error, Conflict) and "已由" in error.message for error in lost), lost
    assert state(world, pk) == ("safety" if won == ["pass"] else "rejected")
    with world.acting("carl"):
        steps = engine.history_of(engine.case_of(records.find(meeting(), pk)))
        assert [step.action for step in steps] == ["submit", won[0]]


def test_numbers_have_neither_gaps_nor_repeats(world: World) -> None:
    def take(index: int) -> str:
        with unit_of_work():
            number = numbering.take("文〔{yyyy}〕{n:04}号", date(2026, 5, 1))
            if index % 5 == 0:
                raise ZeroDivisionError  # a roll-back gives the number back
        return number

    results = at_once(50, take)
    numbers = sorted(result for result in results if isinstance(result, str))
    assert numbers == [f"文〔2026〕{n:04}号" for n in range(1, 41)]
    assert sum(isinstance(result, ZeroDivisionError) for result in results) == 10


def test_places_are_never_given_twice(world: World) -> None:
    cases = [ready(world) for _ in range(12)]  # two places each, ten there are

    def submit(index: int) -> str:
        do(world, "anna", cases[index], "submit")
        return "ok"

    results = at_once(len(cases), submit)
    assert results.count("ok") == 5
    others = [result for result in results if result != "ok"]
    assert all(isinstance(error, Rejected) for error in others), others
    assert (room(world).used, room(world).remaining) == (10, 0)
    with world.acting("carl"):
        codes = [records.find(meeting(), pk).code for pk in cases]
        assert sorted(code for code in codes if code) == [
            f"活〔2026〕{n:03}号" for n in range(1, 6)
        ]


def test_two_countersigners_at_once_are_both_counted(world: World) -> None:
    pk = ready(world)
    do(world, "anna", pk, "submit")
    do(world, "carl", pk, "pass", checks=["材料齐全"])
    results = at_once(2, lambda index: do(world, ("fred", "paul")[index], pk, "pass") and "ok")
    assert results == ["ok", "ok"]
    assert state(world, pk) == "board"


def test_two_editors_of_one_draft_cannot_overwrite_each_other(world: World) -> None:
    pk = ready(world)
    with world.acting("anna"):
        version = records.find(meeting(), pk).version

    def edit(index: int) -> str:
        who = ("anna", "adam")[index % 2]
        with world.acting(who), unit_of_work():
            record = records.find(meeting(), pk)
            records.save(meeting(), record, {"name": f"名{index}"}, complete=False, version=version)
        return "ok"

    results = at_once(8, edit)
    assert results.count("ok") == 1, results
    assert registry.object("meeting")
