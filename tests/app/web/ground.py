"""Invented declarations on a database of their own, served by the application, for the tests of screens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_appbuilder import Model

from app.core import clock
from app.core.db.database import bind, make_engine, session, unit_of_work
from app.core.declare import registry
from app.core.reference import reference_data
from app.security.shipped import sync_permissions
from app.upgrade import load_models
from tests.app.security.people import make_app
from tests.harness.afresh import forget
from tests.harness.databases import Fillings

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@contextmanager
def served(
    declarations: str,
    var: Path,
    fillings: Fillings,
    monkeypatch: pytest.MonkeyPatch,
    furnish: Callable[[Flask], None] | None = None,
) -> Iterator[Flask]:
    """The application over a SQLite database below `var`, furnished once and copied from then on."""

    def build(url: str) -> None:
        engine = make_engine(url)
        bind(engine)
        Model.metadata.create_all(engine)
        with engine.begin() as connection:
            sync_permissions(connection)
        with unit_of_work():
            reference_data.seed()
        if furnish:
            furnish(make_app())
        session.remove()
        engine.dispose()

    monkeypatch.setenv("VAR", str(var))
    monkeypatch.setattr(registry, "_package", declarations)
    monkeypatch.setattr(reference_data, "FOLDER", var)
    load_models()
    clock.set_clock(lambda: NOW)
    url = f"sqlite:///{var / 'test.db'}"
    fillings.fill(url, declarations, build)
    engine = make_engine(url)
    bind(engine)
    forget()
    yield make_app()
    clock.set_clock(None)
    session.remove()
    engine.dispose()
