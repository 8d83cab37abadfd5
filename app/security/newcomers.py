"""People whose organisation is not yet registered: their role, and where they are led."""

from app.core import registry


def newcomer_role() -> str:
    """Return the role that self-registered people get.

    It is the portal's role that sees only what is its own and may register an organisation.
    """
    function = registry.function(registry.project().registration)
    granted = {role for role, _ in function.grants}
    found = [
        role.name
        for role in registry.registry().roles.values()
        if role.face == "portal" and role.reach == "own" and role.name in granted
    ]
    if len(found) != 1:
        raise LookupError(f"one newcomers' role expected on {function.id}, found {found}")
    return found[0]


def where_to_register() -> str | None:
    """Return the address of the function by which an organisation is registered."""
    name = registry.project().registration
    return f"/{name}/" if name in registry.registry().functions else None
