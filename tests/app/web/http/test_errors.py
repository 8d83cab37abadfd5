import json
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, TooManyRequests

from app.core.db.database import session
from app.core.errors import Conflict, Fault, Rejected
from tests.app.security.people import token


class Broken(Exception):
    pass


RAISED = {
    "bug": (Broken("secret /path/to/file.py"), 500, "数据没有改变"),
    "busy": (OperationalError("UPDATE t", {}, Exception("database is locked")), 503, "系统正忙"),
    "twice": (
        IntegrityError("INSERT secret", {}, Exception("UNIQUE t.x")),
        409,
        "与已有的记录重复",
    ),
    "refused": (Conflict("该件已由林文办理"), 409, "该件已由林文办理"),
    "wrong": (Rejected([Fault("a", "入境日期不能早于出境日期")]), 422, "入境日期不能早于出境日期"),
    "large": (RequestEntityTooLarge(), 413, "上传的内容超过限制"),
    "often": (TooManyRequests(), 429, "操作太频繁"),
    "bad": (BadRequest(), 400, "请求不完整"),
}


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser to which the health page answers with the error that a test asks for."""
    app.config["PROPAGATE_EXCEPTIONS"] = app.config["TESTING"] = False

    def fail() -> str:
        from flask import request

        raise RAISED[request.args["what"]][0]

    monkeypatch.setitem(app.view_functions, "health.alive", fail)
    return app.test_client()


@pytest.mark.parametrize("what", RAISED)
def test_an_error_is_a_chinese_page_with_a_number_and_no_inside(
    failing: FlaskClient, what: str
) -> None:
    _, status, words = RAISED[what]
    answer = failing.get(f"/healthz?what={what}")
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    for inside in ("Traceback", "secret", "UPDATE", "INSERT", ".py"):
        assert inside not in answer.text


def test_a_script_gets_the_words_of_an_error_in_a_header(failing: FlaskClient) -> None:
    answer = failing.get("/healthz?what=refused", headers={"HX-Request": "true"})
    assert unquote(answer.headers["X-Message"]) == answer.text == "该件已由林文办理"


def test_a_program_gets_json(failing: FlaskClient) -> None:
    answer = failing.get("/healthz?what=wrong", headers={"Accept": "application/json"})
    body = json.loads(answer.text)
    assert body["errors"] == [{"path": "a", "message": "入境日期不能早于出境日期"}]
    assert body["number"] == answer.headers["X-Request-Id"]


def test_a_form_without_its_secret_changes_nothing_and_says_why(clerk: FlaskClient) -> None:
    answer = clerk.post("/W01/columns", data={"column": "name"})
    assert answer.status_code == 400
    assert "页面已过期，没有保存" in answer.text


def test_an_address_that_does_not_exist_keeps_the_frame(clerk: FlaskClient) -> None:
    page = clerk.get("/nowhere")
    assert page.status_code == 404
    assert "没有找到" in page.text
    assert 'id="side"' in page.text
    assert clerk.post("/nowhere", data={"csrf_token": token(clerk, "/")}).status_code == 404


def test_nothing_that_changes_data_answers_a_get(app: Flask) -> None:
    changing = {"do", "bulk", "columns", "filters", "delete", "autosave", "sign-out", "end"}
    for rule in app.url_map.iter_rules():
        if changing & set(rule.rule.split("/")):
            assert "GET" not in rule.methods, rule.rule


def test_a_broken_database_is_said_in_chinese_too(filled: Flask, clerk: FlaskClient) -> None:
    filled.config["PROPAGATE_EXCEPTIONS"] = filled.config["TESTING"] = False
    with session.get_bind().begin() as connection:
        connection.execute(text("ALTER TABLE sys_account RENAME TO sys_account_gone"))
    answer = clerk.get("/")
    assert answer.status_code == 500
    assert "没有办成，数据没有改变" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert "sys_account" not in answer.text


def test_what_fails_while_an_answer_is_made_is_told_as_what_it_is(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = app.config["TESTING"] = False
    full = Exception("database or disk is full")
    failures = [OperationalError("COMMIT", {}, full)]

    def fail(response):
        if failures:
            raise failures.pop()
        return response

    monkeypatch.setitem(app.after_request_funcs, None, [*app.after_request_funcs[None], fail])
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert "服务器存储空间已满" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_the_last_page_needs_neither_a_session_nor_a_template(
    failing: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    """The database is gone with the connection, and what pages are made of with the disk."""

    def gone(*_: Any, **__: Any) -> Any:
        raise OperationalError("ROLLBACK secret", {}, Exception("server closed the connection"))

    monkeypatch.setattr(Session, "rollback", gone)
    monkeypatch.setattr(app.jinja_env, "get_template", gone)
    monkeypatch.setattr(app.jinja_env, "get_or_select_template", gone)
    monkeypatch.setattr(app.json, "response", gone)
    for what in ("bug", "refused"):
        answer = failing.get(f"/healthz?what={what}", headers={"Accept": accept})
        _, status, words = RAISED[what]
        assert answer.status_code == status
        said = json.loads(answer.text)["message"] if "json" in accept else answer.text
        assert words in said
        assert answer.headers["X-Request-Id"] in answer.text
        assert "secret" not in answer.text


@pytest.mark.parametrize("signed", [True, False])
def test_a_connection_that_cannot_roll_back_is_thrown_away_and_the_page_is_whole(
    filled: Flask,
    clerk: FlaskClient,
    failing: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    signed: bool,
) -> None:
    rollback, thrown = Session.rollback, []

    def gone(self: Session) -> None:
        if not thrown:
            thrown.append(self.connection().connection.dbapi_connection)
            raise OperationalError("ROLLBACK", {}, Exception("server closed the connection"))
        rollback(self)

    monkeypatch.setattr(Session, "rollback", gone)
    answer = (clerk if signed else failing).get("/healthz?what=refused")
    assert answer.status_code == 409
    assert thrown, "it was asked for"
    assert "该件已由林文办理" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert "font-family:sans-serif" not in answer.text, "not the last page: it needs nothing"
    assert ('id="side"' in answer.text) is signed
    told = [str(record.exc_info[0]) for record in caplog.records if record.exc_info]
    assert len(told) == 1 and "OperationalError" in told[0], told
    assert thrown[0] is not session.connection().connection.dbapi_connection


def test_a_connection_that_ends_in_the_middle_of_a_page_is_a_page_in_words(
    filled: Flask, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.config["PROPAGATE_EXCEPTIONS"] = filled.config["TESTING"] = False

    def cut() -> str:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            own = connection.scalar(text("SELECT pg_backend_pid()"))
            with session.get_bind().engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        else:
            connection.connection.dbapi_connection.close()
        session.execute(text("SELECT 1"))
        return "never"

    monkeypatch.setitem(filled.view_functions, "health.alive", cut)
    answer = clerk.get("/healthz")
    assert answer.status_code in (500, 503)
    assert "没有办成，数据没有改变" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert clerk.get("/").status_code == 200, "the next request has a connection of its own"
