"""The example project, compiled into a package of its own and put on a database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import upgrade
from app.core import clock, reference, registry
from app.core import settings as installation
from app.core.database import make_engine, session
from tests.app.security.people import make_app, open_person, sign_in
from tests.examples.ground import HERE, World, bind, built
from tests.harness import project
from tests.harness.databases import Fillings

PACKAGE = "example_generated"


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Compile tests/examples/metadata/; the modules are imported from a folder of this session."""
    return project.compiled(HERE, PACKAGE, tmp_path_factory.mktemp("examples"))


@pytest.fixture
def world(
    package: str,
    database_url: str,
    fillings: Fillings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """The example on a database of its own, of either kind."""
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    monkeypatch.setattr(registry, "_package", package)
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    installation.secret("history")  # processes that a test starts find the key of all tests
    upgrade.load_runtime()
    made = fillings.fill(database_url, "example", built)
    engine = make_engine(database_url)
    bind(engine)
    yield made
    clock.set_clock(None)
    session.remove()
    engine.dispose()


@pytest.fixture
def app(world: World) -> Iterator[Flask]:
    """The example as people see it, over the world's database."""
    yield make_app()
    session.remove()


@pytest.fixture
def client(app: Flask) -> Callable[..., FlaskClient]:
    """Sign somebody in who holds a role of the example; `org` is a bureau."""

    def enter(role: str, org: int | None = None) -> FlaskClient:
        open_person(app, f"{role}-1", role, **({"org_id": org} if org else {}))
        made = app.test_client()
        assert sign_in(made, f"{role}-1").status_code < 400
        return made

    return enter
