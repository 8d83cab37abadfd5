"""People of a test: accounts with roles, who act, or who sign in with a client of their own."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient

from app.core.access.actor import SYSTEM, Actor, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.security import accounts, request_identity

PASSWORD = "Yellow-Crane-77"
_number = count(1)


def organisation(**values: Any) -> Any:
    """Make an organisation of the product's own kind, with a name and nothing that is not needed."""
    obj = registry.object(registry.project().organisation)
    names = {field.name for field in obj.fields}
    number = next(_number)
    given = {"name": f"第{number}测试单位", **values}
    with acting_as(SYSTEM), elevated(), unit_of_work():
        row = obj.model(**{key: value for key, value in given.items() if key in names})
        session.add(row)
    return row


def open_person(*roles: str, org: Any = None, **more: Any) -> int:
    """Open an account in these roles; people of the portal belong to an organisation. Return its id."""
    number = next(_number)
    portal = any(registry.role(name).face == "portal" for name in roles)
    if org is None and portal and any(registry.role(name).reach == "unit" for name in roles):
        org = organisation()
    with acting_as(SYSTEM), unit_of_work():
        account = accounts.open_account(
            name=more.pop("name", f"测试员{number}"),
            phone=more.pop("phone", f"1390000{number:04}"),
            username=more.pop("username", f"person{number}"),
            roles=roles,
            org_id=org.id if org is not None else None,
            password=PASSWORD,
            **more,
        )
        return account.id


class Browserlike(FlaskClient):
    """A client that sends the secret of the forms with what it posts, as pages do."""

    secret = ""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request; the context around a test must not remember the secret of another page."""
        if has_app_context():
            g.pop("csrf_token", None)
        if self.secret and kwargs.get("method", "GET") not in {"GET", "HEAD"}:
            headers = dict(kwargs.pop("headers", None) or {})
            kwargs["headers"] = {"X-CSRFToken": self.secret, **headers}
        with self.application.app_context():  # of its own, as a request of a server has
            return super().open(*args, **kwargs)

    def look(self, path: str) -> None:
        """Open a page and remember the secret of its forms."""
        answer = self.get(path, follow_redirects=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', answer.text)
        assert found, f"{path} has no form secret: {answer.status}"
        self.secret = found[1]


def sign_in(client: Browserlike, username: str, password: str = PASSWORD) -> Browserlike:
    """Sign in by the form, as a person does."""
    client.look("/sign-in")
    answer = client.post("/sign-in", data={"username": username, "password": password})
    assert answer.status_code == 302, answer.text
    client.look("/me")
    return client


@pytest.fixture
def client_for(app: Flask) -> Callable[..., Browserlike]:
    """`client_for("role", …, org=…)` is a client that somebody in these roles has signed in with."""
    app.test_client_class = Browserlike

    def make(*roles: str, **more: Any) -> Browserlike:
        pk = open_person(*roles, **more)
        client = app.test_client()
        assert isinstance(client, Browserlike)
        return sign_in(client, accounts.get(pk).user.username)

    return make


@pytest.fixture
def as_actor(app: Flask) -> Callable[..., AbstractContextManager[Actor]]:
    """`with as_actor("role", function="PP17") as actor:` acts as somebody new in these roles."""

    @contextmanager
    def act(*roles: str, function: str | None = None, **more: Any) -> Iterator[Actor]:
        with acting_as(request_identity.actor_of(open_person(*roles, **more)), function) as actor:
            yield actor

    return act
