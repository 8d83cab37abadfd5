"""What an expression may name: objects with their members, policies, and where it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

CHILD = "child"
LISTS = frozenset({"refs", CHILD})


@dataclass(frozen=True, kw_only=True)
class Member:
    """One attribute of an object.

    `type` is the name of a built-in type (of the base, where `types.yaml` declares one), or
    `child` for a list of rows. References store their id in `<name>_id`; `attribute` says where
    the value stands if it is elsewhere.
    """

    type: str
    target: str = ""  # ref, refs, child: the object
    dictionary: str = ""  # dict, tree: its dictionary
    codes: tuple[str, ...] = ()  # its codes, where they are known
    scale: int = 2  # decimal: digits after the point
    stored: bool = True  # False: an attribute in Python only, no column
    attribute: str = ""
    mask: bool = False  # lists show only the ends of the value

    @property
    def many(self) -> bool:
        """Whether the member is a list."""
        return self.type in LISTS


@dataclass(frozen=True, kw_only=True)
class PolicySignature:
    """What `policy.NAME(…)` takes and gives."""

    returns: str  # integer, decimal, boolean, date, string; a decision's dict
    takes: int = 0  # how many arguments
    kinds: tuple[str, ...] = ()  # of a decision: the types of its arguments
    dictionary: str = ""  # of a decision: whose entries it gives
    keys: tuple[str, ...] = ()  # of a policy of one argument: the values that its tables know
    covers: frozenset[str] | None = None  # those that each of them knows; None where all have "*"
    codes: str | None = ""  # of a policy: the dictionary whose codes the argument is; None: unknown


class Scope(Protocol):
    """Where an expression stands. `me` is an object of that name: unit, district, id, roles."""

    @property
    def this(self) -> str:
        """The object whose members are the plain names; `this` is the record itself."""

    @property
    def form(self) -> str:
        """The object of `form`, in a filter that is read for a form; empty: there is no form."""

    @property
    def parent(self) -> str:
        """The object of `env.parent`, for rows that are checked on their record's form."""

    def attribute(self, object: str, name: str) -> Member | None:
        """Return the member of that name, None if the object has none."""

    def attributes(self, object: str) -> Iterable[str]:
        """Return the names of all members, for suggestions."""

    def policy(self, name: str) -> PolicySignature | None:
        """Return the policy of that name, None if there is none."""

    def policies(self) -> Iterable[str]:
        """Return the names of all policies, for suggestions."""

    def decision(self, name: str) -> PolicySignature | None:
        """Return the decision of that name, None if there is none."""

    def decisions(self) -> Iterable[str]:
        """Return the names of all decisions, for suggestions."""

    def entry(self, dictionary: str) -> Mapping[str, str]:
        """Return the attributes that entries of a dictionary have, with their types."""


@dataclass(frozen=True)
class World:
    """All objects and policies of the metadata: `members[object][name]`."""

    members: Mapping[str, Mapping[str, Member]]
    signatures: Mapping[str, PolicySignature] = field(default_factory=dict)
    decisions: Mapping[str, PolicySignature] = field(default_factory=dict)
    entries: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # dictionary: attribute: type

    def scope(self, this: str, *, form: str = "", parent: str = "") -> "Place":
        """Return the scope of an expression of that object."""
        return Place(self, this, form, parent)


@dataclass(frozen=True)
class Place:
    """A scope over a world."""

    world: World
    this: str
    form: str = ""
    parent: str = ""

    def attribute(self, object: str, name: str) -> Member | None:
        """Return the member of that name, None if the object has none."""
        return self.world.members.get(object, {}).get(name)

    def attributes(self, object: str) -> Iterable[str]:
        """Return the names of all members, for suggestions."""
        return self.world.members.get(object, {})

    def policy(self, name: str) -> PolicySignature | None:
        """Return the policy of that name, None if there is none."""
        return self.world.signatures.get(name)

    def policies(self) -> Iterable[str]:
        """Return the names of all policies, for suggestions."""
        return self.world.signatures

    def decision(self, name: str) -> PolicySignature | None:
        """Return the decision of that name, None if there is none."""
        return self.world.decisions.get(name)

    def decisions(self) -> Iterable[str]:
        """Return the names of all decisions, for suggestions."""
        return self.world.decisions

    def entry(self, dictionary: str) -> Mapping[str, str]:
        """Return the attributes that entries of a dictionary have, with their types."""
        return self.world.entries.get(dictionary, {})


def members_of_me(organisation: str, district: Member, roles: tuple[str, ...]) -> dict[str, Member]:
    """Return the members of `me`: the person, the organisation, its district, the roles held."""
    return {
        "id": Member(type="ref", attribute="id"),
        "name": Member(type="string"),
        "unit": Member(type="ref", target=organisation, attribute="unit"),
        "district": district,
        "roles": Member(type="codes", codes=roles),
    }
