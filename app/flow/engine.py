"""The flow engine: cases rest at steps until somebody who may takes an action.

A case rests at a step (or at one in each of its branches). It is moved here and nowhere else:
`acting` moves it because somebody decided, `ending` because another case did, `waiting` because
a receipt came. The rest of the product asks this module and none of those behind it.
"""

from app.core import records
from app.flow import (
    acts,  # noqa: F401 - declares the effect that acts on other cases
    deeds,  # noqa: F401 - declares the effects that concern other cases
    holds,
    ladders,  # noqa: F401 - declares its job
    reminding,  # noqa: F401 - declares its job
    stock,  # noqa: F401 - declares the effects of numbered stock
    waiting,  # noqa: F401 - follows every move
    warned,  # noqa: F401 - declares its jobs
)
from app.flow.acting import (
    Offer,
    Withheld,
    act,
    edit_policy,
    lacking,
    mark_opened,
    offers,
    withheld,
)
from app.flow.cases import (
    begin,
    case_of,
    case_to_act_on,
    discard,
    flow_of,
    open_case,
    retitle,
    started,
)
from app.flow.ending import end
from app.flow.limits import due
from app.flow.look import Node, counts, limits, progress, queue, tasks
from app.flow.steps import history_of, last_move

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
    "holds",
    "lacking",
    "last_move",
    "limits",
    "mark_opened",
    "offers",
    "open_case",
    "progress",
    "queue",
    "retitle",
    "started",
    "tasks",
    "withheld",
]

records.making.append(begin)
records.created.append(open_case)  # type: ignore[arg-type]
records.removed.append(discard)
records.edit_policy = edit_policy
