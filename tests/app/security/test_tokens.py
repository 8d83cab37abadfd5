"""Bearer tokens: named functions, an end, and no browser in between."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.actor import acting_as
from app.core.database import session, unit_of_work
from app.core.errors import Refused, Rejected
from app.security import accounts, tokens
from app.security.models import Token
from app.security.who import actor_of
from tests.app.security.people import open_person


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
    from tests.app.security.people import sign_in

    sign_in(client, "clerk1")
    assert client.get("/T02/", headers=bearer("pt_wrong")).status_code == 401


def test_the_database_holds_a_hash(app, person):
    text = issue(app, person)
    with app.app_context():
        assert text not in session.scalars(select(Token.hash)).one()


def test_nobody_makes_a_personal_token_for_somebody_else(app, person):
    other = open_person(app, "clerk2", "clerk")
    with app.app_context(), acting_as(actor_of(other)), pytest.raises(Refused):
        tokens.issue(
            accounts.get(person), "x", ["T02"], clock.now() + timedelta(days=1), kind="person"
        )


@pytest.mark.parametrize(
    ("functions", "days"), [([], 30), (["X99"], 30), (["T02"], 91), (["T02"], -1)]
)
def test_a_token_names_functions_and_an_end_within_bounds(app, person, functions, days):
    with pytest.raises(Rejected):
        issue(app, person, functions=functions, days=days)
