"""Rings: what is drawn as a pie are parts of one whole, so its groups add up to it."""

from generator.check.context import Context
from generator.language import tr
from generator.reader import Word
from generator.reports import Dimension, Measure


def divided(context: Context, code: str, word: Word, side: Dimension, hint: str) -> bool:
    """Note a dimension under several of whose values a fact may stand; tell whether it is one."""
    if side.many and not context.said([side.by.place]):
        what = tr(
            "a fact stands under several '{name}', which are no parts of a whole", name=side.name
        )
        context.note(code, word, what, hint)
    return side.many


def measured(context: Context, code: str, word: Word, measure: Measure, hint: str) -> bool:
    """Note a measure whose groups do not add up to a whole; tell whether it is one."""
    wrong = measure.ways == 1 and measure.count is None and measure.sum is None
    if wrong:
        what = tr("'{name}' is no count or sum, so its groups are no parts of a whole", name=word)
        context.note(code, word, what, hint)
    return wrong
