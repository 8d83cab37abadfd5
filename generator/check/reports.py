"""Models of reports: facts, dimensions, measures, and that nothing is added that may not be added."""

import re

from generator.check import dashboards, rings, written
from generator.check.context import Context
from generator.expression import CONDITION, Compiled
from generator.formulas import Where
from generator.language import tr
from generator.reader import Code, Name, Word
from generator.reports import Dimension, Measure, Report, ReportModel
from generator.world import Entity, FunctionIn

UNKNOWN, DIMENSION, MEASURE, ADDED, DRAWN = "E501", "E502", "E503", "E504", "E505"
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
        what = tr("{id} is no explore screen, so nobody chooses from `models` there", id=spec.id)
        context.note(UNKNOWN, word, what, tr("write screen: explore, or name one by `model`."))
    if item.screen not in SCREENS:
        if spec.model and item.screen not in ("score", "intake"):
            what = tr(
                "{id} shows no report or score and takes no file, so `model` means nothing",
                id=spec.id,
            )
            context.note(UNKNOWN, spec.model, what, tr("delete the key, or write screen: report."))
    elif spec.model is None:
        what = tr("{id} is a {screen} screen without `model`", id=spec.id, screen=item.screen)
        context.note(UNKNOWN, spec.id, what, tr("name a model of metadata/reports/."))
    elif context.known(
        UNKNOWN, spec.model, models, tr("{id} shows the unknown model", id=spec.id), "model"
    ):
        model = models[Name(spec.model)]
        if item.screen == "dashboard" and model.dashboard is None:
            what = tr(
                "'{model}' has no dashboard that {id} could show", model=spec.model, id=spec.id
            )
            context.note(UNKNOWN, spec.model, what, tr("write dashboard: {tiles: …} in the model."))
        elif item.screen == "written" and not model.docx:
            what = tr(
                "'{model}' has no written report that {id} could make", model=spec.model, id=spec.id
            )
            context.note(UNKNOWN, spec.model, what, tr("write docx: {NAME: {…}} in the model."))


def _explored(context: Context, item: FunctionIn) -> None:
    """Check what people choose from: known models, each once, whose figures lead somewhere."""
    spec, models = item.spec, context.linked.data.reports
    if spec.model:
        what = tr("people choose the model of {id}, so `model` means nothing", id=spec.id)
        context.note(UNKNOWN, spec.model, what, tr("write models: [{model}].", model=spec.model))
    elif not spec.models:
        what = tr("{id} is an explore screen without `models`", id=spec.id)
        context.note(UNKNOWN, spec.id, what, tr("list models of metadata/reports/."))
    for place, word in enumerate(spec.models):
        if word in spec.models[:place]:
            what = tr("{id} lists the model '{word}' twice", id=spec.id, word=word)
            context.note(UNKNOWN, word, what, tr("delete one of them."))
            continue
        what = tr("{id} lists the unknown model", id=spec.id)
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
            UNKNOWN,
            Word.at(head, spec.fact.place),
            own,
            tr("a fact is the unknown object"),
            "object",
        )
        return None
    if rest and rest not in entity.children:
        word = Word.at(rest, spec.fact.place)
        context.known(UNKNOWN, word, entity.children, tr("'{head}' has no list", head=head), "list")
        return None
    return linked.fact(spec.fact)


def _model(context: Context, spec: ReportModel, fact: Entity) -> None:
    formulas, where = context.formulas, Where(this=fact.name)
    if spec.where:
        formulas.condition(spec.where, where, sql=True)
    if spec.date:
        found = formulas.compile(spec.date, where, sql=True)
        if found and found.type.kind not in ("date", "datetime"):
            context.note(
                DIMENSION,
                spec.date,
                tr("'{date}' is no date", date=spec.date),
                tr("it is {type}.", type=found.type),
            )
    for word in spec.columns:
        context.member(UNKNOWN, fact, word, tr("a column of '{name}'", name=spec.name))
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
            DIMENSION, item.by, tr("a fact has several '{name}'", name=name),
            tr("write many: true; it is then counted once under each."),
        )  # fmt: skip
        return
    if found.shows:
        context.note(
            DIMENSION, item.by, tr("'{name}' would show whole what lists show the ends of", name=name),
            tr("divide by something else; the list behind a figure shows the ends."),
        )  # fmt: skip
        return
    if item.many and not (found.type.many and PATH.match(item.by)):
        what = tr("'{by}' is no path through a list, so `many` means nothing", by=item.by)
        context.note(
            DIMENSION, item.by, what, tr("delete many, or name a path such as lines.article.")
        )
        return
    if item.where and not _rows_hold(context, item, where):
        return
    dated = kind in ("date", "datetime")
    if dated and item.period is None:
        what = tr("'{name}' would have a group for every {kind}", name=name, kind=kind)
        context.note(DIMENSION, item.by, what, tr("add period: month, year, quarter or day."))
    elif item.period and not dated:
        what = tr("'{by}' is no date, so it has no {period}", by=item.by, period=item.period)
        context.note(DIMENSION, item.by, what, tr("it is {type}.", type=found.type))
    elif kind in ("decimal", "money"):
        context.note(
            DIMENSION, item.by, tr("'{name}' would have a group for every amount", name=name),
            tr("make steps of it: 'small' if amount < 1000 else 'large'."),
        )  # fmt: skip


def _rows_hold(context: Context, item: Dimension, where: Where) -> bool:
    """Check the condition of the rows by which a dimension with `many` divides."""
    assert item.where is not None
    rows = context.linked.rows_on(where.this, str(item.by)) if item.many else None
    if rows is None:
        what = tr("'{by}' leads through no list, so `where` means nothing", by=item.by)
        context.note(DIMENSION, item.where, what, tr("delete the key, or limit the facts instead."))
        return False
    return context.formulas.condition(item.where, Where(this=rows[1]), sql=True) is not None


def _measure(context: Context, spec: ReportModel, item: Measure, where: Where) -> None:
    if item.where:
        _where(context, spec, item.where, where)
    if item.ways != 1:
        context.note(
            MEASURE,
            item.name,
            tr(
                "'{name}' takes {count} numbers instead of one",
                name=item.name,
                count=item.ways,
            ),
            tr("write exactly one of count, sum, average, least, most, ratio, percent."),
        )
        return
    if item.quotients:
        _quotient(context, spec, item)
        return
    way, code = item.takes[0]
    found = context.formulas.compile(code, where, sql=True)
    if way == "count":
        _counted(context, item, found)
    elif found:
        if found.type.kind not in NUMBERS:
            what = tr("'{code}' is no number, so it has no {way}", code=code, way=way)
            context.note(MEASURE, code, what, tr("it is {type}.", type=found.type))
        _owner(context, item, code, found, where)
    for word in item.not_by or ():
        known = spec.dimensions
        context.known(
            UNKNOWN, word, known, tr("'{name}' names the unknown", name=item.name), "dimension"
        )
    several = [str(one.name) for one in spec.dimensions.values() if one.many]
    if way == "sum" and several and item.not_by is None:
        context.note(
            ADDED,
            item.name,
            tr(
                "the sum '{name}' would be taken once for each '{several}' of a fact",
                name=item.name,
                several=several[0],
            ),
            tr(
                "write not_by: [{names}], or not_by: [] where that is meant.",
                names=", ".join(several),
            ),
        )


def _where(context: Context, spec: ReportModel, code: Code, where: Where) -> None:
    """Check which facts a measure takes: some of those that the model has."""
    found = context.formulas.condition(code, where, sql=True)
    if spec.where:
        known = context.formulas.compile(spec.where, where, CONDITION, sql=True)
        said = tr("`where` of '{name}'", name=spec.name)
        context.formulas.together(found, code, known, said, str(spec.where))


def _quotient(context: Context, spec: ReportModel, item: Measure) -> None:
    """Check that a quotient divides one count or sum of the model by another."""
    way, words = item.quotients[0]
    what = tr("'{name}' names the unknown", name=item.name)
    if not all(context.known(UNKNOWN, word, spec.measures, what, "measure") for word in words):
        return
    parts = spec.taken_for(item)
    if len(words) != 2 or words[0] == words[1]:
        what = tr("'{name}' divides {count} measures", name=item.name, count=len(set(words)))
        context.note(MEASURE, words[0], what, tr("write {way}: [SHARE, WHOLE].", way=way))
    for word, one in zip(words, parts, strict=True):
        if one.count is None and one.sum is None:
            what = tr(
                "'{word}' is no count or sum, so it is no part of a {way}", word=word, way=way
            )
            context.note(MEASURE, word, what, tr("name measures with count or sum."))
    for key, said in (("of", item.of), ("where", item.where)):
        if said:
            what = tr("`{key}` says nothing of a {way}", key=key, way=way)
            context.note(MEASURE, said, what, tr("write it in the measures that are divided."))
    for word in item.not_by or ():
        what = tr("'{name}' names the unknown", name=item.name)
        context.known(UNKNOWN, word, spec.dimensions, what, "dimension")


def _counted(context: Context, item: Measure, found: Compiled | None) -> None:
    if item.of:
        context.note(
            MEASURE, item.of, tr("`of` goes with a number, not with count"), tr("delete the key.")
        )
    if found and (found.type.kind != "ref" or not found.type.target):
        context.note(
            MEASURE, item.takes[0][1], tr("'{takes}' is no record that could be counted", takes=item.takes[0][1]),
            tr("write `this` for the fact, or a path to a record, such as parent."),
        )  # fmt: skip


def _owner(context: Context, item: Measure, code: Word, found: Compiled, where: Where) -> None:
    """Check that a number of a record that several facts share is taken once, or said to be meant."""
    behind = sorted(name for name in found.names if name.count(".") > 1 and name[:5] == "this.")
    if item.of is None:
        if behind:
            path = behind[0].removeprefix("this.").rpartition(".")[0]
            context.note(
                MEASURE,
                code,
                tr(
                    "'{code}' belongs to '{path}', which several facts may share",
                    code=code,
                    path=path,
                ),
                tr(
                    "write of: {path} to take it once for each, or of: this where it is meant for each fact.",
                    path=path,
                ),
            )
        return
    owner = context.formulas.compile(item.of, where, sql=True)
    if owner is None:
        return
    if owner.type.kind != "ref" or not owner.type.target:
        context.note(
            MEASURE, item.of, tr("'{of}' is no record", of=item.of), tr("write `this` or a path.")
        )
    elif item.of != "this" and any(
        name.startswith("this") and not name.startswith(f"this.{item.of}.") for name in found.names
    ):
        what = tr(
            "'{code}' is not of '{of}' alone, so it cannot be taken once for each",
            code=code,
            of=item.of,
        )
        context.note(MEASURE, code, what, tr("write of: this, or a number of that record."))


def _report(context: Context, spec: ReportModel, item: Report) -> None:
    sides = [word for word in (item.rows, item.columns) if word]
    for word in sides:
        context.known(
            UNKNOWN,
            word,
            spec.dimensions,
            tr("'{name}' is divided by the unknown", name=item.name),
            "dimension",
        )
    if item.columns and item.rows == item.columns:
        what = tr("the rows and columns of '{name}' are the same", name=item.name)
        context.note(DIMENSION, item.columns, what, tr("name another dimension."))
    for word in item.show:
        if not context.known(
            UNKNOWN,
            word,
            spec.measures,
            tr("'{name}' shows the unknown", name=item.name),
            "measure",
        ):
            continue
        measure = spec.measures[Name(word)]
        for side in sides:
            if side in spec.never_by(measure):
                what = tr(
                    "'{name}' divides '{word}' by '{side}', by which it may not be divided",
                    name=item.name,
                    word=word,
                    side=side,
                )
                context.note(ADDED, word, what, tr("show another measure, or other rows."))
    if item.chart == "pie":
        _ring(context, spec, item)


def _ring(context: Context, spec: ReportModel, item: Report) -> None:
    """Check a report that is drawn as a ring: one measure that adds up, by what divides it."""
    hint = tr("write chart: bar.")
    rows, first = spec.dimensions.get(Name(item.rows)), item.show[0]
    if item.columns:
        what = tr("'{name}' has columns, so it is no ring", name=item.name)
        context.note(DRAWN, item.columns, what, hint)
    elif rows is not None and rings.divided(context, DRAWN, item.rows, rows, hint):
        return
    elif measure := spec.measures.get(Name(first)):
        rings.measured(context, DRAWN, first, measure, hint)
