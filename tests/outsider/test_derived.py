"""Modules by people who had read the tutorial and the reference only: screens, rules and flows."""

from pathlib import Path

import pytest

from tests.harness import project

PROJECTS = [Path(__file__).parent / name for name in ("museum", "trees")]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("folder", PROJECTS, ids=lambda path: path.name)
def test_the_project_passes_the_derived_tests(folder):
    """Screens open for their roles and for nobody else, flows are walked, rules tried on both sides."""
    project.derived(folder, "-k", "not postgresql")
