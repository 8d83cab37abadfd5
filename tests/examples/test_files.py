"""A centre reached by files: nightly rows, reports case by case, rows that come; with the other side as a process."""

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, literal, select

from app.core import clock, plugin
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.declare.interfaces import Content, Outgoing
from app.core.jobs import outbox
from app.core.jobs.outbox import OutboxItem
from app.core.plugin import Arrival
from app.exchange import batches, contract, inbound, polling
from app.exchange.models import Exchange, SentRow
from app.flow import engine
from app.flow.execution import transitions
from generator.compile import compile_all
from plugins import fixed_rows
from tests.examples.deeds import do, form, get, journey, paper, save, write
from tests.examples.test_exchange import entries
from tests.harness import filecounterpart
from tests.harness.statements import heard

NIGHT = datetime(2026, 11, 24, 18, 20, tzinfo=UTC)  # 02:20 of the 25th in the office
CONTRACT = "docs/reference/interfaces/center.schema.json"


@pytest.fixture(scope="session")
def contracts(tmp_path_factory):
    """The contract as the compiler writes it for the other side."""
    path = tmp_path_factory.mktemp("contracts") / "center.schema.json"
    path.write_text(compile_all(Path(__file__).parent).files[CONTRACT], encoding="utf-8")
    return path


@pytest.fixture
def center(tmp_path, monkeypatch, contracts):
    monkeypatch.setenv("INTERFACE_CENTER_FOLDER", str(tmp_path / "box"))
    monkeypatch.setenv("INTERFACE_CENTER_SECRET", filecounterpart.SECRET)
    monkeypatch.setenv("INTERFACE_CENTER_SETTLE", "0")
    plugin.forget_plugins()
    clock.set_clock(lambda: NIGHT)
    (tmp_path / "box").mkdir()
    with filecounterpart.running(tmp_path / "box", contracts) as one:
        yield one
    plugin.forget_plugins()


def night():
    """What the worker does at night: collect, deliver, fetch."""
    session.remove()
    said = batches.run()
    with acting_as(SYSTEM):
        while outbox.work_once("test"):
            session.remove()
    session.remove()
    note = polling.fetch()
    session.remove()
    return said, note


def rows_of(center, name):
    """The rows of a package, as the other side reads them."""
    with zipfile.ZipFile(center.folder / "there" / name) as archive:
        content = archive.read("journeys.txt")
    item = registry.registry().interfaces["center"].message("journeys")
    return fixed_rows.FixedRows().decode(contract.columns(item.fields), content)


def enterprise(number, **more):
    row = {
        "number": number, "name": f"企业{number[-1]}", "bureau": "east", "standing": "1",
        "capital": "1200000.50", "checked_on": "2026-11-20",
    }  # fmt: skip
    return row | more


def written():
    model = registry.object("enterprise").model
    with acting_as(SYSTEM), elevated():
        session.expire_all()
        found = session.scalars(select(model).order_by(model.number))
        return [(row.number, row.name, row.unit_id, row.standing, row.capital) for row in found]


def test_approved_records_leave_in_one_file_at_night_and_no_record_twice(world, center):
    journey(world)
    journey(world, name="经贸洽谈")
    save(world, "journey", form(world), attach="letter")  # not approved
    said, _ = night()
    assert said == "获批出行 2 条"
    assert center.says("000001.zip journeys").endswith("taken")
    rows = rows_of(center, "000001.zip")
    assert [row["name"] for row in rows] == ["学习交流", "经贸洽谈"]
    assert rows[0]["depart"] == "2027-05-01" and rows[0]["persons"] == "3"
    assert [(e.state, e.row.rows, e.row.title) for e in entries()] == [("sent", 2, "获批出行")]
    assert night()[0] is None  # once a day
    journey(world, name="第三")
    clock.set_clock(lambda: NIGHT + timedelta(days=1))
    assert night()[0] == "获批出行 1 条"
    center.says("000002.zip journeys")
    assert [row["name"] for row in rows_of(center, "000002.zip")] == ["第三"]
    with elevated():
        assert len(session.scalars(select(SentRow)).all()) == 3


def test_before_its_time_nothing_leaves(world, center):
    journey(world)
    clock.set_clock(lambda: datetime(2026, 11, 24, 18, 9, tzinfo=UTC))  # 02:09
    assert night()[0] is None


def test_a_record_that_does_not_fit_stays_behind_alone_and_leaves_when_it_does(world, center):
    journey(world)
    wide = journey(world, name="访" * 21)
    assert night()[0] == "获批出行 1 条"
    sent, held = entries()
    first = sent.row.key
    assert (held.state, held.row.record_id, held.may_again) == ("held", wide, False)
    assert held.error == "“名称”长 42 字节，约定为 40 字节"
    write("journey", wide, name="访" * 20)
    clock.set_clock(lambda: NIGHT + timedelta(days=1))
    assert night()[0] == "获批出行 1 条"
    assert [entry.state for entry in entries()] == ["sent", "sent"]
    assert first != entries()[0].row.key


def test_what_becomes_of_a_paper_is_reported_by_itself(world, center):
    pk = paper(world, "passport", number="PE1234567", kind="affairs")
    do(world, "passport", pk, "officer", "void")
    night()
    assert center.says("000001.zip cancelled").endswith("taken")
    (entry,) = entries()
    assert (entry.row.object, entry.row.record_id, entry.state) == ("passport", pk, "sent")
    assert get("passport", pk).state == "cancelled"


def test_what_is_done_at_the_step_later_is_no_arrival(world, center, monkeypatch):
    known = registry.registry().interfaces
    code = Content(name="code", title="编号", value=lambda this, env: this.code)
    item = Outgoing(
        name="approved", title="获批", object="journey", on=("approved",), fields=(code,)
    )
    monkeypatch.setitem(known, "center", replace(known["center"], messages=(item,)))
    pk = journey(world)
    do(world, "journey", pk, "officer", "cards_after")
    session.remove()
    with acting_as(SYSTEM), unit_of_work(), elevated():
        transitions.follow(engine.case_of(get("journey", pk)))  # as a branch of the case would
    assert [entry.row.message for entry in entries()] == ["approved"]


def test_rows_that_come_are_judged_and_become_records(world, center):
    first = enterprise("91420100000000001X")
    center.say({"message": "enterprises", "key": "e1", "values": first})
    center.says("000001.zip brought")
    assert night()[1] == "省中心库：回执 0 件，推进 0 件；来件 1 件，写入 1 条；未接收 0 件"
    east, west = world.bureaus["east"], world.bureaus["west"]
    assert written() == [("91420100000000001X", "企业X", east, "active", 120000050)]
    codec, item = fixed_rows.FixedRows(), registry.registry().interfaces["center"].takes[0]
    rows = [
        first | {"name": "改名", "standing": "2", "bureau": "west"},
        enterprise("91420100000000002Y", standing="7"),
        enterprise("91420100000000003Z", bureau="nowhere"),
        enterprise("91420100000000004A", checked_on="2026-13-99"),
        enterprise("91420100000000005B", name=""),
        enterprise("91420100000000006C", bureau=""),
    ]
    content = codec.encode(contract.columns(item.fields), rows)
    bring(center, 2, {"message": "enterprises", "key": "e2", "values": {}, "files": ["e.txt"]},
          ("e.txt", content))  # fmt: skip
    assert night()[1].endswith("来件 1 件，写入 2 条；未接收 0 件")
    assert written() == [
        ("91420100000000001X", "改名", west, "revoked", 120000050),
        ("91420100000000006C", "企业C", None, "active", 120000050),
    ]
    entry = entries()[0]
    assert (entry.state, entry.row.rows, entry.row.direction) == ("taken", 2, "in")
    assert "第 2 行：“登记状态”的代码“7”不在字典中" in entry.error
    assert "第 3 行：“申报单位”为“nowhere”的单位不存在" in entry.error
    assert "第 5 行：缺少“企业名称”" in entry.error
    assert "第 4 行：" in entry.error and "Traceback" not in entry.error


def bring(center, number, item, *files):
    content = filecounterpart.package(number, [item], files)
    part = center.folder / "there" / "hand.part"
    part.write_bytes(content)
    part.replace(center.folder / "in" / f"{number:06}.zip")


def test_one_wrong_row_refuses_the_message_where_the_interface_says_so(world, center, monkeypatch):
    known = registry.registry().interfaces
    strict = replace(known["center"].takes[0], mode="all")
    monkeypatch.setitem(known, "center", replace(known["center"], takes=(strict,)))
    wrong = enterprise("91420100000000001X", standing="7")
    bring(center, 1, {"message": "enterprises", "key": "e1", "values": wrong})
    bring(center, 2, {"message": "enterprise", "key": "e2", "values": wrong})
    night()
    unknown, entry = entries()
    assert (entry.state, written()) == ("refused", [])
    assert entry.error == "第 1 行：“登记状态”的代码“7”不在字典中"
    assert (unknown.state, unknown.error) == ("refused", "没有约定名为“enterprise”的报文")
    bring(center, 3, {"message": "enterprises", "key": "e1", "values": wrong | {"standing": "1"}})
    night()
    assert len(written()) == 1
    bring(center, 4, {"message": "enterprises", "key": "e1", "values": wrong | {"standing": "9"}})
    night()
    assert written()[0][3] == "active"  # that key was taken


def test_a_package_that_cannot_be_read_is_in_the_log_each_time_it_comes(world, center):
    for _ in range(2):
        (center.folder / "in" / "000001.zip").write_bytes(b"PK torn")
        night()
    assert [(e.state, e.row.title, e.error) for e in entries()] == [
        ("refused", "000001.zip", "不是完整的交换包")
    ] * 2


def test_keys_of_any_length_and_kind_tell_messages_apart(world, center):
    long = "来" * 200
    first, second = enterprise("91420100000000001X"), enterprise("91420100000000002Y")
    bring(center, 1, {"message": "enterprises", "key": f"{long}1", "values": first})
    bring(center, 2, {"message": "enterprises", "key": f"{long}2", "values": second})
    bring(center, 3, {"message": "enter\0prises", "key": "a\0b", "values": first})
    night()
    assert len(written()) == 2
    assert [e.state for e in entries()] == ["refused", "taken", "taken"]
    assert all(len(e.row.key) <= 160 for e in entries())
    again = enterprise("91420100000000003Z")
    bring(center, 4, {"message": "enterprises", "key": f"{long}1", "values": again})
    night()
    assert len(written()) == 2  # that key was taken


def test_a_package_with_a_long_name_is_in_the_log(world, center):
    name = f"{'很长的名字' * 14}.zip"
    for _ in range(2):
        (center.folder / "in" / name).write_bytes(b"PK torn")
        night()
    assert [(e.state, e.row.title) for e in entries()] == [("refused", name)] * 2


def test_nothing_of_what_was_said_stands_in_the_log(world, center):
    bring(center, 1, {"message": "enterprises", "key": "e1",
                      "values": enterprise("91420100000000001X", name="某某公司")})  # fmt: skip
    journey(world)
    night()
    for entry in entries():
        texts = json.dumps([str(value) for value in vars(entry.row).values()], ensure_ascii=False)
        assert "某某公司" not in texts and "学习交流" not in texts
    with elevated():
        assert "学习交流" in session.scalars(select(OutboxItem.payload)).first()


def copied(pk, number):
    """So many rows like an approved journey, each of a number of its own."""
    table = registry.object("journey").model.__table__
    names = [one.name for one in table.columns if one.name != "id"]
    with acting_as(SYSTEM), unit_of_work():
        start = session.scalar(select(func.max(table.c.id)))
        for more in range(1, number + 1):
            code = literal(f"复{start + more}")
            row = [code if name == "code" else table.c[name] for name in names]
            row = select(*row).where(table.c.id == pk)
            session.execute(insert(table).from_select(names, row))
    session.remove()


@pytest.fixture
def reads(world):
    """Count the statements of what is done that read something, whatever it writes."""

    def count(what):
        session.remove()
        with heard() as said:
            what()
        return len([one for one in said if one.lstrip().startswith("SELECT")])

    return count


def test_records_that_stay_behind_hide_no_others(world, center, monkeypatch):
    monkeypatch.setattr(batches, "MOST", 2)
    monkeypatch.setattr(batches, "PIECE", 2)
    journey(world, name="访" * 21)
    copied(get("journey", 1).id, 3)
    journey(world, name="经贸洽谈")
    assert night()[0] == "获批出行 1 条"
    assert [entry.state for entry in entries()] == ["sent", *["held"] * 4]


def test_a_row_costs_no_reading_of_its_own(world, center, reads):
    item = registry.registry().interfaces["center"].message("journeys")
    first = journey(world, name="访" * 21)

    def collected():
        assert batches.collect(registry.registry().interfaces["center"], item) == 0

    copied(first, 4)
    few = reads(collected)
    copied(first, 45)
    assert reads(collected) == few
    with acting_as(SYSTEM):
        assert session.scalar(select(func.count()).select_from(Exchange)) == 50


def test_a_row_that_comes_is_looked_up_with_the_others(world, center, reads):
    spec = registry.registry().interfaces["center"]
    codec, item = fixed_rows.FixedRows(), spec.takes[0]

    def come(key, number):
        rows = [enterprise(f"9142010000000{one:04}X") for one in range(number)]
        content = codec.encode(contract.columns(item.fields), rows)
        came = Arrival(key=key, message=item.name, values={}, files=(("e.txt", content),))
        assert inbound.take(spec, came) == number

    few = reads(lambda: come("a", 5))
    assert reads(lambda: come("b", 50)) <= few + 5, "the five that are there ask for their key"
    assert len(written()) == 50


def test_rows_that_name_nothing_are_looked_up_together_too(world, center, reads):
    spec = registry.registry().interfaces["center"]
    codec, item = fixed_rows.FixedRows(), spec.takes[0]

    def come(key, number):
        rows = [enterprise(f"9142010000000{one:04}X", bureau=f"no{one}") for one in range(number)]
        content = codec.encode(contract.columns(item.fields), rows)
        came = Arrival(key=key, message=item.name, values={}, files=(("e.txt", content),))
        assert inbound.take(spec, came) == 0

    few = reads(lambda: come("a", 5))
    assert reads(lambda: come("b", 50)) <= few
