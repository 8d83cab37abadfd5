"""Checks of the linked metadata: one module a concern, all faults in one run."""

from generator.formulas import Formulas
from generator.problem import Problems
from generator.world import Linked


def check(linked: Linked, formulas: Formulas, problems: Problems) -> None:
    """Run every check; what each finds is noted in `problems`."""
