"""The client of the cabinets' manager against the simulator in a process of its own."""

from datetime import datetime

import pytest

from app.core.plugin import Envelope, NotSent, Refused, Settings
from plugins import cabinet
from tests.harness import cabinet as harness

TASK = {
    "device": "1", "operator": "甲", "number": "PE1", "name": "乙", "born": "1990-01-01",
    "issued_on": "2026-01-05", "valid_until": "2036-01-05",
}  # fmt: skip


@pytest.fixture(scope="module")
def doors():
    with harness.running() as one:
        yield one


@pytest.fixture
def client(doors):
    return cabinet.create(doors.settings)


def task(key, message="store", **more):
    return Envelope(
        to="cabinet", message=message, key=key, at=datetime(2026, 1, 1), values=TASK | more
    )


def test_a_task_is_taken_once_and_told_of_when_the_door_has_shut(client, doors):
    first, again = client.send(task("k1")), client.send(task("k1"))
    assert (first.id, first.duplicate, again.id, again.duplicate) == ("T1", False, "T1", True)
    before = client.poll("")
    assert before.items == ()
    doors.door(no="k1", did="put")
    (answer,) = client.poll(before.cursor).items
    assert (answer.key, answer.outcome, answer.values) == ("k1", "done", {"slot": "A01"})
    assert client.poll(client.poll("").cursor).items == ()


def test_what_lacks_something_is_refused_with_the_managers_words(client, doors):
    with pytest.raises(Refused, match="证照柜拒绝：任务缺少 born"):
        client.send(task("k2", born=""))
    with pytest.raises(Refused, match="没有任务"):
        client.send(task("k3", "open-sesame"))
    wrong = Settings("interface_cabinet", {**doors.settings.values, "secret": "other"})
    with pytest.raises(Refused, match="签名不正确"):
        cabinet.create(wrong).send(task("k4"))
    assert len(doors.tasks) == 1
    nobody = Settings("interface_cabinet", {"url": "http://127.0.0.1:9", "secret": "x"})
    with pytest.raises(NotSent, match="无法连接证照柜"):
        cabinet.create(nobody).send(task("k5"))


def test_what_is_reported_without_a_task_comes_under_a_number_of_its_own(client, doors):
    since = client.poll("").cursor
    doors.door(alarm="open", slot="A07", at="2026-06-10T03:15:00Z")
    (alarm,) = client.poll(since).arrivals
    assert (alarm.message, alarm.values["kind"], alarm.values["slot"]) == ("alarm", "open", "A07")
    assert alarm.key == alarm.values["no"]
