"""An object that was renamed keeps its history, each entry as it was written; who takes its old name has an own one."""

import pytest
from sqlalchemy import update

from app.core.audit import former_names, history, verification
from app.core.audit.former_names import FormerName
from app.core.audit.history import Change
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.records import service as records
from tests.app.conftest import World


@pytest.fixture
def pk(world: World) -> int:
    """A meeting whose object was called gathering until it was changed a second time."""
    obj = registry.object("meeting")
    with world.acting("anna", "S01"), unit_of_work():
        pk = records.save(obj, None, world.meeting(), complete=False).id
        history.note("gathering", pk, "update", {"name": ["甲", "乙"]})
    with world.acting("anna", "S01"), elevated(), unit_of_work():
        last = max(row.id for row in session.query(Change))
        session.add(FormerName(object="meeting", former="gathering", last_entry=last))
    former_names.forget()
    with world.acting("adam", "S01"), unit_of_work():
        records.save(obj, records.find(obj, pk), {"name": "音乐会"}, complete=False)
        history.note(
            "gathering", pk, "update", {"name": ["丙", "丁"]}
        )  # another object took the name
    return pk


def test_its_history_goes_on_and_its_chains_hold(world: World, pk: int) -> None:
    with world.acting("anna"):
        entries = history.changes_of("meeting", pk)
        assert [(e.object, e.about, e.seq) for e in entries if e.kind == "update"] == [
            ("gathering", "meeting", 1),
            ("meeting", "meeting", 2),
        ]
        assert [e.id for e in history.latest("meeting", pk, 9)] == [e.id for e in entries][::-1]
        (other,) = history.changes_of("gathering", pk)
        assert (other.about, other.seq) == ("gathering", 2)
        assert list(verification.verify()) == []


def test_who_changes_what_was_written_under_the_former_name_is_found(world: World, pk: int) -> None:
    with world.acting("anna"), elevated(), unit_of_work():
        first = history.changes_of("meeting", pk)[1]
        session.execute(update(Change).where(Change.id == first.id).values(detail="{}"))
    with world.acting("anna"):
        assert {broken.record_id for broken in verification.verify()} == {pk}
