"""Who has the records of an object first, and where a record stands that was not walked there."""

from typing import Any

from app.core import clock, types
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import Applicant, Field, Roles, registry
from app.flow.execution import row_decisions
from app.flow.execution.cases import case_of


def maker_of(object_name: str) -> str:
    """The role that enters records of an object; of cases that others start, whoever has them first.

    `system` where nobody does.
    """
    flow = registry.flow_of(object_name)
    begun = isinstance(flow.steps[0].by, Applicant) if flow else False
    onward = {a.name for a in flow.actions if a.kind == "submit"} if flow and begun else set()
    for wanted in ({"add"}, onward):
        for function in registry.functions_of(object_name):
            for role, operations in function.grants:
                if wanted & set(operations) and function.screen in ("apply", "catalog"):
                    return role
    return "system"


def signers(role: str) -> int:
    """How many people of a role there must be, so that every step can be signed that people sign."""
    found = [1]
    for flow in registry.registry().flows.values():
        for step in flow.steps:
            if step.signers == "people" and isinstance(step.by, Roles) and role in step.by.names:
                found.append(step.countersign if isinstance(step.countersign, int) else 2)
    return max(found)


def put(record: Any, state: str) -> None:
    """Set where a record stands, as years of work would have brought it there."""
    with acting_as(SYSTEM), elevated():
        case = case_of(record)
        record.state = case.state = state
        case.submitted_at = case.submitted_at or clock.now()
        for item in registry.object_of(type(record)).fields:
            if isinstance(item.type, types.Code) and getattr(record, item.name) is None:
                setattr(record, item.name, f"样〔2026〕{record.id:04}号")
            elif _dated_by_flow(item) and getattr(record, item.name) is None:
                setattr(record, item.name, clock.today())
        for task in case.tasks:
            task.done_at = task.done_at or clock.now()
        _judge(record)
        session.flush()


def _judge(record: Any) -> None:
    """Let every row have the verdict that years of work would have given it."""
    obj = registry.object_of(type(record))
    for step in registry.flow(obj.flow).steps:
        if step.per is not None:
            codes = [code for code, _ in row_decisions.options(obj, step.per)]
            good = next(code for code in codes if code not in step.per.refuses)
            for row in getattr(record, step.per.rows):
                setattr(row, step.per.field, getattr(row, step.per.field) or good)


def _dated_by_flow(item: Field) -> bool:
    return isinstance(item.type, types.Date) and item.readonly and item.value is None
