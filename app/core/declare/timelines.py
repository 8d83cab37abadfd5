"""What generated code declares about timelines: frozen values without behaviour."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Formula = Callable[[Any, Any], Any]


@dataclass(frozen=True, kw_only=True)
class Node:
    """One point: `takes` working days after the node before it, not before `planned`."""

    name: str
    title: str
    after: str = ""
    takes: Formula | None = None
    planned: Formula | None = None
    actual: Formula | None = None
    passed: str = ""  # the step from which the case went on then


@dataclass(frozen=True, kw_only=True)
class Warn:
    """Said as soon as a node is expected later than the day that `by` gives."""

    reach: str
    by: Formula
    text: str
    effects: tuple[Any, ...] = ()  # once it is expected too late
    ended: tuple[Any, ...] = ()  # once it is expected in time again


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The nodes of an object, each after those that it follows."""

    nodes: tuple[Node, ...]
    warn: tuple[Warn, ...] = ()
