"""A full-width mark in place of a plain one is named, where it stands, with what to type instead."""

import random
import re

import pytest

from generator.compile import compile_all
from generator.fullwidth import CODE
from tests.generator.projects import BASE, make

FULL = {": ": "：", ", ": "，", "[": "【", "]": "】", "{": "｛", "}": "｝", '"': "“"}
FILES = sorted(path for path in BASE.glob("metadata/desk/*.yaml"))


def places() -> list[tuple[str, int, str]]:
    """Every mark of YAML in the base project: file, offset and the mark."""
    found = []
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for mark in FULL:
            found += [
                (path.name, at.start(), mark)
                for at in re.finditer(re.escape(mark), text)
                if "#" not in text[text.rfind("\n", 0, at.start()) + 1 : at.start()]
            ]
    return found


SITES = random.Random(17).sample(places(), 60)


@pytest.mark.parametrize(("name", "at", "mark"), SITES)
def test_the_mark_is_named_at_its_place(name, at, mark, tmp_path):
    folder = make(tmp_path)
    path = folder / "metadata/desk" / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text[:at] + FULL[mark] + text[at + len(mark) :], encoding="utf-8")
    problems = compile_all(folder).problems
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    first = problems[0] if problems else None
    assert first is not None, f"accepted in silence: {text.splitlines()[line - 1]}"
    near = first.place.line == line and (
        first.place.column <= column < first.place.column + first.place.length
    )
    assert (first.code, near) == (CODE, True), f"{line}:{column} {mark} {problems[:3]}"
    assert FULL[mark] in first.message
