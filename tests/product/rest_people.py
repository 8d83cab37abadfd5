"""Who calls the interface for programs in the tests of bad input, and what they may have written."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.db.entity import Model
from app.core.declare import registry
from tests.harness.people import open_person
from tests.product.callers import Caller, refused, with_token

REGISTRY = registry.registry()
WRITTEN = [
    name
    for name in (api.object_name for api in REGISTRY.apis)
    if any("add" in held for f in REGISTRY.by_object[name] for _, held in f.grants)
]
READ = [name for name in REGISTRY.objects if REGISTRY.by_object[name]]


def role_for(name: str, operation: str) -> str:
    """Return a role that the operation on the object is granted to."""
    return next(
        role
        for function in REGISTRY.by_object[name]
        for role, held in function.grants
        if operation in held
    )


def organisations() -> list[Any]:
    model: Any = registry.object(registry.project().organisation).model
    with acting_as(SYSTEM), elevated():
        return list(session.scalars(select(model).order_by(model.id)))


def somebody(app: Flask, name: str, operation: str = "add", number: int = 0) -> Caller:
    """Return somebody who may do the operation; people of the portal belong to the unit of that number."""
    role = role_for(name, operation)
    org = organisations()[number] if registry.role(role).reach == "unit" else None
    return with_token(app, open_person(role, org=org))


def count() -> dict[str, int]:
    """Count the rows of every table that a call may write, but the looks that are written down."""
    session.remove()
    quiet = {"sys_history", "sys_token", "sys_document_event", "sys_sms_record"}
    with acting_as(SYSTEM), elevated():
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Model.metadata.tables.values()
            if (table.name.startswith("sys_") and table.name not in quiet)
            or any(obj.model.__table__ is table for obj in REGISTRY.objects.values())  # type: ignore[attr-defined]
        }


def refused_status(answer: Any) -> int:
    refused(answer, answer.status_code)
    return int(answer.status_code)
