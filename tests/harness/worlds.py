"""A project beside the product on a database of its own, with people of whom each holds one role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Engine

from app import upgrade
from app.core import clock
from app.core import settings as installation
from app.core.access.actor import SYSTEM, Actor, acting_as
from app.core.db import abstract_views, database
from app.core.db.database import session, unit_of_work
from app.core.db.entity import Model
from app.core.declare import registry
from app.core.reference import reference_data
from app.documents import template_filling
from app.security.shipped import sync_permissions
from tests.harness.afresh import forget
from tests.harness.databases import Fillings


@dataclass(repr=False)
class World:
    """People by the names under which tests act as them."""

    actors: dict[str, Actor] = field(default_factory=dict)

    @contextmanager
    def acting(self, who: str) -> Iterator[Actor]:
        """Act as somebody, with a session of one's own as in a request."""
        session.remove()
        with acting_as(self.actors[who]) as actor:
            yield actor
        session.remove()

    def admit(
        self, who: str, role: str, org: int | None = None, district: str | None = None
    ) -> None:
        """Let somebody be known who holds this role and no other."""
        from flask_appbuilder.security.sqla.models import User

        user = User(first_name=who, last_name="", username=who, email=f"{who}@x", active=True)
        session.add(user)
        session.flush()
        held = frozenset(
            (operation, function.id)
            for function in registry.registry().functions.values()
            for name, operations in function.grants
            if name == role
            for operation in operations
        )
        self.actors[who] = Actor(
            user_id=user.id, name=role, org_id=org, district=district, roles=frozenset({role}),
            grants=held, role_grants={role: held}, role_reach={role: registry.role(role).reach},
        )  # fmt: skip


W = TypeVar("W", bound=World)


def bind(engine: Engine) -> None:
    """Work on this database from now on."""
    database.bind(engine)
    forget()


def built(url: str, world: W, furnish: Callable[[W], None]) -> W:
    """Make the project's tables and permissions on an empty database and furnish it; no connection stays open."""
    engine = database.make_engine(url)
    own = (f"{item.name}_" for item in registry.registry().project.subsystems)
    names = (*own, "sys_", "ab_")  # what else this process knows is of other projects
    tables = [table for name, table in Model.metadata.tables.items() if name.startswith(names)]
    Model.metadata.create_all(
        engine, tables=[one for one in tables if not abstract_views.parts(one)]
    )
    with engine.begin() as connection:
        abstract_views.make(connection, [one for one in tables if abstract_views.parts(one)])
        sync_permissions(connection)
    bind(engine)
    with acting_as(SYSTEM), unit_of_work():
        reference_data.seed()
        furnish(world)
    session.remove()
    engine.dispose()
    return world


@dataclass(frozen=True)
class Place:
    """Where a project's world stands during one test."""

    url: str
    fillings: Fillings
    folder: Path
    monkeypatch: pytest.MonkeyPatch

    @contextmanager
    def standing(self, home: Path, package: str, build: Callable[[str], W]) -> Iterator[W]:
        """Let the project below `home` be the one that is served, with what `build(url)` made."""
        self.monkeypatch.setenv("VAR", str(self.folder / "var"))
        self.monkeypatch.setattr(registry, "_package", package)
        self.monkeypatch.setattr(reference_data, "FOLDER", self.folder)
        self.monkeypatch.setattr(template_filling, "TEMPLATES", home / "metadata" / "documents")
        installation.secret("history")  # processes that a test starts find the key of all tests
        upgrade.load_runtime()
        made = self.fillings.fill(self.url, home.name, build)
        engine = database.make_engine(self.url)
        bind(engine)
        yield made
        clock.set_clock(None)
        session.remove()
        engine.dispose()


@pytest.fixture
def place(
    database_url: str, fillings: Fillings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place:
    """A database of either kind for the world of one test."""
    return Place(database_url, fillings, tmp_path, monkeypatch)
