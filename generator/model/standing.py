"""What holds of a record besides its flow: rules, reservations, ladders, blocks, captures."""

from dataclasses import dataclass
from typing import Literal

from generator.reader import Code, Name, Title, Word, by_key, by_node, may, need
from generator.readers import Effect, read_effects
from generator.source import Mapping


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A condition that must hold when a record is submitted."""

    name: Name | None = may("A name for tests; else made from its place.")
    each: Word | None = may("A child list: checked row by row; `parent` is the record.")
    check: Code = need("What must hold.")
    when: Code | None = may("Checked only then.")
    at: Word | None = may("Field beside which the message stands.")
    policy: Word | None = may("The policy it applies: gives source and level.")
    level: Literal["error", "warning"] = may("A warning does not stop the record.", "error")
    error: Title = need("What to say when it does not; fields in braces.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Reserves an amount of the record that a field refers to while the case is under way."""

    field: Name = by_key("The reference field whose record is the resource.")
    amount: Code = need("How much is reserved.")
    start: Word = need("The action that begins it.")
    until: tuple[Word, ...] = may("End steps that give the amount back.", ())
    capacity: Word = may("Field of the resource: what is left.", "remaining")
    used: Word = may("Stored field of the resource: what is held or spent.", "used")
    over: Literal["error", "warning"] = may("Whether more than is left is refused.", "error")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of a ladder: what is done so many days from its date."""

    days: int = need("Days after the date; before it if negative.")
    do: tuple[Effect, ...] = need("Effects: notify, set, upsert.", read=read_effects)
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """Stages by days from a date until an event; each is climbed once for a record and its date."""

    name: Name = by_key("Name of the ladder.")
    title: Title = need("What users read in the record's history.")
    date: Word = need("The field of type date from which days are counted.")
    until: Code = need("Nothing more is done once this holds.")
    stages: tuple[Stage, ...] = need("The stages, in their order: [{days: 1, do: [notify: late]}].")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Block:
    """Rows of another object that refuse a new record, and its submission."""

    name: Name = by_key("A name for tests.")
    by: Word = need("The object whose rows block.")
    when: Code = need("Which of its rows do; `form` is the record that is filed.")
    error: Title = need("Why, and the way out; fields of the blocking row in braces.")
    at: Word | None = may("Field beside which the message stands.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Capture:
    """What a device of a workstation reads into a record; nobody types it."""

    name: Name = by_key("Name of the capture.")
    title: Title = need("The word on the button.")
    device: Word = need("Name of the device, as its workstation knows it.")
    fill: dict[Name, Word] = need("Own field: what the device calls it; images are pictures.")
    least: int | None = may("The least quality, of 100.")
    settings: dict[Name, Code] = may(
        "What the device is told: its word: expression, such as width: policy.portrait_width(). A picture must"
        " have the `width` and `height` (pixels) and at most the `largest` (kilobytes) that were told.",
        {},
    )
    compare: tuple[Word, ...] = may(
        "Two own pictures that the device compares; taking one of them again voids what was found.",
        (),
    )
    passes: Code | None = may("What was read counts only if this holds of the record.")
    error: Title | None = may("passes: what is said where it does not hold; fields in braces.")
    by_hand: Word | None = may(
        "passes: own field of text, the reason why a person confirmed it nevertheless."
    )
    when: Code | None = may("Asked for only then.")
    node: Mapping = by_node()
