"""Declarations of what stands over a record without anybody's doing: blocks and ladders."""

from generator import evaluation, model
from generator.emit.bodies import Bodies
from generator.emit.flows import Flows
from generator.emit.text import OMIT, Raw, call, given, rows
from generator.formulas import Where
from generator.world import Entity, Linked


def blocks(bodies: Bodies, entity: Entity) -> list[Raw]:
    """Return what refuses new records of the object."""
    return [
        call(
            "Block",
            name=str(block.name),
            object=str(block.by),
            when=bodies.criterion(
                f"{block.name}_block_of_{entity.name}",
                block.when,
                Where(this=str(block.by), form=entity.name),
            ),
            error=str(block.error),
            at=given(str(block.at or "")),
        )
        for block in (entity.spec.blocks.values() if entity.spec else ())
    ]


def ladders(linked: Linked, bodies: Bodies, entity: Entity) -> list[Raw]:
    """Return the ladders of the object."""
    flows, found = Flows(linked, bodies), []
    for ladder in entity.spec.ladders.values() if entity.spec else ():
        name = f"{ladder.name}_until_of_{entity.name}"
        stages = [
            call(
                "Stage",
                days=stage.days,
                effects=flows.effects(entity, stage.do, f"{ladder.name}_{abs(stage.days)}"),
            )
            for stage in sorted(ladder.stages, key=lambda one: one.days)
        ]
        found.append(
            call(
                "Ladder",
                name=str(ladder.name),
                title=str(ladder.title),
                date=str(ladder.date),
                until=bodies.criterion(name, ladder.until, Where(this=entity.name)),
                stages=rows(stages),
            )
        )
    return found


def captures(bodies: Bodies, entity: Entity) -> list[Raw]:
    """Return what devices read into the object."""
    return [
        call(
            "Capture",
            name=str(one.name),
            title=str(one.title),
            device=str(one.device),
            fill={str(key): str(word) for key, word in one.fill.items()},
            least=given(one.least),
            settings=Raw(_settings(bodies, entity, one)) if one.settings else OMIT,
            compare=given(tuple(map(str, one.compare))),
            passes=bodies.condition(
                f"{one.name}_passes_of_{entity.name}", one.passes, Where(this=entity.name)
            )
            if one.passes
            else OMIT,
            error=given(str(one.error or "")),
            by_hand=given(str(one.by_hand or "")),
            when=bodies.condition(
                f"{one.name}_capture_of_{entity.name}", one.when, Where(this=entity.name)
            )
            if one.when
            else OMIT,
            reads=given(_read(bodies, entity, one)),
        )
        for one in (entity.spec.captures.values() if entity.spec else ())
    ]


def _read(bodies: Bodies, entity: Entity, one: model.Capture) -> tuple[str, ...]:
    """Return what a capture is taken for: whatever of it changes makes another one of it."""
    formulas, where = bodies.formulas, Where(this=entity.name)
    compiled = [formulas.compile(code, where) for code in one.settings.values()]
    if one.passes:
        compiled.append(formulas.condition(one.passes, where))
    paths = [path for found in compiled if found for path in evaluation.walked(found.reads)]
    own = {*map(str, one.fill), str(one.by_hand or "")}
    found = [path for path in paths if path.split(".")[0] not in own]
    return tuple(dict.fromkeys([*found, *map(str, one.compare)]))


def _settings(bodies: Bodies, entity: Entity, one: model.Capture) -> str:
    where = Where(this=entity.name)
    told = {
        str(name): bodies.formula(f"{one.name}_{name}_of_{entity.name}", code, where)
        for name, code in one.settings.items()
    }
    return "{" + ", ".join(f'"{name}": {body.source}' for name, body in told.items()) + "}"
