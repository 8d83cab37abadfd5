"""An outsider's project, compiled into a package of its own and put on a database of either kind.

Each folder here holds one: `metadata/`, the log of whoever wrote it, and tests of what they expected.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from app import upgrade
from app.core import clock, database, reference, registry
from app.core import settings as installation
from app.core.actor import SYSTEM, Actor, acting_as
from app.core.database import session, unit_of_work
from app.core.entity import Model
from app.documents import filling
from tests.harness import project
from tests.harness.afresh import forget
from tests.harness.databases import Fillings

DISTRICT = "east"
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(request: pytest.FixtureRequest) -> Path:
    """The folder of the project: the one that the tests stand in."""
    return request.path.parent


@pytest.fixture(scope="module")
def package(home: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Compile the project's metadata; the modules are imported from a folder of this session."""
    return project.compiled(home, f"{home.name}_generated", tmp_path_factory.mktemp(home.name))


@dataclass(repr=False)
class World:
    """An organisation that applies, and a person for every role."""

    actors: dict[str, Actor] = field(default_factory=dict)
    org: int = 0

    @contextmanager
    def acting(self, who: str) -> Iterator[Actor]:
        """Act as somebody, with a session of one's own as in a request."""
        session.remove()
        with acting_as(self.actors[who]) as actor:
            yield actor
        session.remove()


@pytest.fixture
def world(
    home: Path,
    package: str,
    database_url: str,
    fillings: Fillings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """The project on a database of its own, of either kind."""
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    monkeypatch.setattr(registry, "_package", package)
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    monkeypatch.setattr(filling, "TEMPLATES", home / "metadata" / "documents")
    installation.secret("history")  # processes that a test starts find the key of all tests
    upgrade.load_runtime()
    made = fillings.fill(database_url, home.name, _build)
    engine = database.make_engine(database_url)
    _begin(engine)
    clock.set_clock(lambda: NOW)
    yield made
    clock.set_clock(None)
    session.remove()
    engine.dispose()


def _build(url: str) -> World:
    engine = database.make_engine(url)
    own = (f"{item.name}_" for item in registry.registry().project.subsystems)
    names = (*own, "sys_", "ab_")
    tables = [table for name, table in Model.metadata.tables.items() if name.startswith(names)]
    Model.metadata.create_all(engine, tables=tables)
    _begin(engine)
    clock.set_clock(lambda: NOW)
    made = World()
    with acting_as(SYSTEM), unit_of_work():
        reference.seed()
        _furnish(made)
    session.remove()
    engine.dispose()
    return made


def _begin(engine: Engine) -> None:
    database.bind(engine)
    forget()


def _furnish(world: World) -> None:
    from flask_appbuilder.security.sqla.models import User

    found = registry.registry()
    where = {found.project.organisation_district: DISTRICT}
    organisation: Any = registry.object(found.project.organisation).model(name="第一中学", **where)
    session.add(organisation)
    session.flush()
    world.org = organisation.id
    for role, spec in found.roles.items():
        user = User(first_name=role, last_name="", username=role, email=f"{role}@x", active=True)
        session.add(user)
        session.flush()
        world.actors[role] = _actor(
            user.id,
            role,
            organisation.id if spec.reach == "unit" else None,
            DISTRICT if spec.reach == "district" else None,
        )


def _actor(number: int, role: str, org: int | None, district: str | None) -> Actor:
    held = frozenset(
        (operation, function.id)
        for function in registry.registry().functions.values()
        for name, operations in function.grants
        if name == role
        for operation in operations
    )
    return Actor(
        user_id=number, name=role, org_id=org, district=district, roles=frozenset({role}),
        grants=held, role_grants={role: held}, role_reach={role: registry.role(role).reach},
    )  # fmt: skip
