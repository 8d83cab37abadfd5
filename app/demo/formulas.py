"""The little expressions of recipes: `=` before a text makes it one; `{{ }}` in a text is filled in."""

import itertools
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from app.demo.closures import Wrong, closure_of

Formula = Callable[[dict[str, Any]], Any]
_HOLE = re.compile(r"\{\{(.*?)\}\}")


class Formulas:
    """Compiles what a recipe says for a value; every text is compiled once."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._functions = functions
        self._known: dict[str, Formula] = {}

    def of(self, spec: Any) -> Formula:
        """Return the function of a spec: a literal, `=expression`, a text with `{{ }}`, or a choice.

        A list is a choice of one of its items, a mapping one of its keys by weight.
        """
        if isinstance(spec, str):
            if spec not in self._known:
                self._known[spec] = self._text(spec)
            return self._known[spec]
        if isinstance(spec, list):
            return self._choice([self.of(item) for item in spec])
        if isinstance(spec, Mapping):
            weighted = self._functions["weighted"]
            table = dict(spec)
            inner = {key: self.of(key) for key in table}
            return lambda names: inner[weighted(table)](names)
        return lambda names: spec

    def _choice(self, items: list[Formula]) -> Formula:
        pick = self._functions["pick"]
        return lambda names: pick(items)(names)

    def _text(self, text: str) -> Formula:
        if text.startswith("="):
            return self._named(text, closure_of(text[1:], self._functions))
        parts = _HOLE.split(text)  # literal, expression, literal, …
        if len(parts) == 1:
            return lambda names: text
        made = [
            closure_of(part, self._functions) if number % 2 else _literal(part)
            for number, part in enumerate(parts)
        ]
        return self._named(text, lambda names: "".join(str(part(names)) for part in made))

    def _named(self, text: str, closure: Formula) -> Formula:
        """Let a failure name the text that failed."""

        def evaluate(names: dict[str, Any]) -> Any:
            try:
                return closure(names)
            except Exception as error:
                raise Wrong(f"demonstration recipe: '{text}': {error!r}") from error

        return evaluate


def _literal(text: str) -> Formula:
    return lambda names: text


def plus(day: date, days: int) -> date:
    """Return the day so many days later."""
    return day + timedelta(days=days)


def dates(first: date, last: date) -> list[date]:
    """Return every day from the first to the last."""
    return [plus(first, number) for number in range((last - first).days + 1)]


def split(first: date, last: date, parts: int) -> list[tuple[date, date]]:
    """Divide the days into stretches of about the same length, one after the other."""
    count = (last - first).days + 1
    marks = [count * part // parts for part in range(parts + 1)]
    return [
        (plus(first, start), plus(first, max(start, end - 1)))
        for start, end in itertools.pairwise(marks)
    ]


def days_between(first: date, last: date) -> int:
    """Return how many days lie between two."""
    return (last - first).days


def numbered(series: str, number: int) -> str:
    """Return a number of a series whose year is filled in already."""
    return re.sub(r"\{n(?::(\d+))?\}", lambda hole: f"{number:0{int(hole[1] or 1)}d}", series)
