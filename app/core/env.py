"""What expressions may look at besides the record: who asks, the form, the day, the policies."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.core import clock
from app.core.actor import Actor, current_actor


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
        self._on = on

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        from app.core import policies

        return lambda *arguments: policies.lookup(name, arguments, self._on).value


@dataclass(frozen=True)
class Env:
    """Passed to every generated expression as its second argument."""

    me: Me
    today: date
    policy: Policies
    form: Any = None
    parent: Any = None
    extra: dict[str, Any] = field(default_factory=dict)


def make_env(
    actor: Actor | None = None, *, form: Any = None, parent: Any = None, on: date | None = None
) -> Env:
    """Return the surroundings of an expression; `on` is the day whose policies apply."""
    actor = actor or current_actor()
    today = clock.today()
    me = Me(actor.user_id, actor.name, actor.org_id, actor.district, tuple(sorted(actor.roles)))
    return Env(me=me, today=today, policy=Policies(on or today), form=form, parent=parent)
