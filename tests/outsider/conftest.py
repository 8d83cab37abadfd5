"""An outsider's project, compiled into a package of its own and put on a database of either kind.

Each folder here holds one: `metadata/`, the log of whoever wrote it, and tests of what they expected.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.core import clock
from app.core.db.database import session
from app.core.declare import registry
from tests.harness import project, worlds
from tests.harness.worlds import Place, place

assert place  # a fixture
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
class World(worlds.World):
    """An organisation that applies, and a person for every role."""

    org: int = 0


@pytest.fixture
def world(home: Path, package: str, place: Place) -> Iterator[World]:
    """The project on a database of its own, of either kind."""
    clock.set_clock(lambda: NOW)
    with place.standing(home, package, _built) as made:
        yield made


def _built(url: str) -> World:
    return worlds.built(url, World(), _furnish)


def _furnish(world: World) -> None:
    found = registry.registry()
    where = {found.project.organisation_district: DISTRICT}
    organisation: Any = registry.object(found.project.organisation).model(name="第一中学", **where)
    session.add(organisation)
    session.flush()
    world.org = organisation.id
    for role, spec in found.roles.items():
        org = organisation.id if spec.reach == "unit" else None
        world.admit(role, role, org, DISTRICT if spec.reach == "district" else None)
