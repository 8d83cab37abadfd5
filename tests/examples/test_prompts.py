"""An action asks for values in its own dialog: on the page, over REST, for many at once; all of them or none."""

import re
from contextlib import suppress

import pytest

from app.core.db.database import elevated, session
from app.core.declare import registry
from app.core.errors import Rejected
from app.flow import engine
from tests.app.security.people import token
from tests.examples.deeds import do, get, save
from tests.examples.test_appraisal import ANSWERS, RAW, enter, post, state


@pytest.fixture
def due(world, app):
    """Two appraisals that wait for the director, and the director."""
    surveyors = [enter(app, f"surveyor-{number}", "surveyor")[0] for number in (1, 2)]
    found = []
    for name in ("铜镜", "瓷瓶"):
        pk = save(world, "appraisal", RAW | {"name": name})
        do(world, "appraisal", pk, "clerk", "submit")
        do(world, "appraisal", pk, "officer", "pass")
        for one in surveyors:
            post(one, f"/EX103/{pk}", "do/pass")
        assert state(pk)[0] == "decide"
        found.append(pk)
    return found, enter(app, "director-1", "director")[0]


def bulk(who, pks, values):
    """Take the action on several cases from the list."""
    sent = {"csrf_token": token(who, "/EX104/"), "ids": ",".join(map(str, pks)), **values}
    return who.post("/EX104/bulk/appraise", data=sent)


def kept(pk):
    session.expire_all()
    with elevated():
        record = get("appraisal", pk)
        return record.state, record.era, record.worth, record.genuine


def test_the_dialog_has_a_box_for_each_and_the_form_has_none(due, client):
    (pk, _), director = due
    page = director.get(f"/EX104/{pk}").text
    assert 'data-ask="appraise"' in page
    for name in ("era", "worth", "genuine"):
        assert f'name="values.appraise.{name}"' in page
    assert 'data-act="appraise" data-confirm' not in page, "it asks nobody whether they are sure"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"values.appraise.era": ""}, "请填写年代"),
        ({"values.appraise.worth": "很多"}, "请填写数字"),
        ({"values.appraise.worth": "-1"}, "不能小于"),
        ({"values.appraise.story": "传世"}, "审定时不填写“story”"),
        ({"values.appraise.nothing": "1"}, "审定时不填写“nothing”"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_written(due, changes, said):
    (pk, _), director = due
    answer = post(director, f"/EX104/{pk}", "do/appraise", **(ANSWERS | changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert kept(pk) == ("decide", None, None, None)


def test_it_is_written_with_the_step(due):
    (pk, _), director = due
    assert post(director, f"/EX104/{pk}", "do/appraise", **ANSWERS).status_code == 303
    assert kept(pk) == ("appraised", "唐", 1200000, True)


def test_another_button_asks_for_nothing_and_takes_nothing(due):
    (pk, _), director = due
    answer = post(director, f"/EX104/{pk}", "do/reject", comment="赝品", **ANSWERS)
    assert answer.status_code == 303, "boxes of another button are not sent to this one"
    assert kept(pk) == ("rejected", None, None, None)


def test_many_are_asked_once_and_each_is_written(due):
    pks, director = due
    page = director.get("/EX104/").text
    assert 'id="bulk-appraise"' in page
    assert 'name="values.appraise.era"' in page
    answer = bulk(director, pks, ANSWERS)
    assert answer.status_code == 200
    assert [kept(pk)[:2] for pk in pks] == [("appraised", "唐")] * 2


def test_of_many_that_lack_an_answer_none_is_written(due):
    pks, director = due
    answer = bulk(director, pks, ANSWERS | {"values.appraise.era": ""})
    assert answer.text.count("请填写年代") == 2
    assert [kept(pk)[:2] for pk in pks] == [("decide", None)] * 2


def test_rest_says_what_is_asked_for_and_takes_it(due):
    (pk, _), director = due
    token = re.search(r'name="csrf-token" content="([^"]+)"', director.get("/EX104/").text)[1]
    where, head = f"/api/v1/appraisal/{pk}", {"X-CSRFToken": token}
    offers = {o["action"]: o for o in director.get(where).json["offers"]}
    assert [one["field"] for one in offers["appraise"]["asks"]] == ["era", "worth", "genuine"]
    assert offers["reject"]["asks"] == []
    assert offers["appraise"]["lacks"] == []
    act = f"{where}/actions/appraise"
    answer = director.post(act, json={"values": {"era": "唐", "worth": True}}, headers=head)
    assert answer.status_code == 422
    assert [f["path"] for f in answer.json["faults"]] == ["values.worth"]
    answer = director.post(act, json={"values": {"era": "唐", "worth": "12000.00"}}, headers=head)
    assert [f["path"] for f in answer.json["faults"]] == ["values.genuine"]
    whole = {"era": "唐", "worth": "12000.00", "genuine": False}
    answer = director.post(act, json={"values": whole}, headers=head)
    assert answer.status_code == 200, answer.json
    assert kept(pk) == ("appraised", "唐", 1200000, False)


def test_whoever_may_change_a_draft_does_not_write_what_is_asked_for_later(world):
    with suppress(Rejected):
        save(world, "appraisal", RAW | {"era": "汉"})
    pk = save(world, "appraisal", RAW)
    assert (get("appraisal", pk).era, get("appraisal", pk).worth) == (None, None)
    flow = registry.flow_of("appraisal")
    assert flow.action("appraise").asks == ("era", "worth", "genuine")
    assert engine.case_of(get("appraisal", pk)).state == "draft"
