"""Child rows read as plain rows say what the records say."""

from sqlalchemy import inspect

from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.records import child_rows
from app.core.records import service as records
from tests.app.conftest import World
from tests.harness.statements import heard

OBJECT, LIST = "meeting", "guests"


def _said(rows):
    fields = registry.object("guest").fields
    return [[row.id, *(getattr(row, field.name) for field in fields)] for row in rows]


def _stored(world: World) -> int:
    with unit_of_work():
        saved = records.save(registry.object(OBJECT), None, world.meeting(), complete=False)
    session.remove()
    return saved.id


def test_plain_rows_are_what_the_records_say_in_their_order(world: World) -> None:
    obj = registry.object(OBJECT)
    (child,) = obj.children
    with world.acting("anna"):
        pk = _stored(world)
        record = records.find(obj, pk)
        with heard() as said:
            plain = child_rows.read(record, child)
        assert len(said) == 1 and LIST in inspect(record).unloaded, "no records were made of them"
        session.remove()
        loaded = getattr(records.find(obj, pk), LIST)
        assert _said(plain) == _said(loaded) and len(plain) > 1


def test_what_the_session_has_changed_is_read(world: World) -> None:
    obj = registry.object(OBJECT)
    (child,) = obj.children
    with world.acting("anna"):
        pk = _stored(world)
        with unit_of_work():
            record = records.find(obj, pk)
            first, *_ = session.query(registry.object("guest").model).order_by("position")
            first.name = "改过"
            assert LIST in inspect(record).unloaded
            assert child_rows.read(record, child)[0].name == "改过", "written before it is read"
            getattr(record, LIST)[1].name = "也改过"
            assert child_rows.read(record, child)[1].name == "也改过", "those that are known"


def test_rows_of_a_record_that_is_not_stored_are_its_own(world: World) -> None:
    obj = registry.object(OBJECT)
    (child,) = obj.children
    with world.acting("anna"):
        assert list(child_rows.read(obj.model(), child)) == []
