"""The example on a database: its tables, two bureaus with ten places each, a clerk in each, and an office."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.db.database import session
from app.core.declare import registry
from tests.harness import worlds

HERE = Path(__file__).parent
PEOPLE = ("clerk", "other", "officer", "director")


@dataclass(repr=False)
class World(worlds.World):
    """Two bureaus with ten places each, a clerk in each, and an office that decides."""

    bureaus: dict[str, int] = field(default_factory=dict)
    allotments: dict[str, int] = field(default_factory=dict)


def built(url: str) -> World:
    """Make the example on an empty database; no connection stays open."""
    return worlds.built(url, World(), _furnish)


def _furnish(world: World) -> None:
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
        world.admit(who, "clerk" if who == "other" else who, orgs.get(who))
