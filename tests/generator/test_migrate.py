"""Revisions: from nothing to what the models say, and from one metadata to the next without loss."""

import importlib.util
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from generator.cli import main
from generator.compile import analyse
from generator.migrate.plan import plan, sentence
from generator.migrate.schema import committed, dump, parse, wanted
from tests.generator.projects import HERE, apply, make

ROOT = HERE.parent.parent
ROOM = "metadata/desk/room.yaml"
RUNTIME = ("ab_user", "sys_file", "sys_account", "sys_document")


@pytest.fixture
def connection(database_url):
    """An empty database of each kind, with the tables of the runtime that keys point at."""
    from app.core.db.entity import Table

    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        for name in RUNTIME:
            connection.execute(sa.text(f"CREATE TABLE {name} (id BIGINT PRIMARY KEY)"))
        context = MigrationContext.configure(
            connection, opts={"target_metadata": Table.metadata, "render_as_batch": True}
        )
        with Operations.context(context):
            yield connection
    engine.dispose()


def module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def migrate(folder: Path, *arguments: str) -> int:
    return main(["--root", str(folder), "migrate", *arguments])


def revisions(folder: Path) -> list[Path]:
    return sorted((folder / "app" / "migrations" / "versions").glob("*.py"))


def columns(connection, table: str) -> dict[str, tuple[str, bool]]:
    found = sa.inspect(connection).get_columns(table)
    return {
        item["name"]: (item["type"].compile(connection.dialect), item["nullable"]) for item in found
    }


def start(tmp_path) -> Path:
    folder = make(tmp_path)
    (folder / "app" / "migrations").mkdir()
    assert migrate(folder, "--initial") == 0
    return folder


def step(folder: Path, *changes: dict[str, str]) -> None:
    for change in changes:
        apply(folder, {"file": ROOM} | change)


def test_the_committed_revisions_give_what_the_models_say(connection):
    import app.generated
    from app.core.db.entity import Entity
    from app.migrations import tables

    app.generated.load()
    for path in revisions(ROOT):
        module(path).upgrade()
    for name in tables():
        model = Entity.metadata.tables[name]
        made = columns(connection, name)
        said = {
            column.name: (str(column.type.compile(connection.dialect)), column.nullable)
            for column in model.columns
        }
        assert made == said, name


def test_the_snapshot_is_read_as_it_was_written():
    schema = wanted(analyse(ROOT).linked)
    assert parse(dump(schema)) == schema


def test_the_first_revision_goes_up_and_down(tmp_path, connection):
    (path,) = revisions(start(tmp_path))
    module(path).upgrade()
    assert "desk_booking" in sa.inspect(connection).get_table_names()
    module(path).downgrade()
    assert set(sa.inspect(connection).get_table_names()) == set(RUNTIME)


def test_nothing_to_do_writes_nothing(tmp_path, capsys):
    folder = start(tmp_path)
    assert migrate(folder, "-m", "again") == 0
    assert "nothing to migrate" in capsys.readouterr().out
    assert len(revisions(folder)) == 1


def test_a_label_is_no_migration(tmp_path):
    folder = start(tmp_path)
    step(folder, {"old": "title: 座位", "new": "title: 座位数"})
    assert plan(committed(folder), wanted(analyse(folder).linked)) == []


def test_a_dropped_column_needs_confirmation(tmp_path, capsys):
    folder = start(tmp_path)
    step(folder, {"old": "  open: {type: boolean, title: 开放, default: true}\n", "new": ""})
    step(folder, {"old": "usable: open\n", "new": ""}, {"old": "filters: [open], ", "new": ""})
    assert migrate(folder, "-m", "no open") == 1
    shown = capsys.readouterr().err
    assert "this loses data: the column desk_room.open" in shown
    assert "dropped: [open]" in shown
    assert len(revisions(folder)) == 1
    step(folder, {"old": "object: room\n", "new": "object: room\ndropped: [open]\n"})
    assert migrate(folder, "-m", "no open") == 0
    assert len(revisions(folder)) == 2


def test_renaming_keeps_the_values(tmp_path, connection):
    folder = start(tmp_path)
    module(revisions(folder)[0]).upgrade()
    connection.execute(
        sa.text("INSERT INTO desk_room (name, door, seats, version) VALUES ('a', 'A1', 12, 1)")
    )
    step(
        folder,
        {
            "old": "  seats: {type: integer,",
            "new": "  chairs: {type: integer, renamed_from: seats,",
        },
        {"old": '"seats - coalesce', "new": '"chairs - coalesce'},
        {"old": "title: 已订", "new": "title: 已经订"},
    )
    assert migrate(folder, "-m", "chairs") == 0
    module(revisions(folder)[1]).upgrade()
    assert connection.execute(sa.text("SELECT chairs FROM desk_room")).scalar() == 12
    module(revisions(folder)[1]).downgrade()
    assert connection.execute(sa.text("SELECT seats FROM desk_room")).scalar() == 12


def test_widening_is_free_and_narrowing_is_not(tmp_path, capsys):
    folder = start(tmp_path)
    step(folder, {"old": "length: 40, title: 名称", "new": "length: 60, title: 名称"})
    assert migrate(folder, "-m", "longer names") == 0
    step(folder, {"old": "length: 60, title: 名称", "new": "length: 20, title: 名称"})
    assert migrate(folder, "-m", "shorter names") == 1
    assert "narrowed: true" in capsys.readouterr().err


def test_new_references_and_tables_stand_in_an_order_that_works(tmp_path, connection):
    folder = start(tmp_path)
    module(revisions(folder)[0]).upgrade()
    hall = "object: hall\ntitle: 大厅\nscope: everyone\nfields:\n  room: {type: ref, to: room, title: 房间}\n"
    apply(folder, {"file": "metadata/desk/hall.yaml", "text": hall})
    step(
        folder, {"old": "  used: {", "new": "  hall: {type: ref, to: hall, title: 大厅}\n  used: {"}
    )
    assert migrate(folder, "-m", "halls") == 0
    module(revisions(folder)[1]).upgrade()
    keys = sa.inspect(connection).get_foreign_keys("desk_room")
    assert [key["referred_table"] for key in keys if key["constrained_columns"] == ["hall_id"]] == [
        "desk_hall"
    ]
    module(revisions(folder)[1]).downgrade()
    assert "desk_hall" not in sa.inspect(connection).get_table_names()


def test_every_kind_of_change_has_words(tmp_path):
    folder = start(tmp_path)
    old = committed(folder)
    step(folder, {"old": "unique: [[door]]", "new": "unique: [[name]]"})
    step(
        folder, {"old": "title: 座位, default: 10", "new": "title: 座位, default: 10, unique: true"}
    )
    said = [sentence(change) for change in plan(old, wanted(analyse(folder).linked))]
    assert said == [
        "desk_room: (door) may repeat",
        "column desk_room.seats: unique",
        "desk_room: (name) must differ from now on",
    ]


PLACE = """object: place
title: 场地
abstract: true
scope: everyone
fields:
  door: {type: string, length: 20, title: 门牌}
"""


def test_a_reference_to_an_abstract_object_gains_and_loses_its_keys(tmp_path, connection):
    folder = start(tmp_path)
    apply(folder, {"file": "metadata/desk/place.yaml", "text": PLACE})
    for name, title in (("hall", "厅"), ("court", "院")):
        text = f"object: {name}\ntitle: {title}\nextends: place\n"
        apply(folder, {"file": f"metadata/desk/{name}.yaml", "text": text})
    step(
        folder,
        {"old": "fields:\n", "new": "fields:\n  beside: {type: ref, to: place, title: 旁}\n"},
    )
    assert migrate(folder, "-m", "places") == 0
    first, second = map(module, revisions(folder))
    first.upgrade()
    connection.execute(sa.text("INSERT INTO desk_room (name, door, version) VALUES ('东', '1', 1)"))
    second.upgrade()
    assert {"beside_id", "beside_hall_id", "beside_court_id"} <= set(
        columns(connection, "desk_room")
    )
    assert "desk_place" not in sa.inspect(connection).get_table_names()
    connection.execute(sa.text("INSERT INTO desk_hall (door, version) VALUES ('1', 1)"))
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        connection.execute(sa.text("UPDATE desk_room SET beside_hall_id = 1"))
    second.downgrade()
    assert "beside_hall_id" not in columns(connection, "desk_room")
    assert connection.execute(sa.text("SELECT name FROM desk_room")).scalar() == "东"


BOOKING = "metadata/desk/booking.yaml"
DESK = "metadata/dictionaries/desk.yaml"
PURPOSE = "{type: dict, of: purpose, title: 用途, moved_from: purpose}"
LESSON = "{type: dict, of: lesson, title: 培训, moved_from: purpose}"


def changed(folder: Path, *pairs: tuple[str, str]) -> None:
    for old, new in pairs:
        apply(folder, {"file": BOOKING, "old": old, "new": new})


def booked(connection, *rows: str) -> None:
    for row in rows:
        connection.execute(sa.text(f"INSERT INTO desk_booking {row}"))


def said(connection, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(sa.text(query))]


def test_a_field_that_moves_to_rows_keeps_its_values(tmp_path, connection):
    """Every row gets the record's value; a record without rows gets one that holds it."""
    folder = start(tmp_path)
    first = module(revisions(folder)[0])
    first.upgrade()
    booked(
        connection,
        "(id, topic, purpose, version) VALUES (1, '甲', 'meeting', 1)",
        "(id, topic, purpose, version) VALUES (2, '乙', 'training', 1)",
        "(id, topic, version) VALUES (3, '丙', 1)",
    )
    connection.execute(
        sa.text(
            "INSERT INTO desk_guest (parent_id, position, name, version) VALUES (1, 0, '李', 1)"
        )
    )
    changed(
        folder,
        (
            "  purpose: {type: dict, of: purpose, title: 用途, required: true, default: meeting}\n",
            "",
        ),
        (", when: purpose == 'training'}", "}"),
        ("      phone: {", f"      purpose: {PURPOSE}\n      phone: {{"),
        (
            "  - {check: days <= policy.longest(purpose), at: days, policy: longest, level: warning,"
            " error: 时间过长}\n",
            "",
        ),
    )
    assert migrate(folder, "-m", "purposes of guests") == 0
    second = module(revisions(folder)[1])
    second.upgrade()
    assert "purpose" not in columns(connection, "desk_booking")
    rows = "SELECT parent_id, name, purpose FROM desk_guest ORDER BY parent_id"
    assert said(connection, rows) == [(1, "李", "meeting"), (2, None, "training")]
    second.downgrade()
    kept = "SELECT id, purpose FROM desk_booking ORDER BY id"
    assert said(connection, kept) == [(1, "meeting"), (2, "training"), (3, None)]


def test_a_dictionary_that_is_split_keeps_its_codes(tmp_path, connection):
    """What the new dictionary has moves to the new field; what the old one lost leaves the old field."""
    folder = start(tmp_path)
    module(revisions(folder)[0]).upgrade()
    booked(
        connection,
        "(id, topic, purpose, version) VALUES (1, '甲', 'meeting', 1)",
        "(id, topic, purpose, version) VALUES (2, '乙', 'training', 1)",
        "(id, topic, purpose, version) VALUES (3, '丙', 'by_hand', 1)",
    )
    lesson = "lesson:\n  title: 培训\n  entries: {training: 培训, seminar: 研讨}\n"
    apply(folder, {"file": DESK, "append": lesson})
    text = (folder / DESK).read_text(encoding="utf-8")
    (folder / DESK).write_text(text.replace("training: 培训", "", 1), encoding="utf-8")
    changed(
        folder,
        ("  begins_on: {", f"  lesson: {LESSON}\n  begins_on: {{"),
        ("when: purpose == 'training'}", "when: lesson is not empty}"),
    )
    assert migrate(folder, "-m", "lessons") == 0
    second = module(revisions(folder)[1])
    second.upgrade()
    rows = "SELECT id, purpose, lesson FROM desk_booking ORDER BY id"
    assert said(connection, rows) == [
        (1, "meeting", None),
        (2, None, "training"),
        (3, "by_hand", None),
    ]
    second.downgrade()
    kept = "SELECT id, purpose FROM desk_booking ORDER BY id"
    assert said(connection, kept) == [(1, "meeting"), (2, "training"), (3, "by_hand")]


def test_a_field_that_moves_where_rows_need_more_is_a_loss(tmp_path, capsys):
    folder = start(tmp_path)
    step(
        folder,
        {"old": "functions:\n", "new": "children:\n  lamps:\n    title: 灯\n    object: lamp\n    fields:\n"
         "      name: {type: string, title: 名称, required: true}\n"
         "      watt: {type: integer, title: 功率, moved_from: seats}\nfunctions:\n"},
    )  # fmt: skip
    assert migrate(folder, "-m", "lamps") == 1
    assert "name must not be empty" in capsys.readouterr().err
