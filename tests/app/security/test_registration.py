"""A newcomer registers by telephone and is led to registering the organisation."""

import re

from sqlalchemy import select

from app.core.db.database import session, unit_of_work
from app.security import accounts, passwords
from app.security.models import Account
from tests.app.security.people import open_person, sign_in
from tests.app.security.test_passwords import NEW, last_code, send

FORM = {"name": "吴新", "post": "职员", "password": NEW, "again": NEW}


def test_a_newcomer_gets_an_account_that_can_register_an_organisation_and_nothing_else(app, client):
    send(client, "/register/code", phone="13800000009")
    answer = send(client, "/register", phone="13800000009", code=last_code(app), **FORM)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/T01/"
    assert client.get("/T02/").status_code == 403
    with app.app_context():
        made = accounts.by_phone("13800000009")
        assert made.org_id is None
        assert [role.name for role in made.user.roles] == ["newcomer"]
        assert made.user.username == "13800000009"
        assert made.must_change_password is False


def test_a_wrong_code_opens_nothing_and_keeps_what_was_typed(app, client):
    send(client, "/register/code", phone="13800000009")
    answer = send(client, "/register", phone="13800000009", code="abc", **FORM)
    assert answer.status_code == 422
    assert 'value="吴新"' in answer.text
    with app.app_context():
        assert session.scalars(select(Account)).all() == []


def test_a_number_that_has_an_account_gets_no_code_but_the_same_answer(app, client):
    open_person(app, "clerk1", "clerk", phone="13800000001")
    taken = send(client, "/register/code", phone="13800000001")
    free = send(client, "/register/code", phone="13800000002")
    assert (taken.status_code, taken.json) == (free.status_code, free.json)


def test_a_code_for_one_purpose_does_not_serve_another(app, client):
    open_person(app, "clerk1", "clerk", phone="13800000001")
    send(client, "/forgotten/code", phone="13800000001")
    answer = send(client, "/register", phone="13800000001", code=last_code(app), **FORM)
    assert answer.status_code == 422


def test_a_newcomer_is_led_to_the_registration_at_every_sign_in(app, client):
    open_person(app, "newcomer1", "newcomer")
    assert sign_in(client, "newcomer1").headers["Location"] == "/T01/"


def test_whoever_has_an_organisation_goes_to_the_workbench(app, client):
    open_person(app, "liaison1", "liaison", org_id=1)
    assert sign_in(client, "liaison1").headers["Location"] == "/"


def test_what_is_missing_is_called_as_the_page_calls_it(app, client):
    answer = send(client, "/register")
    assert answer.status_code == 422
    labels = set(re.findall(r"<label [^>]*>([^<]+)<", answer.text))
    said = re.findall(r'class="door-fault"[^>]*>请填写([^<]+)<', answer.text)
    assert set(said) == labels == {"姓名", "职务", "手机号", "短信验证码", "密码", "再输一次"}
    answer = send(client, "/forgotten")
    assert "请填写登记的手机号" in answer.text and "请填写新密码" in answer.text


def test_a_first_password_is_called_so_in_what_is_wrong_with_it(app, client):
    pk = open_person(app, "clerk1", "clerk")
    with app.app_context(), unit_of_work():
        first = passwords.set_initial(session.get(Account, pk))
    sign_in(client, "clerk1", first)
    form = {"password": "Bridge-over-1", "again": "Bridge-over-1"}
    missing = send(client, "/me/password", **form)
    assert ">初始密码<" in missing.text and "请填写初始密码" in missing.text
    assert "初始密码不正确" in send(client, "/me/password", old="x", **form).text
