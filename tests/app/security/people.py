"""The small product of these tests, people who sign in to it, and what a request costs."""

from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder import AppBuilder
from sqlalchemy import event

from app.core import registry
from app.core.actor import ANONYMOUS, SYSTEM, acting_as, enter
from app.core.database import expect_writes, session, unit_of_work
from app.core.errors import UserError
from app.security import accounts, setup
from app.security.manager import Manager
from app.security.models import Account

PASSWORD = "Yellow-Crane-77"


def make_app() -> Flask:
    app = Flask("app.web")
    app.config.update(
        SECRET_KEY="for tests", TESTING=True, FAB_PASSWORD_HASH_METHOD="pbkdf2:sha256:1000"
    )
    app.before_request(lambda: enter(ANONYMOUS))
    app.before_request(lambda: expect_writes(False))
    app.teardown_appcontext(lambda error: session.remove())
    app.register_error_handler(UserError, lambda error: (error.message, error.status))
    setup.prepare(app)
    with app.app_context():
        builder = AppBuilder(security_manager_class=Manager, update_perms=False)
        builder.init_app(app, session)
        for view in registry.registry().views:
            builder.add_view_no_menu(view)
    return app


def open_person(app: Flask, username: str, *roles: str, **more: object) -> int:
    """Open an account with the password of the tests; return its number."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        account = accounts.open_account(
            name=more.pop("name", username),
            phone=more.pop("phone", None),
            username=username,
            roles=roles,
            password=PASSWORD,
            **more,
        )
        return account.id


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD, **more: object):
    return client.post("/sign-in", data={"username": username, "password": password, **more})


def account(pk: int) -> Account:
    session.remove()
    return session.get(Account, pk)


class Statements(list):
    """The SQL that ran while it listened."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.engine = session.get_bind()

    def _note(self, conn, cursor, statement, parameters, context, executemany) -> None:
        self.append(statement)

    def __enter__(self) -> "Statements":
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)
