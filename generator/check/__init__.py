"""Checks of the linked metadata: one module a concern, all faults in one run."""

from generator.check import (
    abstracts,
    as_of,
    bilingual,
    captures,
    catalogs,
    comparisons,
    decisions,
    demo,
    expressions,
    fields,
    filled,
    flows,
    following,
    functions,
    interfaces,
    ledgers,
    loads,
    names,
    objects,
    patterns,
    powers,
    reports,
    runtime,
    samples,
    scores,
    settings,
    silent,
    slots,
    standing,
    timeline,
    titles,
    totals,
    warned,
    wording,
)
from generator.check.context import Context
from generator.formulas import Formulas
from generator.problem import Problems
from generator.world import Linked

CONCERNS = (
    names,
    runtime,
    abstracts,
    fields,
    objects,
    filled,
    expressions,
    flows,
    functions,
    settings,
    standing,
    samples,
    captures,
    wording,
    catalogs,
    titles,
    patterns,
    powers,
    reports,
    scores,
    interfaces,
    slots,
    timeline,
    decisions,
    following,
    ledgers,
    comparisons,
    loads,
    totals,
    bilingual,
    warned,
    demo,
    as_of,
    silent,  # last: it says nothing of what another one has said
)


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
