"""The case of a record: opened with it, found by it, locked while somebody acts."""

import importlib
import importlib.util
from functools import cache
from typing import Any

from sqlalchemy import select

from app.core import clock, display, registry
from app.core.actor import current_actor
from app.core.database import elevated, session
from app.core.declare import Flow, Object
from app.core.errors import Conflict, NotFound
from app.flow import worklist
from app.flow.models import Case
from app.flow.places import Place


def open_case(obj: Object, record: Any) -> Case | None:
    """Open the case of a new record of an object with a flow."""
    flow = registry.flow_of(obj.name)
    if flow is None:
        return None
    first = flow.steps[0]
    case = Case(
        object=obj.name,
        record_id=record.id,
        flow=flow.name,
        flow_version=flow.version,
        state=first.name,
        steps=0,
        applicant_id=current_actor().user_id,
        created_at=clock.now(),
    )
    session.add(case)
    settle_place(obj, record, case)
    session.flush()
    worklist.open_for(flow, case, Place(first), record)
    return case


def settle_place(obj: Object, record: Any, case: Case) -> None:
    """Copy to the case what lists of tasks need: title, organisation and district."""
    case.title = display.title_of(record)[:300]
    path = obj.scope.path or "created_by_id"
    if obj.scope.kind == "org":
        target: Any = record
        for name in path.split("."):
            target = getattr(target, name, None)
        case.org_id = target
    organisation = registry.project().organisation
    with elevated():
        org = session.get(registry.object(organisation).model, case.org_id) if case.org_id else None
    case.district = getattr(org, registry.project().organisation_district, None)


def retitle(obj: Object, record: Any) -> None:
    """Let the case follow a change of its record's title or organisation."""
    if obj.flow:
        settle_place(obj, record, case_of(record))


def case_of(record: Any) -> Case:
    """Return the case of a record that was found within scope; NotFound if it has none."""
    obj = registry.object_of(type(record))
    case = session.scalars(
        select(Case).where(Case.object == (obj.name if obj else ""), Case.record_id == record.id)
    ).first()
    if case is None:
        raise NotFound("这条记录没有办理过程")
    return case


def flow_of(case: Case) -> Flow:
    """Return the flow that the case follows, in the version it began on."""
    found = find_flow(case.flow, case.flow_version)
    if found is not None:
        return found
    now = registry.flow(case.flow)
    if case.ended_at is None and all(step.name != case.state for step in now.steps):
        raise Conflict("该件所用的流程版本没有保留，请系统管理员迁移到现行流程后办理")
    return now


def find_flow(name: str, version: str) -> Flow | None:
    """Return a version of a flow: the one in force, or one that was kept; None if neither is it."""
    now = registry.flow(name)
    return now if now.version == version else kept(name, version)


@cache
def kept(name: str, version: str) -> Flow | None:
    """Return a former version of a flow, as it was released."""
    module = f"app.kept.{name}_{version}"
    if importlib.util.find_spec(module) is None:
        return None
    flow: Flow = importlib.import_module(module).FLOW
    return flow


def started(case: Case, object_name: str) -> bool:
    """Tell whether the case has already started one of another object."""
    query = select(Case.id).where(Case.parent_id == case.id, Case.object == object_name)
    return session.scalar(query.limit(1)) is not None


def lock(case: Case) -> Case:
    """Return the case as it is stored now, locked until the end of the transaction."""
    query = select(Case).where(Case.id == case.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def record_of(case: Case) -> Any:
    """Return the record of a case as it is stored now, locked until the end of the transaction."""
    model: Any = registry.object(case.object).model
    with elevated():
        query = select(model).where(model.id == case.record_id).with_for_update(of=model)
        return session.scalars(query.execution_options(populate_existing=True)).one()


def discard(obj: Object, record: Any) -> None:
    """Remove the case of a draft that is deleted."""
    if obj.flow:
        session.delete(case_of(record))
        session.flush()
