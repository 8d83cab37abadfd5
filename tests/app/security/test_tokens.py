"""Bearer tokens: named functions, an end, and no browser in between."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import acting_as
from app.core.db.database import session, unit_of_work
from app.core.errors import Refused, Rejected
from app.security import accounts, passwords, tokens
from app.security.models import Token
from app.security.request_identity import actor_of
from tests.app.security.people import PASSWORD, open_person, post, sign_in
from tests.harness.refusals import refused


@pytest.fixture
def person(app):
    return open_person(app, "clerk1", "clerk")


def issue(app, pk, functions=("T02",), days=30, kind="person"):
    with app.app_context(), acting_as(actor_of(pk)), unit_of_work():
        expires = clock.now() + timedelta(days=days)
        return tokens.issue(accounts.get(pk), "对接", functions, expires, kind=kind)


def bearer(text):
    return {"Authorization": f"Bearer {text}", "Accept": "application/json"}


def test_a_token_stands_for_its_person_without_form_or_cookie(app, client, person):
    text = issue(app, person)
    assert client.get("/T02/", headers=bearer(text)).status_code == 200
    assert client.post("/T02/7/do/pass", headers=bearer(text)).text == "7 pass"
    assert "Set-Cookie" not in client.get("/T02/", headers=bearer(text)).headers


def test_it_is_good_for_the_named_functions_only(app, client, person):
    text = issue(app, person, functions=("T01",))
    assert client.get("/T02/", headers=bearer(text)).status_code == 403


def test_it_never_gives_more_than_the_person_has(app, client, person):
    text = issue(app, person, functions=("T02", "T03"))
    assert client.get("/T03/", headers=bearer(text)).status_code == 403


def test_it_ends_when_it_says(app, client, person, moment):
    text = issue(app, person, days=1)
    moment.forward(days=2)
    assert client.get("/T02/", headers=bearer(text)).status_code == 401


def test_it_ends_when_it_is_revoked(app, client, person):
    text = issue(app, person)
    with app.app_context(), unit_of_work():
        tokens.revoke(session.scalars(select(Token.id)).one())
    assert client.get("/T02/", headers=bearer(text)).status_code == 401


def test_it_ends_with_the_account(app, client, person):
    text = issue(app, person)
    with app.app_context(), unit_of_work():
        accounts.close(accounts.get(person), "离职")
    assert client.get("/T02/", headers=bearer(text)).status_code == 401


def test_a_wrong_token_is_not_saved_by_a_good_cookie(app, client, person):
    sign_in(client, "clerk1")
    assert client.get("/T02/", headers=bearer("pt_wrong")).status_code == 401


def test_the_database_holds_a_hash(app, person):
    text = issue(app, person)
    with app.app_context():
        assert text not in session.scalars(select(Token.hash)).one()


def test_nobody_makes_a_personal_token_for_somebody_else(app, person):
    other = open_person(app, "clerk2", "clerk")
    with app.app_context(), acting_as(actor_of(other)), refused(Refused, "个人令牌只能由本人建立"):
        tokens.issue(
            accounts.get(person), "x", ["T02"], clock.now() + timedelta(days=1), kind="person"
        )


@pytest.mark.parametrize(
    ("functions", "days", "words"),
    [
        ([], 30, "请选择允许调用的功能"),
        (["X99"], 30, "请选择允许调用的功能"),
        (["T02"], 91, "有效期最长 90 天"),
        (["T02"], -1, "有效期最长 90 天"),
    ],
)
def test_a_token_names_functions_and_an_end_within_bounds(app, person, functions, days, words):
    with refused(Rejected, words):
        issue(app, person, functions=functions, days=days)


def test_a_person_makes_and_ends_a_token_on_a_page(app, client, person):
    sign_in(client, "clerk1")
    answer = post(
        client,
        "/me/tokens",
        password=PASSWORD,
        title="报表程序",
        days="30",
        function=["T02", "T03"],
    )
    text = re.search(r"<code>(pt_[^<]+)</code>", answer.text)[1]
    other = app.test_client()
    assert other.get("/T02/", headers=bearer(text)).status_code == 200
    with app.app_context():
        row = session.scalars(select(Token)).one()
        assert row.function_ids == {"T02"}  # T03 is not theirs to give
    assert text not in client.get("/me/tokens").text
    post(client, "/me/tokens", revoke=row.id)
    assert other.get("/T02/", headers=bearer(text)).status_code == 401


def test_nobody_ends_a_token_of_somebody_else(app, client, person):
    text = issue(app, person)
    open_person(app, "clerk2", "clerk")
    sign_in(client, "clerk2")
    with app.app_context():
        pk = session.scalars(select(Token.id)).one()
    assert post(client, "/me/tokens", revoke=pk).status_code == 409
    assert app.test_client().get("/T02/", headers=bearer(text)).status_code == 200


def test_a_token_cannot_make_another_one(app, client, person):
    text = issue(app, person)
    answer = client.post(
        "/me/tokens", headers=bearer(text), data={"title": "x", "days": "1", "function": "T02"}
    )
    assert answer.status_code == 403


def test_a_system_has_an_account_without_password_and_tokens_from_an_administrator(app, client):
    open_person(app, "system1", "system_admin")
    sign_in(client, "system1")
    assert (
        post(client, "/T03/new", name="数据交换", username="exchange", system="1").status_code
        == 200
    )
    with app.app_context(), unit_of_work():
        made = accounts.by_name("exchange")
        assert made.is_system
        made.user.roles = accounts.find_roles(("clerk",))
        pk = made.id
    assert sign_in(app.test_client(), "exchange", "").status_code == 401
    answer = post(
        client, f"/T03/{pk}/tokens", password=PASSWORD, title="交换", days="366", function=["T02"]
    )
    text = re.search(r"<code>(pt_[^<]+)</code>", answer.text)[1]
    assert app.test_client().get("/T02/", headers=bearer(text)).status_code == 200
    assert post(client, f"/T03/{pk}/reset").status_code == 409


def test_a_form_of_a_screen_is_taken_from_a_token_without_the_secret_of_forms(app, client):
    """The token proves itself: the form does not ask for a second proof, nor is it taken without any."""
    pk = open_person(app, "system1", "system_admin")
    text = issue(app, pk, functions=("T03",))
    typed = {"name": "陈立", "username": "chenli"}
    assert app.test_client().post("/T03/new", data=typed).status_code != 200
    with app.app_context():
        assert accounts.by_name("chenli") is None
    assert client.post("/T03/new", data=typed, headers=bearer(text)).status_code == 200
    with app.app_context():
        assert accounts.by_name("chenli") is not None


def test_an_administrator_makes_no_token_for_a_person(app, client, person):
    open_person(app, "system1", "system_admin")
    sign_in(client, "system1")
    assert (
        post(
            client,
            f"/T03/{person}/tokens",
            password=PASSWORD,
            title="x",
            days="1",
            function=["T02"],
        ).status_code
        == 409
    )
    with app.app_context(), acting_as(actor_of(person)), refused(Refused, "不能替他人建立"):
        tokens.issue(
            accounts.get(person), "x", ["T02"], clock.now() + timedelta(days=1), kind="system"
        )


def test_a_new_password_ends_the_tokens(app, client, person):
    """Whoever knew the old one may have made them."""
    text = issue(app, person)
    assert client.get("/T02/", headers=bearer(text)).status_code == 200
    with app.app_context(), unit_of_work():
        passwords.set_password(accounts.get(person), "Green-Heron-88", first=False)
    assert client.get("/T02/", headers=bearer(text)).status_code == 401


def test_making_a_token_asks_for_the_password(app, client, person):
    sign_in(client, "clerk1")
    form = {"title": "对接", "days": "30", "function": "T02"}
    for wrong in ({}, {"password": "Yellow-Crane-78"}):
        answer = post(client, "/me/tokens", **form, **wrong)
        assert answer.status_code == 422 and "密码不正确" in answer.text and "对接" in answer.text
    assert "pt_" in post(client, "/me/tokens", **form, password=PASSWORD).text
