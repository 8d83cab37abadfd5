"""Deputies in the product: named on one's own page, standing in the queues and at the gate from that day on."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.flow.models import Case, Deputy
from app.flow.people import deputies
from app.messaging.models import InboxMessage
from app.security import accounts, colleagues, request_identity
from tests.app.security.conftest import Moment
from tests.app.security.people import open_person, post, sign_in


@pytest.fixture
def url(database_url: str) -> str:
    """Both kinds of database: names and periods are compared in SQL."""
    return database_url


def name(app: Flask, person: int, deputy: int, first: str, last: str) -> Deputy:
    with app.app_context(), acting_as(SYSTEM):
        return deputies.name(person, deputy, date.fromisoformat(first), date.fromisoformat(last))


def test_a_deputy_holds_the_queues_of_the_person_from_day_to_day(
    app: Flask, client: FlaskClient, moment: Moment
) -> None:
    clerk = open_person(app, "clerk", "clerk", name="王晓")
    helper = open_person(app, "helper", "district_clerk", name="李文")
    sign_in(client, "helper")
    assert client.get("/T02/").status_code == 403
    name(app, clerk, helper, "2026-11-25", "2026-11-26")
    assert client.get("/T02/").status_code == 403
    moment.forward(days=1)
    sign_in(client, "helper")
    assert client.get("/T02/").status_code == 200
    with app.test_request_context():
        actor = request_identity.actor_of(helper)
    assert [one.name for one in actor.stands_for] == ["王晓"]
    assert actor.roles == {"district_clerk"}
    assert (actor.reach(), actor.reach("T02")) == ("district", "all")
    moment.forward(days=2)
    sign_in(client, "helper")
    assert client.get("/T02/").status_code == 403


def test_no_right_to_administer_is_passed_on(app: Flask, client: FlaskClient) -> None:
    boss = open_person(app, "boss", "system_admin")
    helper = open_person(app, "helper", "district_clerk")
    name(app, boss, helper, "2026-11-24", "2026-11-30")
    sign_in(client, "helper")
    assert client.get("/T03/").status_code == 403


def test_nobody_stands_for_a_closed_account(app: Flask, client: FlaskClient) -> None:
    clerk = open_person(app, "clerk", "clerk")
    helper = open_person(app, "helper", "district_clerk")
    name(app, clerk, helper, "2026-11-24", "2026-11-30")
    sign_in(client, "helper")
    assert client.get("/T02/").status_code == 200
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        accounts.close(accounts.get(clerk), "调离")
    assert client.get("/T02/").status_code == 403


def test_a_person_names_and_ends_a_deputy_on_the_own_page(app: Flask, client: FlaskClient) -> None:
    open_person(app, "clerk", "clerk", name="王晓")
    helper = open_person(app, "helper", "district_clerk", name="李文")
    open_person(app, "stranger", "district_clerk", name="外人", org_id=7)
    open_person(app, "newcomer", "newcomer", name="新来的")
    sign_in(client, "clerk")
    page = client.get("/me/deputies").text
    assert "李文" in page
    assert "外人" not in page
    assert "新来的" not in page
    wrong = post(client, "/me/deputies", deputy=helper, first="2026-11-24", last="2026-11-20")
    assert wrong.status_code == 422
    assert "结束日期不能早于今天" in wrong.text
    assert 'value="2026-11-20"' in wrong.text
    right = post(
        client, "/me/deputies", deputy=helper, first="2026-11-24", last="2026-11-30", reason="休假"
    )
    assert right.status_code == 302
    assert "代理中" in client.get("/me/deputies").text
    session.remove()
    with acting_as(SYSTEM):
        told = session.query(InboxMessage).one()
        assert (told.account_id, told.title) == (helper, "委托代理")
        row = session.query(Deputy).one()
    assert post(client, f"/me/deputies/{row.id}/end").status_code == 302
    assert "已提前结束" in client.get("/me/deputies").text


def test_nobody_ends_what_another_has_named(app: Flask, client: FlaskClient) -> None:
    clerk = open_person(app, "clerk", "clerk")
    helper = open_person(app, "helper", "district_clerk")
    row = name(app, clerk, helper, "2026-11-24", "2026-11-30")
    sign_in(client, "helper")
    assert post(client, f"/me/deputies/{row.id}/end").status_code == 404


def test_roles_that_exclude_each_other_do_not_meet_by_a_deputy(app: Flask) -> None:
    auditor = open_person(app, "auditor", "auditor")
    clerk = open_person(app, "clerk", "clerk")
    with app.app_context():
        assert "不能由同一人办理" in colleagues.Accounts().conflict(clerk, auditor)
        assert colleagues.Accounts().conflict(clerk, clerk) == ""


def test_somebody_from_outside_is_no_deputy_of_the_office(app: Flask) -> None:
    clerk = open_person(app, "clerk", "clerk")
    open_person(app, "stranger", "newcomer")
    helper = open_person(app, "helper", "clerk")
    with app.app_context():
        assert [one.id for one in colleagues.Accounts().colleagues(clerk)] == [helper]


def test_who_holds_a_role_within_reach_of_a_case(app: Flask) -> None:
    everywhere = open_person(app, "clerk", "clerk", name="王晓")
    here = open_person(app, "liaison", "liaison", name="陈思", org_id=1)
    open_person(app, "other", "liaison", name="外人", org_id=2)
    case = Case(org_id=1, district="e", applicant_id=None)
    with app.app_context():
        source = colleagues.Accounts()
        assert [one.id for one in source.holders("clerk", case)] == [everywhere]
        assert [one.id for one in source.holders("liaison", case)] == [here]
        assert source.holders("nobody", case) == []
