"""The flow engine: cases rest at steps until somebody who may takes an action.

A case rests at a step (or at one in each of its branches). It is moved here and nowhere else:
`actions` moves it because somebody decided, `termination` because another case did, `external_waits`
because a receipt came. The rest of the product asks this module and none of those behind it.
"""

from app.core.records import service as records
from app.flow.deadlines import (
    escalations,  # noqa: F401 - declares its job
    reminders,  # noqa: F401 - declares its job
    warnings,  # noqa: F401 - declares its jobs
)
from app.flow.execution import (
    builtin_effects,  # noqa: F401 - declares the effects that concern other cases
    case_actions,  # noqa: F401 - declares the effect that acts on other cases
    external_waits,  # noqa: F401 - follows every move
    reservations,
    stock,  # noqa: F401 - declares the effects of numbered stock
)
from app.flow.execution.actions import (
    Offer,
    Withheld,
    act,
    edit_policy,
    lacking,
    mark_opened,
    offers,
    withheld,
)
from app.flow.execution.cases import (
    begin,
    case_of,
    case_to_act_on,
    discard,
    flow_of,
    open_case,
    retitle,
    started,
)
from app.flow.execution.limits import due
from app.flow.execution.steps import history_of, last_move
from app.flow.execution.termination import end
from app.flow.queries.overview import Node, counts, limits, progress, queue, tasks

__all__ = [
    "Node",
    "Offer",
    "Withheld",
    "act",
    "case_of",
    "case_to_act_on",
    "counts",
    "due",
    "edit_policy",
    "end",
    "flow_of",
    "history_of",
    "lacking",
    "last_move",
    "limits",
    "mark_opened",
    "offers",
    "open_case",
    "progress",
    "queue",
    "reservations",
    "retitle",
    "started",
    "tasks",
    "withheld",
]

records.making.append(begin)
records.created.append(open_case)  # type: ignore[arg-type]
records.removed.append(discard)
records.edit_policy = edit_policy
