"""The desk on a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder import Model

from app.core import clock, reference, registry
from app.core.database import bind, make_engine, session, unit_of_work
from app.security import grants
from app.security.shipped import sync_permissions
from app.upgrade import load_models
from app.web import shell
from tests.app.security.people import make_app
from tests.app.web.desk.people import browser, furnish

DESK = "tests.app.web.desk.registry"
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application with the desk's declarations, rows and people."""
    monkeypatch.setenv("PLATFORM_VAR", str(tmp_path))
    before = registry._package
    registry.use(DESK)
    load_models()
    engine = make_engine(f"sqlite:///{tmp_path / 'test.db'}")
    bind(engine)
    Model.metadata.create_all(engine)
    grants.forget()
    clock.set_clock(lambda: NOW)
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    made = make_app()
    shell.forget_badges()
    with engine.begin() as connection:
        sync_permissions(connection)
    with unit_of_work():
        reference.seed()
    furnish(made)
    yield made
    clock.set_clock(None)
    session.remove()
    engine.dispose()
    registry.use(before)


@pytest.fixture
def liaison(desk: Flask) -> FlaskClient:
    """Somebody who files for the first group."""
    return browser(desk, "liaison")


@pytest.fixture
def clerk(desk: Flask) -> FlaskClient:
    """Somebody who checks."""
    return browser(desk, "clerk")
