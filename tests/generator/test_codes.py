"""Each error code is used, explained and shown by a case."""

import re

from generator.codes import CODES, FAMILIES
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
