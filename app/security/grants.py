"""What a person holds: one query per grants version, kept in the process."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_group_role,
    assoc_permissionview_role,
    assoc_user_group,
    assoc_user_role,
)
from sqlalchemy import Select, select, union

from app.core import clock
from app.core.access.actor import Actor, current_actor
from app.core.db.database import read_plainly, session
from app.flow.models import Deputy
from app.security.models import Account, RoleProfile

PREFIX = "can_"  # what the framework puts before the name of an operation
KEPT = 4096  # people whose grants one process remembers


@dataclass(frozen=True)
class Standing:
    """That a person stands for somebody, from one day to another."""

    person_id: int
    name: str
    org_id: int | None
    district: str | None
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Grants:
    """Everything that a person's roles give, as the framework and as the product name it."""

    pairs: frozenset[tuple[str, str]] = frozenset()  # ("can_view", "PP17")
    roles: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)  # ("view", "PP17")
    reach: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    faces: frozenset[str] = frozenset()
    standing: tuple[Standing, ...] = ()
    # The actors that were made of these, by what else they are made of.
    actors: dict[Any, Actor] = field(default_factory=dict, compare=False)


_cache: dict[tuple[int, int], Grants] = {}


def grants_of(user_id: int, version: int) -> Grants:
    """Return what the person holds at this version of the permissions."""
    key = (user_id, version)
    found = _cache.get(key)
    if found is None:
        found = read_grants(user_id)
        if len(_cache) >= KEPT:
            _cache.clear()
        _cache[key] = found
    return found


def forget() -> None:
    """Empty this process's memory (for tests that roll the database back)."""
    _cache.clear()
    _roles.clear()


_roles: dict[tuple[tuple[str, ...], tuple[str, ...], int], list[int]] = {}


def roles_granting(operations: tuple[str, ...], functions: tuple[str, ...]) -> list[int]:
    """Return the ids of the roles that grant one of the operations on one of the functions.

    Remembered for the version of the permissions that the person behind the request came with;
    without one, as for the system itself, the database is asked each time.
    """
    key = (operations, functions, current_actor().version)
    found = _roles.get(key)
    if found is None:
        found = _read_roles(operations, functions)
        if len(_roles) >= KEPT:
            _roles.clear()
        if key[-1]:
            _roles[key] = found
    return found


def _read_roles(operations: tuple[str, ...], functions: tuple[str, ...]) -> list[int]:
    granted = assoc_permissionview_role.c
    query = (
        select(granted.role_id)
        .join(PermissionView, PermissionView.id == granted.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(
            Permission.name.in_(PREFIX + one for one in operations), ViewMenu.name.in_(functions)
        )
        .distinct()
        .order_by(granted.role_id)
    )
    return list(read_plainly(query).scalars())


def read_grants(user_id: int) -> Grants:
    """Ask the database what the person holds."""
    roles: dict[str, set[tuple[str, str]]] = {}
    reach: dict[str, str] = {}
    titles: dict[str, str] = {}
    faces: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for row in session.execute(_query(user_id)):
        held = roles.setdefault(row.role, set())
        reach[row.role] = row.reach or ""
        titles[row.role] = row.title or row.role
        if row.face:
            faces.add(row.face)
        if row.permission and row.view:
            pairs.add((row.permission, row.view))
            held.add((row.permission.removeprefix(PREFIX), row.view))
    return Grants(
        frozenset(pairs),
        {role: frozenset(held) for role, held in roles.items()},
        reach,
        titles,
        frozenset(faces),
        tuple(_standing(user_id)),
    )


def _standing(user_id: int) -> list[Standing]:
    """Read for whom the person stands today or later; whose account is closed has no deputy."""
    query = (
        select(Account, Deputy.first_day, Deputy.last_day)
        .join(Deputy, Deputy.person_id == Account.id)
        .join(User, User.id == Account.id)
        .where(
            Deputy.deputy_id == user_id,
            Deputy.ended_at.is_(None),
            Deputy.last_day >= clock.today(),
            User.active == True,  # noqa: E712 - some databases know no IS
        )
        .order_by(Deputy.id)
    )
    return [
        Standing(account.id, account.name, account.org_id, account.district, first, last)
        for account, first, last in session.execute(query)
    ]


def _query(user_id: int) -> Select:
    direct = select(assoc_user_role.c.role_id).where(assoc_user_role.c.user_id == user_id)
    by_group = (
        select(assoc_group_role.c.role_id)
        .join(assoc_user_group, assoc_user_group.c.group_id == assoc_group_role.c.group_id)
        .where(assoc_user_group.c.user_id == user_id)
    )
    held = union(direct, by_group).subquery()
    return (
        select(
            Role.name.label("role"),
            RoleProfile.reach,
            RoleProfile.title,
            RoleProfile.face,
            Permission.name.label("permission"),
            ViewMenu.name.label("view"),
        )
        .select_from(held)
        .join(Role, Role.id == held.c.role_id)
        .outerjoin(RoleProfile, RoleProfile.id == Role.id)
        .outerjoin(assoc_permissionview_role, assoc_permissionview_role.c.role_id == Role.id)
        .outerjoin(
            PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id
        )
        .outerjoin(Permission, Permission.id == PermissionView.permission_id)
        .outerjoin(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    )
