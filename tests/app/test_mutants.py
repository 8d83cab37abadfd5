"""The lists of `tests.mutants` fit the code: each mechanism stands where its list says, its tests exist."""

import pytest

from tests import mutants

LISTS = sorted((mutants.ROOT / "tests").glob("**/mutants.yaml"))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.parent.name)
def test_every_mechanism_stands_once_and_its_tests_exist(path):
    found = mutants.read(path)  # raises where a text stands never or twice
    assert len(found.mutants) > 20
    names = [mutant.name for mutant in found.mutants]
    assert len(names) == len(set(names))
    lost = []
    for test in {one for mutant in found.mutants for one in mutant.tests.split()} | set(found.wide):
        name, _, function = test.partition("::")
        place = mutants.ROOT / "tests" / name
        if not place.exists() or (function and f"def {function}(" not in place.read_text("utf-8")):
            lost.append(test)
    assert lost == []
