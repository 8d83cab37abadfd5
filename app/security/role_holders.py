"""Which accounts hold a role: directly, or through a group of the framework."""

from typing import Any

from flask_appbuilder.security.sqla.models import (
    Role,
    assoc_group_role,
    assoc_user_group,
    assoc_user_role,
)
from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, Select, or_, select

from app.security.models import Account

RoleIds = Select[Any] | list[int] | BindParameter[Any]


def holds(roles: RoleIds) -> ColumnElement[bool]:
    """Return the condition that an account holds one of the roles with these ids."""
    if isinstance(roles, Select):  # asked for twice, but planned by the database once
        roles = select(roles.cte())
    direct = select(assoc_user_role.c.user_id).where(assoc_user_role.c.role_id.in_(roles))
    by_group = (
        select(assoc_user_group.c.user_id)
        .join(assoc_group_role, assoc_group_role.c.group_id == assoc_user_group.c.group_id)
        .where(assoc_group_role.c.role_id.in_(roles))
    )
    return or_(Account.id.in_(direct), Account.id.in_(by_group))


def all_holders() -> CompoundSelect[Any]:
    """Return every account's id with the name of each role that it holds."""
    direct = select(assoc_user_role.c.user_id, Role.name).join(
        Role, Role.id == assoc_user_role.c.role_id
    )
    by_group = (
        select(assoc_user_group.c.user_id, Role.name)
        .join(assoc_group_role, assoc_group_role.c.group_id == assoc_user_group.c.group_id)
        .join(Role, Role.id == assoc_group_role.c.role_id)
    )
    return direct.union(by_group)
