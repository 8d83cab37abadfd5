"""The one error of the expression language: what is wrong, where in the text, what to write."""

from collections.abc import Iterable
from difflib import get_close_matches

from generator.language import tr


class ExpressionError(Exception):
    """A fault in an expression; `offset` and `length` (in characters) mark the words at fault."""

    def __init__(self, message: str, offset: int = 0, hint: str = "", length: int = 1) -> None:
        super().__init__(tr(message))
        self.message = tr(message)
        self.offset = offset
        self.hint = tr(hint)
        self.length = length

    def __repr__(self) -> str:
        return f"ExpressionError({self.message!r}, {self.offset}, {self.hint!r})"


def suggest(word: str, known: Iterable[str], kind: str) -> str:
    """Return a hint that names the nearest known word, or all of them where they are few."""
    names = sorted(set(known))
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return tr("did you mean '{near}'?", near=near[0])
    if not names:
        return tr("there are no {kind} here.", kind=tr(kind))
    if len(names) <= 12:
        return tr("{kind} here: {names}.", kind=tr(kind), names=", ".join(names))
    return tr("{count} {kind} are known, none of them is similar.", count=len(names), kind=tr(kind))
