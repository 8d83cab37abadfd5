"""Who runs the system does no business: one of two such roles excludes the other."""

from generator.check.context import Context
from generator.language import tr
from generator.powers import powers, workers

CODE = "E314"


def check(context: Context) -> None:
    """Check every role that does business against the roles that run the system."""
    roles = context.linked.data.roles
    running = powers(context.linked)
    working = workers(context.linked)
    for role in roles.values():
        if str(role.name) not in working:
            continue
        beside = [
            name
            for name in running
            if name not in role.excludes
            and not any(
                str(one.name) == name and role.name in one.excludes for one in roles.values()
            )
        ]
        if beside:
            what = tr(
                "one person could hold '{name}' and {others}",
                name=role.name,
                others=tr(" or ").join(f"'{one}'" for one in beside),
            )
            hint = tr("add excludes: [{names}].", names=", ".join(beside))
            context.note(CODE, role.name, what, hint)
