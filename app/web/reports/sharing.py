"""With whom a saved table may be shared: the roles that may open the function, as they are now."""

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
)
from sqlalchemy import func, select

from app.core.db.database import session
from app.security.models import RoleProfile


def roles(function: str) -> dict[str, str]:
    """Return the roles that may view a function: name and title."""
    link = assoc_permissionview_role
    query = (
        select(Role.name, func.coalesce(RoleProfile.title, Role.name))
        .outerjoin(RoleProfile, RoleProfile.id == Role.id)
        .join(link, link.c.role_id == Role.id)
        .join(PermissionView, PermissionView.id == link.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(ViewMenu.name == function, Permission.name == "can_view")
        .order_by(Role.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
