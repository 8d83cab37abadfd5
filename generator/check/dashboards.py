"""Tiles of dashboards: known names, a form that can be drawn, nothing added up wrongly, a list behind."""

from collections.abc import Sequence

from generator.check import rings
from generator.check.context import Context
from generator.dashboards import FORMS, Dashboard, Tile
from generator.formulas import Where
from generator.language import tr
from generator.reader import Name, Word
from generator.reports import Dimension, Measure, ReportModel

UNKNOWN, ADDED, TILE = "E501", "E504", "E505"
FEWEST, MOST = 10, 3600  # seconds between two looks
GROUPS = 100
SIDES = {"heat": 2}


def check(context: Context, spec: ReportModel, board: Dashboard) -> None:
    """Check the dashboard of a model."""
    if not FEWEST <= board.refresh <= MOST:
        word = board.title or spec.name
        what = tr("the dashboard is asked for anew every {refresh} seconds", refresh=board.refresh)
        context.note(
            TILE, word, what, tr("write {FEWEST} to {MOST} seconds.", FEWEST=FEWEST, MOST=MOST)
        )
    for tile in board.tiles.values():
        _tile(context, spec, tile)


def _tile(context: Context, spec: ReportModel, tile: Tile) -> None:
    if len(tile.forms) != 1:
        what = tr(
            "the tile '{name}' has {count} forms instead of one",
            name=tile.name,
            count=len(tile.forms),
        )
        context.note(
            TILE, tile.name, what, tr("write exactly one of {names}.", names=", ".join(FORMS))
        )
        return
    models = context.linked.data.reports
    if tile.model:
        what = tr("'{name}' is about the unknown", name=tile.name)
        if not context.known(UNKNOWN, tile.model, models, what, "model"):
            return
        spec = models[Name(tile.model)]
    form, word = tile.forms[0]
    sides = [
        spec.dimensions[Name(side)]
        for side in tile.by
        if context.known(
            UNKNOWN,
            side,
            spec.dimensions,
            tr("'{name}' is divided by the unknown", name=tile.name),
            "dimension",
        )
    ]
    if context.known(
        UNKNOWN, word, spec.measures, tr("'{name}' shows the unknown", name=tile.name), "measure"
    ):
        measure = spec.measures[Name(word)]
        _divided(context, tile, measure, spec.never_by(measure))
        behind(context, spec, measure, tile.name, str(tile.name))
        if form == "pie":
            rings.measured(context, TILE, word, measure, tr("write bar or ranking."))
    if len(sides) == len(tile.by):
        _form(context, tile, form, sides)
    if tile.most is not None and not 1 <= tile.most <= GROUPS:
        what = tr("'{name}' shows {most} groups", name=tile.name, most=tile.most)
        context.note(TILE, tile.name, what, tr("write 1 to {GROUPS}.", GROUPS=GROUPS))


def _divided(context: Context, tile: Tile, measure: Measure, never: Sequence[str]) -> None:
    for side in tile.by:
        if side in never:
            what = tr(
                "'{name}' divides '{name2}' by '{side}', by which it may not be divided",
                name=tile.name,
                name2=measure.name,
                side=side,
            )
            context.note(ADDED, side, what, tr("show another measure, or another dimension."))


def _form(context: Context, tile: Tile, form: str, sides: list[Dimension]) -> None:
    wanted = SIDES.get(form, 1)
    if len(sides) != wanted and not (form == "number" and not sides):
        what = tr(
            "'{name}' is a {form} by {count} dimensions instead of {wanted}",
            name=tile.name,
            form=form,
            count=len(sides),
            wanted=wanted,
        )
        context.note(TILE, tile.name, what, tr("name it by `by`: a dimension, or two of heat."))
    elif len({side.name for side in sides}) < len(sides):
        what = tr("the two dimensions of '{name}' are the same", name=tile.name)
        context.note(TILE, tile.by[1], what, tr("name another one."))
    elif form in ("number", "line") and sides and not sides[0].period:
        what = tr(
            "'{name}' is no date, so '{name2}' has no course over it",
            name=sides[0].name,
            name2=tile.name,
        )
        context.note(TILE, tile.by[0], what, tr("name a dimension with `period`, or write bar."))
    elif form == "pie":
        rings.divided(context, TILE, tile.by[0], sides[0], tr("write bar or ranking."))


def behind(context: Context, spec: ReportModel, measure: Measure, word: Word, shown: str) -> None:
    """Check that the list which a figure opens shows something of its records."""
    fact = context.linked.fact(spec.fact)
    if all(word in spec.measures for _, words in measure.quotients for word in words):
        measure = spec.taken_for(measure)[-1]
    if fact is None or measure.ways != 1 or not measure.takes:
        return
    way, code = measure.takes[0]
    key = code if way == "count" else measure.of
    target = fact.name
    if key is not None:
        found = context.formulas.compile(key, Where(this=fact.name), sql=True)
        if found is None or not found.type.target:
            return
        target = found.type.target
    if target == fact.name and spec.columns:
        return
    entity = context.linked.entities.get(target)
    if entity is not None and entity.spec is not None and entity.spec.columns:
        return
    where = f"'{spec.name}'" if target == fact.name else tr("the object '{target}'", target=target)
    what = tr(
        "the figures of '{shown}' open records of '{target}', of which no column is shown",
        shown=shown,
        target=target,
    )
    context.note(TILE, word, what, tr("write columns in {where}.", where=where))
