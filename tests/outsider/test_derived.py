"""Modules by people who had read the tutorial and the reference only: screens, rules and flows."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = [Path(__file__).parent / name for name in ("museum", "trees")]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_the_project_passes_the_derived_tests(project):
    """Screens open for their roles and for nobody else, flows are walked, rules tried on both sides."""
    command = [sys.executable, "-m", "pytest", "tests/derived", "--project", str(project)]
    more = ["-n", "0", "-q", "-x", "--no-header", "-p", "no:cacheprovider", "-k", "not postgresql"]
    done = subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
