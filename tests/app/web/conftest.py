"""The store on a real database, with rows in it and people who sign in."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder import Model

from app.core import clock, reference, registry
from app.core.actor import SYSTEM, acting_as
from app.core.database import bind, make_engine, session, unit_of_work
from app.security import grants
from app.security.shipped import sync_permissions
from app.upgrade import load_models
from app.web import shell
from tests.app.security.people import make_app, open_person, sign_in
from tests.harness.databases import Fillings

STORE = "tests.app.web.store.registry"
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
GOODS = ("书桌", "词典", "扳手", "书柜")
STATES = ("draft", "check", "check", "done", "done", "done", "refused")


def _build(url: str) -> None:
    load_models()
    engine = make_engine(url)
    bind(engine)
    Model.metadata.create_all(engine)
    with engine.begin() as connection:
        sync_permissions(connection)
    with unit_of_work():
        reference.seed()
    session.remove()
    engine.dispose()


@pytest.fixture
def app(tmp_path: Path, fillings: Fillings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application over an empty SQLite database."""
    monkeypatch.setenv("VAR", str(tmp_path))
    before = registry._package
    registry.use(STORE)
    clock.set_clock(lambda: NOW)
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    url = f"sqlite:///{tmp_path / 'test.db'}"
    fillings.fill(url, "store", _build)
    engine = make_engine(url)
    bind(engine)
    grants.forget()
    shell.forget_badges()
    yield make_app()
    clock.set_clock(None)
    session.remove()
    engine.dispose()
    registry.use(before)


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
