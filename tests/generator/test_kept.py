"""Released versions of flows are kept as modules that stand alone and change with their conditions."""

import importlib.util
import subprocess
from pathlib import Path
from typing import Any

from app.flow.execution.versions import described
from generator import output
from generator.compile import analyse, compile_all
from generator.migrate.flows import keep
from tests.generator.projects import apply, make

BOOKING = "metadata/desk/booking.yaml"
FORK = """    joint: {title: 并联, branches: {a: {title: 甲, steps: [a1]}, b: {title: 乙, steps: [b1]}}}
    a1: {title: 甲核, by: host, within: 2 workdays, remind: {before: 1 workday}}
    b1: {title: 乙核, by: host, skip: days <= 3}
"""


def kept(folder: Path) -> list[str]:
    found = analyse(folder)
    assert not found.problems, found.report
    return keep(folder, found.linked, found.formulas)


def load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FLOW


def test_a_version_is_kept_once_and_another_condition_is_another_version(tmp_path: Path) -> None:
    folder = make(tmp_path)
    first = kept(folder)
    assert len(first) == 2
    assert kept(folder) == []
    apply(folder, {"file": BOOKING, "old": "skip: days <= 1", "new": "skip: days <= 2"})
    second = kept(folder)
    assert len(second) == 1
    flow = load(folder / second[0])
    assert flow.name == "booking_approval"
    assert second[0] == f"app/kept/booking_approval_{flow.version}.py"
    assert flow.step("check").skip.__doc__ == "days <= 2"


def test_branches_and_reminders_compile_and_load(tmp_path: Path) -> None:
    folder = make(tmp_path)
    for old, new in (
        ("    booked: {title: 已订, end: done}\n", FORK + "    booked: {title: 已订, end: done}\n"),
        ("pass: {title: 通过, from: check, to: next}", "pass: {title: 通过, from: [check, a1, b1, joint], to: next}"),
        ("kind: pass, from: decide, to: booked", "kind: pass, from: decide, to: joint"),
        ("steps: [check, decide], roles", "steps: [check, decide, a1, b1], roles"),
    ):  # fmt: skip
        apply(folder, {"file": BOOKING, "old": old, "new": new})
    path = next(path for path in kept(folder) if "approval" in path)
    flow = load(folder / path)
    assert [branch.steps for branch in flow.step("joint").branches] == [("a1",), ("b1",)]
    assert [reminder.days for reminder in flow.step("a1").reminders] == [-1]
    routes = {(r.source, r.target) for r in flow.action("pass").routes}
    assert routes == {("check", "decide"), ("a1", "joint"), ("b1", "joint"), ("joint", "booked")}


def test_the_version_that_is_replaced_is_kept_before_and_after_build(tmp_path: Path) -> None:
    """A flow that was released without being kept: it stands in the generated code, then in the last commit."""
    released = make(tmp_path / "released")
    first = kept(released)
    for built in (False, True):
        folder = make(tmp_path / f"built_{built}")
        output.write(folder, compile_all(folder).files)
        for command in (
            ["init", "-q"],
            ["add", "."],
            ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
        ):
            subprocess.run(["git", "-C", str(folder), *command], check=True)
        apply(folder, {"file": BOOKING, "old": "skip: days <= 1", "new": "skip: days <= 2"})
        if built:
            output.write(folder, compile_all(folder).files)
        paths = kept(folder)
        assert set(first) < set(paths)
        for path in first:
            assert described(load(folder / path)) == described(load(released / path))
