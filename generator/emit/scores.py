"""scores.py: the scores, with the functions that say to whom an event counts and how much."""

from typing import Any

from generator.emit.bodies import Bodies
from generator.emit.module import header, listing
from generator.emit.text import OMIT, Raw, call, given, rows
from generator.expression import Type
from generator.formulas import Formulas, Where
from generator.scores import Score, ScoreItem
from generator.world import Linked


def scores(linked: Linked, formulas: Formulas) -> str:
    """Return scores.py."""
    bodies = Bodies(formulas)
    items = [_score(linked, bodies, spec) for spec in linked.data.scores.values()]
    text = listing("scores", "scores", bodies, items, "Score", "ScoreItem")
    return header("Scores", "metadata/scores/") + "\n" + text


def _score(linked: Linked, bodies: Bodies, spec: Score) -> Raw:
    return call(
        "Score",
        tall=True,
        name=str(spec.name),
        title=str(spec.title),
        object=str(spec.of),
        period=str(spec.period),
        items=rows([_item(linked, bodies, spec, item) for item in spec.items.values()]),
        start=given(spec.start),
    )


def _item(linked: Linked, bodies: Bodies, spec: Score, item: ScoreItem) -> Raw:
    head, _, event = item.on.partition(".")
    where, name = Where(this=head), f"{spec.name}_{item.name}"
    when: Any = OMIT
    if item.when:
        when = bodies.condition(f"{name}_when", item.when, where)
    return call(
        "ScoreItem",
        name=str(item.name),
        title=str(item.title),
        object=head,
        on=event,
        to=bodies.formula(f"{name}_to", item.to, where, Type("ref", target=str(spec.of))),
        points=bodies.formula(f"{name}_points", item.points, where, "integer"),
        when=when,
        ladder=given(_is_ladder(linked, head, event)),
        cap=given(item.cap),
    )


def _is_ladder(linked: Linked, head: str, event: str) -> bool:
    spec = linked.entities[head].spec
    return spec is not None and event in spec.ladders
