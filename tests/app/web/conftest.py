"""The store on a real database, with rows in it and people who sign in."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from tests.app.security.people import open_person, sign_in
from tests.app.web.ground import served
from tests.harness.databases import Fillings

STORE = "tests.app.web.store.registry"
GOODS = ("书桌", "词典", "扳手", "书柜")
STATES = ("draft", "check", "check", "done", "done", "done", "refused")


@pytest.fixture
def app(tmp_path: Path, fillings: Fillings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application over an empty SQLite database."""
    with served(STORE, tmp_path, fillings, monkeypatch) as app:
        yield app


def fill(things: int = 45) -> None:
    """Put houses, makers and things into the store; the same ones every time."""
    from tests.app.web.store.registry import House, Maker, Part, Thing

    chance = random.Random(7)
    with acting_as(SYSTEM), unit_of_work():
        houses = [
            House(name=f"第{n}中学", district=f"区{i % 2}") for i, n in enumerate("一二三四五")
        ]
        makers = [Maker(name=f"{n}厂", disabled=False) for n in ("红星", "长江", "东湖", "汉阳")]
        session.add_all([*houses, *makers])
        session.flush()
        for n in range(things):
            thing = Thing(
                house_id=houses[n % 5].id,
                code=f"物〔2026〕{n + 1:04}号",
                name=f"{chance.choice('木铁旧新')}{chance.choice(GOODS)} {n + 1}",
                kind=chance.choice(["desk", "book", "tool", None]),
                price=chance.randrange(100, 900000),
                amount=chance.randrange(1, 40),
                bought_on=date(2026, 1, 1) + timedelta(days=n * 7 % 320),
                holder="420106199001014527",
                state=STATES[n % len(STATES)],
            )
            thing.search_text = f"{thing.name} shuzhuo sz"
            thing.parts = [
                Part(position=i, maker_id=m.id) for i, m in enumerate(chance.sample(makers, n % 3))
            ]
            session.add(thing)
    session.remove()


@pytest.fixture
def filled(app: Flask) -> Flask:
    """The application with 45 things."""
    with app.app_context():
        fill()
    return app


@pytest.fixture
def clerk(filled: Flask) -> FlaskClient:
    """A browser in which somebody of the office has signed in."""
    open_person(filled, "clerk", "clerk", name="林文")
    client = filled.test_client()
    assert sign_in(client, "clerk").status_code == 302
    return client
