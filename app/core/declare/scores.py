"""What generated code declares about scores: frozen values without behaviour."""

from dataclasses import dataclass
from typing import Literal

from app.core.declare import Formula, Predicate


@dataclass(frozen=True, kw_only=True)
class ScoreItem:
    """An event that gives or takes points. `on` is an action or a step of the object's flow, or a ladder."""

    name: str
    title: str
    object: str
    on: str
    to: Formula  # id of the record that is scored
    points: Formula
    when: Predicate | None = None
    ladder: bool = False  # `on` is one: each stage after its day is an event
    cap: int | None = None  # of one period: never below a negative one, never above a positive one


@dataclass(frozen=True, kw_only=True)
class Score:
    """A score of the records of an object, period by period."""

    name: str
    title: str
    object: str
    period: Literal["year", "quarter", "month"]
    items: tuple[ScoreItem, ...]
    start: int = 0

    def item(self, name: str) -> ScoreItem | None:
        """Return the item of that name."""
        return next((item for item in self.items if item.name == name), None)
