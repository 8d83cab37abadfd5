"""Steps at which nobody can act, or fewer can sign than have to."""

from generator import model
from generator.check.context import Context
from generator.language import tr
from generator.reader import Name
from generator.routes import kind_of
from generator.world import Entity


def check(context: Context, entity: Entity, flow: model.Flow) -> None:
    """Check that somebody can act at every step, and that as many can sign as have to."""
    _own_cases(context, entity, flow)
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


def _own_cases(context: Context, entity: Entity, flow: model.Flow) -> None:
    """A role that submits and decides: nobody decides over own cases, so whether this is a decision is said."""
    filing = {
        str(role)
        for function in context.linked.functions_of(entity.name)
        for role, words in function.spec.roles.items()
        for word in words
        if word in flow.actions and kind_of(flow.actions[Name(word)]) == "submit"
    }
    for action in flow.actions.values():
        if kind_of(action) not in ("pass", "reject") or action.self_approval is not None:
            continue
        for source in action.sources:
            step = flow.steps.get(Name(source))
            both = [word for word in action.by or (step.by if step else ()) if word in filing]
            if both:
                what = tr(
                    "'{role}' submits '{object}' and takes '{action}' at '{step}': of own cases, too?",
                    role=both[0], object=entity.name, action=action.name, step=source,
                )  # fmt: skip
                hint = tr(
                    "self_approval: true where that is work on an own case, false where somebody else decides."
                )
                context.note("E225", action.name, what, hint)
                break


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
