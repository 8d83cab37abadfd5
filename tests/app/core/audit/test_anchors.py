"""What the chain cannot tell, the file outside the database does: ends that were cut off."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from app.core import clock
from app.core.audit import anchors, history, verification
from app.core.audit.history import Change
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.jobs import scheduler
from app.core.records import service as records
from tests.app.conftest import World


@pytest.fixture
def pk(world: World, own_var: Path) -> int:
    """A meeting with three entries, all anchored."""
    obj = registry.object("meeting")
    with world.acting("anna", "S01"), unit_of_work():
        pk = records.save(obj, None, world.meeting(), complete=False).id
    for name in ("诗会", "音乐会"):
        with world.acting("adam", "S01"), unit_of_work():
            records.save(obj, records.find(obj, pk), {"name": name}, complete=False)
    with world.acting("carl"):
        anchors.write()
    return pk


def without_orm(statement) -> None:
    with unit_of_work():
        session.execute(statement, execution_options={"synchronize_session": False})


def found() -> list[tuple[str, int, int]]:
    return [(item.object, item.record_id, item.seq) for item in verification.verify()]


def test_an_untouched_history_holds(world, pk):
    with world.acting("carl"):
        assert found() == []


@pytest.mark.parametrize(
    "gone", [Change.seq == 3, Change.seq >= 2, Change.seq >= 1], ids=["last", "two", "all"]
)
def test_an_end_that_was_cut_off_is_located(world, pk, gone):
    with world.acting("carl"):
        without_orm(delete(Change).where(gone))
        assert ("meeting", pk, 3) in found()


def test_a_chain_that_was_written_anew_under_the_key_is_found(world, pk):
    """Whoever holds key and database could make a new chain; the file still knows the old one."""
    with world.acting("carl"):
        last = session.query(Change).filter_by(seq=2).one()
        row = session.query(Change).filter_by(seq=3).one()
        fields = {column.name: getattr(row, column.name) for column in Change.__table__.columns}
        fields["detail"] = '{"name": ["诗会", "假的"]}'
        from app.core import settings

        mac = history.mac_of(settings.secret("history"), fields, last.mac)
        without_orm(update(Change).where(Change.seq == 3).values(detail=fields["detail"], mac=mac))
        assert found() == [("meeting", pk, 3)]


def test_a_changed_file_is_named_and_begun_anew(world, pk):
    with world.acting("carl"):
        text = anchors.path().read_text("utf-8")
        anchors.path().write_text(text.replace('"meeting"', '"meating"'), "utf-8")
        assert [(item.object, item.seq) for item in verification.verify()] == [("", 1)]
        assert "已被改动" in anchors.write()
        anchors.write()
        assert found() == []
        assert len(list(anchors.path().parent.iterdir())) == 2, "the changed one is kept"


def test_a_block_holds_only_what_has_grown(world, pk):
    obj = registry.object("meeting")
    with world.acting("anna", "S01"), unit_of_work():
        records.save(obj, None, world.meeting(name="另一次"), complete=False)
    later = clock.now() + timedelta(hours=1)
    with world.acting("carl"):
        assert anchors.write() == "锚定 1 条记录"
        clock.set_clock(lambda: later)
        try:
            assert anchors.write() == "锚定 0 条记录"
        finally:
            clock.set_clock(None)


def test_the_worker_does_it_at_least_hourly():
    assert 0 < scheduler.JOBS["anchor_history"].every <= 3600
