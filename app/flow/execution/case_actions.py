"""The effect `act`: a step takes an action on the cases of other records, in its own transaction.

Their flows decide as ever: where the action starts, its guard, captures, rules and holds. Only the
right is not asked for, since the flow of the case that acts says what follows. A refusal is told to
the person who acts, in words, and nothing is done; where the effect says so, it is skipped.
"""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.core.audit import history
from app.core.db import abstract_views
from app.core.db.database import session
from app.core.declare import Object, registry
from app.core.errors import Conflict, UserError
from app.core.records import display
from app.flow.execution import actions, cases
from app.flow.execution.effects import Context, register, value_of
from app.flow.models import Case, StepRecord

SKIPPED = "skipped"  # kind of entry in the history of the record that acts


@register("act")
def _act(context: Context) -> None:
    """`act: {on: PATH, action: NAME}` or `{object: NAME, where: CONDITION, action: NAME}`."""
    for obj, record in _others(context):
        case = cases.lock(cases.case_of(record))
        if not _taken(case, context):  # another row may lead to it as well
            _take(context, obj, record, case)


def _others(context: Context) -> list[tuple[Object, Any]]:
    """Return the records whose cases are meant: each once, never the one that acts.

    They are in an order that is the same for all, so that no two who reach for them wait for each other.
    """
    params = context.params
    if "on" in params:
        found: Iterable[Any] = _along([context.record], params["on"].split("."))
    else:
        model: Any = registry.object(params["object"]).model
        env = replace(context.env, form=context.record)
        found = session.scalars(select(model).where(params["where"](model, env)))
    known = {}
    for record in found:
        obj = registry.object_of(type(record))
        assert obj
        known[obj.name, record.id] = obj, record
    known.pop((context.case.object, context.case.record_id), None)
    return [known[key] for key in sorted(known)]


def _along(here: Iterable[Any], way: list[str]) -> Iterator[Any]:
    """Yield what a path leads to: of a list every row, of an empty reference nothing."""
    for record in here:
        if not way:
            yield abstract_views.real(record)
            continue
        value = getattr(record, way[0])
        if value is not None:
            yield from _along(value if isinstance(value, list) else [value], way[1:])


def _taken(case: Case, context: Context) -> bool:
    query = select(StepRecord.id).where(
        StepRecord.case_id == case.id,
        StepRecord.cause_id == context.step.id,
        StepRecord.action == context.params["action"],
    )
    return session.scalar(query.limit(1)) is not None


def _take(context: Context, obj: Object, record: Any, case: Case) -> None:
    action, skips = context.params["action"], context.params.get("on_refusal") == "skip"
    try:
        with session.begin_nested() if skips else nullcontext():
            actions.act(case, action, comment=_words(context), cause=context.step)
    except UserError as refusal:
        words = _told(obj, record, case, action, refusal.words)
        if not skips:
            raise Conflict(words) from refusal
        history.note(context.case.object, context.case.record_id, SKIPPED, {"why": words})


def _words(context: Context) -> str:
    """Return why the action is taken: as the effect says, else the case and the action that cause it."""
    formula = context.params.get("comment")
    said = value_of(formula, context.record, context.env) if formula is not None else None
    if said:
        return str(said)
    cause = context.case.title or context.case.code or ""
    return f"因“{cause}”{context.step.action_title}"


def _told(obj: Object, record: Any, case: Case, action: str, why: str) -> str:
    flow = cases.flow_of(case)
    title = next((one.title for one in flow.actions if one.name == action), action)
    return f"{obj.title}“{display.title_of(record)}”不能{title}：{why}"
