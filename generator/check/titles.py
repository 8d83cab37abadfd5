"""Titles: what people choose by its title has one that nothing beside it has."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TypeVar

from generator import model, shared
from generator.check.context import Context
from generator.language import tr
from generator.reader import Word
from generator.world import Entity

CODE = "E150"
_Thing = TypeVar("_Thing", model.Field, model.Action)


def check(context: Context) -> None:
    """Check the titles of roles, entries, functions, and of what an object and its flow have."""
    data = context.linked.data
    _apart(context, "roles", ((role.name, role.title) for role in data.roles.values()))
    for book in data.dictionaries.values():
        _entries(context, book)
    for entity in context.linked.entities.values():
        _fields(context, entity)
        if entity.spec:
            _apart(context, "lists", ((one.name, one.title) for one in entity.children.values()))
            lines = entity.spec.materials.values()
            _apart(context, "materials", ((one.name, one.title) for one in lines))
        if entity.flow:
            steps = entity.flow.steps.values()
            _apart(context, "steps", ((step.name, step.title) for step in steps))
            for step in steps:
                _actions(context, entity.flow, step)
    _functions(context)


def _apart(context: Context, what: str, things: Iterable[tuple[Word, str]]) -> None:
    """Note each of the things, given with their titles, that has the title of an earlier one."""
    first: dict[str, Word] = {}
    for name, title in things:
        known = first.setdefault(str(title), name)
        if known is not name:
            _same(context, what, known, name, title)


def _same(context: Context, what: str, known: Word, name: Word, title: str) -> None:
    if title and not context.lost(known) and not context.lost(name):
        word = title if isinstance(title, Word) else name
        said = tr(
            "the {what} '{known}' and '{name}' have one title: {title}",
            what=what,
            known=known,
            name=name,
            title=title,
        )
        context.note(CODE, word, said, tr("people tell them apart by it; choose another."))


def _entries(context: Context, book: shared.Dictionary) -> None:
    """Check the entries of a dictionary; below different parents a title may come again."""
    below: dict[str, list[tuple[Word, str]]] = {}
    for code, value in book.entries.items():
        said = value if isinstance(value, dict) else {"title": value}
        below.setdefault(str(said.get("parent", "")), []).append((code, str(said.get("title", ""))))
    for entries in below.values():
        _apart(context, "entries", entries)


def _fields(context: Context, entity: Entity) -> None:
    """Check the fields that are shown; two with `when` may stand in for each other."""
    shown = [item for item in entity.fields.values() if not item.hidden]
    for known, item in _pairs(shown):
        if known.when is None or item.when is None:
            _same(context, "fields", known.name, item.name, item.title)


def _actions(context: Context, flow: model.Flow, step: model.Step) -> None:
    """Check what is offered at a step; two with a guard, or for others, may stand in for each other."""
    offered = [action for action in flow.actions.values() if step.name in action.sources]
    for known, action in _pairs(offered):
        both = set(known.by or step.by) & set(action.by or step.by)
        if both and not (known.guard and action.guard):
            _same(context, "actions", known.name, action.name, action.title)


def _pairs(things: list[_Thing]) -> Iterator[tuple[_Thing, _Thing]]:
    """Yield any two of one title."""
    named: dict[str, list[_Thing]] = {}
    for thing in things:
        named.setdefault(str(thing.title), []).append(thing)
    for several in named.values():
        yield from combinations(several, 2)


def _functions(context: Context) -> None:
    places: dict[tuple[str, str], list[tuple[Word, str]]] = {}
    for item in context.linked.functions.values():
        place = (item.subsystem, str(item.spec.module or ""))
        places.setdefault(place, []).append((item.spec.id, item.spec.title))
    for functions in places.values():
        _apart(context, "functions", functions)
