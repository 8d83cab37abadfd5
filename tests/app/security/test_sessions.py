"""Sessions live on the server: they idle, they end, they are listed, and their cookie is small."""

import pytest
from sqlalchemy import select

from app.core.db.database import session, unit_of_work
from app.security import sessions
from app.security.models import ServerSession
from tests.app.security.people import PASSWORD, Statements, open_person, post, sign_in

NEW = "Another-Bridge-88"


@pytest.fixture
def person(app, client):
    pk = open_person(app, "clerk1", "clerk")
    sign_in(client, "clerk1")
    return pk


def test_the_cookie_is_small_and_closed_to_scripts(app, client, person):
    raw = client.get_cookie("s")
    assert raw.http_only
    assert raw.same_site == "Lax"
    assert len(raw.value) < 300


def test_the_database_holds_a_hash_and_not_the_token(app, client, person):
    with client.session_transaction() as cookie, app.app_context():
        row = session.scalars(select(ServerSession)).one()
        assert cookie["t"] not in row.token_hash
        assert len(row.token_hash) == 64


def test_an_idle_session_ends_and_leads_back(app, client, moment, person):
    moment.forward(minutes=29)
    assert client.get("/T02/").status_code == 200
    moment.forward(minutes=29)
    assert client.get("/T02/").status_code == 200
    moment.forward(minutes=31)
    answer = client.get("/T02/")
    assert answer.headers["Location"].startswith("/sign-in?next=")


def test_what_a_page_asks_on_its_own_keeps_nobody_signed_in(app, client, moment, person):
    for _ in range(4):
        moment.forward(minutes=9)
        answer = client.get("/T02/", headers={"X-Background": "1"})
    assert answer.status_code == 302


def test_a_session_ends_after_twelve_hours_however_busy(app, client, moment, person):
    for _ in range(25):
        moment.forward(minutes=29)
        answer = client.get("/T02/")
    assert answer.status_code == 302


def test_a_program_is_told_by_status_and_htmx_by_a_header(app, client):
    answer = client.get("/T02/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json["message"]
    answer = client.post(
        "/T02/1/do/pass",
        headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/T02/?q=x"},
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].endswith("next=/T02/?q%3Dx")


def test_a_form_that_outlived_its_session_leads_to_the_page_it_was_on(app, client, moment, person):
    moment.forward(hours=2)
    answer = client.post("/T02/1/do/pass", headers={"Referer": "http://localhost/T02/?q=x"})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("next=/T02/?q%3Dx")


def test_signing_out_ends_the_session_for_a_copied_cookie_too(app, client, person):
    copied = client.get_cookie("s").value
    post(client, "/sign-out")
    other = app.test_client()
    other.set_cookie("s", copied)
    assert other.get("/T02/").status_code == 302


def test_signing_out_by_a_link_is_not_possible(app, client, person):
    assert client.get("/sign-out").status_code == 405
    assert client.get("/T02/").status_code == 200


def test_a_cookie_that_was_tampered_with_counts_for_nothing(app, client, person):
    client.set_cookie("s", client.get_cookie("s").value[:-2] + "xx")
    assert client.get("/T02/").status_code == 302


def test_changing_the_password_ends_the_other_sessions(app, client, person):
    other = app.test_client()
    sign_in(other, "clerk1")
    answer = post(client, "/me/password", old=PASSWORD, password=NEW, again=NEW)
    assert answer.status_code == 302
    assert client.get("/T02/").status_code == 200
    assert other.get("/T02/").status_code == 302


def test_one_may_end_ones_own_other_session_but_nobody_elses(app, client, person):
    other = app.test_client()
    sign_in(other, "clerk1")
    open_person(app, "clerk2", "clerk")
    stranger = app.test_client()
    sign_in(stranger, "clerk2")
    with app.app_context():
        rows = session.scalars(select(ServerSession).order_by(ServerSession.id)).all()
        mine, theirs = rows[1].id, rows[2].id
    assert post(client, f"/me/sessions/{theirs}/end").status_code == 409
    assert stranger.get("/T02/").status_code == 200
    assert post(client, f"/me/sessions/{mine}/end").status_code == 302
    assert other.get("/T02/").status_code == 302


def test_closing_the_account_ends_its_sessions(app, client, person):
    from app.security import accounts

    with app.app_context(), unit_of_work():
        accounts.close(accounts.get(person), "离职")
    assert client.get("/T02/").status_code == 302
    with app.app_context():
        assert sessions.open_sessions(person) == []


def test_last_seen_is_written_once_a_minute(app, client, moment, person):
    client.get("/T02/")
    with Statements(app) as statements:
        client.get("/T02/")
    assert not [s for s in statements if s.startswith("UPDATE")]
    moment.forward(seconds=61)
    with Statements(app) as statements:
        client.get("/T02/")
    assert len([s for s in statements if s.startswith("UPDATE")]) == 1


def test_a_forms_secret_belongs_to_its_session(app, client, person):
    from tests.app.security.people import token

    other = app.test_client()
    sign_in(other, "clerk1")
    foreign = token(other, "/me")
    assert client.post("/T02/1/do/pass", data={"csrf_token": foreign}).status_code == 400


def test_addresses_come_from_trusted_proxies_only(app, tmp_path):
    from dataclasses import replace

    from app import settings
    from app.security.models import SignIn
    from app.web.factory import create_app

    open_person(app, "clerk1", "clerk")
    behind = create_app(
        replace(settings.load({"VAR": str(tmp_path)}), proxies=1), session.get_bind()
    )
    for made in (app, behind):
        client = made.test_client()
        client.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.9, 198.51.100.7"
        sign_in(client, "clerk1")
    with app.app_context():
        assert [r.ip for r in session.scalars(select(SignIn).order_by(SignIn.id))] == [
            "127.0.0.1",
            "198.51.100.7",
        ]
