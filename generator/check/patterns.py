"""Patterns as they stand: a pattern is checked before anybody uses it."""

from collections.abc import Iterator
from contextlib import suppress

from generator.check.context import Context
from generator.kinds import KINDS
from generator.language import tr
from generator.load import FRAMEWORK, ROOT
from generator.model import Object
from generator.patterns import HOLE, Pattern, hole_of
from generator.problem import Problems, did_you_mean
from generator.reader import Reader, Unreadable, Word
from generator.source import Mapping, Node, Scalar, Sequence

GIVEN = ("object", "organisation")  # holes that every pattern may have


def check(context: Context) -> None:
    """Check the holes of patterns that nobody uses, and that every parameter fills one.

    What came with the framework is checked where the framework itself is: a project cannot mend it.
    """
    own = f"{ROOT}/patterns/"
    framework = context.linked.data.base.resolve() == FRAMEWORK
    for pattern in context.linked.data.patterns.values():
        path = pattern.place.path
        if not framework and (path in context.linked.data.shipped or not path.startswith(own)):
            continue
        _pattern(context, pattern)
        if pattern.name not in context.linked.data.used_patterns:
            _unused(context, pattern)


def _pattern(context: Context, pattern: Pattern) -> None:
    known = (*pattern.parameters, *GIVEN)
    met: set[str] = set()
    for node in _scalars(pattern.body):
        for found in HOLE.finditer(node.value):
            name = hole_of(found, known)
            met.add(name)
            if name not in known and pattern.name not in context.linked.data.used_patterns:
                hint = did_you_mean(name, pattern.parameters, "parameter")
                what = tr("'{found}' is no parameter of the pattern", found=found[0])
                context.note_at("E015", node, what, hint)
    for parameter in pattern.parameters.values():
        if parameter.name not in met:
            what = tr(
                "nothing in the pattern '{name}' uses the parameter '{name2}'",
                name=pattern.name,
                name2=parameter.name,
            )
            context.note(
                "E014", parameter.name, what, tr("remove it, or write it where it belongs.")
            )


def _unused(context: Context, pattern: Pattern) -> None:
    """Read what nobody uses as an object would be read; of what holes fill nothing is said."""
    found = Problems()
    with suppress(Unreadable):
        Reader(found).record(Object, pattern.body)
    open_lines = {node.place.line for node in _scalars(pattern.body) if HOLE.search(node.value)}
    for one in found.items:
        lacks = one.code == "E009"  # an object brings the rest, or a hole does
        if not lacks and one.place.line not in open_lines:
            context.problems.add(one.code, one.place, one.message, one.hint, one.uses)
    fields = pattern.body.get("fields")
    for _, field in fields if isinstance(fields, Mapping) else ():
        word = field.get("type") if isinstance(field, Mapping) else None
        if isinstance(word, Scalar) and not HOLE.search(word.value):
            known = {*KINDS, *context.linked.data.types}
            context.known("E105", Word.of(word), known, tr("there is no type"), "type")


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, Mapping):
        for key, value in node:
            yield key
            yield from _scalars(value)
