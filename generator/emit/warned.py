"""Declarations of warnings."""

from typing import Any

from generator.emit.bodies import Bodies
from generator.emit.flows import Flows
from generator.emit.text import Raw, call
from generator.formulas import Where
from generator.readers import Effect
from generator.world import Entity, Linked


def warned(linked: Linked, bodies: Bodies, entity: Entity) -> list[Raw]:
    """Return what is warned of about records of the object."""
    return [
        call(
            "Warned",
            name=str(item.name),
            title=str(item.title),
            when=bodies.criterion(
                f"{item.name}_warning_of_{entity.name}", item.when, Where(this=entity.name)
            ),
            text=str(item.text),
            effects=effects(linked, bodies, entity, item.do, f"{item.name}_warning"),
            ended=effects(linked, bodies, entity, item.ended, f"{item.name}_ended"),
        )
        for item in (entity.spec.warnings.values() if entity.spec else ())
    ]


def effects(
    linked: Linked, bodies: Bodies, entity: Entity, found: tuple[Effect, ...], place: str
) -> Any:
    """Return the declarations of what is done by itself."""
    return Flows(linked, bodies).effects(entity, found, place)
