"""Acting on festivals, the sample with every kind of way."""

from typing import Any

from app.core.db.database import unit_of_work
from app.core.declare import registry
from app.core.records import service as records
from app.flow import engine
from app.flow.execution.places import places
from app.flow.models import StepRecord
from tests.app.conftest import World


def festival() -> Any:
    """The object."""
    return registry.object("festival")


def file_one(world: World, who: str = "anna", **changes: Any) -> int:
    """File a festival; return its id."""
    raw = {"name": "庙会", "kind": "hall", "size": "200"} | changes
    with world.acting(who), unit_of_work():
        return records.save(festival(), None, raw, complete=False).id


def do(world: World, who: str, pk: int, action: str, **more: Any) -> StepRecord:
    """Take an action as somebody."""
    with world.acting(who), unit_of_work():
        record = records.find(festival(), pk)
        more.setdefault("comment", "意见")
        return engine.act(engine.case_of(record), action, **more)


def at(world: World, pk: int) -> list[str]:
    """Where the case rests: its state, then the steps of its branches."""
    with world.acting("carl"):
        record = records.find(festival(), pk)
        case = engine.case_of(record)
        assert case.state == record.state
        return [place.step.name for place in places(engine.flow_of(case), case)]


def waits_for(world: World, pk: int) -> set[tuple[str, str, int | None]]:
    """What waits: step, role and whom it is assigned to."""
    with world.acting("carl"):
        case = engine.case_of(records.find(festival(), pk))
        return {(t.step, t.role or "", t.assignee_id) for t in case.tasks if t.done_at is None}


def offered(world: World, who: str, pk: int) -> list[tuple[str, str]]:
    """Which actions a person is offered, with the step."""
    with world.acting(who):
        record = records.find(festival(), pk)
        return [(offer.at, offer.name) for offer in engine.offers(engine.case_of(record), record)]


def to_joint(world: World, **changes: Any) -> int:
    """File a festival and bring it to its parallel checks."""
    pk = file_one(world, **changes)
    do(world, "anna", pk, "submit")
    do(world, "carl", pk, "pass")
    return pk
