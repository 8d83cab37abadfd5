"""Urging and handing on by the page of a case, and deciding for somebody who is away."""

from flask import Flask
from flask.testing import FlaskClient

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session
from app.flow.models import Task
from app.flow.people import deputies
from app.messaging.models import InboxMessage
from app.security import accounts
from tests.app.security.people import open_person
from tests.app.web.case.test_page import CHECKED, text
from tests.app.web.desk.people import act, browser, hidden, submitted
from tests.app.web.desk_fixtures import clerk, desk, liaison
from tests.app.web.ground import NOW

__all__ = ["clerk", "desk", "liaison"]


def send(client: FlaskClient, address: str, name: str, **values: object):
    """Send one of the forms of the page and follow to the page."""
    token = hidden(client, address)["csrf_token"]
    data = {"csrf_token": token, **values}
    return client.post(f"{address}/{name}", data=data, follow_redirects=True)


def task_of(pk: int) -> Task:
    session.remove()
    with acting_as(SYSTEM):
        return session.query(Task).filter_by(step="check", done_at=None).one()


def number(username: str) -> int:
    with acting_as(SYSTEM):
        found = accounts.by_name(username)
        assert found
        return found.id


def test_the_applicant_urges_once_a_day(liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = submitted(liaison)
    address = f"/D01/{pk}"
    assert 'data-open="urge"' in text(liaison, address)
    answer = send(liaison, address, "urge", comment="下周就要用")
    assert "已催办：通知“审核”环节 2 人" in answer.text
    assert "催办（已通知 2 人）" in answer.text
    assert 'data-open="urge" disabled' in answer.text
    again = send(liaison, address, "urge")
    assert "明天可再次催办" in again.text
    session.remove()
    with acting_as(SYSTEM):
        told = session.query(InboxMessage).filter_by(title="催办").all()
        assert {row.account_id for row in told} == {number("clerk"), number("second")}
        assert "下周就要用" in told[0].text
    assert 'data-open="urge"' not in text(clerk, f"/D02/{pk}")  # it is the clerk's own turn


def test_a_task_is_handed_on_and_back(
    desk: Flask, liaison: FlaskClient, clerk: FlaskClient
) -> None:
    pk = submitted(liaison)
    address, second = f"/D02/{pk}", browser(desk, "second")
    page = text(clerk, address)
    assert 'data-open="hand"' in page
    assert f'<option value="{number("second")}">李文</option>' in page
    wrong = send(
        clerk, address, "reassign", task=task_of(pk).id, to=number("chief"), comment="下周出差"
    )
    assert wrong.status_code == 422
    dialog = wrong.text.partition('id="hand" data-opened')[2].partition("</dialog>")[0]
    assert "请选择可以办理该环节的人员" in dialog and "下周出差</textarea>" in dialog
    answer = send(
        clerk, address, "reassign", task=task_of(pk).id, to=number("second"), comment="出差"
    )
    assert "已转办“审核”环节" in answer.text
    assert "转给" in answer.text
    assert 'data-act="pass"' not in answer.text
    refused = act(clerk, "/D02", pk, "pass", **CHECKED)
    assert refused.status_code == 403
    assert "已转由李文办理" in refused.get_json()["message"]
    assert f"/D02/{pk}" in text(second, "/D02/")
    assert f'/D02/{pk}"' not in text(clerk, "/D02/")
    send(clerk, address, "reassign", task=task_of(pk).id, to=0)
    assert act(clerk, "/D02", pk, "pass", **CHECKED).status_code == 200


def test_without_the_right_there_is_no_such_form(liaison: FlaskClient) -> None:
    pk = submitted(liaison)
    assert 'data-open="hand"' not in text(liaison, f"/D01/{pk}")
    data = {"csrf_token": hidden(liaison, f"/D01/{pk}")["csrf_token"], "task": 1, "to": 1}
    assert liaison.post(f"/D01/{pk}/reassign", data=data).status_code == 404  # it hands nothing on
    refused = liaison.post(f"/D02/{pk}/reassign", data=data)
    assert (refused.status_code, "没有权限" in refused.text) == (403, True)


def test_a_deputy_decides_in_the_name_of_the_person(desk: Flask, liaison: FlaskClient) -> None:
    helper = open_person(desk, "helper", "chief", name="周平")
    pk = submitted(liaison)
    day = NOW.date()
    with desk.app_context(), acting_as(SYSTEM):
        deputies.name(number("clerk"), helper, day, day)
    client = browser(desk, "helper")
    page = text(client, f"/D02/{pk}")
    assert "您以 <strong>王晓</strong> 的名义代为办理" in page
    assert act(client, "/D02", pk, "pass", **CHECKED).status_code == 200
    assert "周平（代王晓）" in text(liaison, f"/D01/{pk}")
