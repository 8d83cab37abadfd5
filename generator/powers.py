"""The roles that run the system: whoever opens accounts, assigns roles, or looks at what others did."""

from generator.world import Linked

SCREENS = frozenset(f"runtime.{name}" for name in ("accounts", "roles", "sign_ins", "changes"))


def powers(linked: Linked) -> list[str]:
    """Return the roles that run the system, in the order of their file: business is none of theirs."""
    holding = {
        str(role)
        for item in linked.functions.values()
        if str(item.spec.screen) in SCREENS
        for role in item.spec.roles
    }
    business = workers(linked)
    return [str(role) for role in linked.data.roles if str(role) in holding - business]


def workers(linked: Linked) -> set[str]:
    """Return the roles that do business: more than looking, at a screen that is not the system's."""
    return {
        str(role)
        for item in linked.functions.values()
        if not str(item.spec.screen).startswith("runtime.")
        for role, operations in item.spec.roles.items()
        if set(operations) - {"view", "export"}
    }
