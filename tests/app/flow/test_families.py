"""A case and the one that started it, decided at the same moment: neither waits for the other for ever."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.core.errors import Conflict, Refused
from app.flow.execution import transitions
from app.flow.models import Case
from tests.app.conftest import World
from tests.app.flow.execution.test_external_waits import do, permits, read, verified
from tests.harness.threads import at_once

SECONDS = 1.5


@contextmanager
def meeting_before_others_follow() -> Iterator[None]:
    """Let both have moved, each holding its own case, before either looks at the other's."""
    both = threading.Barrier(2)

    def wait(case: Case) -> None:
        if case.ended_at is not None:
            with suppress(threading.BrokenBarrierError):  # the other one may wait for its turn
                both.wait(SECONDS)

    transitions.followers.insert(0, wait)
    try:
        yield
    finally:
        transitions.followers.remove(wait)


def test_parent_and_child_that_end_together_do_not_block_each_other(world: World) -> None:
    pk = verified(world)
    ((permit, _),) = permits(world)

    def decide(index: int) -> str:
        if index:
            do(world, "hugo", permit, "pass", "permit")
        else:
            do(world, "anna", pk, "cancel")
        return "ok"

    with meeting_before_others_follow():
        results = at_once(2, decide)
    others = [result for result in results if result != "ok"]
    assert len(others) <= 1
    assert all(isinstance(error, (Conflict, Refused)) for error in others), others
    state, child = read(world, pk)[0], permits(world)[0][1]
    # Whoever came second met what the first had left: nothing in between is possible.
    assert (state, child) in {
        ("cancelled", "withdrawn"),  # the whole first, then the part found itself withdrawn
        ("confirm", "granted"),  # the part first, and the whole could no longer be cancelled
        ("cancelled", "granted"),  # the part first, then the whole
    }
