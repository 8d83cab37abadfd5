"""What a step knows without asking the database again is what the database would say."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.records import service as records
from app.flow import engine
from app.flow.execution.places import open_tasks
from tests.app.conftest import World
from tests.app.flow.festival import at, do, festival, file_one, to_joint
from tests.sample import FESTIVAL_APPROVAL, Club


def case_of(world: World, pk: int):
    with world.acting("carl"):
        return engine.case_of(records.find(festival(), pk))


def test_a_case_follows_its_organisation_to_another_district(world: World) -> None:
    pk = file_one(world)
    assert case_of(world, pk).district == "e"
    with elevated(), unit_of_work():
        session.execute(update(Club).where(Club.id == world.clubs["east"]).values(district="n"))
    do(world, "anna", pk, "submit")
    assert case_of(world, pk).district == "n"


def test_a_case_opens_in_the_district_that_its_organisation_is_given_with_it(world: World) -> None:
    with world.acting("anna"), unit_of_work():
        with elevated():
            session.get_one(Club, world.clubs["east"]).district = "n"
        raw = {"name": "庙会", "kind": "hall", "size": "200"}
        with session.no_autoflush:
            pk = records.save(festival(), None, raw, complete=False).id
    assert case_of(world, pk).district == "n"


@pytest.mark.parametrize("takes", [True, False])
def test_a_task_stands_in_the_queue_of_a_function_that_takes_the_record(
    world: World, monkeypatch: pytest.MonkeyPatch, takes: bool
) -> None:
    known = registry.registry()
    own = tuple(
        replace(one, where=lambda *_: True, takes=lambda *_: takes) if one.id == "S09" else one
        for one in known.by_object["festival"]
    )
    monkeypatch.setitem(known.by_object, "festival", own)
    pk = file_one(world)
    do(world, "anna", pk, "submit")
    with world.acting("carl"):
        (task,) = open_tasks(engine.case_of(records.find(festival(), pk)))
        assert task.function == ("S09" if takes else None)


def test_any_of_those_asked_decides(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = tuple(
        replace(step, countersign="any") if step.name == "ballot" else step
        for step in FESTIVAL_APPROVAL.steps
    )
    flow = replace(FESTIVAL_APPROVAL, steps=steps)
    monkeypatch.setitem(registry.registry().flows, "festival_approval", flow)
    pk = to_joint(world, kind="online")
    do(world, "fred", pk, "pass", at="fire_check")
    do(world, "hugo", pk, "pass", at="fire_head")
    assert at(world, pk) == ["ballot"]
    do(world, "fay", pk, "pass")
    assert at(world, pk) == ["board"]
