"""What the engine asks the room of accounts: who holds a role for a case, who works beside whom."""

from dataclasses import dataclass
from typing import Protocol

from app.core.access.actor import Actor
from app.flow.models import Case


@dataclass(frozen=True)
class Person:
    """Somebody who may act."""

    id: int
    name: str


class Source(Protocol):
    """Knows accounts; only open ones are returned."""

    def holders(self, role: str, case: Case) -> list[Person]:
        """Return who holds the role with a reach that covers the case."""

    def everybody(self) -> list[Actor]:
        """Return everybody with the roles they hold and how far each reaches, without their grants."""

    def colleagues(self, person_id: int) -> list[Person]:
        """Return who works in the same organisation and district as a person."""

    def name_of(self, person_id: int) -> str:
        """Return a person's name, "" if there is none."""

    def conflict(self, person_id: int, deputy_id: int) -> str:
        """Say why the roles of two people must not meet in one, "" if they may."""


class _Nobody:
    def holders(self, role: str, case: Case) -> list[Person]:
        return []

    def everybody(self) -> list[Actor]:
        return []

    def colleagues(self, person_id: int) -> list[Person]:
        return []

    def name_of(self, person_id: int) -> str:
        return ""

    def conflict(self, person_id: int, deputy_id: int) -> str:
        return ""


source: Source = _Nobody()  # the room of accounts puts itself here
