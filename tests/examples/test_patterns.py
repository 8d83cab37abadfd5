"""The patterns that ship with the product: each is used, and another project reads them from there."""

from pathlib import Path

import pytest

from generator.compile import compile_all
from tests.generator.projects import make

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.stem for path in (ROOT / "metadata" / "patterns").glob("*.yaml"))


@pytest.fixture(scope="module")
def used():
    return {base: compile_all(ROOT / base).data.used_patterns for base in ("", "tests/examples")}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_product_or_an_example_uses_it(used, name):
    assert any(name in patterns for patterns in used.values())


def test_the_examples_have_no_copies():
    own = {path.stem for path in (ROOT / "tests/examples/metadata/patterns").glob("*.yaml")}
    assert not own & set(SHIPPED)


FILE = "metadata/desk/room_movement.yaml"
MOVEMENT = "use: [movement: {of: room, title: 房间, module: rooms, show: DK30, keeper: host, places: place}]\n"
OWN = "scope: everyone\nfields: {paper: {title: 间}}\n"
PLACES = "place:\n  title: 处所\n  entries: {counter: 柜台, person: 本人}\n"


def project(tmp_path, *more):
    files = [
        {"file": FILE, "text": MOVEMENT + OWN},
        {"file": "metadata/dictionaries/place.yaml", "text": PLACES},
    ]  # fmt: skip
    return compile_all(make(tmp_path / "project", [*files, *more]))


def test_another_project_takes_a_pattern_from_the_product(tmp_path):
    result = project(tmp_path)
    assert not result.problems, result.report
    assert 'name="room_movement"' in result.files["app/generated/desk/room_movement.py"]


def test_a_pattern_of_its_own_wins(tmp_path):
    own = "pattern: movement\nobject: own\ntitle: 自有\n"
    result = project(tmp_path, {"file": "metadata/patterns/movement.yaml", "text": own})
    assert "the pattern 'movement' has no parameter 'of'" in result.report


def test_a_fault_in_what_it_brings_is_shown_where_it_stands_and_is_used(tmp_path):
    use = {
        "file": "metadata/desk/room_movement.yaml",
        "old": "places: place",
        "new": "places: palce",
    }
    result = project(tmp_path, use)
    assert "did you mean 'place'?" in result.report
    assert f"{FILE}:1" in result.report
