"""What every declaration is made of: conditions, formulas, criteria, and who does something."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Predicate = Callable[[Any, Any], bool | None]
Formula = Callable[[Any, Any], Any]
Criterion = Callable[[Any, Any], Any]
Level = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role as shipped; an administrator may change its grants on screen."""

    name: str
    title: str
    reach: Literal["own", "unit", "district", "all"]
    face: Literal["portal", "office"]
    purpose: str = ""
    excludes: tuple[str, ...] = ()  # roles that one person must not hold together with this one


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """`by: applicant`: the people of the organisation that owns the case, in a role that may apply."""


@dataclass(frozen=True, kw_only=True)
class Roles:
    """`by: [role, …]`: whoever holds one of these roles, within that role's reach."""

    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Relation:
    """`by: path.to.account`: the person that a field of the record names."""

    path: str


Actors = Applicant | Roles | Relation


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Something that a step does in its own transaction: notify, issue, set, apply, start, account …"""

    kind: str
    params: dict[str, Any] = field(default_factory=dict)
    when: Predicate | None = None
    each: str = ""  # a child list: done for each row, `this` is the row, `env.parent` the record
