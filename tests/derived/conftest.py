"""One world for the derived tests of a module: the product, an organisation, a person for every role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.access.actor import SYSTEM, Actor, acting_as
from app.core.db.database import elevated, expect_writes, session, unit_of_work
from app.core.declare import registry
from app.security import accounts, request_identity
from tests.derived.leading import lead
from tests.derived.standing import maker_of, put, signers
from tests.derived.valid import Cannot, Maker
from tests.harness import people, project
from tests.harness.afresh import forget
from tests.harness.product import Ground

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--derived", default="", help="only tests of these objects and functions")
    parser.addoption("--seed", default="", help="makes other records than usual")
    parser.addoption("--project", default="", help="of the metadata below this folder instead")


def pytest_configure(config: pytest.Config) -> None:
    folder = str(config.getoption("project", "") or "")
    if folder:
        project.use(Path(folder))
        project.settings(Path(folder))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = {name for name in str(config.getoption("derived", "") or "").split(",") if name}
    if not wanted:
        return
    chosen, left = [], []
    for item in items:
        words = (
            set(getattr(item, "callspec", None).id.split("-"))
            if hasattr(item, "callspec")
            else set()
        )
        (chosen if words & wanted else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = chosen


@dataclass
class World:
    """The product with people; what a `trial` writes is gone after it."""

    app: Flask
    connection: Any
    seed: str = ""
    org: int = 0
    accounts: dict[str, int] = field(default_factory=dict)
    colleagues: dict[str, list[int]] = field(default_factory=dict)  # further people of a role
    lacking: dict[str, str] = field(default_factory=dict)  # objects without a record, and why
    known: dict[Any, Any] = field(default_factory=dict)  # how makers met conditions
    _actors: dict[str, Actor] = field(default_factory=dict)
    _clients: dict[str, people.Browserlike] = field(default_factory=dict)

    def actor(self, role: str) -> Actor:
        """The person who holds this role and no other."""
        if role not in self._actors:
            self._actors[role] = request_identity.actor_of(self.accounts[role])
        return self._actors[role]

    def client(self, role: str) -> people.Browserlike:
        """A browser in which that person has signed in."""
        if role not in self._clients:
            client = self.app.test_client()
            people.sign_in(client, accounts.get(self.accounts[role]).user.username)
            self._clients[role] = client
        return self._clients[role]

    @contextmanager
    def acting(self, role: str, function: str | None = None) -> Iterator[Actor]:
        """Act as that person; `system` is the product itself."""
        actor = SYSTEM if role == "system" else self.actor(role)
        with acting_as(actor, function):
            yield actor

    @contextmanager
    def trial(self) -> Iterator[None]:
        """A block whose writes are undone."""
        session.commit()
        point = self.connection.begin_nested()
        try:
            yield
        finally:
            session.rollback()
            session.expunge_all()
            point.rollback()

    def maker(self, seed: str) -> Maker:
        """What makes records; those that others need are entered by whoever enters such ones."""
        return Maker(
            f"{seed}{self.seed}",
            lambda name: self.acting(maker_of(name)),
            lambda record, wanted: lead(self, record, wanted),
            self.known,
        )

    @contextmanager
    def made_of(self, name: str) -> Iterator[None]:
        """A block that makes records of an object; where none can be made, its own tests say why, and no other's."""
        try:
            yield
        except Cannot as fault:
            session.rollback()
            self.lacking.setdefault(name, str(fault))

    def needs(self, *names: str) -> None:
        """Fail where no record of one of these objects could be made."""
        for name in names:
            if name in self.lacking:
                pytest.fail(self.lacking[name], pytrace=False)


@pytest.fixture(scope="module")
def world(wsgi: Flask, request: pytest.FixtureRequest) -> Iterator[World]:
    """The product on the upgraded database, in a transaction that is rolled back at the end.

    On SQLite, unless a test asks for the other one: parametrize("world", KINDS, indirect=True).
    """
    usual: Ground = request.getfixturevalue("sqlite_ground")
    ground: Ground = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_ground")
    session.remove()
    expect_writes()
    wsgi.test_client_class = people.Browserlike
    clock.set_clock(lambda: NOW)
    with ground.engine.connect() as connection, wsgi.app_context():
        connection.name = ground.engine.name
        outer = connection.begin()
        session.configure(bind=connection, join_transaction_mode="create_savepoint")
        forget()
        made = World(wsgi, connection, str(request.config.getoption("seed", "") or ""))
        _people(made)
        yield made
        session.remove()
        outer.rollback()
    clock.set_clock(None)
    session.configure(bind=usual.engine, join_transaction_mode="conditional_savepoint")
    forget()


def _people(world: World) -> None:
    organisation = registry.object(registry.project().organisation)
    with acting_as(SYSTEM), elevated(), unit_of_work():
        row = Maker(f"organisation{world.seed}").draft(organisation)
        flow = registry.flow_of(organisation.name)
        if flow:
            put(row, next(step.name for step in flow.steps if step.end == "done"))
        world.org = row.id
    for role in registry.registry().roles.values():
        mine = row if role.reach == "unit" else None
        area = getattr(row, registry.project().organisation_district)
        district = area if role.reach == "district" else None
        world.accounts[role.name] = people.open_person(role.name, org=mine, district=district)
        world.colleagues[role.name] = [
            people.open_person(role.name, org=mine, district=district)
            for _ in range(signers(role.name) - 1)
        ]
