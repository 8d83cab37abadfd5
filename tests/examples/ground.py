"""The example on a database: its tables, two bureaus with ten places each, a clerk in each, and an office."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from app.core import database, reference, registry, unions
from app.core.actor import SYSTEM, Actor, acting_as
from app.core.database import session, unit_of_work
from app.core.entity import Model
from app.security.shipped import sync_permissions
from tests.harness.afresh import forget

HERE = Path(__file__).parent
PEOPLE = ("clerk", "other", "officer", "director")


@dataclass(repr=False)
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


def built(url: str) -> World:
    """Make the tables and permissions on an empty database and furnish it; no connection stays open."""
    engine = database.make_engine(url)
    tables = [
        table
        for name, table in Model.metadata.tables.items()
        if name.startswith(("ground_", "air_", "sys_", "ab_")) and not unions.parts(table)
    ]
    Model.metadata.create_all(engine, tables=tables)
    with engine.begin() as connection:
        unions.make(connection, unions.views(Model.metadata))
        sync_permissions(connection)
    bind(engine)
    made = World()
    with acting_as(SYSTEM), unit_of_work():
        reference.seed()
        _furnish(made)
    session.remove()
    engine.dispose()
    return made


def bind(engine: Engine) -> None:
    """Work on this database from now on."""
    database.bind(engine)
    forget()


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
    for who in PEOPLE:
        user = User(first_name=who, last_name="", username=who, email=f"{who}@x", active=True)
        session.add(user)
        session.flush()
        role = "clerk" if who == "other" else who
        world.actors[who] = _actor(user.id, role, orgs.get(who))
