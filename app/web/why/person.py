"""The account that is asked about: who it is when it acts, and what all roles may do."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from app.core.access.actor import DEPUTY, Actor
from app.security import request_identity, roles
from app.security.models import Account, RoleProfile


class Person:
    """An account, as it would act now."""

    def __init__(self, account: Account) -> None:
        self.account = account

    @property
    def name(self) -> str:
        """What the person is called."""
        return self.account.name

    @cached_property
    def actor(self) -> Actor:
        """Who the account is when it acts; nobody where it is closed."""
        return request_identity.actor_of(self.account.id)

    @cached_property
    def _profiles(self) -> list[RoleProfile]:
        return roles.all_roles(granted=True)

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {one.role.name: one.title for one in self._profiles}

    def granting(self, function: str, operation: str) -> dict[str, str]:
        """Return the roles that grant an operation now, name to title."""
        pair = (function, operation)
        return {one.role.name: one.title for one in self._profiles if pair in roles.pairs_of(one)}

    def pages_of(self, names: Iterable[str]) -> tuple[tuple[int, str], ...]:
        """Return number and title of roles, for links to their pages."""
        wanted = set(names)
        return tuple((one.id, one.title) for one in self._profiles if one.role.name in wanted)

    def titled(self, names: Sequence[str]) -> list[str]:
        """Return what roles are called; those of somebody stood for say so."""
        people = {str(other.user_id): other.name for other in self.actor.stands_for}
        found = []
        for name in sorted(names):
            role, _, person = name.partition(DEPUTY)
            said = f"“{self._titles.get(role, role)}”"
            found.append(f"代{people.get(person, '他人')}行使的{said}" if person else said)
        return found

    @property
    def held(self) -> list[str]:
        """What the roles that the person holds are called."""
        return self.titled([name for name in self.actor.roles if DEPUTY not in name])
