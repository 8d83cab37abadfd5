"""Each error code is used, explained and shown by a case."""

import re

import pytest

from generator.chinese import chinese
from generator.codes import CODES, FAMILIES
from generator.load import BUILTIN, SHARED_FOLDERS
from generator.vocabulary import EFFECTS, SCREENS
from tests.generator.projects import CASES, HERE

SOURCES = HERE.parent.parent / "generator"


def used() -> set[str]:
    found: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        if path.name != "codes.py":
            found |= set(re.findall(r'"(E\d{3})"', path.read_text(encoding="utf-8")))
    return found


def test_every_code_that_is_used_is_explained_and_the_other_way_round():
    assert used() == set(CODES)


def test_every_code_has_a_case():
    shown = {path.name[:4] for path in CASES.iterdir()}
    assert set(CODES) <= shown


def test_explanations_say_something():
    for item in CODES.values():
        assert item.title
        assert len(item.text) > 40, item.code
        assert item.code[:2] in FAMILIES


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("E012", SHARED_FOLDERS),
        ("E013", [path.stem for path in BUILTIN.glob("*.yaml")]),
        ("E210", EFFECTS),
        ("E305", SCREENS),
    ],
)
def test_explanations_that_list_words_list_them_all(code, words):
    for text in (CODES[code].text, chinese(CODES[code].text)):
        assert set(words) <= set(re.findall(r"[a-z_]+", text))
