"""Whatever order, indentation and quotes the files of real projects are written in, their form is one."""

import random
import re

import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.canonical import canonical
from generator.load import FRAMEWORK
from generator.problem import Problems
from tests.generator.canonical.scrambled import scrambled

TREES = (
    "metadata",
    "generator/builtin",
    "tests/examples/metadata",
    "tests/generator/base/metadata",
    "tests/generator/extra",
    "tests/outsider",
)
FILES = sorted(
    path.relative_to(FRAMEWORK).as_posix()
    for tree in TREES
    for path in (FRAMEWORK / tree).rglob("*.yaml")
)
files, chances = st.sampled_from(FILES), st.integers(0, 2**32).map(random.Random)


def form(text: str, path: str) -> str:
    problems = Problems()
    written = canonical(text, path, problems)
    assert written is not None, problems.items
    return written


def text_of(path: str) -> str:
    return (FRAMEWORK / path).read_text(encoding="utf-8")


def test_they_are_in_their_form():
    wrong = [path for path in FILES if form(text_of(path), path) != text_of(path)]
    assert wrong == [], f"python -m generator format {' '.join(wrong)}"


@given(path=files, chance=chances)
def test_however_a_file_is_written_its_form_is_one(path, chance):
    text = text_of(path)
    other = scrambled(text, path, chance)
    assert yaml.safe_load(other) == yaml.safe_load(text)
    written = form(other, path)
    assert written == form(scrambled(text, path, None), path)
    assert yaml.safe_load(written) == yaml.safe_load(text)
    assert form(written, path) == written


@given(path=files, chance=chances)
def test_every_comment_stays_with_its_key(path, chance):
    written = form(scrambled(text_of(path), path, chance, remarks=True), path)
    lines = written.split("\n")
    over = [number for number, line in enumerate(lines) if line.lstrip().startswith("# over ")]
    assert over
    for number in over[1:]:  # the first is of the file
        key = lines[number].split("# over ")[1]
        assert re.match(rf'[ -]*"?{re.escape(key)}"?:', lines[number + 1]), lines[
            number : number + 2
        ]
    for line in lines:
        if " # beside " in line:
            key = line.rsplit(" # beside ", 1)[1]
            assert re.match(rf'[ -]*"?{re.escape(key)}"?:', line), line
