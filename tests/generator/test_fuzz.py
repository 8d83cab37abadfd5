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
from tests.generator.projects import BASE, EXTRA, HERE

ROOT = HERE.parent.parent
KINDS = ("delete", "retype", "rename", "swap", "double", "borrow", "graft", "cut")
EACH = int(os.environ.get("FUZZ", "0"))  # mutations of each file; `make soak` takes more
ROOTS = {  # projects whose every file is damaged, and how often each is by default
    "project": (ROOT, 2),
    "base": (BASE, 2),
    "examples": (ROOT / "tests" / "examples", 1),
    "museum": (ROOT / "tests" / "outsider" / "museum", 1),
    "trees": (ROOT / "tests" / "outsider" / "trees", 1),
}
MORE = {  # files of cases, which the base project has here too
    "reports.yaml": "reports/desk.yaml",
    "scores.yaml": "scores/desk.yaml",
    "interfaces.yaml": "interfaces/desk.yaml",
    "migration.yaml": "migration/desk.yaml",
}


def project(name: str, folder: Path) -> Path:
    """Copy a project's metadata into a folder."""
    shutil.copytree(ROOTS[name][0] / "metadata", folder / "metadata")
    if name == "base":
        shutil.copytree(BASE / "app", folder / "app")  # classes that the metadata names
    for extra, path in MORE.items() if name == "base" else ():
        (folder / "metadata" / path).parent.mkdir(exist_ok=True)
        shutil.copy(EXTRA / extra, folder / "metadata" / path)
    return folder


def _files() -> list[tuple[str, str]]:
    found = [
        (name, path.relative_to(root).as_posix())
        for name, (root, _) in ROOTS.items()
        for path in (root / "metadata").rglob("*.yaml")
        if not {"demo", "reference"} & set(path.parts)
    ]
    return sorted([*found, *(("base", f"metadata/{path}") for path in MORE.values())])


FILES = _files()


@pytest.fixture(scope="module")
def copies(tmp_path_factory) -> dict[str, Path]:
    return {name: project(name, tmp_path_factory.mktemp("fuzz")) for name in ROOTS}


def test_the_projects_are_right_before(copies):
    for folder in copies.values():
        assert not analyse(folder).problems


@pytest.mark.parametrize(("root", "name"), FILES, ids=map("/".join, FILES))
def test_damage_is_located(root, name, copies):
    path = copies[root] / name
    text = path.read_text(encoding="utf-8")
    data = yaml.load(text, Loader=yaml.BaseLoader)
    spots, chance = list(places(data)), random.Random(name + os.environ.get("FUZZ_SEED", ""))
    try:
        for _ in range(EACH or ROOTS[root][1]):
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
