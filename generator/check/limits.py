"""Time limits of steps: reminders need a limit, and fall into it."""

from collections.abc import Callable

from generator import model
from generator.check.context import Context
from generator.language import tr
from generator.reader import Word
from generator.world import Entity

CODE = "E212"
People = Callable[[Context, Entity, tuple[Word, ...], str], None]


def check(context: Context, entity: Entity, step: model.Step, people: People) -> None:
    """Check when people are reminded of a step's limit, and to whom its breach is reported."""
    if step.within == 0:
        context.note_at(
            CODE, step.node.get("within") or step.node,
            tr("a case would be late at '{name}' as soon as it arrives", name=step.name),
            tr("write within: 1 workday or more, or delete the key where there is no limit."),
        )  # fmt: skip
        return
    for key in ("remind", "escalate"):
        node = step.node.get(key)
        if node is None:
            continue
        if step.within is None:
            context.note_at(
                CODE, node, tr("'{name}' has no time limit that somebody could be reminded of", name=step.name),
                tr("add within: 2 workdays."),
            )  # fmt: skip
    if step.remind is not None and step.within is not None:
        early = [days for days in step.remind.before if days >= step.within]
        if early:
            context.note_at(
                CODE,
                step.remind.node,
                tr(
                    "{early} workdays before a limit of {within} is before the case arrives",
                    early=early[0],
                    within=step.within,
                ),
                tr("give fewer days."),
            )
        if not step.remind.before and not step.remind.after:
            context.note_at(
                CODE,
                step.remind.node,
                tr("nobody is reminded"),
                tr("add before: 1 workday, or after."),
            )
    if step.escalate is not None:
        people(context, entity, step.escalate.to, tr("the report of '{name}'", name=step.name))
