"""A world for tests of the runtime: the sample product on a real database, with people in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from app import upgrade
from app.core import clock
from app.core.access.actor import SYSTEM, Actor, acting_as
from app.core.db import database
from app.core.db.database import session, unit_of_work
from app.core.db.entity import Model
from app.core.declare import registry
from app.core.reference import reference_data
from app.flow.execution import access, directory
from app.flow.execution.directory import Person
from app.flow.models import Case
from tests.harness.afresh import forget
from tests.harness.databases import Fillings

TABLES = ("sample_", "sys_", "ab_")


class Colleagues:
    """Who holds which role: what the room of accounts answers in the product."""

    def __init__(self, world: "World") -> None:
        self.world = world

    def holders(self, role: str, case: Case) -> list[Person]:
        """Return who holds the role within reach of the case."""
        return [
            Person(actor.user_id or 0, actor.name)
            for actor in self.world.actors.values()
            if role in actor.roles and access.reaches(actor, actor.role_reach[role], case)
        ]

    def colleagues(self, person_id: int) -> list[Person]:
        """Return who works in the same organisation."""
        own = next(a for a in self.world.actors.values() if a.user_id == person_id)
        return [
            Person(actor.user_id or 0, actor.name)
            for actor in self.world.actors.values()
            if (actor.org_id, actor.district) == (own.org_id, own.district) and actor is not own
        ]

    def name_of(self, person_id: int) -> str:
        """Return a name."""
        found = (a.name for a in self.world.actors.values() if a.user_id == person_id)
        return next(found, "")

    def conflict(self, person_id: int, deputy_id: int) -> str:
        """No roles of the sample exclude each other."""
        return ""


@dataclass
class World:
    """The sample product with two clubs, a room of ten seats, and an actor for every role."""

    actors: dict[str, Actor] = field(default_factory=dict)
    clubs: dict[str, int] = field(default_factory=dict)
    room: int = 0

    @contextmanager
    def acting(self, who: str, function: str | None = None) -> Iterator[Actor]:
        """Act as somebody, with a session of one's own as in a request."""
        session.remove()
        with acting_as(self.actors[who], function) as actor:
            yield actor
        session.remove()

    def meeting(self, **changes: Any) -> dict[str, Any]:
        """What a form of a good meeting holds."""
        raw = {
            "name": "读书会",
            "kind": "hall",
            "room": str(self.room),
            "first_day": "2026-12-01",
            "last_day": "2026-12-02",
            "cost": "1,200.50",
            "guests": [{"name": "王小明", "id_number": ""}, {"name": "李华", "id_number": ""}],
        }
        return raw | changes


def _actor(user_id: int, name: str, role: str, **more: Any) -> Actor:
    declared = registry.role(role)
    grants = frozenset(
        (operation, function.id)
        for function in registry.registry().functions.values()
        for granted, operations in function.grants
        if granted == role
        for operation in operations
    )
    return Actor(
        user_id=user_id,
        name=name,
        roles=frozenset({role}),
        grants=grants,
        role_grants={role: grants},
        role_reach={role: declared.reach},
        **more,
    )


def _people(world: World) -> None:
    from flask_appbuilder.security.sqla.models import User

    names = {
        "anna": ("member", {"org_id": world.clubs["east"]}),
        "adam": ("member", {"org_id": world.clubs["east"]}),
        "bert": ("member", {"org_id": world.clubs["west"]}),
        "carl": ("clerk", {}),
        "cora": ("clerk", {}),
        "fred": ("fire", {}),
        "paul": ("police", {}),
        "hugo": ("head", {}),
        "wanda": ("watcher", {"district": "e"}),
        "fay": ("fire", {}),
        "hana": ("head", {}),
    }
    for number, (name, (role, more)) in enumerate(names.items(), 1):
        session.add(
            User(
                id=number,
                first_name=name,
                last_name="",
                username=name,
                email=f"{name}@x",
                active=True,
            )
        )
        world.actors[name] = _actor(number, name, role, **more)
    session.flush()


def _places(world: World) -> None:
    from tests.sample import Club, Room

    for key, name, district in (("east", "东城读书会", "e"), ("west", "西城棋社", "w")):
        club = Club(name=name, district=district)
        session.add(club)
        session.flush()
        world.clubs[key] = club.id
    room = Room(name="大厅", seats=10, used=0, remaining=10)
    session.add(room)
    session.flush()
    world.room = room.id


def _build(url: str) -> World:
    upgrade.load_models()
    engine = database.make_engine(url)
    tables = [t for name, t in Model.metadata.tables.items() if name.startswith(TABLES)]
    Model.metadata.create_all(engine, tables=tables)
    _begin(engine)
    world = World()
    with acting_as(SYSTEM), unit_of_work():
        reference_data.seed()
        _places(world)
        _people(world)
    session.remove()
    engine.dispose()
    return world


def _begin(engine: Engine) -> None:
    database.bind(engine)
    forget()


@pytest.fixture
def world(
    database_url: str, fillings: Fillings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """The sample product on a database of its own."""
    monkeypatch.setattr(registry, "_package", "tests.sample")
    monkeypatch.setattr(reference_data, "FOLDER", reference_data.FOLDER / "none")
    world = fillings.fill(database_url, "sample", _build)
    monkeypatch.setattr(directory, "source", Colleagues(world))
    engine = database.make_engine(database_url)
    _begin(engine)
    yield world
    clock.set_clock(None)
    session.remove()
    _begin(engine)
    engine.dispose()


TODAY = date(2026, 11, 24)
