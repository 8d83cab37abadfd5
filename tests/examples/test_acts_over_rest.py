"""Verdicts on single rows and what devices read, given by programs: an offer names what is asked for."""

import pytest

from tests.app.security.people import token
from tests.examples import test_enrolment
from tests.examples.deeds import do, get
from tests.examples.test_cards import card
from tests.examples.test_enrolment import begin

station, connected = test_enrolment.station, test_enrolment.connected


@pytest.fixture
def send(client):
    """Post as somebody who works for the office in a browser's session."""
    person = client("officer")
    head = {"X-CSRFToken": token(person, "/me")}

    def post(path, body):
        return person.post(f"/api/v1/{path}", json=body, headers=head)

    post.person = person
    return post


def offer(send, path, name):
    (found,) = [o for o in send.person.get(f"/api/v1/{path}").json["offers"] if o["action"] == name]
    return found


def verdicts(pk):
    return [row.verdict for row in get("card_application", pk).applicants]


def test_an_offer_names_the_rows_and_the_verdicts_and_takes_them(world, send):
    _, pk = card(world)
    do(world, "card_application", pk, "clerk", "submit")
    do(world, "card_application", pk, "officer", "pass")
    where = f"card_application/{pk}"
    judges = offer(send, where, "judge")["judges"]
    assert judges["list"] == "applicants"
    assert [row["title"] for row in judges["rows"]] == ["甲", "乙", "丙"]
    assert {"agreed", "refused"} <= {one["code"] for one in judges["verdicts"]}
    assert offer(send, where, "reject")["judges"] is None
    first, second, third = (str(row["id"]) for row in judges["rows"])
    body = {"comment": "同意", "verdicts": {first: "agreed", second: "nonsense"}}
    answer = send(f"{where}/actions/judge", body)
    assert answer.status_code == 422
    assert {one["path"] for one in answer.json["faults"]} == {
        f"verdicts.{second}", f"verdicts.{third}",
    }  # fmt: skip
    for wrong in ([first], {first: 1}, {"x": "agreed"}, "agreed"):
        answer = send(f"{where}/actions/judge", {"verdicts": wrong})
        assert answer.status_code == 422
        assert [one["path"] for one in answer.json["faults"]] == ["verdicts"]
    assert verdicts(pk) == [None] * 3
    body["verdicts"] = {first: "agreed", second: "refused", third: "agreed"}
    assert send(f"{where}/actions/judge", body).status_code == 200
    assert verdicts(pk) == ["agreed", "refused", "agreed"]


def test_devices_read_when_a_program_says_so(world, station, send):
    pk = begin(world, "passport")
    where = f"enrolment/{pk}"
    wanted = send.person.get(f"/api/v1/{where}").json["captures"]
    assert [(one["name"], one["counts"]) for one in wanted] == [
        ("card", False), ("portrait", False), ("match", False),
    ]  # fmt: skip
    early = send(f"{where}/captures/match", {})
    assert (early.status_code, early.json["message"]) == (409, "还没有证件照、照片，不能人证比对")
    assert send(f"{where}/captures/nothing", {}).status_code == 404
    assert send(f"{where}/captures/card", {"name": "王伟"}).status_code == 422
    assert send(f"{where}/captures/card", {}).json["values"]["name"] == "王伟"
    station.next("camera", person="somebody else")
    assert send(f"{where}/captures/portrait", {}).status_code == 200
    match = send(f"{where}/captures/match", {}).json["captures"][2]
    assert (match["counts"], match["may_confirm"]) == (False, True)
    refused = send(f"{where}/captures/match/confirm", {"reason": " "})
    assert refused.status_code == 422
    assert [one["path"] for one in refused.json["faults"]] == ["score_reason"]
    told = send(f"{where}/captures/match/confirm", {"reason": "剪了头发"}).json["captures"][2]
    assert (told["counts"], told["confirmed"]) == (True, "剪了头发")
    assert send(f"{where}/actions/finish", {}).status_code == 200
    assert get("enrolment", pk).state == "passed"
    assert send(f"{where}/captures/card", {}).status_code in (403, 404, 409)


def test_the_description_has_captures_only_where_devices_read(send):
    described = send.person.get("/api/v1/openapi.json").json["paths"]
    assert "/api/v1/enrolment/{pk}/captures/{name}/confirm" in described
    assert not any(one.startswith("/api/v1/journey/") and "/captures/" in one for one in described)
