"""The meta-model of scores: who is scored, over which period, and which events give or take points."""

from dataclasses import dataclass
from typing import Literal

from generator.reader import Code, Name, Title, Word, by_key, by_node, may, need
from generator.source import Mapping


@dataclass(frozen=True, kw_only=True)
class ScoreItem:
    """An event that gives or takes points."""

    name: Name = by_key("Name of the item; written into each entry.")
    title: Title = need("What users read.")
    on: Word = need(
        "OBJECT.ACTION: whenever that action is taken; OBJECT.STEP: whenever a case comes there;"
        " OBJECT.LADDER: whenever a stage after its day is climbed."
    )
    to: Code = need("Path from the event's record to whoever is scored.")
    points: Code = need("Points of one event, a whole number; an expression over the record.")
    when: Code | None = may("Only events for which this holds.")
    cap: int | None = may("The item's points of one period never go beyond this number.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Score:
    """A score: what it starts from in each period, and the items."""

    name: Name = by_key("Name of the score; a function with screen: score names it by `model`.")
    title: Title = need("What users read.")
    of: Word = need("The object whose records are scored.")
    period: Literal["year", "quarter", "month"] = need("How long points count.")
    start: int = may("What everybody has at the beginning of a period.", 0)
    items: dict[Name, ScoreItem] = need("What gives or takes points.")
    node: Mapping = by_node()
