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
RUNTIME = ("ab_user", "sys_file", "sys_account")


@pytest.fixture
def connection():
    from app.core.entity import Table

    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        for name in RUNTIME:
            connection.execute(sa.text(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)"))
        context = MigrationContext.configure(
            connection, opts={"target_metadata": Table.metadata, "render_as_batch": True}
        )
        with Operations.context(context):
            yield connection


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
    return {item["name"]: (str(item["type"]), item["nullable"]) for item in found}


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
    from app.core.entity import Entity
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
