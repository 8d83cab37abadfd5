"""What was posted to the accounts of a record, as its page shows it."""

from collections.abc import Sequence
from typing import Any

from app.core.declare import Object
from app.core.types import Money
from app.flow.execution import ledger
from app.flow.execution.ledger import LedgerEntry
from app.flow.models import StepRecord
from app.web.case.content import Posted
from app.web.page.formats import moment


def postings(obj: Object, record: Any, steps: Sequence[StepRecord]) -> tuple[Posted, ...] | None:
    """Return the entries of a record in their order; None where its object keeps no accounts."""
    if not obj.accounts:
        return None
    sums = dict.fromkeys(obj.accounts, 0)
    found = []
    for entry in ledger.entries(obj, record.id):
        sums[entry.account] += entry.amount
        step = _step_of(entry, steps)
        found.append(
            Posted(
                when=moment(entry.at),
                account=obj.field(entry.account).title,
                amount=Money().show(entry.amount),
                total=Money().show(sums[entry.account]),
                what=step.action_title if step else "",
                who=step.who if step else "",
                note=entry.note,
            )
        )
    return tuple(found)


def _step_of(entry: LedgerEntry, steps: Sequence[StepRecord]) -> StepRecord | None:
    """Return the step that posted an entry: of those with its action the one of that moment."""
    same = [step for step in steps if step.action == entry.action]
    return min(same, key=lambda step: abs(step.at - entry.at), default=None)
