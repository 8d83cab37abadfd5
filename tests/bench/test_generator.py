"""The compiler is measured by `make bench ARGS=tests/bench/test_generator.py`; no time is asserted."""

import pytest

from tests.bench.__main__ import PAGE, main
from tests.bench.generator import BUILD, CHECK, GROUP, SIZES

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]


def test_the_compiler_is_measured_beside_others():
    before = lines()
    main(["generator"])
    ours = [line for line in lines() if line.startswith(f"| {GROUP} |")]
    assert len(ours) == 2 + 2 * len(SIZES) + 2
    assert BUILD > CHECK > 0
    assert {line for line in before if not line.startswith(f"| {GROUP} |")} <= set(lines())


def lines() -> list[str]:
    """The rows of the page of results."""
    return [line for line in PAGE.read_text(encoding="utf-8").split("\n") if line.startswith("| ")]
