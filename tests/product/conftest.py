"""The product with the demonstration's records, on a day that does not move."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from app import settings
from app.core import clock
from app.core.database import bind, make_engine, session
from app.demo import papers
from app.demo.load import load
from app.upgrade import upgrade
from tests.harness.people import open_person
from tests.harness.postgres import Databases
from tests.harness.product import Ground, apart, within
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


@pytest.fixture(scope="module")
def filed_once(wsgi: Flask, sqlite_ground: Ground) -> Iterator[Unit]:
    """An office and a unit with liaison, travellers and an approved plan, once for a module."""
    with within(sqlite_ground), wsgi.app_context():
        time = Clock()
        found = Unit(wsgi, Office(wsgi), time)
        found.file()
        found.file_liaison()
        found.file_people("张团长", "李团员", "王团员")
        found.plan()
        found.by_token()
        yield found
    clock.set_clock(None)


@pytest.fixture
def filed(filed_once: Unit, wsgi: Flask) -> Iterator[Unit]:
    """That unit for one test; what the test writes is gone after it."""
    filed_once.time.now = START
    with apart(), wsgi.app_context():
        yield filed_once
