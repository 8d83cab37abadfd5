"""Bringing permissions, roles and shipped grants of a release into the database, at `run.py upgrade`.

Administrators' decisions survive: `sys_grant_default` remembers every grant that was ever
shipped. A grant that is new in a release is added; one that an administrator has taken away
stays away; one that a release no longer ships is taken back unless an administrator decided it.
What is said of a role (title, reach, exclusions, …) follows the release word by word, except
where an administrator has put something else: `sys_role.shipped_as` has what was shipped last.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
)
from sqlalchemy import Connection, and_, delete, insert, select, update

from app.core import declare
from app.core.declare import registry
from app.security.grants import PREFIX
from app.security.models import GrantDefault, PermissionVersion, RoleProfile
from app.security.version import bump

_PERMISSION = Permission.__table__
_VIEW = ViewMenu.__table__
_PAIR = PermissionView.__table__
_ROLE = Role.__table__
_PROFILE = RoleProfile.__table__
_DEFAULT = GrantDefault.__table__

Grant = tuple[str, str, str]  # role, function, operation


@dataclass
class Outcome:
    """What an upgrade changed; empty the second time."""

    permissions_added: list[tuple[str, str]] = field(default_factory=list)
    permissions_removed: list[tuple[str, str]] = field(default_factory=list)
    roles_added: list[str] = field(default_factory=list)
    roles_changed: list[str] = field(default_factory=list)
    grants_added: list[Grant] = field(default_factory=list)
    grants_removed: list[Grant] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Tell whether anything was written."""
        return any(vars(self).values())


def sync_permissions(connection: Connection) -> Outcome:
    """Bring the database up to the declarations, in the transaction of the caller."""
    outcome = Outcome()
    if connection.scalar(select(PermissionVersion.v)) is None:
        connection.execute(insert(PermissionVersion).values(id=1, v=1))
    _add_pairs(connection, outcome)
    _remove_pairs(connection, outcome)
    _add_roles(connection, outcome)
    _follow_roles(connection, outcome)
    _ship(connection, outcome)
    if outcome.changed:
        bump(connection)
    return outcome


def operations(function: declare.Function) -> tuple[str, ...]:
    """Return everything that can be granted on a function."""
    shipped = {operation for _, granted in function.grants for operation in granted}
    return tuple(dict.fromkeys((*function.operations, *sorted(shipped))))


def _wanted() -> set[tuple[str, str]]:
    return {
        (PREFIX + operation, function.id)
        for function in registry.registry().functions.values()
        for operation in operations(function)
    }


def _stored(connection: Connection) -> dict[tuple[str, str], int]:
    rows = connection.execute(
        select(_PERMISSION.c.name, _VIEW.c.name, _PAIR.c.id)
        .select_from(_PAIR)
        .join(_PERMISSION, _PERMISSION.c.id == _PAIR.c.permission_id)
        .join(_VIEW, _VIEW.c.id == _PAIR.c.view_menu_id)
    )
    return {(permission, view): pk for permission, view, pk in rows}


def _add_names(connection: Connection, table: Any, names: Iterable[str]) -> dict[str, int]:
    known = _ids(connection, table)
    missing = sorted(set(names) - known.keys())
    if missing:
        connection.execute(insert(table), [{"name": name} for name in missing])
        known = _ids(connection, table)
    return known


def _ids(connection: Connection, table: Any) -> dict[str, int]:
    return dict(connection.execute(select(table.c.name, table.c.id)).tuples().all())


def _add_pairs(connection: Connection, outcome: Outcome) -> None:
    missing = sorted(_wanted() - _stored(connection).keys())
    if not missing:
        return
    permissions = _add_names(connection, _PERMISSION, (name for name, _ in missing))
    views = _add_names(connection, _VIEW, (view for _, view in missing))
    connection.execute(
        insert(_PAIR),
        [{"permission_id": permissions[p], "view_menu_id": views[v]} for p, v in missing],
    )
    outcome.permissions_added = missing


def _remove_pairs(connection: Connection, outcome: Outcome) -> None:
    stored = _stored(connection)
    gone = sorted(stored.keys() - _wanted())
    if not gone:
        return
    ids = [stored[pair] for pair in gone]
    for part in (ids[i : i + 500] for i in range(0, len(ids), 500)):
        held = assoc_permissionview_role
        connection.execute(delete(held).where(held.c.permission_view_id.in_(part)))
        connection.execute(delete(_PAIR).where(_PAIR.c.id.in_(part)))
    for permission, view in gone:
        connection.execute(
            delete(_DEFAULT).where(
                _DEFAULT.c.function == view,
                _DEFAULT.c.operation == permission.removeprefix(PREFIX),
            )
        )
    connection.execute(delete(_VIEW).where(_VIEW.c.id.not_in(select(_PAIR.c.view_menu_id))))
    connection.execute(
        delete(_PERMISSION).where(_PERMISSION.c.id.not_in(select(_PAIR.c.permission_id)))
    )
    outcome.permissions_removed = gone


def _add_roles(connection: Connection, outcome: Outcome) -> None:
    declared = registry.registry().roles
    known = _ids(connection, _ROLE)
    outcome.roles_added = [name for name in declared if name not in known]
    if outcome.roles_added:
        known = _add_names(connection, _ROLE, outcome.roles_added)
    described = set(connection.scalars(select(_PROFILE.c.id)))
    fresh = [role for role in declared.values() if known[role.name] not in described]
    if fresh:
        connection.execute(insert(_PROFILE), [_described(known[r.name], r) for r in fresh])


def _described(pk: int, role: declare.Role) -> dict[str, Any]:
    return {
        "id": pk,
        "title": role.title,
        "reach": role.reach,
        "face": role.face,
        "purpose": role.purpose or None,
        "excludes": ",".join(role.excludes) or None,
        "shipped": True,
        "shipped_as": json.dumps(_said(role), ensure_ascii=False),
    }


def _said(role: declare.Role) -> dict[str, str]:
    return {
        "title": role.title,
        "reach": role.reach,
        "face": role.face,
        "purpose": role.purpose,
        "excludes": ",".join(sorted(role.excludes)),
    }


def _follow_roles(connection: Connection, outcome: Outcome) -> None:
    """Let what nobody has changed be what this release says; remember what it says."""
    stored = connection.execute(select(_PROFILE, _ROLE.c.name).join_from(_PROFILE, _ROLE)).all()
    titles = {row.title for row in stored}
    for row in stored:
        role = registry.registry().roles.get(row.name)
        if role is None:
            continue
        now = _said(role)
        before = json.loads(row.shipped_as or "null")
        if before == now:
            continue
        follows = {
            name: value or None
            for name, value in now.items()
            if before and value != before[name] and _stands(row, name) == before[name]
        }
        if follows.get("title") in titles:  # no two roles are called the same
            del follows["title"]
        if follows:
            outcome.roles_changed.append(row.name)
        change = {**follows, "shipped_as": json.dumps(now, ensure_ascii=False)}
        connection.execute(update(_PROFILE).where(_PROFILE.c.id == row.id).values(change))


def _stands(row: Any, name: str) -> str:
    value = getattr(row, name) or ""
    return ",".join(sorted(value.split(","))) if name == "excludes" else value


def shipped_grants() -> set[Grant]:
    """Return the grants of this release."""
    return {
        (role, function.id, operation)
        for function in registry.registry().functions.values()
        for role, granted in function.grants
        for operation in granted
    }


def _ship(connection: Connection, outcome: Outcome) -> None:
    now = shipped_grants()
    rows = connection.execute(select(_DEFAULT)).all()
    before = {(row.role, row.function, row.operation): row for row in rows}
    fresh = sorted(now - before.keys())
    again = [before[g].id for g in now & before.keys() if not before[g].current]
    dropped = sorted(g for g, row in before.items() if row.current and g not in now)
    held = held_grants(connection) if fresh else set()
    _remember(connection, fresh, held, again, [before[g].id for g in dropped])
    outcome.grants_added = _give(connection, fresh)
    outcome.grants_removed = _take(connection, [g for g in dropped if not before[g].decided])


def _remember(
    connection: Connection,
    fresh: list[Grant],
    held: set[Grant],
    again: list[int],
    dropped: list[int],
) -> None:
    """Keep what is shipped now; what a role held before any release shipped it was decided here."""
    if fresh:
        names = ("role", "function", "operation")
        rows = [dict(zip(names, g, strict=True), current=True, decided=g in held) for g in fresh]
        connection.execute(insert(_DEFAULT), rows)
    for ids, current in ((again, True), (dropped, False)):
        if ids:
            connection.execute(
                update(_DEFAULT).where(_DEFAULT.c.id.in_(ids)).values(current=current)
            )


def held_grants(connection: Any) -> set[Grant]:
    """Return what all roles hold now."""
    held = assoc_permissionview_role
    rows = connection.execute(
        select(_ROLE.c.name, _VIEW.c.name, _PERMISSION.c.name)
        .select_from(held)
        .join(_ROLE, _ROLE.c.id == held.c.role_id)
        .join(_PAIR, _PAIR.c.id == held.c.permission_view_id)
        .join(_PERMISSION, _PERMISSION.c.id == _PAIR.c.permission_id)
        .join(_VIEW, _VIEW.c.id == _PAIR.c.view_menu_id)
    )
    return {(role, view, permission.removeprefix(PREFIX)) for role, view, permission in rows}


def _give(connection: Connection, grants: list[Grant]) -> list[Grant]:
    missing = sorted(set(grants) - held_grants(connection)) if grants else []
    if missing:
        roles, pairs = _ids(connection, _ROLE), _stored(connection)
        connection.execute(
            insert(assoc_permissionview_role),
            [
                {"role_id": roles[role], "permission_view_id": pairs[PREFIX + op, function]}
                for role, function, op in missing
            ],
        )
    return missing


def _take(connection: Connection, grants: list[Grant]) -> list[Grant]:
    present = sorted(set(grants) & held_grants(connection)) if grants else []
    roles, pairs = (_ids(connection, _ROLE), _stored(connection)) if present else ({}, {})
    held = assoc_permissionview_role
    for role, function, operation in present:
        connection.execute(
            delete(held).where(
                and_(
                    held.c.role_id == roles[role],
                    held.c.permission_view_id == pairs[PREFIX + operation, function],
                )
            )
        )
    return present
