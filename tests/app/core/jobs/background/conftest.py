"""Each test has kinds of its own."""

import pytest

from app.core.jobs.background import work


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "KINDS", {})
