"""Models of reports: facts, dimensions, measures, and that nothing is added that may not be added."""

import re

from generator.check import dashboards, written
from generator.check.context import Context
from generator.expression import Compiled
from generator.formulas import Where
from generator.reader import Name, Word
from generator.reports import Dimension, Measure, Report, ReportModel
from generator.world import Entity, FunctionIn

UNKNOWN, DIMENSION, MEASURE, ADDED = "E501", "E502", "E503", "E504"
PATH = re.compile(r"\w+(\.\w+)*\Z")
SCREENS = ("report", "dashboard", "written")
NUMBERS = frozenset({"integer", "decimal", "money"})


def check(context: Context) -> None:
    """Check every model, and that the functions that show reports name one."""
    for spec in context.linked.data.reports.values():
        fact = _fact(context, spec)
        if fact is not None:
            _model(context, spec, fact)
    for item in context.linked.functions.values():
        _function(context, item)


def _function(context: Context, item: FunctionIn) -> None:
    spec, models = item.spec, context.linked.data.reports
    if item.screen == "explore":
        _explored(context, item)
        return
    for word in spec.models[:1]:
        what = f"{spec.id} is no explore screen, so nobody chooses from `models` there"
        context.note(UNKNOWN, word, what, "write screen: explore, or name one by `model`.")
    if item.screen not in SCREENS:
        if spec.model and item.screen not in ("score", "intake"):
            what = f"{spec.id} shows no report or score and takes no file, so `model` means nothing"
            context.note(UNKNOWN, spec.model, what, "delete the key, or write screen: report.")
    elif spec.model is None:
        what = f"{spec.id} is a {item.screen} screen without `model`"
        context.note(UNKNOWN, spec.id, what, "name a model of metadata/reports/.")
    elif context.known(UNKNOWN, spec.model, models, f"{spec.id} shows the unknown model", "model"):
        model = models[Name(spec.model)]
        if item.screen == "dashboard" and model.dashboard is None:
            what = f"'{spec.model}' has no dashboard that {spec.id} could show"
            context.note(UNKNOWN, spec.model, what, "write dashboard: {tiles: …} in the model.")
        elif item.screen == "written" and not model.docx:
            what = f"'{spec.model}' has no written report that {spec.id} could make"
            context.note(UNKNOWN, spec.model, what, "write docx: {NAME: {…}} in the model.")


def _explored(context: Context, item: FunctionIn) -> None:
    """Check what people choose from: known models, each once, whose figures lead somewhere."""
    spec, models = item.spec, context.linked.data.reports
    if spec.model:
        what = f"people choose the model of {spec.id}, so `model` means nothing"
        context.note(UNKNOWN, spec.model, what, f"write models: [{spec.model}].")
    elif not spec.models:
        what = f"{spec.id} is an explore screen without `models`"
        context.note(UNKNOWN, spec.id, what, "list models of metadata/reports/.")
    for place, word in enumerate(spec.models):
        if word in spec.models[:place]:
            what = f"{spec.id} lists the model '{word}' twice"
            context.note(UNKNOWN, word, what, "delete one of them.")
            continue
        what = f"{spec.id} lists the unknown model"
        if context.known(UNKNOWN, word, models, what, "model"):
            model = models[Name(word)]
            for measure in model.measures.values():
                dashboards.behind(context, model, measure, measure.name, str(measure.name))


def _fact(context: Context, spec: ReportModel) -> Entity | None:
    linked = context.linked
    head, _, rest = spec.fact.partition(".")
    entity = linked.entities.get(head)
    if entity is None or entity.parent:
        own = [name for name, one in linked.entities.items() if not one.parent]
        context.known(
            UNKNOWN, Word.at(head, spec.fact.place), own, "a fact is the unknown object", "object"
        )
        return None
    if rest and rest not in entity.children:
        word = Word.at(rest, spec.fact.place)
        context.known(UNKNOWN, word, entity.children, f"'{head}' has no list", "list")
        return None
    return linked.fact(spec.fact)


def _model(context: Context, spec: ReportModel, fact: Entity) -> None:
    formulas, where = context.formulas, Where(this=fact.name)
    if spec.where:
        formulas.condition(spec.where, where, sql=True)
    if spec.date:
        found = formulas.compile(spec.date, where, sql=True)
        if found and found.type.kind not in ("date", "datetime"):
            context.note(DIMENSION, spec.date, f"'{spec.date}' is no date", f"it is {found.type}.")
    for word in spec.columns:
        context.member(UNKNOWN, fact, word, f"a column of '{spec.name}'")
    for dimension in spec.dimensions.values():
        _dimension(context, dimension, where)
    for measure in spec.measures.values():
        _measure(context, spec, measure, where)
    for report in spec.reports.values():
        _report(context, spec, report)
    if spec.dashboard is not None:
        dashboards.check(context, spec, spec.dashboard)
    written.check(context, spec)


def _dimension(context: Context, item: Dimension, where: Where) -> None:
    found = context.formulas.compile(item.by, where)
    if found and not found.type.many:
        found = context.formulas.compile(item.by, where, sql=True)
    if found is None:
        return
    name, kind = item.name, found.type.kind
    if found.type.many and not item.many:
        context.note(
            DIMENSION, item.by, f"a fact has several '{name}'",
            "write many: true; it is then counted once under each.",
        )  # fmt: skip
        return
    if found.shows:
        context.note(
            DIMENSION, item.by, f"'{name}' would show whole what lists show the ends of",
            "divide by something else; the list behind a figure shows the ends.",
        )  # fmt: skip
        return
    if item.many and not (found.type.many and PATH.match(item.by)):
        what = f"'{item.by}' is no path through a list, so `many` means nothing"
        context.note(DIMENSION, item.by, what, "delete many, or name a path such as lines.article.")
        return
    if item.where and not _rows_hold(context, item, where):
        return
    dated = kind in ("date", "datetime")
    if dated and item.period is None:
        what = f"'{name}' would have a group for every {kind}"
        context.note(DIMENSION, item.by, what, "add period: month, year, quarter or day.")
    elif item.period and not dated:
        what = f"'{item.by}' is no date, so it has no {item.period}"
        context.note(DIMENSION, item.by, what, f"it is {found.type}.")
    elif kind in ("decimal", "money"):
        context.note(
            DIMENSION, item.by, f"'{name}' would have a group for every amount",
            "make steps of it: 'small' if amount < 1000 else 'large'.",
        )  # fmt: skip


def _rows_hold(context: Context, item: Dimension, where: Where) -> bool:
    """Check the condition of the rows by which a dimension with `many` divides."""
    assert item.where is not None
    rows = context.linked.rows_on(where.this, str(item.by)) if item.many else None
    if rows is None:
        what = f"'{item.by}' leads through no list, so `where` means nothing"
        context.note(DIMENSION, item.where, what, "delete the key, or limit the facts instead.")
        return False
    return context.formulas.condition(item.where, Where(this=rows[1]), sql=True) is not None


def _measure(context: Context, spec: ReportModel, item: Measure, where: Where) -> None:
    if item.where:
        context.formulas.condition(item.where, where, sql=True)
    if len(item.takes) != 1:
        context.note(
            MEASURE, item.name, f"'{item.name}' takes {len(item.takes)} numbers instead of one",
            "write exactly one of count, sum, average, least, most.",
        )  # fmt: skip
        return
    way, code = item.takes[0]
    found = context.formulas.compile(code, where, sql=True)
    if way == "count":
        _counted(context, item, found)
    elif found:
        if found.type.kind not in NUMBERS:
            what = f"'{code}' is no number, so it has no {way}"
            context.note(MEASURE, code, what, f"it is {found.type}.")
        _owner(context, item, code, found, where)
    for word in item.not_by or ():
        known = spec.dimensions
        context.known(UNKNOWN, word, known, f"'{item.name}' names the unknown", "dimension")
    several = [str(one.name) for one in spec.dimensions.values() if one.many]
    if way == "sum" and several and item.not_by is None:
        context.note(
            ADDED, item.name,
            f"the sum '{item.name}' would be taken once for each '{several[0]}' of a fact",
            f"write not_by: [{', '.join(several)}], or not_by: [] where that is meant.",
        )  # fmt: skip


def _counted(context: Context, item: Measure, found: Compiled | None) -> None:
    if item.of:
        context.note(MEASURE, item.of, "`of` goes with a number, not with count", "delete the key.")
    if found and (found.type.kind != "ref" or not found.type.target):
        context.note(
            MEASURE, item.takes[0][1], f"'{item.takes[0][1]}' is no record that could be counted",
            "write `this` for the fact, or a path to a record, such as parent.",
        )  # fmt: skip


def _owner(context: Context, item: Measure, code: Word, found: Compiled, where: Where) -> None:
    """Check that a number of a record that several facts share is taken once, or said to be meant."""
    behind = sorted(name for name in found.names if name.count(".") > 1 and name[:5] == "this.")
    if item.of is None:
        if behind:
            path = behind[0].removeprefix("this.").rpartition(".")[0]
            context.note(
                MEASURE, code, f"'{code}' belongs to '{path}', which several facts may share",
                f"write of: {path} to take it once for each, or of: this where it is meant for each fact.",
            )  # fmt: skip
        return
    owner = context.formulas.compile(item.of, where, sql=True)
    if owner is None:
        return
    if owner.type.kind != "ref" or not owner.type.target:
        context.note(MEASURE, item.of, f"'{item.of}' is no record", "write `this` or a path.")
    elif item.of != "this" and any(
        name.startswith("this") and not name.startswith(f"this.{item.of}.") for name in found.names
    ):
        what = f"'{code}' is not of '{item.of}' alone, so it cannot be taken once for each"
        context.note(MEASURE, code, what, "write of: this, or a number of that record.")


def _report(context: Context, spec: ReportModel, item: Report) -> None:
    sides = [word for word in (item.rows, item.columns) if word]
    for word in sides:
        context.known(
            UNKNOWN, word, spec.dimensions, f"'{item.name}' is divided by the unknown", "dimension"
        )
    if item.columns and item.rows == item.columns:
        what = f"the rows and columns of '{item.name}' are the same"
        context.note(DIMENSION, item.columns, what, "name another dimension.")
    for word in item.show:
        if not context.known(
            UNKNOWN, word, spec.measures, f"'{item.name}' shows the unknown", "measure"
        ):
            continue
        measure = spec.measures[Name(word)]
        for side in sides:
            if side in (measure.not_by or ()):
                what = f"'{item.name}' divides '{word}' by '{side}', by which it may not be divided"
                context.note(ADDED, word, what, "show another measure, or other rows.")
