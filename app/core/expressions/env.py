"""What expressions may look at besides the record: who asks, the form, the day, the policies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core import clock
from app.core.access.actor import Actor, current_actor


@dataclass(frozen=True)
class Me:
    """The acting person as expressions see them; `unit` is the id of their organisation."""

    id: int | None
    name: str
    unit: int | None
    district: str | None
    roles: tuple[str, ...]


class Policies:
    """`policy.NAME(arguments)`: the value in force on the day that the case is judged by."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.known: dict[str, Any] = {}  # a version is read once, however many rows ask
        self._used: list[str] | None = (
            None  # lines of decisions that were used, while somebody asks
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        from app.core.reference import policies

        def value(*arguments: Any) -> Any:
            found = policies.lookup(name, arguments, self.on, self.known)
            if self._used is not None and found.basis:
                self._used.append(found.basis)
            return found.value

        return value

    def tracing(self, formula: Callable[[], Any]) -> tuple[Any, str]:
        """Return what a formula gives, and in words the lines of decisions that it used."""
        before, self._used = self._used, []
        try:
            return formula(), "；".join(dict.fromkeys(self._used))
        finally:
            self._used = before


@dataclass(frozen=True)
class Env:
    """Passed to every generated expression as its second argument."""

    me: Me
    today: date
    policy: Policies
    form: Any = None
    parent: Any = None
    draws: bool = False  # what is drawn by chance may be drawn now: a record is being saved


def make_env(
    actor: Actor | None = None, *, form: Any = None, parent: Any = None, on: date | None = None
) -> Env:
    """Return the surroundings of an expression; `on` is the day whose policies apply."""
    actor = actor or current_actor()
    today = clock.today()
    me = Me(actor.user_id, actor.name, actor.org_id, actor.district, tuple(sorted(actor.roles)))
    return Env(me=me, today=today, policy=Policies(on or today), form=form, parent=parent)
