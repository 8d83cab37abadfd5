"""Revisions carried out as the product does, with its own engine and data: values go on meaning what they meant.

Each change is carried out on both databases, interrupted at statements on the way, and the tables are
compared with those that the models of the new metadata make.
"""

# ruff: noqa: E501 - a change, its question and the answer are read side by side

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from app import migrations
from app.core.db import search_index
from app.core.db.database import (
    UtcDateTime,
    _writing,
    broken_references,
    make_engine,
    make_upgrading_engine,
)
from app.core.db.entity import Table
from app.migrations import displayed, names
from app.migrations.values import CannotConvert
from app.settings import ROOT
from app.upgrade import load_runtime
from generator.cli import main
from tests.generator.projects import apply, make

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
ROOM = "metadata/desk/room.yaml"
BOOKING = "metadata/desk/booking.yaml"
GAUGES = """object: gauge
title: 计量
scope: everyone
order: [name]
fields:
  name: {type: string, length: 40, title: 名称, required: true}
  rate: {type: decimal, scale: 4, title: 比率, unique: true}
  count: {type: integer, title: 数量}
  price: {type: money, title: 价格}
  day: {type: date, title: 日期}
  moment: {type: datetime, title: 时刻}
  ok: {type: boolean, title: 合格}
  note: {type: string, length: 40, title: 备注}
  room: {type: ref, to: room, title: 会议室}
  rooms: {type: refs, to: room, title: 各会议室}
  purpose: {type: dict, of: purpose, title: 用途}
"""
GAUGE = "metadata/desk/gauge.yaml"
Change = tuple[dict[str, str], ...]


def to(*pairs: tuple[str, str], file: str = GAUGE) -> Change:
    return tuple({"file": file, "old": old, "new": new} for old, new in pairs)


def field(name: str, spec: str) -> tuple[str, str]:
    """Write a field of the gauge anew, whatever it was."""
    line = next(one for one in GAUGES.splitlines() if one.startswith(f"  {name}: "))
    return line, f"  {name}: {spec}"


class Lived:
    """A project whose first revision was carried out and whose tables hold rows."""

    def __init__(self, folder: Path, url: str) -> None:
        accounts = {"file": "metadata/runtime/account.yaml", "delete": True}  # the product has them
        self.folder, self.url = make(folder / "project", [accounts]), url
        apply(self.folder, {"file": GAUGE, "text": GAUGES})
        versions = self.folder / "app" / "migrations"
        versions.mkdir(parents=True)
        for name in ("env.py", "script.py.mako"):
            shutil.copy(ROOT / "app" / "migrations" / name, versions)
        assert main(["--root", str(self.folder), "migrate", "--initial"]) == 0
        self.runtime()
        self.upgrade()
        engine = make_engine(url)
        with engine.begin() as connection:
            for text in ROWS:
                connection.execute(sa.text(text))
            if engine.dialect.name == "postgresql":
                for table in {text.split()[2] for text in ROWS if "__" not in text}:
                    connection.execute(
                        sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)")
                    )
        engine.dispose()

    def runtime(self) -> None:
        """Tables of the runtime that keys point at."""
        engine = make_engine(self.url)
        with engine.begin() as connection:
            for name in ("ab_user", "sys_file", "sys_account", "sys_document"):
                kept = "".join(f", {column} TEXT" for column in names.OBJECTS.get(name, ()))
                connection.execute(sa.text(f"CREATE TABLE {name} (id BIGINT PRIMARY KEY{kept})"))
        engine.dispose()

    def migrate(self, *changes: dict[str, str]) -> int:
        for change in changes:
            apply(self.folder, change)
        return main(["--root", str(self.folder), "migrate", "-m", "change"])

    def upgrade(self, stop: int = 0) -> int:
        """Carry the revisions out in one transaction; break off at a statement. Return how many there were."""
        engine = make_upgrading_engine(self.url)
        seen = 0

        def count(*_: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == stop:
                raise Stopped

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(migrations, "HERE", self.folder / "app" / "migrations")
            token = _writing.set(True)
            try:
                with engine.begin() as connection:
                    event.listen(connection, "before_cursor_execute", count)
                    migrations.migrate(connection)
                    assert broken_references(connection) == []
            finally:
                _writing.reset(token)
                engine.dispose()
        return seen

    @contextmanager
    def open(self) -> Iterator[sa.Connection]:
        engine = make_engine(self.url)
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def said(self, query: str) -> list[Any]:
        with self.open() as connection:
            rows = connection.execute(sa.text(query)).all()
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    def content(self) -> dict[str, list[str]]:
        with self.open() as connection:
            return {
                name: sorted(map(repr, connection.execute(sa.text(f'SELECT * FROM "{name}"'))))
                for name in sa.inspect(connection).get_table_names()
            }


class Stopped(Exception):
    """The power failed."""


ROWS = (
    "INSERT INTO desk_office (id, name, version) VALUES (1, '一处', 1)",
    "INSERT INTO desk_room (id, name, door, open, seats, version) VALUES (1, '东厅', 'A1', true, 12, 1), (2, '西厅', 'A2', true, 8, 1)",
    "INSERT INTO desk_booking (id, topic, room_id, unit_id, people, fee, version) VALUES (1, '年会', 1, 1, 2, 4200, 1)",
    "INSERT INTO desk_guest (id, parent_id, position, name, version) VALUES (1, 1, 0, '甲', 1), (2, 1, 1, '乙', 1)",
    "INSERT INTO desk_gauge (id, name, rate, count, price, day, moment, ok, note, room_id, purpose, version) VALUES"
    " (1, '一', 510, 7, 12345, '2026-01-31', '2026-01-31 16:00:00', true, '42', 1, 'meeting', 1),"
    " (2, '二', 5100, 70, -12355, '2026-02-01', '2026-02-01 00:30:00', false, '43', 2, 'training', 1),"
    " (3, '三', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1)",
    "INSERT INTO desk_gauge__rooms (gauge_id, room_id) VALUES (1, 1), (1, 2)",
)


@pytest.fixture
def lived(tmp_path: Path, database_url: str) -> Lived:
    return Lived(tmp_path, database_url)


# what is changed; a question; its answer on both databases
CONVERTED: dict[str, tuple[Change, str, list[Any]]] = {
    "more digits": (to(field("rate", "{type: decimal, scale: 5, title: 比率, unique: true}")), "SELECT rate FROM desk_gauge ORDER BY id", [5100, 51000, None]),
    "fewer digits, rounded": (to(field("rate", "{type: decimal, scale: 2, title: 比率, narrowed: true}")), "SELECT rate FROM desk_gauge ORDER BY id", [5, 51, None]),
    "integer to decimal": (to(field("count", "{type: decimal, scale: 2, title: 数量}")), "SELECT count FROM desk_gauge ORDER BY id", [700, 7000, None]),
    "integer to money": (to(field("count", "{type: money, title: 数量}")), "SELECT count FROM desk_gauge ORDER BY id", [700, 7000, None]),
    "money to decimal": (to(field("price", "{type: decimal, scale: 4, title: 价格}")), "SELECT price FROM desk_gauge ORDER BY id", [1234500, -1235500, None]),
    "money to integer": (to(field("price", "{type: integer, title: 价格, narrowed: true}")), "SELECT price FROM desk_gauge ORDER BY id", [123, -124, None]),
    "number to text": (to(field("price", "{type: string, length: 40, title: 价格}")), "SELECT price FROM desk_gauge ORDER BY id", ["123.45", "-123.55", None]),
    "day to text": (to(field("day", "{type: text, title: 日期}")), 'SELECT day FROM desk_gauge ORDER BY id', ["2026-01-31", "2026-02-01", None]),
    "moment to text": (to(field("moment", "{type: text, title: 时刻}")), "SELECT moment FROM desk_gauge ORDER BY id", ["2026-02-01 00:00", "2026-02-01 08:30", None]),
    "yes and no to text": (to(field("ok", "{type: string, title: 合格}")), "SELECT ok FROM desk_gauge ORDER BY id", ["是", "否", None]),
    "text to number": (to(field("note", "{type: decimal, scale: 1, title: 备注, narrowed: true}")), "SELECT note FROM desk_gauge ORDER BY id", [420, 430, None]),
    "text to integer": (to(field("note", "{type: integer, title: 备注, narrowed: true}")), "SELECT note FROM desk_gauge ORDER BY id", [42, 43, None]),
    "a field renamed": (to(("  seats: {", "  chairs: {renamed_from: seats, "), ('"seats - coalesce', '"chairs - coalesce'), file=ROOM), "SELECT chairs FROM desk_room ORDER BY id", [12, 8]),
    "a field dropped": (to(("  purpose: {type: dict, of: purpose, title: 用途}\n", ""), ("object: gauge\n", "object: gauge\ndropped: [purpose]\n")), "SELECT name FROM desk_gauge ORDER BY id", ["一", "二", "三"]),
    "a field of the owner of rows dropped": (to(("  fee: {type: money, title: 费用, when: purpose == 'training'}\n", ""), ("object: booking\n", "object: booking\ndropped: [fee]\n"), file=BOOKING), "SELECT name FROM desk_guest ORDER BY id", ["甲", "乙"]),
    "a computed field": (to(("  ok: {", "  twice: {type: integer, title: 两倍, value: count * 2}\n  ok: {")), "SELECT name FROM desk_gauge ORDER BY id", ["一", "二", "三"]),
    "a reference": (to(("  days: {type", "  gauge: {type: ref, to: gauge, title: 计量}\n  days: {type"), file=BOOKING), "SELECT name FROM desk_guest ORDER BY id", ["甲", "乙"]),
    "required from now on": (to(field("name", "{type: string, length: 60, title: 名称, required: true, unique: true}")), "SELECT name FROM desk_gauge ORDER BY id", ["一", "二", "三"]),
    "an object renamed": (to(("object: gauge\n", "object: meter\nrenamed_from: gauge\n")), "SELECT m.rate, r.room_id FROM desk_meter m JOIN desk_meter__rooms r ON r.meter_id = m.id ORDER BY r.room_id", [(510, 1), (510, 2)]),
    "links renamed": (to(("  rooms: {", "  halls: {renamed_from: rooms, ")), "SELECT room_id FROM desk_gauge__halls ORDER BY room_id", [1, 2]),
    "a child": (to(("order: [name]\n", "order: [name]\nchildren:\n  marks:\n    title: 刻度\n    object: gauge_mark\n    fields:\n      text: {type: string, title: 刻度}\n")), "SELECT count(*) FROM desk_gauge_mark", [0]),
    "a field into a child": (to(("order: [name]\n", "order: [name]\nchildren:\n  marks:\n    title: 刻度\n    object: gauge_mark\n    fields:\n      note: {type: string, length: 40, title: 刻度, moved_from: note}\n"), ("  note: {type: string, length: 40, title: 备注}\n", "")), "SELECT parent_id, note FROM desk_gauge_mark ORDER BY id", [(1, "42"), (2, "43")]),
    "ways in": (to(("  title: 预订审批\n", "  title: 预订审批\n  entries: {self: {title: 自办, by_hand: true}, other: 同步}\n"), file=BOOKING), "SELECT entry FROM desk_booking", [None]),
}  # fmt: skip


TRIED = list(CONVERTED) if SOAK else random.Random(os.environ.get("TRIED") or date.today().isoformat()).sample(list(CONVERTED), 6)  # fmt: skip


@pytest.mark.parametrize("name", TRIED)
def test_values_mean_what_they_meant_however_often_the_upgrade_breaks_off(
    lived: Lived, name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    changes, question, answer = CONVERTED[name]
    assert lived.migrate(*changes) == 0
    before = lived.content()
    stops = range(1, 10_000) if SOAK else [1, *random.sample(range(2, 60), 2)]
    for stop in stops:
        try:
            lived.upgrade(stop)
            break  # it has fewer statements
        except Stopped:
            assert lived.content() == before, f"broken off at statement {stop}"
    else:
        lived.upgrade()
    assert lived.said(question) == answer
    kept = {table: len(rows) for table, rows in before.items()}
    now = {table: len(rows) for table, rows in lived.content().items()}
    for table, count in kept.items():
        other = table.replace("gauge", "meter") if name == "an object renamed" else table
        other = table.replace("__rooms", "__halls") if name == "links renamed" else other
        assert now[other] == count, table
    assert _tables(lived.url) == _modelled(lived, tmp_path, request)


def _modelled(lived: Lived, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """Return the tables that the models of the metadata make in an empty database."""
    folder = tmp_path / "models"
    if lived.url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'models.db'}"
    else:
        databases = request.getfixturevalue("postgres_databases")
        url = databases.make()
        request.addfinalizer(lambda: databases.drop(url))
    command = [
        sys.executable,
        "-m",
        "tests.generator.modelled",
        str(lived.folder),
        str(folder),
        url,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return _tables(url)


def _tables(url: str) -> dict[str, Any]:
    """Return everything that a database knows of its business tables."""
    engine = make_engine(url)
    look = sa.inspect(engine)
    sqlite = engine.dialect.name == "sqlite"
    found = {}
    for name in look.get_table_names():
        if not name.startswith("desk_") or search_index.MARK in name:
            continue
        key = look.get_pk_constraint(name)
        found[name] = {
            "columns": sorted(
                (c["name"], c["type"].compile(engine.dialect), c["nullable"], c["default"] if sqlite or c["name"] != "id" else "")
                for c in look.get_columns(name)
            ),
            "key": (key["constrained_columns"], "" if sqlite else key["name"]),
            "references": sorted(
                (f["name"], f["constrained_columns"], f["referred_table"], f["options"])
                for f in look.get_foreign_keys(name)
            ),
            "unique": sorted((u["name"], u["column_names"]) for u in look.get_unique_constraints(name)),
            "indexes": sorted((i["name"], i["column_names"], bool(i["unique"])) for i in look.get_indexes(name) if search_index.MARK not in i["name"]),
            "checks": sorted((c["name"], "".join(c["sqltext"].split())) for c in look.get_check_constraints(name)),
        }  # fmt: skip
    engine.dispose()
    return found


REFUSED: dict[str, tuple[Change, str]] = {
    "fewer digits": (
        to(field("rate", "{type: decimal, scale: 2, title: 比率}")),
        "only 2 of 4 digits behind the point stay",
    ),
    "another object": (
        to(field("room", "{type: ref, to: office, title: 会议室, narrowed: true}")),
        "nothing can turn ref(desk_room) into ref(desk_office)",
    ),
    "another dictionary": (
        to(field("purpose", "{type: dict, of: label, title: 用途}")),
        "codes of purpose are taken for codes of label",
    ),
    "a day as a number": (
        to(field("day", "{type: integer, title: 日期, narrowed: true}")),
        "nothing can turn date into integer",
    ),
    "codes as text": (
        to(field("purpose", "{type: string, title: 用途}")),
        "codes stand as text",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_mean_something_else_is_refused(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changes, words = REFUSED[name]
    folder = make(tmp_path)
    apply(folder, {"file": GAUGE, "text": GAUGES})
    assert main(["--root", str(folder), "migrate", "--initial"]) == 0
    for change in changes:
        apply(folder, change)
    assert main(["--root", str(folder), "migrate", "-m", "change"]) == 1
    said = capsys.readouterr().err
    assert "error[E903]" in said
    assert words in said
    assert len(list((folder / "app/migrations/versions").glob("*.py"))) == 1


STOPPED: dict[str, tuple[Change, str, str]] = {
    "a text that is no number": (
        to(field("note", "{type: integer, title: 备注, narrowed: true}")),
        "UPDATE desk_gauge SET note = '四十' WHERE id = 2",
        "desk_gauge 的 note 有 1 行不能改为新版本要求的类型（记录号 2）",
    ),
    "too large for more digits": (
        to(field("rate", "{type: decimal, scale: 8, title: 比率, unique: true}")),
        "UPDATE desk_gauge SET rate = 9007199254740000 WHERE id = 2",
        "数值太大",
    ),
    "too long": (
        to(field("name", "{type: string, length: 3, title: 名称, required: true, narrowed: true}")),
        "UPDATE desk_gauge SET name = '一二三四' WHERE id = 1",
        "超过 3 个字",
    ),
    "empty": (
        to(field("note", "{type: string, length: 40, title: 备注, required: true, narrowed: true}")),
        "UPDATE desk_gauge SET note = NULL WHERE id < 3",
        "desk_gauge 的 note 有 3 行没有填写",
    ),
    "twice": (
        to(field("note", "{type: string, length: 40, title: 备注, unique: true}")),
        "UPDATE desk_gauge SET note = '同' WHERE id < 3",
        "desk_gauge 的 note 有 2 行重复",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPPED)
def test_what_cannot_be_converted_stops_the_upgrade_in_words(lived: Lived, name: str) -> None:
    changes, statement, words = STOPPED[name]
    engine = make_engine(lived.url)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
    assert lived.migrate(*changes) == 0
    before = lived.content()
    with pytest.raises(CannotConvert, match=words.replace("（", ".").replace("）", ".")):
        lived.upgrade()
    assert lived.content() == before


def test_narrowed_confirms_one_change_only(tmp_path: Path, capsys: Any) -> None:
    folder = make(tmp_path)
    apply(folder, {"file": GAUGE, "text": GAUGES})
    assert main(["--root", str(folder), "migrate", "--initial"]) == 0
    line, narrow = field("rate", "{type: decimal, scale: 2, title: 比率, narrowed: true}")
    apply(folder, {"file": GAUGE, "old": line, "new": narrow})
    assert main(["--root", str(folder), "migrate", "-m", "two"]) == 0
    apply(folder, {"file": GAUGE, "old": "scale: 2", "new": "scale: 1"})
    assert main(["--root", str(folder), "migrate", "-m", "one"]) == 1
    assert "confirmed an earlier change" in capsys.readouterr().err


def test_a_number_of_a_row_that_is_gone_is_not_given_again_after_an_upgrade(tmp_path: Path) -> None:
    lived = Lived(tmp_path, f"sqlite:///{tmp_path / 'test.db'}")
    engine = make_engine(lived.url)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM desk_gauge WHERE id = 3"))
    assert lived.migrate(*to(field("rate", "{type: decimal, scale: 5, title: 比率}"))) == 0
    lived.upgrade()
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO desk_gauge (name, version) VALUES ('新', 1)"))
    engine.dispose()
    assert lived.said("SELECT max(id) FROM desk_gauge") == [4]


def test_a_rehearsal_compares_what_is_displayed(lived: Lived, tmp_path: Path) -> None:
    """A revision that converts changes nothing that people read; one that forgot it is told."""
    old = _read(lived)
    more = to(field("rate", "{type: decimal, scale: 5, title: 比率, unique: true}"))
    assert lived.migrate(*more, *to(("  note: {", "  remark: {renamed_from: note, "))) == 0
    engine = make_upgrading_engine(lived.url)
    with pytest.MonkeyPatch.context() as patch, engine.begin() as connection:
        patch.setattr(migrations, "HERE", lived.folder / "app" / "migrations")
        since = migrations.current(connection)
        first = displayed.Before(_new(tmp_path / "first"), connection, old)
        second = displayed.Before(_new(tmp_path / "second"), connection, old)
        migrations.migrate(connection)
        renamed = migrations.renamed(connection, since)
        assert renamed == {"desk_gauge.note": "remark"}
        assert first.compared(connection, _read(lived), renamed) == []
        connection.execute(sa.text("UPDATE desk_gauge SET rate = 510 WHERE id = 1"))
        assert second.compared(connection, _read(lived), {}) == [
            "不再有的列：desk_gauge.note（2 个值）",
            "显示的值有改变：desk_gauge.rate 1 行（记录 1：0.0510 → 0.00510）",
        ]
    engine.dispose()


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _read(lived: Lived) -> dict[str, Any]:
    """Return the snapshot but for dictionaries, of which there are no tables here."""
    path = lived.folder / "app" / "migrations" / "schema.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for table in found.values():
        for spec in table["columns"].values():
            spec.pop("of", None)
            if spec.get("kind") == "dict":
                spec["kind"] = "string"
    return found


def _kept(lived: Lived) -> None:
    """What the runtime keeps of a record: a row in every one of its tables that names an object."""
    engine = make_engine(lived.url)
    load_runtime()
    tables = [Table.metadata.tables[n] for n in (*names.OBJECTS, "sys_history", "sys_outbox")]
    with engine.begin() as connection:
        for table in tables:
            if table.name in ("sys_account", "sys_document"):
                continue  # the project keeps its own of these
            plain = sa.Table(
                table.name,
                sa.MetaData(),
                *(sa.Column(c.name, c.type, primary_key=c.primary_key) for c in table.columns),
            )
            plain.create(connection)
            if table.name != "sys_former_name":
                row = {c.name: _some(c) for c in plain.columns if c.name != "id"}
                connection.execute(plain.insert(), row)
        connection.execute(
            sa.text('UPDATE sys_outbox SET payload = \'{"object": "gauge", "record_id": 1}\'')
        )
        connection.execute(sa.text("UPDATE sys_message SET message = 'gauge.sent_back'"))
        connection.execute(
            sa.text('UPDATE sys_record_version SET content = \'{"note": "42", "name": "note"}\'')
        )
        connection.execute(sa.text("UPDATE sys_mark SET target = 'field.note'"))
        connection.execute(sa.text("UPDATE sys_hold SET field = 'note', resource_object = 'room'"))
    engine.dispose()


def _some(column: Any) -> Any:
    if column.name.endswith("object"):
        return "gauge"
    if isinstance(column.type, UtcDateTime):
        return datetime(2026, 1, 31)
    if isinstance(column.type, sa.String):
        return "x"
    if isinstance(column.type, sa.Boolean):
        return True
    return date(2026, 1, 31) if isinstance(column.type, sa.Date) else 1


def test_what_is_kept_of_records_follows_a_renamed_object_and_field(lived: Lived) -> None:
    """Cases, papers, drafts … of an object name it as text: under its former name nobody finds them."""
    _kept(lived)
    changes = to(
        ("object: gauge\n", "object: meter\nrenamed_from: gauge\n"),
        ("  note: {", "  remark: {renamed_from: note, "),
    )
    assert lived.migrate(*changes) == 0
    before = lived.content()
    for stop in range(1, 10_000) if SOAK else (random.randint(2, 20), random.randint(20, 60)):
        try:
            lived.upgrade(stop)
            break
        except Stopped:
            assert lived.content() == before, f"broken off at statement {stop}"
    else:
        lived.upgrade()
    for table, columns in names.OBJECTS.items():
        if table in ("sys_account", "sys_document", "sys_former_name"):
            continue
        for column in columns:
            other = "room" if column == "resource_object" else "meter"
            assert lived.said(f"SELECT DISTINCT {column} FROM {table}") == [other], (
                f"{table}.{column}"
            )
    assert lived.said("SELECT message FROM sys_message") == ["meter.sent_back"]
    assert json.loads(lived.said("SELECT payload FROM sys_outbox")[0])["object"] == "meter"
    assert json.loads(lived.said("SELECT content FROM sys_record_version")[0]) == {
        "remark": "42",
        "name": "note",
    }
    assert lived.said("SELECT target FROM sys_mark") == ["field.remark"]
    assert lived.said("SELECT field FROM sys_hold") == ["remark"]
    assert lived.said("SELECT object FROM sys_history") == ["gauge"]  # its mac covers it
    assert lived.said("SELECT object, former, last_entry FROM sys_former_name") == [
        ("meter", "gauge", 1)
    ]
    assert lived.said("SELECT former, field, last_entry FROM sys_former_field WHERE id > 1") == [
        ("note", "remark", 1)
    ]
