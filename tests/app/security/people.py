"""The small product of these tests, people who sign in to it, and what a request costs."""

import dataclasses
import os
import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import settings
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.security import accounts
from app.security.models import Account
from app.web.factory import create_app

PRODUCT = "app.generated.registry"
PASSWORD = "Yellow-Crane-77"


def make_app(demonstration: bool = False) -> Flask:
    """Return the application over the database that the session is bound to."""
    load_settings = settings.load({"VAR": os.environ["VAR"]})
    chosen = dataclasses.replace(load_settings, demonstration=demonstration)
    app = create_app(chosen, session.get_bind())
    app.config.update(TESTING=True, FAB_PASSWORD_HASH_METHOD="pbkdf2:sha256:1000")
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


def token(client: FlaskClient, page: str = "/sign-in") -> str:
    """Return the secret of the forms on a page, as a browser would find it."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(page).text)
    assert found, page
    return found[1]


def post(client: FlaskClient, path: str, *, page: str = "/me", **data: object):
    """Send a form as a browser would that shows `page`."""
    return client.post(path, data={"csrf_token": token(client, page), **data})


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD, **more: object):
    """Sign in by the form."""
    return post(client, "/sign-in", page="/sign-in", username=username, password=password, **more)


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
