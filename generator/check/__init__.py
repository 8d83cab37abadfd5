"""Checks of the linked metadata: one module a concern, all faults in one run."""

from generator.check import catalogs, expressions, fields, flows, functions, names, objects, wording
from generator.check.context import Context
from generator.formulas import Formulas
from generator.problem import Problems
from generator.world import Linked

CONCERNS = (names, fields, objects, expressions, flows, functions, wording, catalogs)


def check(linked: Linked, formulas: Formulas, problems: Problems) -> None:
    """Run every check; what each finds is noted in `problems`."""
    context = Context(linked, formulas, problems)
    for entity in linked.entities.values():
        untyped = {
            str(item.name) for item in entity.fields.values() if linked.resolve(item) is None
        }
        problems.lost |= untyped
    for concern in CONCERNS:
        concern.check(context)
