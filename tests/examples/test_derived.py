"""What is derived from the metadata of the product is derived from that of the examples too."""

import pytest

from tests.examples.ground import HERE
from tests.harness import project


@pytest.mark.timeout(1200)  # all their screens and flows, on a machine that does other things too
def test_the_examples_pass_the_derived_tests():
    """Screens open for their roles and for nobody else, flows are walked, rules tried on both sides."""
    project.derived(HERE)
