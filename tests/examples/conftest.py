"""The example project, compiled into a package of its own and put on a database."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db.database import session
from tests.app.security.people import make_app, open_person, sign_in
from tests.examples.ground import HERE, World, built
from tests.harness import project
from tests.harness.worlds import Place, place

PACKAGE = "example_generated"
assert place  # a fixture


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Compile tests/examples/metadata/; the modules are imported from a folder of this session."""
    return project.compiled(HERE, PACKAGE, tmp_path_factory.mktemp("examples"))


@pytest.fixture
def world(package: str, place: Place) -> Iterator[World]:
    """The example on a database of its own, of either kind."""
    with place.standing(HERE, package, built) as made:
        yield made


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
