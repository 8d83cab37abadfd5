"""The meta-model of timelines: what has been, what was planned, and when the rest is to be expected."""

from dataclasses import dataclass

from generator.reader import Code, Name, Title, Word, by_key, by_node, may, need
from generator.readers import Effect, read_effects
from generator.source import Mapping


@dataclass(frozen=True, kw_only=True)
class Node:
    """One point of a timeline."""

    name: Name = by_key("Name of the node.")
    title: Title = need("What users read.")
    after: Word | None = may("The node before it, declared above.")
    takes: Code | None = may("Working days from the node before it; an expression over the record.")
    planned: Code | None = may("Day for which it is planned; it is not expected earlier.")
    actual: Code | None = may("Day on which it was; empty as long as it has not been.")
    passed: Word | None = may(
        "Instead of actual: the day on which the case went on from this step."
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Warn:
    """A warning as soon as a node is expected too late."""

    reach: Word = need("The node.")
    by: Code = need("The last day that is early enough, an expression over the record.")
    text: Title = need("What is said; {day} is the expected day, {by} the last one.")
    do: tuple[Effect, ...] = may(
        "Effects once it is expected too late, looked at every night until the case has ended:"
        " notify, set, upsert; a message has the text as {comment}.",
        (),
        read=read_effects,
    )
    ended: tuple[Effect, ...] = may(
        "Effects once it is expected in time again.", (), read=read_effects
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Nodes in their order, and what is warned of; worked out when somebody looks."""

    nodes: dict[Name, Node] = need("The nodes, each after those that it follows.")
    warn: tuple[Warn, ...] = may(
        "What is expected too late: [{reach: NODE, by: DAY, text: …}].", ()
    )
    node: Mapping = by_node()
