"""The example project, compiled into a package of its own and put on a database."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app import upgrade
from app.core import clock, database, dictionaries, reference, registry, workdays
from app.core.actor import SYSTEM, Actor, acting_as
from app.core.database import session, unit_of_work
from app.core.entity import Model
from generator.compile import compile_all

HERE = Path(__file__).parent
PACKAGE = "example_generated"
PEOPLE = ("clerk", "other", "officer", "director")


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Compile tests/examples/metadata/; the modules are imported from a folder of this session."""
    result = compile_all(HERE)
    assert not result.problems, result.report
    folder = tmp_path_factory.mktemp("examples")
    for path, text in result.files.items():
        if path.startswith("app/generated/"):
            target = folder / PACKAGE / path.removeprefix("app/generated/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.replace("app.generated", PACKAGE), encoding="utf-8")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    importlib.import_module(f"{PACKAGE}.registry")
    yield f"{PACKAGE}.registry"
    sys.path.remove(str(folder))


@dataclass
class World:
    """Two bureaus with ten places each, a clerk in each, and an office that decides."""

    actors: dict[str, Actor] = field(default_factory=dict)
    bureaus: dict[str, int] = field(default_factory=dict)
    allotments: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def acting(self, who: str) -> Iterator[Actor]:
        """Act as somebody, with a session of one's own as in a request."""
        session.remove()
        with acting_as(self.actors[who]) as actor:
            yield actor
        session.remove()


def _actor(number: int, role: str, org: int | None) -> Actor:
    grants = frozenset(
        (operation, function.id)
        for function in registry.registry().functions.values()
        for name, operations in function.grants
        if name == role
        for operation in operations
    )
    reach = {role: registry.role(role).reach}
    return Actor(
        user_id=number, name=role, org_id=org, roles=frozenset({role}), grants=grants,
        role_grants={role: grants}, role_reach=reach,
    )  # fmt: skip


@pytest.fixture
def world(
    package: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """The example on an empty database of either kind."""
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    monkeypatch.setattr(registry, "_package", package)
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    upgrade.load_runtime()
    engine = database.make_engine(database_url)
    tables = [
        table
        for name, table in Model.metadata.tables.items()
        if name.startswith(("ground_", "sys_", "ab_"))
    ]
    Model.metadata.create_all(engine, tables=tables)
    database.bind(engine)
    dictionaries._forget()
    workdays.forget()
    made = World()
    with acting_as(SYSTEM), unit_of_work():
        reference.seed()
        _furnish(made)
    session.remove()
    yield made
    clock.set_clock(None)
    session.remove()
    dictionaries._forget()
    engine.dispose()


def _furnish(world: World) -> None:
    from flask_appbuilder.security.sqla.models import User

    bureau: Any = registry.object("bureau").model
    allotment: Any = registry.object("allotment").model
    for name in ("east", "west"):
        row = bureau(name=name)
        session.add(row)
        session.flush()
        world.bureaus[name] = row.id
        for year in (2026, 2027):
            places = allotment(
                unit_id=row.id, name=f"{name}{year}", year=year, places=10, used=0, remaining=10
            )
            session.add(places)
            session.flush()
            world.allotments[f"{name}{year}"] = places.id
    orgs = {"clerk": world.bureaus["east"], "other": world.bureaus["west"]}
    for number, who in enumerate(PEOPLE, 1):
        session.add(
            User(
                id=number, first_name=who, last_name="", username=who, email=f"{who}@x", active=True
            )
        )
        role = "clerk" if who == "other" else who
        world.actors[who] = _actor(number, role, orgs.get(who))
    session.flush()
