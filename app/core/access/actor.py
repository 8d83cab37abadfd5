"""Who acts: a person with grants, or the system; and for which function just now."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property

from app.core.declare import registry

DEPUTY = "@"  # in the key of a role that is held for somebody else: ROLE@PERSON
REACHES = ("", "own", "unit", "district", "all")  # from nothing to everything


@dataclass(frozen=True)
class Actor:
    """A person (or the system) with everything that access depends on.

    `grants` are pairs (operation, function id); `role_grants` the same per role, since a role's
    reach counts only for the functions that this very role grants. What a deputy may do for
    somebody stands in the grants under ROLE@PERSON and never widens what is seen elsewhere.
    """

    user_id: int | None = None
    name: str = ""
    org_id: int | None = None
    org_name: str = ""
    district: str | None = None
    roles: frozenset[str] = frozenset()
    grants: frozenset[tuple[str, str]] = frozenset()
    role_grants: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict, compare=False)
    role_reach: dict[str, str] = field(default_factory=dict, compare=False)
    everything: bool = False  # the system itself
    ip: str = ""
    version: int = 0  # of the grants, for caches
    stands_for: tuple["Actor", ...] = ()  # people whose deputy this person is today

    def may(self, operation: str, function: str) -> bool:
        """Tell whether the operation on the function is granted."""
        return self.everything or (operation, function) in self.grants

    def may_self(self, operation: str, function: str) -> bool:
        """Tell whether an own role grants the operation, not only that of somebody stood for."""
        return self.everything or any(
            (operation, function) in grants
            for role, grants in self.role_grants.items()
            if DEPUTY not in role
        )

    def may_on(self, operation: str, object: str) -> bool:
        """Tell whether the operation is granted through any function on the object."""
        return self.everything or any(
            (operation, function.id) in self.grants for function in registry.functions_of(object)
        )

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions on which this person may do anything at all."""
        return frozenset(function for _, function in self.grants)

    def reach(self, function: str | None = None) -> str:
        """Return how far this person sees: through one function, or through the widest role."""
        if self.everything:
            return "all"
        found = self._reaches.get(function)
        if found is None:
            found = self._reaches[function] = self._reach(function)
        return found

    @cached_property
    def _reaches(self) -> dict[str | None, str]:
        return {}  # every statement asks for it; looking through all grants costs more with each function

    def _reach(self, function: str | None) -> str:
        roles = (
            [
                name
                for name, grants in self.role_grants.items()
                if any(f == function for _, f in grants)
            ]
            if function
            else [name for name in self.role_reach if DEPUTY not in name]
        )
        return max((self.role_reach.get(role, "") for role in roles), key=REACHES.index, default="")


ANONYMOUS = Actor()
SYSTEM = Actor(name="系统", everything=True)

_actor: ContextVar[Actor] = ContextVar("actor", default=ANONYMOUS)
_function: ContextVar[str | None] = ContextVar("function", default=None)


def current_actor() -> Actor:
    """Return who acts; nobody in particular may nothing."""
    return _actor.get()


def current_function() -> str | None:
    """Return the function that the request is for, if it is for one."""
    return _function.get()


def enter(actor: Actor, function: str | None = None) -> None:
    """Set who acts for the rest of this request (the web shell calls it before every one)."""
    _actor.set(actor)
    _function.set(function)


@contextmanager
def acting_as(actor: Actor, function: str | None = None) -> Iterator[Actor]:
    """Act as somebody for a block."""
    tokens = (_actor.set(actor), _function.set(function))
    try:
        yield actor
    finally:
        _actor.reset(tokens[0])
        _function.reset(tokens[1])
