"""What lists show, are narrowed, ordered and drawn by: paths that the screens really serve.

A path that exists may still be none that a list can use; the runtime would leave it out without
a word, or fail when the page is opened.
"""

from generator import model
from generator.check import masks
from generator.check.context import Context
from generator.expression import Member
from generator.language import tr
from generator.reader import Name, Word
from generator.world import Entity

DATE_PARTS = frozenset({"year", "month"})
_MOMENTS = frozenset({"created_at", "updated_at"})
_MANY = frozenset({"refs", "child"})
_HELD = frozenset({"file", "image", "draft_of"})  # nothing that could be compared
_NUMBERS = frozenset({"integer", "decimal", "money"})


def columns(context: Context, code: str, entity: Entity, words: tuple[Word, ...], of: str) -> None:
    """Check the columns of a list."""
    for number, word in enumerate(words):
        if word in words[:number]:
            context.note(
                code,
                word,
                tr("'{word}' is {of} twice", word=word, of=of),
                tr("delete one of them."),
            )
        member = context.member(code, entity, word, of)
        if member and not (member.type == "child" or _served(context, entity, word)):
            context.note(
                code,
                word,
                tr("{of}: no list shows '{word}'", of=of, word=word),
                tr("name a field."),
            )


def filters(context: Context, entity: Entity, words: tuple[Word, ...], of: str) -> None:
    """Check what a list may be narrowed by."""
    for word in words:
        member = context.member("E306", entity, word, of)
        if member is None:
            continue
        if member.type in (*_HELD, "child") or not _served(context, entity, word):
            hint = tr("name a field that holds a value, of a child list one of its fields.")
            context.note(
                "E306",
                word,
                tr("{of}: nothing can be compared with '{word}'", of=of, word=word),
                hint,
            )


def order(context: Context, entity: Entity, words: tuple[Word, ...]) -> None:
    """Check what the rows of an object are ordered by: its own columns."""
    for word in words:
        path = Word.at(word.removeprefix("-"), word.place, word.uses)
        member = context.member("E110", entity, path, tr("the order"))
        if member and ("." in path or member.type in _MANY | _HELD):
            what = tr(
                "the order: rows have no single value '{path}' of their own to be ordered by",
                path=path,
            )
            context.note("E110", path, what, tr("name a field of the object itself."))


def unique(context: Context, entity: Entity, group: tuple[Word, ...]) -> None:
    """Check the fields that no two records share."""
    for word in group:
        if context.known(
            "E110", word, entity.fields, tr("unique speaks of the unknown field"), "field"
        ):
            kind = context.linked.kind(entity.fields[Name(word)])
            if kind in _MANY | _HELD:
                what = tr(
                    "unique: '{word}' holds no single value that could be taken already", word=word
                )
                context.note("E110", word, what, tr("its type is {kind}.", kind=kind))


def chart(context: Context, entity: Entity, chart: model.Chart, of: str) -> None:
    """Check what a chart divides the rows by, and what it adds up."""
    path, part = chart.by, ""
    head, _, last = chart.by.rpartition(".")
    if head and last in DATE_PARTS:
        path, part = Word.at(head, chart.by.place, chart.by.uses), last
    member = context.member("E306", entity, path, of)
    if member is None:
        pass  # said
    elif part and member.type not in ("date", "datetime"):
        context.note(
            "E306",
            chart.by,
            tr("'{head}' is no date, so it has no {last}", head=head, last=last),
            tr("write by: {head}.", head=head),
        )
    elif (
        path == "entry"
        or member.type in (*_HELD, "child", "text")
        or not _served(context, entity, path)
    ):
        hint = tr("name a field that holds a value, of a child list one of its fields.")
        context.note("E306", chart.by, tr("{of}: '{path}' makes no groups", of=of, path=path), hint)
    elif context.masked(entity.name, str(path)):
        context.note(
            masks.CODE, chart.by, tr("{of} would show whole what lists show the ends of: '{path}'", of=of, path=path),
            tr("divide the rows by something else."),
        )  # fmt: skip
    elif chart.kind == "pie" and any(step.many for step in _steps(context, entity, path)):
        what = tr(
            "{of}: a row stands under several '{path}', which are no parts of a whole",
            of=of,
            path=path,
        )
        context.note("E306", chart.by, what, tr("write kind: bar."))
    if chart.sum:
        _sum(context, entity, chart, path, of)


def _sum(context: Context, entity: Entity, chart: model.Chart, by: Word, of: str) -> None:
    assert chart.sum is not None
    summed = context.member("E306", entity, chart.sum, of)
    if summed is None:
        return
    if summed.type not in _NUMBERS:
        what = tr("'{sum}' is no number that could be added up", sum=chart.sum)
        context.note("E306", chart.sum, what, tr("its type is {type}.", type=summed.type))
    elif "." in chart.sum:
        what = tr("{of}: '{sum}' is not a number of the rows themselves", of=of, sum=chart.sum)
        context.note(
            "E306", chart.sum, what, tr("a report adds up what stands behind a reference.")
        )
    elif any(step.type in _MANY for step in _steps(context, entity, by)[:-1]):
        what = tr(
            "{of}: a row may stand in one group of '{by}' several times, and '{sum}' with it",
            of=of,
            by=by,
            sum=chart.sum,
        )
        context.note("E306", chart.sum, what, tr("leave out sum, or make a report of it."))


def _served(context: Context, entity: Entity, path: Word) -> bool:
    """Tell whether lists know what stands at a path: a field, the state, a moment of the record."""
    if path in _MOMENTS or (path == "state" and (entity.states or "state" in entity.fields)):
        return True
    if path == "entry" and entity.flow and entity.flow.entries:
        return True
    here: Entity | None = entity
    *steps, last = path.split(".")
    for step in steps:
        member = context.linked.world.members[here.name].get(step) if here else None
        here = context.linked.entities.get(member.target) if member else None
    return here is not None and Name(last) in here.fields


def _steps(context: Context, entity: Entity, path: Word) -> list[Member]:
    found, here = [], entity.name
    for step in path.split("."):
        member = context.linked.world.members.get(here, {}).get(step)
        if member is None:
            break
        found.append(member)
        here = member.target
    return found
