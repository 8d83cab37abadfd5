"""Scores: who is scored, events that exist, points that are whole numbers, caps that can be reached."""

from generator.check.context import Context
from generator.expression import Type
from generator.formulas import Where
from generator.language import tr
from generator.reader import Word
from generator.scores import Score, ScoreItem
from generator.world import FunctionIn

UNKNOWN, ITEM = "E511", "E512"


def check(context: Context) -> None:
    """Check every score, and that the functions that show one name it."""
    for spec in context.linked.data.scores.values():
        what = tr("'{name}' scores the unknown object", name=spec.name)
        own = [name for name, one in context.linked.entities.items() if not one.parent]
        if context.known(UNKNOWN, spec.of, own, what, "object"):
            for item in spec.items.values():
                _item(context, spec, item)
    for function in context.linked.functions.values():
        _function(context, function)


def _function(context: Context, item: FunctionIn) -> None:
    spec = item.spec
    if item.screen != "score":
        return
    if spec.model is None:
        what = tr("{id} is a score screen without `model`", id=spec.id)
        context.note(UNKNOWN, spec.id, what, tr("name a score of metadata/scores/."))
    else:
        known = context.linked.data.scores
        context.known(
            UNKNOWN, spec.model, known, tr("{id} shows the unknown score", id=spec.id), "score"
        )


def _item(context: Context, spec: Score, item: ScoreItem) -> None:
    linked, formulas = context.linked, context.formulas
    head, _, event = item.on.partition(".")
    place = Word.at(head, item.on.place, item.on.uses)
    if not context.known(
        UNKNOWN,
        place,
        linked.entities,
        tr("'{name}' is about the unknown object", name=item.name),
        "object",
    ):
        return
    entity = linked.entities[head]
    ladders = entity.spec.ladders if entity.spec else {}
    if entity.flow is None and not ladders:
        context.note(
            UNKNOWN,
            item.on,
            tr("'{head}' has no flow, so nothing happens to it", head=head),
            tr("name an object with a flow or a ladder."),
        )
        return
    word = Word.at(event or "?", item.on.place, item.on.uses)
    steps = [*entity.flow.actions, *entity.flow.steps] if entity.flow else []
    events = [*steps, *ladders]
    if word in steps and word in ladders:
        what = tr("'{head}' has both a ladder and an action or step '{word}'", head=head, word=word)
        context.note(UNKNOWN, item.on, what, tr("give the ladder another name."))
    if not context.known(
        UNKNOWN, word, events, tr("'{head}' has no action, step or ladder", head=head), "event"
    ):
        return
    where = Where(this=head)
    formulas.compile(item.to, where, Type("ref", target=str(spec.of)))
    formulas.compile(item.points, where, "integer")
    if item.when:
        formulas.condition(item.when, where)
    if item.cap == 0:
        context.note(
            ITEM, item.name, tr("'{name}' could never give or take a point", name=item.name),
            tr("write a cap such as -20, or none."),
        )  # fmt: skip
    sign = _sign(str(item.points))
    if item.cap and sign and (item.cap > 0) != (sign > 0):
        what = tr(
            "'{name}' has points of {points}, but the cap {cap} of the other sign",
            name=item.name,
            points=item.points,
            cap=item.cap,
        )
        context.note(ITEM, item.name, what, tr("write cap: {value}.", value=-item.cap))


def _sign(text: str) -> int:
    """Return the sign of points that are written as a number; 0 where they are computed."""
    plain = text.strip().lstrip("+-")
    if not plain.isdigit() or int(plain) == 0:
        return 0
    return -1 if text.strip().startswith("-") else 1
