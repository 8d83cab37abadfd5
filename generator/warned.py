"""The meta-model of warnings: something to be warned of as long as it is so."""

from dataclasses import dataclass

from generator.reader import Code, Name, Title, by_key, by_node, may, need
from generator.readers import Effect, read_effects
from generator.source import Mapping


@dataclass(frozen=True, kw_only=True)
class Warned:
    """What is warned of from the moment a condition holds until it does not; once each time.

    Looked at every minute, so that a change of the record, another day and another version of a
    policy all count. The record's page says it as long as it lasts.
    """

    name: Name = by_key("Name of the warning.")
    title: Title = need("What users read in the record's history.")
    when: Code = need("Holds as long as there is something to be warned of; has a form in SQL.")
    text: Title = need(
        "What is said; fields in braces. Messages sent by `do` have it as {comment}."
    )
    do: tuple[Effect, ...] = may(
        "Effects once it holds: notify, set, upsert.", (), read=read_effects
    )
    ended: tuple[Effect, ...] = may(
        "Effects once it holds no longer: notify, set, upsert.", (), read=read_effects
    )
    node: Mapping = by_node()
