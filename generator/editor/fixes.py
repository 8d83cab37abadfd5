"""What to type instead of a word at fault, where the fault says what was meant."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from generator.language import later, tr
from generator.problem import Problem

_ASKED = later("did you mean '{near}'?")


@dataclass(frozen=True)
class Fix:
    """A stretch of one line, from 0, and what belongs there."""

    line: int
    start: int
    end: int
    old: str
    new: str


def fix(problem: Problem, text: str) -> Fix | None:
    """Return how to mend a fault, None where it does not say or the text has become another."""
    before, behind = (re.escape(part) for part in tr(_ASKED).split("{near}"))
    found = re.search(f"{before}([^']+){behind}", problem.hint)
    rows = text.split("\n")
    place = problem.place
    if found is None or not 1 <= place.line <= len(rows):
        return None
    first = place.column - 1
    stretch = rows[place.line - 1][first : first + place.length]
    wrong = [word for word in re.findall(r"'([^']+)'", problem.message) if _within(word, stretch)]
    if not wrong:
        return None
    old = max(wrong, key=lambda word: SequenceMatcher(None, word, found[1]).ratio())
    start = first + _within(old, stretch)[-1]
    return Fix(place.line - 1, start, start + len(old), old, found[1])


def _within(word: str, stretch: str) -> list[int]:
    """Return where a word stands as a whole."""
    pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
    return [found.start() for found in re.finditer(pattern, stretch)]
