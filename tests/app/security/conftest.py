"""A small product on a real database, and people who sign in to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder import Model

from app import upgrade
from app.core import clock
from app.core.db.database import bind, make_engine, session
from app.core.declare import registry
from app.security import grants
from app.security.shipped import sync_permissions
from tests.app.security.people import PRODUCT, make_app
from tests.harness.databases import Fillings

OFFICE = "tests.app.security.office.registry"


@dataclass
class Moment:
    """A clock that a test moves."""

    at: datetime

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def moment() -> Iterator[Moment]:
    moment = Moment(datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    clock.set_clock(lambda: moment.at)
    yield moment
    clock.set_clock(None)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Modules whose SQL matters override this with `database_url`, which is both kinds."""
    return f"sqlite:///{tmp_path / 'test.db'}"


def _build(url: str) -> None:
    engine = make_engine(url)
    Model.metadata.create_all(engine)
    with engine.begin() as connection:
        sync_permissions(connection)
    engine.dispose()


@pytest.fixture
def app(
    url: str,
    tmp_path: Path,
    moment: Moment,
    fillings: Fillings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Flask]:
    monkeypatch.setenv("VAR", str(tmp_path))
    before = registry._package
    registry.use(OFFICE)
    registry.registry()
    fillings.fill(url, "office", _build)
    engine = make_engine(url)
    bind(engine)
    grants.forget()
    yield make_app()
    session.remove()
    engine.dispose()
    registry.use(before)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The product as it is delivered, on an empty database, one for all tests of a module."""
    folder = tmp_path_factory.mktemp("product")
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("VAR", str(folder))
    before = registry._package
    registry.use(PRODUCT)
    upgrade.load_models()
    engine = make_engine(f"sqlite:///{folder / 'test.db'}")
    bind(engine)
    Model.metadata.create_all(engine)
    with engine.begin() as connection:
        sync_permissions(connection)
    grants.forget()
    yield make_app()
    session.remove()
    engine.dispose()
    registry.use(before)
    monkeypatch.undo()
