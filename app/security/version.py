"""The number that rises with every change of roles, grants and memberships."""

from typing import Any

from flask_appbuilder.security.sqla.models import Group, Role, User
from sqlalchemy import event, inspect, update
from sqlalchemy.orm import Session

from app.flow.models import Deputy
from app.security.models import PermissionVersion, RoleProfile

_WATCHED: dict[type, tuple[str, ...]] = {
    Role: ("permissions", "user", "groups", "name"),
    User: ("roles", "groups", "active"),
    Group: ("roles", "users"),
    RoleProfile: ("reach", "face", "title"),
    Deputy: ("deputy_id", "first_day", "last_day", "ended_at"),
}


def bump(connection: Any) -> None:
    """Make every process forget the grants it remembers, in the transaction of the caller.

    Changes through the ORM do this by themselves; whoever writes the association tables directly
    must call it.
    """
    connection.execute(update(PermissionVersion).values(v=PermissionVersion.v + 1))


@event.listens_for(Session, "before_flush")
def _notice(session: Session, context: Any, instances: Any) -> None:
    changed = (*session.new, *session.dirty, *session.deleted)
    if any(_concerns_grants(session, item) for item in changed):
        bump(session.connection())


def _concerns_grants(session: Session, item: Any) -> bool:
    watched = next((names for kind, names in _WATCHED.items() if isinstance(item, kind)), ())
    if not watched:
        return False
    if item in session.deleted:
        return True
    state = inspect(item)
    return any(state.attrs[name].history.has_changes() for name in watched if _loaded(state, name))


def _loaded(state: Any, name: str) -> bool:
    return name in state.dict or name in state._pending_mutations
