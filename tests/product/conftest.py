"""The product with the demonstration's records, on a day that does not move."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from app import settings
from app.core import clock
from app.core.db.database import bind, make_engine, session
from app.demo import papers
from app.demo.load import load
from app.upgrade import upgrade
from tests.harness.afresh import forget
from tests.harness.databases import copy_sqlite
from tests.harness.people import open_person
from tests.harness.postgres import Databases
from tests.harness.product import Ground, within
from tests.product.callers import Caller, with_token
from tests.product.filing import Unit
from tests.product.office import START, Clock, Office
from tests.product.rest_people import organisations

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # a Tuesday morning at the office


@pytest.fixture(scope="session")
def demonstrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A SQLite database with the demonstration's records."""
    yield from _demonstrated(f"sqlite:///{tmp_path_factory.mktemp('demonstrated') / 'platform.db'}")


@pytest.fixture(scope="session")
def demonstrated_postgresql(postgres_databases: Databases) -> Iterator[Ground]:
    """A PostgreSQL database with the demonstration's records."""
    yield from _demonstrated(postgres_databases.make())


def _demonstrated(url: str) -> Iterator[Ground]:
    clock.set_clock(lambda: NOW)
    upgrade(dataclasses.replace(settings.load(), database_url=url))
    engine = make_engine(url)
    bind(engine)
    load(engine, "small")
    session.remove()
    clock.set_clock(None)
    yield Ground(url, engine)
    engine.dispose()


@pytest.fixture
def demonstration(
    wsgi: Flask, database_kind: str, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """The application on the demonstration's records; what a test writes is gone after it."""
    papers.install()
    with within(request.getfixturevalue(f"demonstrated_{database_kind}")), wsgi.app_context():
        clock.set_clock(lambda: NOW)
        yield wsgi
        clock.set_clock(None)


@pytest.fixture
def at_office(app: Flask) -> Iterator[Flask]:
    """The application without any record, on that day."""
    clock.set_clock(lambda: NOW)
    yield app
    clock.set_clock(None)


@pytest.fixture
def liaison(demonstration: Flask) -> Caller:
    """Somebody who files for the first unit."""
    return with_token(demonstration, open_person("liaison", org=organisations()[0]))


@pytest.fixture
def stranger(demonstration: Flask) -> Caller:
    """Somebody who files for the second unit."""
    return with_token(demonstration, open_person("liaison", org=organisations()[1]))


@pytest.fixture(scope="session")
def filed_once(
    wsgi: Flask, sqlite_ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Ground, Unit]]:
    """A database with an office and a unit that has liaison, travellers and an approved plan."""
    url = f"sqlite:///{tmp_path_factory.mktemp('filed') / 'platform.db'}"
    copy_sqlite(sqlite_ground.url, url)
    engine = make_engine(url)
    session.remove()
    bind(engine)
    forget()
    with wsgi.app_context():
        found = Unit(wsgi, Office(wsgi), Clock())
        found.file()
        found.file_liaison()
        found.file_people("张团长", "李团员", "王团员")
        found.plan()
        found.by_token()
    session.remove()
    clock.set_clock(None)
    yield Ground(url, engine), found
    engine.dispose()


@pytest.fixture
def filed(filed_once: tuple[Ground, Unit], wsgi: Flask) -> Iterator[Unit]:
    """That unit for one test; what the test writes is gone after it."""
    ground, unit = filed_once
    with within(ground), wsgi.app_context():
        unit.time.now = START
        clock.set_clock(lambda: unit.time.now)
        yield unit
        clock.set_clock(None)
