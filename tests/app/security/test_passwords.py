"""What is asked of a password, and how one is changed or set anew."""

import re

import pytest
from sqlalchemy import select

from app.core.db.database import session, unit_of_work
from app.messaging.models import SmsRecord
from app.security import passwords
from app.security.models import Account, PastPassword, SmsCode
from tests.app.security.people import PASSWORD, account, open_person, post, sign_in, token

NEW = "Another-Bridge-88"


def send(client, path, **data):
    page = path.removesuffix("/code")
    return client.post(path, data={"csrf_token": token(client, page), **data})


def last_code(app):
    with app.app_context():
        row = session.scalars(select(SmsRecord).order_by(SmsRecord.id.desc())).first()
        return re.search(r"\d{6}", row.text)[0] if row else None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Short-1", "至少需要 10 位"),
        ("onlylowercase", "至少三类"),
        ("clerk1-Office-1", "不能包含用户名"),
        ("Password-2026", "太容易被猜到"),
        ("Aa1Aa1Aa1Aa1", "太容易被猜到"),
        ("A1-" + "x" * 130, "不能超过 128 位"),
    ],
)
def test_a_weak_password_is_refused_in_words(app, password, words):
    with app.app_context():
        assert words in "；".join(passwords.faults(password, None, "clerk1", "13800000001"))


def test_a_good_password_is_accepted(app):
    with app.app_context():
        assert passwords.faults(NEW, None, "clerk1") == []
        assert passwords.faults("江城-Bridge-88", None, "clerk1") == []


def test_the_last_five_passwords_are_not_taken_again(app, client):
    pk = open_person(app, "clerk1", "clerk")
    with app.app_context():
        for n in range(6):
            with unit_of_work():
                passwords.set_password(session.get(Account, pk), f"Bridge-over-{n}{n}", first=False)
        kept = session.scalars(select(PastPassword)).all()
        assert len(kept) == 5
        person = session.get(Account, pk)
        assert passwords.faults("Bridge-over-55", person)
        assert passwords.faults("Bridge-over-11", person)
        assert passwords.faults("Bridge-over-00", person)
        assert passwords.faults(PASSWORD, person) == []


def test_changing_it_asks_for_the_old_one(app, client):
    open_person(app, "clerk1", "clerk")
    sign_in(client, "clerk1")
    answer = post(client, "/me/password", old="wrong", password=NEW, again=NEW)
    assert answer.status_code == 422
    assert "原密码不正确" in answer.text
    answer = post(client, "/me/password", old=PASSWORD, password=NEW, again="other")
    assert "两次输入的密码不一致" in answer.text
    assert post(client, "/me/password", old=PASSWORD, password=NEW, again=NEW).status_code == 302
    assert sign_in(app.test_client(), "clerk1", NEW).status_code == 302


def test_a_first_password_must_be_changed_before_anything_else(app, client):
    pk = open_person(app, "clerk1", "clerk")
    with app.app_context(), unit_of_work():
        first = passwords.set_initial(session.get(Account, pk))
        assert len(first) >= 12
    sign_in(client, "clerk1", first)
    answer = client.get("/T02/")
    assert answer.headers["Location"] == "/me/password"
    post(client, "/me/password", page="/me/password", old=first, password=NEW, again=NEW)
    assert client.get("/T02/").status_code == 200


def test_an_old_password_must_be_changed(app, client, moment):
    open_person(app, "clerk1", "clerk")
    moment.forward(days=91)
    sign_in(client, "clerk1")
    assert client.get("/T02/").headers["Location"] == "/me/password"


def test_the_database_holds_hashes(app):
    pk = open_person(app, "clerk1", "clerk")
    with app.app_context():
        assert PASSWORD not in account(pk).user.password


def test_a_forgotten_password_is_set_anew_by_a_code(app, client):
    pk = open_person(app, "clerk1", "clerk", phone="13800000001")
    signed = app.test_client()
    sign_in(signed, "clerk1")
    answer = send(client, "/forgotten/code", phone="13800000001")
    assert answer.status_code == 200
    code = last_code(app)
    answer = send(client, "/forgotten", phone="13800000001", code=code, password=NEW, again=NEW)
    assert answer.status_code == 302
    assert sign_in(client, "clerk1", NEW).status_code == 302
    assert signed.get("/T02/").status_code == 302
    with app.app_context():
        assert account(pk).must_change_password is False


def test_a_code_works_once(app, client):
    open_person(app, "clerk1", "clerk", phone="13800000001")
    send(client, "/forgotten/code", phone="13800000001")
    code = last_code(app)
    assert (
        send(
            client, "/forgotten", phone="13800000001", code=code, password=NEW, again=NEW
        ).status_code
        == 302
    )
    answer = send(
        client, "/forgotten", phone="13800000001", code=code, password=NEW + "x", again=NEW + "x"
    )
    assert answer.status_code == 422


def test_a_code_is_not_used_up_by_a_weak_password(app, client):
    open_person(app, "clerk1", "clerk", phone="13800000001")
    send(client, "/forgotten/code", phone="13800000001")
    code = last_code(app)
    assert (
        send(
            client, "/forgotten", phone="13800000001", code=code, password="weak", again="weak"
        ).status_code
        == 422
    )
    assert (
        send(
            client, "/forgotten", phone="13800000001", code=code, password=NEW, again=NEW
        ).status_code
        == 302
    )


def test_guessing_a_code_ends_after_five_tries(app, client):
    open_person(app, "clerk1", "clerk", phone="13800000001")
    send(client, "/forgotten/code", phone="13800000001")
    code = last_code(app)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert (
            send(
                client, "/forgotten", phone="13800000001", code=wrong, password=NEW, again=NEW
            ).status_code
            == 422
        )
    assert (
        send(
            client, "/forgotten", phone="13800000001", code=code, password=NEW, again=NEW
        ).status_code
        == 422
    )


def test_a_code_dies_after_ten_minutes(app, client, moment):
    open_person(app, "clerk1", "clerk", phone="13800000001")
    send(client, "/forgotten/code", phone="13800000001")
    code = last_code(app)
    moment.forward(minutes=11)
    assert (
        send(
            client, "/forgotten", phone="13800000001", code=code, password=NEW, again=NEW
        ).status_code
        == 422
    )


def test_a_stranger_cannot_find_out_whose_number_it_is(app, client, moment):
    open_person(app, "clerk1", "clerk", phone="13800000001")
    known = send(client, "/forgotten/code", phone="13800000001")
    unknown = send(client, "/forgotten/code", phone="13800000002")
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json)
    with app.app_context():
        assert len(session.scalars(select(SmsRecord)).all()) == 1


def test_a_system_account_gets_no_password_by_a_code(app, client):
    from app.core.access.actor import SYSTEM, acting_as
    from app.security import accounts

    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        accounts.open_account(name="交换", phone="13800000001", username="exchange")
    send(client, "/forgotten/code", phone="13800000001")
    with app.app_context():
        assert session.scalars(select(SmsRecord)).all() == []


def test_codes_are_limited_per_phone_and_per_address(app, client, moment):
    assert send(client, "/forgotten/code", phone="13800000001").status_code == 200
    answer = send(client, "/forgotten/code", phone="13800000001")
    assert answer.status_code == 409
    assert "秒后再试" in answer.json["message"]
    for _ in range(4):
        moment.forward(seconds=61)
        assert send(client, "/forgotten/code", phone="13800000001").status_code == 200
    moment.forward(seconds=61)
    assert send(client, "/forgotten/code", phone="13800000001").status_code == 409
    for n in range(15):
        assert send(client, "/forgotten/code", phone=f"139000000{n:02}").status_code == 200
    assert send(client, "/forgotten/code", phone="13900000099").status_code == 409
    with app.app_context():
        assert all(len(row.hash) == 64 for row in session.scalars(select(SmsCode)))
