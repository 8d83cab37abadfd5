"""Policies, decisions and dictionaries as they are shipped."""

from dataclasses import dataclass, field
from typing import Any, Literal

from app.core.declare.terms import Level


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A dated rule of an authority. Rows live in the database; these are the shipped ones."""

    name: str
    title: str
    returns: Literal["integer", "decimal", "boolean", "date", "string", "dict"]
    by: tuple[str, ...] = ()  # what the table's keys mean
    codes: str = ""  # the dictionary whose codes they are, where it takes one argument
    rows: tuple["PolicyRow", ...] = ()
    level: Level = "warning"
    unit: str = ""
    takes: tuple["Input", ...] = ()  # of a decision: what its lines judge, one for each of `by`
    of: str = ""  # of a decision: the dictionary whose entries it gives


@dataclass(frozen=True, kw_only=True)
class Input:
    """What a decision looks at."""

    name: str
    title: str
    kind: Literal["dict", "string", "boolean", "integer", "money", "date"]
    of: str = ""  # dict: its dictionary


@dataclass(frozen=True, kw_only=True)
class PolicyRow:
    """One version of a policy: in force from a day on, with the text that it comes from."""

    valid_from: str  # ISO date
    source: str
    profile: str
    value: Any = None  # where the policy takes no argument
    table: dict[str, Any] = field(default_factory=dict)  # by argument; "*" = any other
    lines: tuple[tuple[str, ...], ...] = ()  # of a decision: conditions, then what it gives


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a dictionary."""

    code: str
    title: str
    parent: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Dictionary:
    """A list of codes that an administrator can extend and disable on screen."""

    name: str
    title: str
    entries: tuple[Entry, ...]
    source: str = ""
    attributes: tuple[str, ...] = ()
