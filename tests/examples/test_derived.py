"""What is derived from the metadata of the product is derived from that of the examples too."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(
    1200
)  # all screens and flows of the examples, on a machine that does other things too
def test_the_examples_pass_the_derived_tests():
    """Screens open for their roles and for nobody else, flows are walked, rules tried on both sides."""
    command = [sys.executable, "-m", "pytest", "tests/derived", "--project", "tests/examples"]
    more = ["-n", "0", "-q", "-x", "--no-header", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
