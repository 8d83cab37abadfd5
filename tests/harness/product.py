"""The product itself on a database of either kind; what a test writes is gone after it.

The database is made once per kind: tables, roles, dictionaries, policies, reference rows. A test
works inside one transaction that is rolled back at its end; every commit of the product is a
savepoint within. A test of several processes or threads takes `own_database` instead, a copy.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from app import settings
from app.core.db.database import bind, expect_writes, make_engine, session
from app.upgrade import upgrade
from app.web.factory import create_app
from tests.harness.afresh import forget
from tests.harness.databases import KINDS, copy_sqlite
from tests.harness.postgres import Databases

QUICK_HASH = "pbkdf2:sha256:1000"  # a sign-in of a test need not be hard to guess


@dataclass(frozen=True)
class Ground:
    """A database of one kind with everything that an upgrade brings."""

    url: str
    engine: Engine


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that are marked `both_databases` on each kind."""
    if metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database_kind", KINDS, indirect=True)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which kind the test runs on: SQLite, unless it is marked `both_databases`."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def sqlite_ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """An upgraded SQLite database."""
    yield from _ground(f"sqlite:///{tmp_path_factory.mktemp('ground') / 'platform.db'}")


@pytest.fixture(scope="session")
def postgresql_ground(postgres_databases: Databases) -> Iterator[Ground]:
    """An upgraded PostgreSQL database."""
    yield from _ground(postgres_databases.make())


def _ground(url: str) -> Iterator[Ground]:
    upgrade(dataclasses.replace(settings.load(), database_url=url))
    engine = make_engine(url)
    yield Ground(url, engine)
    engine.dispose()


@pytest.fixture(scope="session")
def wsgi(sqlite_ground: Ground) -> Flask:
    """The application, made once; each test gives it a database."""
    app = create_app(settings.load(), sqlite_ground.engine)
    app.config.update(TESTING=True, FAB_PASSWORD_HASH_METHOD=QUICK_HASH)
    return app


@pytest.fixture
def database(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Ground]:
    """The upgraded database, within a transaction that is rolled back."""
    with within(request.getfixturevalue(f"{database_kind}_ground")) as ground:
        yield ground


@contextmanager
def within(ground: Ground) -> Iterator[Ground]:
    """Work on a database in one transaction that is rolled back at the end."""
    session.remove()
    expect_writes()
    with ground.engine.connect() as connection:
        connection.name = ground.engine.name  # type: ignore[attr-defined] - the framework asks for it
        outer = connection.begin()
        expect_writes(False)
        session.configure(bind=connection, join_transaction_mode="create_savepoint")
        forget()
        yield ground
        session.remove()
        outer.rollback()
    session.configure(bind=ground.engine, join_transaction_mode="conditional_savepoint")
    forget()


@pytest.fixture
def app(wsgi: Flask, database: Ground) -> Iterator[Flask]:
    """The application on the database of this test, within its context."""
    with wsgi.app_context():
        yield wsgi


@pytest.fixture
def own_database(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """A copy of the upgraded database for this test alone; return its URL."""
    ground: Ground = request.getfixturevalue(f"{database_kind}_ground")
    ground.engine.dispose()
    session.remove()
    if database_kind == "sqlite":
        url, drop = f"sqlite:///{tmp_path / 'own.db'}", None
        copy_sqlite(ground.url, url)
    else:
        databases: Databases = request.getfixturevalue("postgres_databases")
        url, drop = databases.make(str(make_url(ground.url).database)), databases.drop
    engine = make_engine(url)
    bind(engine)
    forget()
    yield url
    session.remove()
    engine.dispose()
    bind(ground.engine)
    forget()
    if drop:
        drop(url)
