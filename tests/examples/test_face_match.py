"""Whether the portrait shows the owner of the card, and is as prescribed: by policies in force, or by hand."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.audit.history import changes_of
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.devices import captures
from app.core.errors import Conflict, Rejected
from app.core.records import service as records
from app.core.reference.policies import PolicyVersion
from tests.app.web.desk.people import hidden
from tests.examples import test_enrolment
from tests.examples.deeds import do, get, save
from tests.examples.test_enrolment import begin, take

station, connected = test_enrolment.station, test_enrolment.connected


def decide(name, value, since="2026-01-01"):
    """A version that the office adds on screen."""
    with elevated(), unit_of_work():
        session.add(
            PolicyVersion(
                policy=name, valid_from=date.fromisoformat(since), content=f'{{"value": {value}}}',
                level="warning", source="x", profile="x", shipped=False,
            )
        )  # fmt: skip


def at_desk(world, *names):
    pk = begin(world, "passport")
    for name in names or ("card", "portrait", "match"):
        take(world, pk, name)
    return pk


def finish(world, pk):
    do(world, "enrolment", pk, "officer", "finish")
    return get("enrolment", pk).state


def confirm(world, pk, reason, who="officer"):
    obj = registry.object("enrolment")
    with world.acting(who):
        captures.confirm(obj, records.find(obj, pk), "match", reason)


def test_what_reaches_the_score_in_force_passes_and_one_point_less_does_not(world):
    pk = at_desk(world)
    score = get("enrolment", pk).score
    decide("face_score", score)
    assert finish(world, pk) == "passed"
    pk = at_desk(world)
    decide("face_score", score + 1)
    with pytest.raises(Rejected, match=f"人证相似度 {score} 分，低于要求"):
        finish(world, pk)


def test_the_score_is_that_of_the_day(world):
    decide("face_score", 101, since="2027-01-01")
    clock.set_clock(lambda: datetime(2026, 12, 30, 2, tzinfo=UTC))
    early, late = at_desk(world), at_desk(world)
    assert finish(world, early) == "passed"
    clock.set_clock(lambda: datetime(2027, 1, 4, 2, tzinfo=UTC))
    with pytest.raises(Rejected, match="低于要求"):
        finish(world, late)


def test_somebody_else_is_taken_only_with_a_reason_that_is_kept(world, station):
    pk = at_desk(world, "card")
    station.next("camera", person="somebody else")
    take(world, pk, "portrait")
    take(world, pk, "match")
    with pytest.raises(Rejected, match="低于要求"):
        finish(world, pk)
    with pytest.raises(Rejected) as found:
        confirm(world, pk, "  ")
    assert found.value.faults[0].message == "请填写人工核对理由"
    confirm(world, pk, "剪了头发，与户口簿照片一致")
    with pytest.raises(Conflict, match="不需要人工确认"):
        confirm(world, pk, "再次")
    assert finish(world, pk) == "passed"
    with elevated():
        newest = select(captures.CaptureRecord).order_by(captures.CaptureRecord.id.desc())
        proof = session.scalars(newest).first()
    assert (proof.name, proof.device, proof.actor_id) == (
        "match", captures.BY_HAND, world.actors["officer"].user_id,
    )  # fmt: skip
    assert "剪了头发" in " ".join(change.detail for change in changes_of("enrolment", pk))


def test_a_new_portrait_voids_what_was_found_of_the_one_before(world, station):
    pk = at_desk(world)
    take(world, pk, "portrait")
    assert get("enrolment", pk).score is None
    with pytest.raises(Rejected, match="还没有人证比对"):
        finish(world, pk)
    decide("face_score", 101)
    take(world, pk, "match")
    confirm(world, pk, "本人到场")
    take(world, pk, "card")
    row = get("enrolment", pk)
    assert (row.score, row.score_reason) == (None, None)


def test_without_both_pictures_nothing_is_compared_and_nobody_types_a_score_or_reason(world):
    pk = at_desk(world, "card")
    with pytest.raises(Conflict, match="还没有照片，不能人证比对"):
        take(world, pk, "match")
    with pytest.raises(Conflict, match="不需要人工确认"):
        confirm(world, pk, "本人到场")
    raw = {
        "purpose": "pass",
        "unit": str(world.bureaus["east"]),
        "score": "99",
        "score_reason": "好",
    }
    with pytest.raises(Rejected) as found:
        save(world, "enrolment", raw, who="officer")
    assert {fault.path for fault in found.value.faults} == {"score", "score_reason"}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"fault": "deaf"}, "没有按要求采集（width、height、largest）"),
        ({"fault": "small"}, "宽 195 像素，要求 390 像素；高 283 像素，要求 567 像素"),
    ],
)
def test_a_camera_that_does_not_do_as_prescribed_leaves_nothing(world, station, told, words):
    pk = begin(world)
    station.next("camera", **told)
    with pytest.raises((Conflict, Rejected)) as found:
        take(world, pk, "portrait")
    assert words in str([found.value.message, *(one.message for one in found.value.faults)])
    assert get("enrolment", pk).portrait is None


def test_a_picture_that_is_too_large_is_refused(world):
    decide("portrait_largest", 2)
    pk = begin(world)
    with pytest.raises(Rejected) as found:
        take(world, pk, "portrait")
    assert "KB，不得超过 2 KB" in found.value.faults[0].message


def test_fingers_are_taken_in_the_order_in_force_past_those_that_are_missing(world, station):
    pk = begin(world)
    take(world, pk, "prints")
    assert get("enrolment", pk).fingers == "R1,L1"
    station.next("finger_reader", missing=["R1"])
    take(world, pk, "prints")
    assert get("enrolment", pk).fingers == "L1,R2"
    decide("finger_order", '"L5,X9"')
    with pytest.raises(Conflict, match="不认识采集顺序“L5,X9”"):
        take(world, pk, "prints")
    assert get("enrolment", pk).fingers == "L1,R2"


def test_the_page_tells_what_was_found_and_takes_the_reason(world, client):
    decide("face_score", 101)
    pk = at_desk(world)
    officer = client("officer")
    shown = officer.get(f"/EX80/{pk}").get_data(as_text=True)
    assert "低于要求" in shown and "人工确认" in shown
    token = hidden(officer, f"/EX80/{pk}")["csrf_token"]
    place, sent = f"/EX80/{pk}/capture/match/confirm", {"csrf_token": token, "reason": "本人到场"}
    director = client("director")
    own = sent | {"csrf_token": hidden(director, "/")["csrf_token"]}
    assert director.post(place, data=own).status_code == 403
    assert get("enrolment", pk).score_reason is None
    assert officer.post(place, data=sent).status_code == 303
    assert "已人工确认：本人到场" in officer.get(f"/EX80/{pk}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("reason", "words"),
    [("  ", "请填写人工核对理由"), ("本人到场" * 51, "200")],
)
def test_a_reason_that_is_refused_stays_typed_beside_why(world, client, reason, words):
    decide("face_score", 101)
    pk, officer = at_desk(world), client("officer")
    token = hidden(officer, f"/EX80/{pk}")["csrf_token"]
    sent = {"csrf_token": token, "reason": reason}
    answer = officer.post(f"/EX80/{pk}/capture/match/confirm", data=sent)
    assert answer.status_code == 422
    assert f'value="{reason.strip()}"' in answer.text
    assert words in answer.text.partition('id="refused-match"')[2].partition("</span>")[0]
    assert get("enrolment", pk).score_reason is None
    sent["reason"] = "本人到场"
    assert officer.post(f"/EX80/{pk}/capture/match/confirm", data=sent).status_code == 303


def test_a_reason_for_what_needs_none_any_more_is_given_back(world, client):
    """Meanwhile somebody else took the portrait again, or finished the case."""
    pk, officer = at_desk(world), client("officer")
    token = hidden(officer, f"/EX80/{pk}")["csrf_token"]
    sent = {"csrf_token": token, "reason": "剪了头发"}
    for words in ("不需要人工确认", "记录在当前环节不能修改"):
        answer = officer.post(f"/EX80/{pk}/capture/match/confirm", data=sent)
        assert answer.status_code == 409
        assert words in answer.text and "您填写的理由没有保存：剪了头发" in answer.text
        if get("enrolment", pk).state != "passed":
            finish(world, pk)
