"""Every flow, walked along every way; at every step every role is refused what it may not.

A way that the first data leave closed is opened by other data (`ways`); one that nothing opens is
named, and the test fails. What is expected is read from the declarations (`permitted`), not from the
engine: who a step is for, which function grants the action there, whether the guard lets it through.
"""

import pytest

from app.core.declare import registry
from tests.derived import evening
from tests.derived.valid import own_objects
from tests.derived.walk import Walk

FLOWS = sorted(obj.name for obj in own_objects() if obj.flow)
ROUNDS = 8  # walks with other data, until every way was gone


def named(name):
    """A walk is a test of every function that works on the object's flow."""
    screens = ("apply", "review", "rework")
    own = [f.id for f in registry.functions_of(name) if f.screen in screens]
    return "-".join([name, *own])


@pytest.mark.timeout(600)  # a case with many ways, on a machine that does other things too
@pytest.mark.parametrize("name", FLOWS, ids=named)
def test_every_action_leads_on_and_every_other_is_refused(world, name):
    walk = Walk(world, registry.object(name))
    with world.trial():
        walk.visit(walk.begin())
    for number in range(ROUNDS):
        if not set(walk.ways()) <= walk.taken:
            with world.trial():
                walk.round(f" {number}" if number % 3 < 2 else "", searching=number > 1)
    closed = {
        way: walk.why.get(way, "nobody may, or no data lead there")
        for way in walk.ways()
        if way not in walk.taken
    }
    assert not closed, f"nothing opens these ways (action, from, to): {closed}"
    steps = {step.name for step in walk.flow.steps if not step.end}
    assert steps <= walk.seen, f"no way leads to {steps - walk.seen}"
    assert walk.refused > len(steps)
    summed = {one.name for one in walk.flow.steps if evening.refuses(one) and one.compare.sums}
    assert summed <= walk.weighed, f"nothing tried what does not add up at {summed - walk.weighed}"
