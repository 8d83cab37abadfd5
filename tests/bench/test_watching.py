"""Writing metadata is measured by `make bench ARGS=tests/bench/test_watching.py`; no time is asserted."""

import pytest

from tests.bench.__main__ import main
from tests.bench.test_generator import lines
from tests.bench.watching import GROUP

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]


def test_the_way_from_a_save_to_the_page_is_measured():
    before = lines()
    main(["watching"])
    ours = [line for line in lines() if line.startswith(f"| {GROUP} |")]
    assert len(ours) == 1
    assert {line for line in before if line not in ours and GROUP not in line} <= set(lines())
