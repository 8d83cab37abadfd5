"""Problems: what is wrong, where, and what to write instead; collected, sorted and shown together."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from generator.chinese import chinese
from generator.codes import CODES
from generator.language import tr


@dataclass(frozen=True, order=True)
class Place:
    """A stretch of one line of one file; line and column count from 1."""

    path: str
    line: int = 1
    column: int = 1
    length: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One fault. `uses` are the places where the pattern that contains the fault is used."""

    place: Place
    code: str
    message: str
    hint: str = ""
    uses: tuple[Place, ...] = ()

    @property
    def title(self) -> str:
        """What kind of fault it is, in Chinese."""
        return chinese(CODES[self.code].title)

    @property
    def cause(self) -> bool:
        """Whether other faults may follow from it: what could not be read is missing elsewhere."""
        return self.code.startswith("E0")

    @property
    def stale(self) -> bool:
        """Whether only the generated code is out of date, not the metadata wrong."""
        return self.code.startswith("E9")


@dataclass
class Problems:
    """Collects problems over a whole run."""

    items: list[Problem] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)  # names that could not be read: not "unknown"

    def add(
        self, code: str, place: Place, message: str, hint: str = "", uses: tuple[Place, ...] = ()
    ) -> None:
        """Note a problem; the same one twice is noted once."""
        problem = Problem(place, code, tr(message), tr(hint), uses)
        if problem not in self.items:
            self.items.append(problem)

    def take(self, others: "Problems") -> None:
        """Note what others have noted."""
        self.items += [problem for problem in others.items if problem not in self.items]

    def sorted(self) -> list[Problem]:
        """Return the problems by file, line and column, first what others may follow from.

        Of several at one stretch the first code is kept.
        """
        shown: dict[tuple[object, ...], Problem] = {}
        for problem in sorted(self.items, key=lambda one: (not one.cause, one)):
            stretch = (
                problem.code if problem.place.length == 1 else ""
            )  # a point tells them not apart
            shown.setdefault((problem.place, problem.uses, stretch), problem)
        return list(shown.values())

    def __bool__(self) -> bool:
        return bool(self.items)


def did_you_mean(word: str, known: Iterable[str], kind: str = "") -> str:
    """Return a hint that names the nearest known word, or all of them where they are few."""
    names = sorted(set(known))
    short = len(word) < 3  # of two letters one may be wrong
    near = get_close_matches(word, names, n=1, cutoff=0.5 if short else 0.6)
    near = near or [name for name in names if name.lower() == word.lower()]
    if near:
        return tr("did you mean '{near}'?", near=near[0])
    if not names:
        return tr("there is no {kind} yet.", kind=tr(kind)) if kind else ""
    if len(names) <= 40:
        return tr("known here: {names}.", names=", ".join(names))
    return tr(
        "{count} {kind}s are known, none of them is similar.",
        count=len(names),
        kind=tr(kind or "name"),
    )


class Report:
    """Shows problems as text: first line for grep, excerpt, caret, kind of fault, hint."""

    def __init__(self, root: Path, texts: dict[str, str]) -> None:
        self.root = root
        self.texts = texts

    def text(self, problems: list[Problem], files: int) -> str:
        """Return all problems and the summary line."""
        parts = [self.one(problem) for problem in problems]
        return "\n".join([*parts, summary(problems, files)]) + "\n"

    def one(self, problem: Problem) -> str:
        """Return one problem with its excerpt."""
        lines = [f"{problem.place}: error[{problem.code}]: {problem.message}"]
        lines += self.excerpt(problem.place)
        lines.append(f"   {problem.code}：{problem.title}")
        lines += [tr("   used at {use}", use=use) for use in problem.uses]
        if problem.hint:
            lines.append(tr("   hint: {hint}", hint=problem.hint))
        return "\n".join(lines)

    def excerpt(self, place: Place) -> list[str]:
        """Return the source line and a line of carets below the stretch."""
        rows = self.texts.get(place.path, "").split("\n")
        if not 1 <= place.line <= len(rows) or not rows[place.line - 1].strip():
            return []
        row = rows[place.line - 1].rstrip("\r").replace("\t", " ")
        head = row[: place.column - 1]
        marked = row[place.column - 1 : place.column - 1 + place.length].rstrip() or " "
        if width(row) > 160:
            start = max(0, len(head) - 40)
            row, head = "…" + row[start : start + 100], "…" + head[start:]
            marked = marked[: max(1, 101 - len(head))]
        number = f"{place.line:5d} | "
        pad = " " * (len(number) - 2) + "| " + " " * width(head)
        return [number + row, pad + "^" * max(1, width(marked))]


def summary(problems: list[Problem], files: int) -> str:
    """Return the last line: how many, in how many files, and what to do next."""
    count = len(problems)
    bad = len({problem.place.path for problem in problems})
    what = tr("1 problem") if count == 1 else tr("{count} problems", count=count)
    if all(problem.stale for problem in problems):
        return tr(
            "{what} in {bad} generated {which}.",
            what=what,
            bad=bad,
            which=tr("file") if bad == 1 else tr("files"),
        )
    return tr(
        "{what} in {bad} of {files} {which}. Nothing was written. Explain a code: python -m generator explain {code}",
        what=what,
        bad=bad,
        files=files,
        which=tr("file") if files == 1 else tr("files"),
        code=problems[0].code,
    )


def width(text: str) -> int:
    """Return how many terminal columns a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def as_json(problems: list[Problem]) -> list[dict[str, object]]:
    """Return the problems as plain values for `--json`."""
    return [
        {
            "path": problem.place.path,
            "line": problem.place.line,
            "column": problem.place.column,
            "length": problem.place.length,
            "code": problem.code,
            "title": problem.title,
            "message": problem.message,
            "hint": problem.hint,
            "used_at": [str(use) for use in problem.uses],
        }
        for problem in problems
    ]
