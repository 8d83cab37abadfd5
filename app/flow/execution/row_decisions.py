"""Verdicts row by row: each row of a list gets its own, refused rows are out and the others go on."""

from typing import Any

from app.core.db.database import session
from app.core.declare import Object, Per, registry
from app.core.errors import Fault, Rejected
from app.core.records import display
from app.core.reference import dictionaries
from app.core.types import Dict
from app.flow.execution.steps import Turn


def rows(record: Any, per: Per) -> list[Any]:
    """Return the rows that are still to be judged: those that no earlier step refused."""
    return [row for row in getattr(record, per.rows) if getattr(row, per.field) not in per.refuses]


def options(obj: Object, per: Per) -> list[tuple[str, str]]:
    """Return the verdicts that may be given: code and title."""
    kind = row_object(obj, per).field(per.field).type
    assert isinstance(kind, Dict)
    return [(entry.code, entry.title) for entry in dictionaries.entries(kind.of)]


def row_object(obj: Object, per: Per) -> Object:
    """Return the object of the rows that are judged."""
    child = next(child for child in obj.children if child.name == per.rows)
    return registry.object(child.object)


def give(turn: Turn, given: dict[int, str]) -> dict[str, str]:
    """Write the verdicts of a step; return them in words. Rejected names each row without one."""
    per = turn.step.per
    if turn.action.kind != "pass" or per is None:
        if given:
            raise Rejected([Fault("verdicts", "这一环节不逐人（逐项）给出结论")])
        return {}
    titles = dict(options(turn.obj, per))
    judged = rows(turn.record, per)
    faults = [
        Fault(f"verdicts.{row.id}", f"请给出“{display.title_of(row)}”的结论")
        for row in judged
        if given.get(row.id) not in titles
    ]
    known = {row.id for row in judged}
    faults += [
        Fault(f"verdicts.{pk}", "这一行不在本环节办理之列") for pk in given if pk not in known
    ]
    if faults:
        raise Rejected(faults)
    for row in judged:
        setattr(row, per.field, given[row.id])
    session.flush()
    return {display.title_of(row): titles[given[row.id]] for row in judged}


def forget(turn: Turn) -> None:
    """Take back all verdicts: the application has been changed and takes all steps again."""
    for step in turn.flow.steps:
        if step.per is not None:
            for row in getattr(turn.record, step.per.rows):
                setattr(row, step.per.field, None)
