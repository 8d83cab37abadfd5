"""Ratios of two ways to do the same work, taken in turns so that both meet the same machine."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the page of results. `ratio` is ours to the other's; it should not exceed `goal`."""

    group: str
    what: str
    ours: float
    other: float
    beside: str
    goal: float | None
    unit: str = "ms"
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times as much as the other."""
        return self.ours / self.other if self.other else float("inf")

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where none was set."""
        return None if self.goal is None else self.ratio <= self.goal


def in_turns(*works: Callable[[], object], rounds: int = 30, warm: int = 3) -> tuple[float, ...]:
    """Return the median milliseconds of each work, one after the other in every round."""
    for _ in range(warm):
        for work in works:
            work()
    taken: list[list[float]] = [[] for _ in works]
    gc.collect()
    for number in range(rounds):
        order = range(len(works)) if number % 2 else reversed(range(len(works)))
        for index in order:
            began = time.perf_counter()
            works[index]()
            taken[index].append((time.perf_counter() - began) * 1000)
    return tuple(statistics.median(times) for times in taken)
