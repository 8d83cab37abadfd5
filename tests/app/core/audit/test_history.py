"""The history tells what was done, and tells when somebody touched it behind our back."""

import json

import pytest
from sqlalchemy import delete, select, update

from app.core.audit import history, verification
from app.core.audit.history import Change
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.records import service as records
from tests.app.conftest import World
from tests.harness.threads import at_once


@pytest.fixture
def pk(world: World) -> int:
    """A meeting that was changed twice."""
    obj = registry.object("meeting")
    with world.acting("anna", "S01"), unit_of_work():
        pk = records.save(obj, None, world.meeting(), complete=False).id
    for name in ("诗会", "音乐会"):
        with world.acting("adam", "S01"), unit_of_work():
            records.save(obj, records.find(obj, pk), {"name": name}, complete=False)
    return pk


def test_it_names_who_changed_what(world: World, pk: int) -> None:
    with world.acting("anna"):
        entries = history.changes_of("meeting", pk)
        assert [(e.seq, e.kind, e.actor_name, e.function) for e in entries] == [
            (1, "create", "anna", "S01"),
            (2, "update", "adam", "S01"),
            (3, "update", "adam", "S01"),
        ]
        assert json.loads(entries[1].detail) == {"name": ["读书会", "诗会"]}
        created = json.loads(entries[0].detail)
        assert created["cost"] == [None, 120050]
        assert any(path.startswith("guests#") for path in created)


def test_who_looked_has_not_changed_it(world: World, pk: int) -> None:
    with world.acting("carl"), unit_of_work():
        history.note("meeting", pk, history.LOOK, {"fields": ["电话"]})
    with world.acting("anna"):
        assert [(e.seq, e.actor_name) for e in history.latest("meeting", pk, 2)] == [
            (3, "adam"), (2, "adam"),
        ]  # fmt: skip
        assert history.changes_of("meeting", pk)[-1].kind == history.LOOK


def test_a_part_that_is_taken_back_takes_only_its_own_entries(world: World, pk: int) -> None:
    obj = registry.object("meeting")
    with world.acting("anna"), unit_of_work():
        record = records.find(obj, pk)
        records.save(obj, record, {"name": "先改"}, complete=False)
        history.note("meeting", pk, history.LOOK, {"fields": ["先看"]})
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            records.save(obj, record, {"name": "不算"}, complete=False)
            history.note("meeting", pk, history.LOOK, {"fields": ["不算"]})
            raise ZeroDivisionError
        with session.begin_nested():
            history.note("meeting", pk, history.LOOK, {"fields": ["后看"]})
    with world.acting("anna"):
        known = [json.loads(one.detail) for one in history.changes_of("meeting", pk)[3:]]
        assert sorted(map(str, known)) == [
            "{'fields': ['先看']}",
            "{'fields': ['后看']}",
            "{'name': ['音乐会', '先改']}",
        ]


def test_people_who_look_at_the_same_moment_are_written_one_behind_the_other(
    world: World, pk: int
) -> None:
    number = 6

    def look(index: int) -> None:
        with world.acting("carl"), unit_of_work():
            history.note("meeting", pk, history.LOOK, {"page": str(index)})

    assert at_once(number, look) == [None] * number
    with world.acting("anna"):
        entries = history.changes_of("meeting", pk)
        assert [entry.seq for entry in entries] == list(range(1, 4 + number))
        pages = {json.loads(entry.detail).get("page") for entry in entries[3:]}
        assert pages == {str(index) for index in range(number)}
        assert not list(verification.verify())


def test_a_rolled_back_change_leaves_no_trace(world: World, pk: int) -> None:
    obj = registry.object("meeting")
    with world.acting("anna"):
        with pytest.raises(ZeroDivisionError), unit_of_work():
            records.save(obj, records.find(obj, pk), {"name": "未成"}, complete=False)
            raise ZeroDivisionError
        with unit_of_work():
            records.save(obj, records.find(obj, pk), {"name": "成了"}, complete=False)
        assert json.loads(history.changes_of("meeting", pk)[-1].detail) == {
            "name": ["音乐会", "成了"]
        }


def test_what_was_noted_before_a_roll_back_is_not_written_later(world: World, pk: int) -> None:
    obj = registry.object("meeting")
    with world.acting("anna"):
        before = len(history.changes_of("meeting", pk))
        with pytest.raises(ZeroDivisionError), unit_of_work() as current:
            history.note("meeting", pk, "view", {"page": "S01"})
            records.save(obj, None, world.meeting(name="未成"), complete=False)
            current.flush()  # what was changed is collected by now
            raise ZeroDivisionError
        with unit_of_work():
            history.note("meeting", pk, "view", {"page": "S02"})
        entries = history.changes_of("meeting", pk)[before:]
        assert [json.loads(entry.detail) for entry in entries] == [{"page": "S02"}]
        later = select(Change).where(Change.object == "meeting", Change.record_id > pk)
        assert not session.scalars(later).all()


TAMPERINGS = {
    "edit": lambda: (
        update(Change).where(Change.seq == 2).values(detail='{"name": ["读书会", "假"]}')
    ),
    "who": lambda: update(Change).where(Change.seq == 2).values(actor_name="bert"),
    "delete": lambda: delete(Change).where(Change.seq == 2),
    "reorder": lambda: update(Change).where(Change.seq == 3).values(seq=9),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_is_found_and_located(world: World, pk: int, how: str) -> None:
    with world.acting("carl"):
        assert list(verification.verify()) == []
        with unit_of_work():
            session.execute(TAMPERINGS[how](), execution_options={"synchronize_session": False})
        found = list(verification.verify())
        assert found and {(item.object, item.record_id) for item in found} == {("meeting", pk)}
        assert min(item.seq for item in found) >= 2


def test_an_inserted_entry_is_found(world: World, pk: int) -> None:
    with world.acting("carl"):
        row = session.scalars(select(Change).where(Change.seq == 3)).one()
        with unit_of_work():
            session.add(
                Change(
                    object="meeting",
                    record_id=pk,
                    seq=4,
                    at=row.at,
                    kind="update",
                    detail="{}",
                    mac=row.mac,
                )
            )
        assert [item.seq for item in verification.verify()] == [4]


def test_a_record_with_the_number_of_a_deleted_one_goes_on_its_chain(world: World, pk: int) -> None:
    with world.acting("anna", "S01"), unit_of_work():
        for kind, detail in (("create", {"name": [None, "再来"]}), ("read", {})):
            history.note("meeting", pk, kind, detail)
    with world.acting("anna"):
        entries = history.changes_of("meeting", pk)
        assert [(e.seq, e.kind) for e in entries[2:]] == [(3, "update"), (4, "create"), (5, "read")]
        assert list(verification.verify()) == []
