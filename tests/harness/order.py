"""Files with the longest tests begin first, so that no process works on one of them alone at the end."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files by the longest time that a test of theirs asks for; within a file nothing moves."""
    longest: dict[object, float] = {}
    for item in items:
        mark = item.get_closest_marker("timeout")
        asked = float(mark.args[0]) if mark and mark.args else 0.0
        longest[item.path] = max(asked, longest.get(item.path, 0.0))
    items.sort(key=lambda item: -longest[item.path])
