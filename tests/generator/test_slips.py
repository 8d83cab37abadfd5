"""A character left out is told in the line where it is missing, not where YAML stumbles over it."""

import re

import pytest

from generator import source
from generator.problem import Problems
from tests.generator.projects import BASE

FILES = sorted((BASE / "metadata").rglob("*.yaml"))
KEY = re.compile(r"(\s*)(\w+): (.*)$")


def _left_out(row):
    """Give a line with one character less, for each that YAML needs."""
    if found := KEY.match(row):
        space, key, value = found.groups()
        yield "colon", f"{space}{key} {value}"
        yield "space", f"{space}{key}:{value}"
        if value.endswith(('"', "}", "]")):
            yield value[-1], row[:-1]
    elif row.endswith(":"):
        yield "colon of a block", row[:-1]


def _told(text):
    problems = Problems()
    source._parse(text, "x.yaml", problems)
    return problems.items


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_left_out_is_told_where_it_is_missing(path):
    rows = path.read_text(encoding="utf-8").split("\n")
    late = []
    for number, row in enumerate(rows):
        for what, shorter in _left_out(row):
            told = _told("\n".join([*rows[:number], shorter, *rows[number + 1 :]]))
            if told and told[0].place.line != number + 1:
                late.append(f"{number + 1} {what}: told in line {told[0].place.line}: {row}")
    assert late == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("stray", ["]", "}", " : x", "%", "\t- x", "&a *b"])
def test_what_is_too_much_is_not_laid_to_a_line_before(path, stray):
    rows = path.read_text(encoding="utf-8").split("\n")
    early = []
    for number, row in enumerate(rows):
        told = _told("\n".join([*rows[:number], row + stray, *rows[number + 1 :]]))
        if told and told[0].place.line < number + 1:
            early.append(f"{number + 1}: told in line {told[0].place.line}: {row}{stray}")
    assert early == []
