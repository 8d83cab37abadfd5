"""The client of a workstation against the simulator in a process of its own."""

import pytest

from app.core.plugin import Asked, NotSent, OutcomeUnknown, PluginMissing, Refused, Settings
from plugins import workstation
from tests.harness import workstation as harness


@pytest.fixture(scope="module")
def station():
    with harness.running() as one:
        yield one


@pytest.fixture
def client(station):
    return workstation.create(station.settings)


def capture(client, device, nonce, settings, pictures):
    return client.capture(Asked(device=device, nonce=nonce, settings=settings, pictures=pictures))


def test_texts_pictures_and_quality_arrive(client):
    card, picture, finger = (
        capture(client, name, "n1", {}, ()) for name in ("id_reader", "camera", "finger_reader")
    )
    assert (card.values["name"], card.serial) == ("王伟", "SIM-id_reader")
    assert picture.values["image"].startswith(b"\x89PNG")
    assert finger.quality == 88


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("empty", NotSent, "没有放置证件"),
        ("forged", OutcomeUnknown, "签名不正确"),
        ("old", Refused, "不是这一次的"),
    ],
)
def test_what_is_not_a_fresh_signed_answer_is_not_taken(client, station, fault, error, words):
    station.next("id_reader", fault=fault)
    with pytest.raises(error, match=words):
        capture(client, "id_reader", "n2", {}, ())
    assert capture(client, "id_reader", "n3", {}, ()).values["number"]


@pytest.mark.parametrize("told", [{"quality": "good"}, {"values": 1}, {"pictures": {"image": "?"}}])
def test_an_answer_that_nobody_understands_is_said_in_words(client, station, told):
    station.next("camera", **told)
    with pytest.raises(OutcomeUnknown, match="采集工作站的应答无法识别"):
        capture(client, "camera", "n2", {}, ())


def test_an_unknown_device_and_a_wrong_secret_are_refused(client, station):
    with pytest.raises(Refused, match="没有名为 scale 的设备"):
        capture(client, "scale", "n4", {}, ())
    other = Settings("devices", {**station.settings.values, "secret": "other"})
    with pytest.raises(Refused, match="签名不正确"):
        capture(workstation.create(other), "id_reader", "n5", {}, ())


def test_where_no_service_runs_it_is_said():
    nobody = Settings("devices", {"url": "http://127.0.0.1:9", "secret": "x", "timeout": "1"})
    with pytest.raises(NotSent, match="无法连接采集工作站"):
        capture(workstation.create(nobody), "id_reader", "n6", {}, ())
    with pytest.raises(PluginMissing):
        workstation.create(Settings("devices", {}))
    with pytest.raises(Refused, match="http"):
        workstation.create(Settings("devices", {"url": "file:///x", "secret": "x"}))


def test_a_device_is_told_how_and_one_that_does_not_listen_is_not_believed(client, station):
    asked = {"width": 100, "height": 120}
    capture(client, "camera", "n7", asked, ())
    station.next("camera", fault="deaf")
    with pytest.raises(Refused, match="没有按要求采集（width、height）"):
        capture(client, "camera", "n8", asked, ())
    with pytest.raises(Refused, match="不能拍摄 0×120"):
        capture(client, "camera", "n9", asked | {"width": 0}, ())


def test_two_pictures_are_compared(client, station):
    station.next("camera", person="another")
    other, own = (capture(client, "camera", f"m{n}", {}, ()).values["image"] for n in (1, 2))
    scores = [
        int(capture(client, "face_match", f"c{n}", {}, (own, one)).values["score"])
        for n, one in enumerate((own, other))
    ]
    assert scores[0] == 100 and scores[1] < 80
    with pytest.raises(Refused, match="需要两张照片"):
        capture(client, "face_match", "c9", {}, (own,))
