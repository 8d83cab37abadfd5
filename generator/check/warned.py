"""Warnings: conditions with a form in SQL, words that can be filled in, effects that need nobody."""

from generator.check.context import Context
from generator.check.effects import check_by_itself
from generator.check.expressions import effect_values
from generator.check.objects import template
from generator.formulas import Where
from generator.language import tr
from generator.readers import Effect
from generator.warned import Warned
from generator.world import Entity

WARNING = "E148"


def check(context: Context) -> None:
    """Check the warnings of every object, and what those of its timeline do."""
    for entity in context.linked.entities.values():
        if entity.spec is None:
            continue
        for item in entity.spec.warnings.values():
            _warning(context, entity, item)
        told: set[str] = set()
        for warn in entity.spec.timeline.warn if entity.spec.timeline else ():
            _effects(context, entity, (*warn.do, *warn.ended))
            if warn.do and str(warn.reach) in told:
                what = tr("two warnings of '{reach}' would be told as one", reach=warn.reach)
                context.note(WARNING, warn.reach, what, tr("let one of them have the effects."))
            told |= {str(warn.reach)} if warn.do else set()


def _warning(context: Context, entity: Entity, item: Warned) -> None:
    if entity.runtime:
        what = tr(
            "'{name}' has no page on which '{name2}' could be said",
            name=entity.name,
            name2=item.name,
        )
        context.note(WARNING, item.name, what, tr("warn of an object that refers to it."))
    context.formulas.condition(item.when, Where(this=entity.name), sql=True)
    template(context, WARNING, entity, item.text, ())
    _effects(context, entity, (*item.do, *item.ended))


def _effects(context: Context, entity: Entity, effects: tuple[Effect, ...]) -> None:
    check_by_itself(context, WARNING, entity, effects, tr("a warning"))
    effect_values(context, entity, effects)
