"""Steps at which a decider may ask others for a view: who may ask, and who can be asked."""

from generator import model
from generator.check.context import Context
from generator.language import tr
from generator.reader import Word
from generator.world import Entity

CODE = "E218"


def check(context: Context, entity: Entity, flow: model.Flow) -> None:
    """Check that somebody of the step may ask, and that everybody who may be asked can answer."""
    for step in flow.steps.values():
        if step.ask:
            _step(context, entity, step)


def _step(context: Context, entity: Entity, step: model.Step) -> None:
    roles = context.linked.data.roles
    if "applicant" in step.by:
        what = tr(
            "whoever applied acts at '{name}', and decides nothing to ask others about",
            name=step.name,
        )
        context.note(CODE, step.name, what, tr("take ask away, or let a role decide here."))
        return
    for word in step.ask:
        if word in roles:
            if not _granted(context, entity, step, word, "advise"):
                what = tr(
                    "'{word}' may be asked at '{name}', but can give no view there",
                    word=word,
                    name=step.name,
                )
                hint = tr(
                    "grant it advise (and view) in a function of screen review with steps: [{name}].",
                    name=step.name,
                )
                context.note(CODE, word, what, hint)
        else:
            what = tr("'{name}' may ask the unknown role", name=step.name)
            context.known("E301", word, roles, what, "role")
    asking = [word for word in step.by if word in roles]
    if asking and not any(_granted(context, entity, step, word, "ask") for word in asking):
        what = tr("nobody who decides at '{name}' is granted to ask", name=step.name)
        context.note(CODE, step.ask[0], what, tr("grant ask beside pass."))


def _granted(
    context: Context, entity: Entity, step: model.Step, role: Word, operation: str
) -> bool:
    return any(
        operation in item.spec.roles.get(role, ())
        for item in context.linked.functions.values()
        if item.object == entity.name and item.screen == "review" and step.name in item.spec.steps
    )
