"""Captured on the spot: by devices of a workstation in a process of its own, and by nobody's hand."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core import plugin
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit.history import changes_of
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.devices import captures
from app.core.errors import Conflict, NotFound, Rejected
from app.core.files import attachments
from app.core.records import service as records
from app.core.reference.policies import PolicyVersion
from tests.examples.deeds import do, get, save
from tests.harness import workstation
from tests.harness.refusals import refused


@pytest.fixture(scope="module")
def station():
    with workstation.running() as one:
        yield one


@pytest.fixture(autouse=True)
def connected(station, monkeypatch):
    station.connect(monkeypatch)


def begin(world, purpose="pass"):
    raw = {"purpose": purpose, "unit": str(world.bureaus["east"])}
    return save(world, "enrolment", raw, who="officer")


def take(world, pk, name, who="officer"):
    obj = registry.object("enrolment")
    with world.acting(who):
        return captures.take(obj, records.find(obj, pk), name)


def persons():
    with elevated():
        session.expire_all()
        return list(session.scalars(select(registry.object("biometric").model)))


def test_what_devices_read_is_kept_and_finishing_writes_one_row_for_the_person(world):
    pk = begin(world)
    with pytest.raises(
        Rejected, match="还没有读取身份证、还没有拍照、还没有人证比对、还没有采集指纹"
    ):
        do(world, "enrolment", pk, "officer", "finish")
    assert take(world, pk, "card") == "SIM-id_reader"
    take(world, pk, "portrait")
    take(world, pk, "match")
    with pytest.raises(Rejected, match=r"^还没有采集指纹"):
        do(world, "enrolment", pk, "officer", "finish")
    take(world, pk, "prints")
    row = get("enrolment", pk)
    assert (row.name, row.quality, row.portrait.kind) == ("王伟", 88, "png")
    with attachments.open_file(row.portrait) as content:
        assert content.read(4) == b"\x89PNG"
    do(world, "enrolment", pk, "officer", "finish")
    (person,) = persons()
    assert (person.card_no, person.holder, bool(person.prints)) == (row.card_no, "王伟", True)
    with elevated():
        proof = session.scalars(
            select(captures.CaptureRecord).order_by(captures.CaptureRecord.id)
        ).all()
    assert [(one.name, one.quality, len(one.nonce)) for one in proof] == [
        ("card", 100, 32), ("portrait", 100, 32), ("match", 100, 32), ("prints", 88, 32),
    ]  # fmt: skip


def test_who_comes_again_is_written_to_the_same_row(world, station):
    for name, purpose in (("王伟", "pass"), ("王大伟", "passport")):
        pk = begin(world, purpose)
        card = {"number": "420106199001011231", "name": name}
        station.next("id_reader", values=card)
        for one in captures.applicable(registry.object("enrolment"), get("enrolment", pk)):
            take(world, pk, one.capture.name)
        do(world, "enrolment", pk, "officer", "finish")
    (person,) = persons()
    assert person.holder == "王大伟"
    assert person.prints  # a passport needs none, so those of the pass stay
    assert [change.kind for change in changes_of("biometric", person.id)] == [
        "create",
        "update",
        "update",
    ]


def test_nobody_types_what_a_device_reads(world):
    raw = {"purpose": "pass", "unit": str(world.bureaus["east"]), "name": "假"}
    with pytest.raises(Rejected) as found:
        save(world, "enrolment", raw, who="officer")
    assert [fault.path for fault in found.value.faults] == ["name"]


@pytest.mark.parametrize(
    ("name", "told", "words"),
    [
        ("card", {"fault": "empty"}, "没有放置证件"),
        ("card", {"fault": "forged"}, "签名不正确"),
        ("card", {"fault": "old"}, "不是这一次的"),
        ("prints", {"quality": 41}, "低于要求的 60"),
    ],
)
def test_what_was_read_badly_changes_nothing(world, station, name, told, words):
    pk = begin(world)
    device = {"card": "id_reader", "prints": "finger_reader"}[name]
    station.next(device, **told)
    with pytest.raises(Conflict, match=words):
        take(world, pk, name)
    row = get("enrolment", pk)
    assert (row.card_no, row.prints, row.quality) == (None, None, None)


def test_a_wrong_number_on_the_card_is_refused_like_a_typed_one(world, station):
    pk = begin(world)
    station.next("id_reader", values={"number": "420106199001011233", "name": "王伟"})
    with refused(Rejected, "身份证号码的校验位不正确"):
        take(world, pk, "card")
    assert get("enrolment", pk).card_no is None


def test_what_does_not_apply_or_is_over_cannot_be_captured(world):
    pk = begin(world, "passport")
    with pytest.raises(NotFound):
        take(world, pk, "prints")
    for name in ("card", "portrait", "match"):
        take(world, pk, name)
    do(world, "enrolment", pk, "officer", "finish")
    with pytest.raises(Conflict, match="不能修改"):
        take(world, pk, "card")


def test_without_a_workstation_it_is_said_and_nothing_is_lost(world, monkeypatch):
    pk = begin(world)
    monkeypatch.setenv("DEVICES_URL", "http://127.0.0.1:9")
    plugin.forget_plugins()
    with pytest.raises(Conflict, match="无法连接采集工作站"):
        take(world, pk, "card")
    do(world, "enrolment", pk, "officer", "fail")
    with refused(Conflict, "现处于“未采集”"):
        do(world, "enrolment", pk, "officer", "finish")


def typed(pk, **values):
    """Write as a form does, or a case that gives what it knows."""
    obj = registry.object("enrolment")
    with acting_as(SYSTEM), unit_of_work():
        records.save(obj, records.find(obj, pk), values, complete=False, engine=True)


def captured(pk):
    row = get("enrolment", pk)
    return (row.card_no, row.name, row.card_photo_id, row.score)


def test_a_card_that_was_read_for_somebody_else_does_not_count_for_the_next_one(world):
    pk = begin(world, "passport")
    for name in ("card", "portrait", "match"):
        take(world, pk, name)
    number = get("enrolment", pk).card_no
    assert None not in captured(pk)
    typed(pk, booked_no=number)  # it passes, but it was read when nobody was asked for
    assert captured(pk) == (None, None, None, None)
    with pytest.raises(Rejected, match="还没有读取身份证、还没有人证比对"):
        do(world, "enrolment", pk, "officer", "finish")
    for name in ("card", "match"):
        take(world, pk, name)
    typed(pk, purpose="pass")  # what no capture reads voids none
    assert None not in captured(pk)


def test_an_effect_that_writes_what_a_capture_reads_voids_it_too(world):
    pk = begin(world, "passport")
    take(world, pk, "card")
    with acting_as(SYSTEM), unit_of_work():
        records.find(registry.object("enrolment"), pk).booked_no = "420106199001011231"
    assert captured(pk) == (None, None, None, None)


def test_what_the_device_was_told_is_asked_again_when_it_changes(world):
    pk = begin(world, "passport")
    for name in ("card", "portrait", "match"):
        take(world, pk, name)
    with elevated(), unit_of_work():
        session.add(
            PolicyVersion(
                policy="portrait_width", valid_from=date(2026, 1, 1), content='{"value": 400}',
                level="warning", source="x", profile="x", shipped=False,
            )
        )  # fmt: skip
    with pytest.raises(Rejected, match="拍照时的要求或内容已变化，请重新采集"):
        do(world, "enrolment", pk, "officer", "finish")
    for name in ("portrait", "match"):
        take(world, pk, name)
    do(world, "enrolment", pk, "officer", "finish")


def test_what_changes_after_the_end_leaves_the_case_as_it_was(world):
    pk = begin(world, "passport")
    for name in ("card", "portrait", "match"):
        take(world, pk, name)
    do(world, "enrolment", pk, "officer", "finish")
    before = captured(pk)
    with acting_as(SYSTEM), unit_of_work():
        records.find(registry.object("enrolment"), pk).booked_no = "420106199001011231"
    assert captured(pk) == before
