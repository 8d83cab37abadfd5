"""People whose organisation is not yet registered: their role, and where they are led."""

from app.core.declare import registry


def newcomer_role() -> str | None:
    """Return the role that self-registered people get, None where nobody may register himself.

    It is the portal's role that sees only what is its own and may register an organisation; the
    compiler lets there be one at most.
    """
    function = registry.registry().functions.get(registry.project().registration)
    granted = {role for role, _ in function.grants} if function else set()
    found = (
        role.name
        for role in registry.registry().roles.values()
        if role.face == "portal" and role.reach == "own" and role.name in granted
    )
    return next(found, None)


def where_to_register() -> str | None:
    """Return the address of the function by which an organisation is registered."""
    name = registry.project().registration
    return f"/{name}/" if name in registry.registry().functions else None
