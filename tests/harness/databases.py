"""Databases for tests: both kinds, empty or with the tables and defaults of the product."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core import registry
from app.core import settings as installation
from tests.harness import postgres

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[postgres.Databases]:
    """A running PostgreSQL; starts when the first test asks for it."""
    with postgres.server() as url:
        yield postgres.Databases(url)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind, one after the other."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    databases = request.getfixturevalue("postgres_databases")
    url = databases.make()
    yield url
    databases.drop(url)


@pytest.fixture
def own_var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for everything that is written while running, for this test alone."""
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    installation.secret.cache_clear()
    yield tmp_path / "var"
    installation.secret.cache_clear()


@pytest.fixture
def office() -> Iterator[None]:
    """The declarations of a small invented office instead of the product's."""
    before = registry._package
    registry.use("tests.app.security.office.registry")
    yield
    registry.use(before)
