"""Cases that were sent back and go straight to whoever sent them, past the steps between.

A case keeps a small stack of such debts. It grows with every direct return, so that a case that
was returned twice goes back the same two steps; a return that wants all steps again clears it.
"""

import json
from dataclasses import asdict, dataclass, field

from app.flow.execution.places import Place
from app.flow.models import Case


@dataclass(frozen=True)
class Return:
    """Whoever passes the case on from `at` gives it to `to`; `branches` say how far the others were."""

    at: str
    at_branch: str
    to: str
    branch: str = ""
    by: int | None = None
    role: str | None = None
    branches: dict[str, str | None] = field(default_factory=dict)


def pending(case: Case) -> list[Return]:
    """Return what the case owes, the latest last."""
    return [Return(**item) for item in json.loads(case.returns or "[]")]


def due_at(case: Case, place: Place) -> Return | None:
    """Return to whom the case goes straight from this place, None where it takes all steps."""
    return next(
        (
            item
            for item in reversed(pending(case))
            if (item.at, item.at_branch) == (place.step.name, place.branch)
        ),
        None,
    )


def push(case: Case, item: Return) -> None:
    """Note that a return comes straight back; what the same place owed before is gone."""
    kept = [old for old in pending(case) if (old.at, old.at_branch) != (item.at, item.at_branch)]
    _keep(case, [*kept, item])


def settle(case: Case, item: Return) -> None:
    """Note that a case has come straight back."""
    _keep(case, [old for old in pending(case) if old != item])


def clear(case: Case, branch: str = "") -> None:
    """Forget debts: those within a branch, or all of them."""
    _keep(case, [old for old in pending(case) if branch and old.at_branch != branch])


def _keep(case: Case, items: list[Return]) -> None:
    case.returns = json.dumps([asdict(item) for item in items]) if items else None
