"""Masks: what lists show the ends of is not copied to where everybody reads it whole."""

from generator.check.context import Context
from generator.expression import Compiled
from generator.language import tr
from generator.reader import Word
from generator.world import Entity

CODE = "E151"


def computed(
    context: Context, code: Word, value: Compiled | None, entity: Entity, path: str
) -> None:
    """Check an expression whose value is written to a field of an object."""
    if value and value.shows and not context.masked(entity.name, path):
        _note(context, code, value.shows[0].removeprefix("this."), path)


def copied(context: Context, source: Entity, taken: Word, entity: Entity, path: str) -> None:
    """Check a path of an object whose value is copied to a field of another."""
    if context.masked(source.name, str(taken)) and not context.masked(entity.name, path):
        _note(context, taken, f"{source.name}.{taken}", path)


def _note(context: Context, word: Word, taken: str, path: str) -> None:
    context.note(
        CODE, word, tr("'{path}' would show whole what lists show the ends of: '{taken}'", path=path, taken=taken),
        tr("write mask: true at '{path}', or leave '{taken}' out of it.", path=path, taken=taken),
    )  # fmt: skip
