"""Databases for tests: both kinds, empty or with the tables and defaults of the product."""

import copy
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy.engine import make_url

from app.core import settings as installation
from app.core.declare import registry
from tests.harness import costs, postgres

KINDS = ("sqlite", "postgresql")
T = TypeVar("T")


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[postgres.Databases]:
    """A running PostgreSQL; starts when the first test asks for it."""
    with postgres.server() as url:
        databases = postgres.Databases(url)
        yield databases
        databases.close()


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind, one after the other."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    databases: postgres.Databases = request.getfixturevalue("postgres_databases")
    filled = (
        "fillings" in request.fixturenames
    )  # puts a copy there; an empty one would be in its way
    url = databases.reserve() if filled else databases.make()
    yield url
    databases.drop(url)


class Fillings:
    """Fills empty databases; what was built once is copied from then on."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.folder = folder
        self.request = request
        self.built: dict[tuple[str, str], tuple[str, Any]] = {}

    def fill(self, url: str, name: str, build: Callable[[str], T]) -> T:
        """Do to the empty database what `build(url)` does; return what that returned.

        `name` stands for what is built: two that differ must not share one. `build` must leave
        no connection open.
        """
        kind = make_url(url).get_backend_name()
        if (kind, name) not in self.built:
            template = self._empty(kind, name)
            self.built[kind, name] = template, build(template)
        template, made = self.built[kind, name]
        if kind == "sqlite":
            copy_sqlite(template, url)
        else:
            self._databases().refill(url, template)
        return copy.deepcopy(made)

    def _empty(self, kind: str, name: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{self.folder / name}.db"
        return self._databases().make()

    def _databases(self) -> postgres.Databases:
        return self.request.getfixturevalue("postgres_databases")


def copy_sqlite(source: str, target: str) -> None:
    """Copy a SQLite database, with what still stands in its journal."""
    costs.count("databases")
    paths = [str(make_url(url).database) for url in (source, target)]
    with closing(sqlite3.connect(paths[0])) as old, closing(sqlite3.connect(paths[1])) as new:
        old.backup(new)


@pytest.fixture(scope="session")
def fillings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Fillings:
    """`fillings.fill(database_url, "name", build)` builds once and copies afterwards."""
    return Fillings(tmp_path_factory.mktemp("fillings"), request)


@pytest.fixture
def own_var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for everything that is written while running, for this test alone."""
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    installation.secret("history")  # processes of this test find the key of all tests
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
