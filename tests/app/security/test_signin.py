"""Signing in: who, how often, what is recorded, and what a stranger cannot find out."""

import re

import pytest
from sqlalchemy import select

from app.core.db.database import session, unit_of_work
from app.security import signin
from app.security.address_places import place_of
from app.security.models import Account, ServerSession, SignIn
from tests.app.security.people import PASSWORD, account, open_person, sign_in


@pytest.fixture
def url(database_url):
    return database_url


def results(app):
    with app.app_context():
        return [row.result for row in session.scalars(select(SignIn).order_by(SignIn.id))]


def test_a_right_password_leads_to_where_one_was_going(app, client):
    open_person(app, "clerk1", "clerk")
    answer = client.get("/T02/?q=1")
    assert answer.status_code == 302
    assert "next=/T02/?q%3D1" in answer.headers["Location"].replace("%2F", "/").replace("%3F", "?")
    answer = sign_in(client, "clerk1", next="/T02/?q=1")
    assert answer.headers["Location"] == "/T02/?q=1"
    assert client.get("/T02/").status_code == 200
    assert results(app) == ["ok"]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil", "javascript:x"]
)
def test_nobody_is_led_to_another_site(app, client, target):
    open_person(app, "clerk1", "clerk")
    assert sign_in(client, "clerk1", next=target).headers["Location"] == "/"


def test_where_one_was_going_locks_nobody_out_however_long(app, client):
    open_person(app, "clerk1", "clerk")
    target = f"/T02/?q={'a' * 2100}"
    page = client.get("/sign-in", query_string={"next": target})
    assert page.status_code == 200
    assert 'name="next" value=""' in page.text
    answer = sign_in(client, "clerk1", next=target)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_telephone_number_is_a_user_name_too(app, client):
    open_person(app, "clerk1", "clerk", phone="13800000001")
    assert sign_in(client, "13800000001").status_code == 302


def test_user_names_ignore_case(app, client):
    open_person(app, "clerk1", "clerk")
    assert sign_in(client, "CLERK1").status_code == 302


@pytest.mark.musts("BM01.4")
def test_five_wrong_passwords_lock_for_fifteen_minutes(app, client, moment):
    pk = open_person(app, "clerk1", "clerk")
    for _ in range(4):
        assert sign_in(client, "clerk1", "wrong").status_code == 401
    answer = sign_in(client, "clerk1", "wrong")
    assert answer.status_code == 403
    assert "账户已锁定，请 15 分钟后再试" in answer.text
    assert sign_in(client, "clerk1").status_code == 403
    moment.forward(minutes=14)
    assert sign_in(client, "clerk1").status_code == 403
    moment.forward(minutes=2)
    assert sign_in(client, "clerk1").status_code == 302
    with app.app_context():
        assert account(pk).failures == 0


def test_an_unknown_name_answers_as_a_known_one_does(app, client):
    open_person(app, "clerk1", "clerk")
    texts = {}
    for name in ("clerk1", "nobody"):
        answers = [sign_in(client, name, "wrong") for _ in range(6)]
        texts[name] = [(a.status_code, a.text.replace(name, "")) for a in answers]
    tokens = r'content="[^"]+"|value="[^"]+"'
    strip = lambda pairs: [(s, re.sub(tokens, "", t)) for s, t in pairs]  # noqa: E731
    assert strip(texts["clerk1"]) == strip(texts["nobody"])


def test_a_closed_account_is_told_so_only_with_the_right_password(app, client):
    pk = open_person(app, "clerk1", "clerk")
    with app.app_context(), unit_of_work():
        session.get(Account, pk).user.active = False
    assert "用户名或密码不正确" in sign_in(client, "clerk1", "wrong").text
    answer = sign_in(client, "clerk1")
    assert answer.status_code == 403
    assert "账户已关闭" in answer.text


@pytest.mark.musts("BM01.4")
def test_one_address_cannot_try_many_names(app, client):
    open_person(app, "clerk1", "clerk")
    with app.app_context(), unit_of_work():
        for n in range(signin.PER_ADDRESS):
            session.add(
                SignIn(
                    username=f"n{n}",
                    at=signin.clock.now(),
                    ip="127.0.0.1",
                    channel="page",
                    result="wrong",
                )
            )
    assert sign_in(client, "clerk1").status_code == 429


@pytest.mark.musts("BM01.1")
def test_every_attempt_is_recorded_with_device_and_address(app, client):
    pk = open_person(app, "clerk1", "clerk")
    sign_in(client, "clerk1", "wrong")
    sign_in(client, "nobody", "wrong")
    sign_in(client, "clerk1")
    with app.app_context():
        rows = session.scalars(select(SignIn).order_by(SignIn.id)).all()
        assert [(r.username, r.user_id, r.result) for r in rows] == [
            ("clerk1", pk, "wrong"),
            ("nobody", None, "wrong"),
            ("clerk1", pk, "ok"),
        ]
        assert all(r.ip == "127.0.0.1" and r.place == "本机" and r.agent for r in rows)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("127.0.0.1", "本机"), ("::1", "本机"), ("10.3.0.8", "内网"), ("192.168.1.9", "内网"),
        ("::ffff:10.3.0.8", "内网"), ("fd00::8", "内网"), ("8.8.8.8", "外网"), ("unknown", None), (None, None),
    ],
)  # fmt: skip
def test_an_address_says_as_much_of_its_place_as_it_can(address, place):
    assert place_of(address) == place


def test_a_further_check_can_refuse(app, client, monkeypatch):
    open_person(app, "clerk1", "clerk")
    seen = []

    def abroad(attempt):
        seen.append(attempt.ip)
        return "境外地址不能登录"

    monkeypatch.setattr(signin.CHECKS, "checks", [abroad])
    answer = sign_in(client, "clerk1")
    assert answer.status_code == 403
    assert "境外地址不能登录" in answer.text
    assert seen == ["127.0.0.1"]
    assert results(app) == ["refused"]


def test_a_form_without_its_token_is_refused(app, client):
    open_person(app, "clerk1", "clerk")
    answer = client.post("/sign-in", data={"username": "clerk1", "password": PASSWORD})
    assert answer.status_code == 400
    assert results(app) == []


def test_signing_in_takes_a_new_session_each_time(app, client):
    pk = open_person(app, "clerk1", "clerk")
    sign_in(client, "clerk1")
    other = app.test_client()
    sign_in(other, "clerk1")
    with app.app_context():
        rows = session.scalars(select(ServerSession).where(ServerSession.user_id == pk)).all()
        assert len({row.token_hash for row in rows}) == 2


def test_the_page_lists_accounts_in_demonstration_mode_only(app, client):
    from app.core.access.actor import SYSTEM, acting_as
    from app.security.demonstration import open_demonstration
    from tests.app.security.people import make_app

    shown = make_app(demonstration=True)
    with shown.app_context(), acting_as(SYSTEM), unit_of_work():
        open_demonstration("clerk9", "陈立", ("clerk",))
    page = shown.test_client().get("/sign-in").text
    password = re.search(r'data-username="clerk9" data-password="([^"]+)"', page)[1]
    assert sign_in(shown.test_client(), "clerk9", password).status_code == 302
    assert "clerk9" not in client.get("/sign-in").text
    with app.app_context(), pytest.raises(RuntimeError, match="demonstration mode only"):
        open_demonstration("clerk8", "陈立", ("clerk",))


def test_the_hint_at_the_lock_tells_not_which_names_exist(app, client, moment):
    """The same answers for any spelling, and after a pause, whether somebody has the name or not."""
    open_person(app, "lockclerk", "clerk")

    def answers(*spellings):
        found = []
        for number, name in enumerate(spellings):
            if number == 3:
                moment.forward(hours=5)
            answer = sign_in(client, name, "wrong")
            words = re.findall(r"再错 \d 次|账户已锁定|用户名或密码不正确", answer.text)
            found.append((answer.status_code, words))
        return found

    cases = (str, str.upper, str.title, str, str.upper, str.title, str, str.swapcase, str)
    known = answers(*(case("lockclerk") for case in cases))
    unknown = answers(*(case("locknobody") for case in cases))
    assert known == unknown
    assert any("账户已锁定" in words for _, words in known)
