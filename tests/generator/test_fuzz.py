"""Whatever is done to the YAML of the project: it builds, or every fault has file and line."""

import copy
import os
import random
import shutil
from pathlib import Path

import pytest
import yaml

from generator.compile import analyse
from generator.output import render
from tests.generator.mutate import damaged, places
from tests.generator.projects import BASE, HERE

ROOT = HERE.parent.parent
KINDS = ("delete", "retype", "rename", "swap", "double")
EACH = int(os.environ.get("FUZZ", "2"))  # mutations of each file; `make soak` takes more
FILES = sorted(
    path.relative_to(root).as_posix() + ("" if root is ROOT else " (base)")
    for root in (ROOT, BASE)
    for path in (root / "metadata").rglob("*.yaml")
    if not {"demo", "reference"} & set(path.parts)
)


@pytest.fixture(scope="module")
def copies(tmp_path_factory) -> dict[Path, Path]:
    made = {}
    for root in (ROOT, BASE):
        folder = tmp_path_factory.mktemp("fuzz")
        shutil.copytree(root / "metadata", folder / "metadata")
        made[root] = folder
    return made


@pytest.mark.parametrize("name", FILES)
def test_damage_is_located(name, copies):
    root = BASE if name.endswith(" (base)") else ROOT
    path = copies[root] / name.removesuffix(" (base)")
    text = path.read_text(encoding="utf-8")
    data = yaml.load(text, Loader=yaml.BaseLoader)
    spots, chance = list(places(data)), random.Random(name)
    try:
        for _ in range(EACH):
            spot, kind = chance.choice(spots), chance.choice(KINDS)
            path.write_text(
                damaged(copy.deepcopy(data), spot, kind, chance.randrange(100)), encoding="utf-8"
            )
            assert_located(copies[root], f"{kind} {'.'.join(map(str, spot))}")
    finally:
        path.write_text(text, encoding="utf-8")


def assert_located(folder: Path, what: str) -> None:
    result = analyse(folder)
    for problem in result.problems:
        rows = result.data.texts.get(problem.place.path, "").split("\n")
        assert problem.place.line <= max(1, len(rows)), (what, problem)
        assert problem.message, what
    if not result.problems:
        render(result.linked, result.formulas)
        assert not result.formulas.problems, (what, result.formulas.problems.sorted())


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00", b"\xff\xfe", b"a: [", b"a: &x [*x]", b"%YAML 9.9\n---\na: 1", b"? [a]\n: b", b"- " * 5000,
     b"[" * 3000, b"a: " + b"{" * 2000, "\u2028: \u202e".encode(), b"--- 1\n--- 2\n", b"a: !!binary x", b"\t"],
)  # fmt: skip
def test_odd_files_are_located(tmp_path, data):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "metadata" / "desk" / "hall.yaml").write_bytes(data)
    result = analyse(tmp_path)
    assert [problem.place.path for problem in result.problems] == ["metadata/desk/hall.yaml"] * len(
        result.problems
    )
    assert result.problems
