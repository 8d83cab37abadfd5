"""How tests wait for what other processes and threads do."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 90  # seconds, on a machine that has other work
T = TypeVar("T")


def until(
    look: Callable[[], T],
    missing: str | Callable[[], object],
    seconds: float = PATIENCE,
    pause: float = 0.02,
) -> T:
    """Look again and again until something is there, and return it; after so long, fail with what is `missing`."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, missing() if callable(missing) else missing
        time.sleep(pause)
    return found
