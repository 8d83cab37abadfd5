"""Fixtures for all tests; how they work is said in tests/harness/."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from app.core import settings as installation

ROOT = Path(__file__).resolve().parent.parent
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["VAR"] = str(
        ROOT / "var" / "test" / worker
    )  # each has files, jobs and keys of its own
else:
    os.environ.setdefault("VAR", str(ROOT / "var" / "test"))

os.environ["GENERATOR_LANGUAGE"] = "en"  # golden reports are Chinese, by --language; others English

settings.register_profile(
    "default", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", parent=settings.get_profile("default"), max_examples=2000)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "default")
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test of a soak two hours, whatever it needs on other days."""
    for item in items if PROFILE == "soak" else ():
        item.add_marker(pytest.mark.timeout(7200), append=False)


HISTORY_KEY = bytes(
    range(32)
)  # the same below every VAR: databases filled once are copied between them
_secret = installation.secret


def _secret_of_tests(name: str) -> bytes:
    if name != "history":
        return _secret(name)
    path = installation.folder("secrets") / "history.key"
    if not path.exists():
        path.write_bytes(HISTORY_KEY)
    return path.read_bytes()


_secret_of_tests.cache_clear = _secret.cache_clear  # type: ignore[attr-defined] - as the original has it
installation.secret = _secret_of_tests  # type: ignore[assignment]
(installation.folder("secrets") / "history.key").write_bytes(HISTORY_KEY)

pytest_plugins = [
    "tests.harness.costs",
    "tests.harness.by_day",
    "tests.harness.templates",
    "tests.harness.engines",
    "tests.harness.memory",
    "tests.harness.afresh",
    "tests.harness.databases",
    "tests.harness.product",
    "tests.harness.people",
    "tests.harness.browser",
    "tests.harness.passed",
    "tests.harness.order",
]
