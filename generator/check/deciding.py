"""Steps at which nobody can act, or fewer can sign than have to."""

from generator import model
from generator.check.context import Context
from generator.language import tr
from generator.routes import kind_of


def check(context: Context, flow: model.Flow) -> None:
    """Check that somebody can act at every step, and that as many can sign as have to."""
    offered = {str(source) for action in flow.actions.values() for source in action.sources}
    for name, step in flow.steps.items():
        if not step.end and not step.branches and not step.wait and name not in offered:
            context.note(
                "E204",
                name,
                tr("no action is offered at the step '{name}'", name=name),
                tr("name it in some action's `from`."),
            )
    for name, step in flow.steps.items():
        forwards = [a for a in flow.actions.values() if name in a.sources and kind_of(a) == "pass"]
        if step.countersign and not forwards:
            context.note(
                "E204",
                name,
                tr("several decide at '{name}', but no action passes it", name=name),
                tr("add an action of kind pass."),
            )
        _signers(context, step)


def _signers(context: Context, step: model.Step) -> None:
    """A role signs once, whoever holds it; what asks for more would pass with fewer, and nobody would know."""
    if step.signers == "people":
        _people(context, step)
        return
    roles = len(set(step.by))
    alone = step.countersign == "all" and roles == 1
    if alone or (isinstance(step.countersign, int) and not 1 <= step.countersign <= roles):
        context.note(
            "E217",
            step.name,
            tr(
                "{which} must sign at '{name}', but it is for {roles} role{which2}, each of which signs once",
                which=tr("all") if alone else step.countersign,
                name=step.name,
                roles=roles,
                which2="s" if roles > 1 else "",
            ),
            tr(
                "name the roles in `by`, such as by: [first, second]; each signs once, unless signers: people."
            ),
        )


def _people(context: Context, step: model.Step) -> None:
    """Each holder of a role signs once: of how many, and of which roles, must be said."""
    count = step.countersign
    if count == "all" or (isinstance(count, int) and count >= 2):
        others = [word for word in step.by if word not in context.linked.data.roles]
        if not step.by or others:
            context.note(
                "E217",
                others[0] if others else step.name,
                tr("people sign at '{name}', but it is not for roles alone", name=step.name),
                tr("name in `by` the roles whose holders sign."),
            )
        return
    said = f"countersign: {count}" if count else tr("no countersign")
    context.note(
        "E217",
        step.name,
        tr("people sign at '{name}', but there is {said}", name=step.name, said=said),
        tr("write countersign: all, or how many of them: 2 or more; one alone needs neither word."),
    )
