"""Many people at once, each in a thread with a session of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app.core.db.database import session


def at_once(number: int, what: Callable[[int], Any]) -> list[Any]:
    """Run the same thing in many threads that start together; return results or errors."""
    barrier = threading.Barrier(number)

    def one(index: int) -> Any:
        barrier.wait()
        try:
            return what(index)
        except Exception as error:  # noqa: BLE001 - the tests look at every kind
            return error
        finally:
            session.remove()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))
