"""Fixtures for all tests; how they work is said in tests/harness/."""

import os
from pathlib import Path

from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["VAR"] = str(
        ROOT / "var" / "test" / worker
    )  # each has files, jobs and keys of its own
else:
    os.environ.setdefault("VAR", str(ROOT / "var" / "test"))

settings.register_profile(
    "default", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", parent=settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

pytest_plugins = [
    "tests.harness.databases",
    "tests.harness.product",
    "tests.harness.people",
    "tests.harness.browser",
    "tests.harness.passed",
]
