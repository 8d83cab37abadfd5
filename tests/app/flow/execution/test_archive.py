"""Archived cases: written down as a whole, closed on every path, and compared with what is stored."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import former_fields, history, verification
from app.core.audit.former_fields import FormerField
from app.core.db.database import elevated, session, unit_of_work
from app.core.errors import Conflict
from app.core.jobs import scheduler
from app.core.records import service as records
from app.flow import engine
from app.flow.execution import archive, cases, effects
from app.flow.models import Case
from tests.app.conftest import World
from tests.app.flow.festival import at, do, festival, offered, to_joint
from tests.sample import Festival


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    day(2)
    yield
    clock.set_clock(None)


def day(number: int) -> None:
    """Make it a day of March 2026; the 2nd is a Monday."""
    clock.set_clock(lambda: datetime(2026, 3, number, 2, 0, tzinfo=UTC))


def run() -> str:
    session.remove()
    with acting_as(SYSTEM):
        done = archive.run()
    session.remove()
    return done


def approved(world: World) -> int:
    pk = to_joint(world, size="20")
    for who in ("paul", "fred", "hugo"):
        do(world, who, pk, "pass")
    assert at(world, pk) == ["approved"]
    return pk


def wrong() -> list[tuple[int, str]]:
    session.remove()
    with acting_as(SYSTEM), elevated():
        return [(case.record_id, why) for case, why in archive.verify()]


def test_a_case_is_archived_so_long_after_its_end_and_once(world: World) -> None:
    pk = approved(world)
    running = to_joint(world)
    day(8)
    assert run() == "归档 0 件"
    assert offered(world, "anna", pk) == [("approved", "cancel")]
    day(9)
    assert run() == "归档 1 件"
    assert run() == "归档 0 件"
    assert offered(world, "anna", pk) == []
    assert at(world, running)[0] == "joint"
    assert wrong() == []
    with acting_as(SYSTEM):
        assert history.changes_of("festival", pk)[-1].kind == "archive"
        assert list(verification.verify()) == []


def test_nothing_changes_an_archived_case(world: World) -> None:
    pk = approved(world)
    day(9)
    run()
    with pytest.raises(Conflict, match="已归档"):
        do(world, "anna", pk, "cancel")
    with world.acting("anna"), pytest.raises(Conflict), unit_of_work():
        records.save(festival(), records.find(festival(), pk), {"name": "改名"}, complete=False)
    session.rollback()
    with acting_as(SYSTEM), pytest.raises(Conflict, match="已归档"), unit_of_work(), elevated():
        session.get_one(Festival, pk).name = "改名"
        session.flush()
    session.rollback()
    with acting_as(SYSTEM), pytest.raises(Conflict, match="已归档"), unit_of_work(), elevated():
        record = session.get_one(Festival, pk)
        engine.end(record, "cancelled", engine.history_of(engine.case_of(record))[-1])
    session.rollback()
    assert at(world, pk) == ["approved"]
    assert wrong() == []


def test_another_case_changes_no_archived_record(world: World) -> None:
    pk = approved(world)
    day(9)
    run()
    with acting_as(SYSTEM), elevated():
        record = session.get_one(Festival, pk)
        case = engine.case_of(record)
        context: Any = effects.context_of(festival(), record, case, engine.history_of(case)[-1])
        effect = effects.Effect(kind="set", params={"size": 7})
        with pytest.raises(Conflict, match="已归档"), unit_of_work():
            effects.run(effect, context)
    session.rollback()
    with acting_as(SYSTEM), elevated():
        session.remove()
        assert session.get_one(Festival, pk).size == 20


def test_a_change_made_in_the_database_is_found(world: World) -> None:
    pk = approved(world)
    day(9)
    run()
    with unit_of_work(), elevated():
        session.execute(update(Festival.__table__).where(Festival.id == pk).values(size=999))
    assert wrong() == [(pk, "现存内容与归档内容不一致")]
    with unit_of_work(), elevated():
        session.execute(update(Festival.__table__).where(Festival.id == pk).values(size=20))
        session.execute(update(archive.ArchiveFile).values(content="{}"))
    assert wrong() == [(pk, "归档内容与摘要不一致")]


def test_who_writes_archive_and_digest_anew_is_found_by_the_history(world: World) -> None:
    pk = approved(world)
    day(9)
    run()
    with unit_of_work(), elevated():
        session.execute(update(Festival.__table__).where(Festival.id == pk).values(size=999))
        case = session.scalars(select(Case).where(Case.record_id == pk)).one()
        content = archive.content_of(case)
        digest = hashlib.sha256(content.encode()).hexdigest()
        session.execute(update(archive.ArchiveFile).values(content=content, digest=digest))
    assert wrong() == [(pk, "归档摘要与变更记录不一致")]
    with unit_of_work(), elevated():
        session.execute(delete(archive.ArchiveFile))
    assert wrong() == [(pk, "归档内容已丢失")]


def test_a_field_of_a_later_release_is_no_change(world: World) -> None:
    pk = approved(world)
    day(9)
    with pytest.MonkeyPatch.context() as patch:
        whole = records.raw_of
        patch.setattr(
            records,
            "raw_of",
            lambda obj, row: {k: v for k, v in whole(obj, row).items() if k != "size"},
        )
        run()
    assert wrong() == []
    with unit_of_work(), elevated():
        session.execute(update(Festival.__table__).where(Festival.id == pk).values(name="改名"))
    assert wrong() == [(pk, "现存内容与归档内容不一致")]


def test_a_field_that_an_upgrade_renamed_and_converted_is_compared_by_what_it_meant(
    world: World,
) -> None:
    pk = approved(world)
    day(9)
    with pytest.MonkeyPatch.context() as patch:
        whole = records.raw_of
        patch.setattr(  # as an earlier release wrote it down
            records,
            "raw_of",
            lambda obj, row: {
                "crowd" if name == "size" else name: "20.00" if name == "size" else text
                for name, text in whole(obj, row).items()
            },
        )
        run()
    with unit_of_work(), elevated():
        last = max(session.scalars(select(history.Change.id)))
        for former, was, now in (("crowd", "", ""), ("size", "decimal(2)", "integer")):
            row = FormerField(
                object="festival", former=former, field="size", was=was, now=now, last_entry=last
            )
            session.add(row)
    former_fields.forget()
    assert wrong() == []
    with unit_of_work(), elevated():
        session.execute(update(Festival.__table__).where(Festival.id == pk).values(size=2000))
    assert wrong() == [(pk, "现存内容与归档内容不一致")]


def test_a_moment_that_became_a_text_is_compared_by_what_the_form_said_of_it(world: World) -> None:
    """The form had minutes; the column was converted with its seconds."""
    pk = approved(world)
    day(9)
    with pytest.MonkeyPatch.context() as patch:
        whole = records.raw_of
        patch.setattr(  # as an earlier release wrote it down
            records, "raw_of", lambda obj, row: whole(obj, row) | {"name": "2026-03-01T10:00"}
        )
        run()
    with unit_of_work(), elevated():
        last = max(session.scalars(select(history.Change.id)))
        step = {"object": "festival", "former": "name", "field": "name", "last_entry": last}
        session.add(FormerField(**step, was="datetime", now="text"))
    former_fields.forget()
    for text, agrees in (
        ("2026-03-01 10:00:30", True),
        ("2026-03-01 10:00", True),
        ("2026-03-01 10:01:30", False),
        ("2026-03-01 10:00:30a", False),
        ("2026-03-01 10:00:٣٠", False),
    ):
        with unit_of_work(), elevated():
            session.execute(update(Festival.__table__).where(Festival.id == pk).values(name=text))
        assert (wrong() == []) is agrees, text


def test_what_is_under_way_is_not_archived(world: World) -> None:
    pk = to_joint(world)
    with world.acting("carl"):
        case = engine.case_of(records.find(festival(), pk))
    with acting_as(SYSTEM):
        archive.archive(case.id)
        session.remove()
        assert session.get_one(Case, case.id).archived_at is None


def test_the_worker_knows_the_job() -> None:
    assert scheduler.JOBS["archive"].run is archive.run


def test_a_lock_that_was_let_go_says_nothing_of_archiving(world: World) -> None:
    pk = approved(world)
    day(20)
    with acting_as(SYSTEM), elevated():
        record = session.get_one(Festival, pk)
        with unit_of_work():
            cases.lock(engine.case_of(record))
        assert archive.run() == "归档 1 件"  # in the same session, after the lock
        with pytest.raises(Conflict), unit_of_work():
            record.name = "改名"
