"""The case of a record: opened with it, found by it, locked while somebody acts."""

import importlib
import importlib.util
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, event, inspect, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import elevated, session
from app.core.declare import Flow, Object, registry
from app.core.errors import Conflict, NotFound
from app.core.records import bulk_lookups, derived_values, display
from app.flow.execution import worklist
from app.flow.execution.places import Place
from app.flow.models import Case, Task

NO_CASE = "这条记录没有办理过程"


def begin(obj: Object, record: Any, at: str = "") -> None:
    """Let a new record rest at the first step of its flow, or where another system has left it."""
    flow = registry.flow_of(obj.name)
    if flow is not None:
        record.state = at or flow.steps[0].name


def open_case(obj: Object, record: Any, at: str = "") -> Case | None:
    """Open the case of a new record of an object with a flow; `at` is where another system has left it."""
    flow = registry.flow_of(obj.name)
    if flow is None:
        return None
    first = flow.step(at) if at else flow.steps[0]
    case = Case(
        object=obj.name,
        record_id=record.id,
        flow=flow.name,
        flow_version=flow.version,
        state=first.name,
        steps=0,
        applicant_id=current_actor().user_id,
        created_at=clock.now(),
        code=getattr(record, "code", None) if at else None,
        submitted_at=clock.now() if first is not flow.steps[0] else None,
        ended_at=clock.now() if first.end else None,
        tasks=[],  # known to be none: nobody need ask
        branches=[],
    )
    session.add(case)
    settle_place(obj, record, case)
    if first.wait is not None:  # what it waits for names the case
        session.flush()
    if not first.end:
        worklist.open_for(flow, case, Place(first), record)
    session.flush()
    return case


def settle_place(obj: Object, record: Any, case: Case, *, locked: bool = False) -> None:
    """Copy to the case what lists of tasks need: title, organisation and district.

    A case that was `locked` for this has the district of its organisation from the lock.
    """
    before = case.org_id if locked else None
    case.title = display.title_of(record)[:300]
    path = obj.scope.path or "created_by_id"
    if obj.scope.kind == "org":
        target: Any = record
        for name in path.split("."):
            target = getattr(target, name, None)
        case.org_id = target
    if case.org_id is None:
        case.district = None
    elif (organisation := _loaded(case.org_id)) is not None:
        case.district = getattr(organisation, registry.project().organisation_district)
    elif case.org_id != before:
        with elevated(), session.no_autoflush:
            case.district = session.scalar(
                select(_district(*_organisations(), bindparam("pk"))), {"pk": case.org_id}
            )


def _organisations() -> tuple[Any, str]:
    """Return the model of the organisations, and the name of their field with the district."""
    project = registry.project()
    return registry.object(project.organisation).model, project.organisation_district


def _loaded(organisation: int) -> Any:
    """Return the organisation if this session has its district, perhaps as it is being changed."""
    model, district = _organisations()
    known = session.identity_map.get(identity_key(model, organisation))
    return known if known is not None and district in inspect(known).dict else None


def _district(model: Any, district: str, pk: Any) -> Any:
    return select(getattr(model, district)).where(model.id == pk).scalar_subquery()


def retitle(obj: Object, record: Any) -> None:
    """Let the case follow a change of its record's title or organisation."""
    if obj.flow:
        settle_place(obj, record, case_of(record))


def retitle_all(obj: Object, records: Iterable[Any]) -> None:
    """Let the cases of many records follow; they are found together."""
    by_id = {record.id: record for record in records} if obj.flow else {}
    for piece in bulk_lookups.pieces(by_id):
        query = select(Case).where(Case.object == obj.name, Case.record_id.in_(piece))
        for case in session.scalars(query):
            settle_place(obj, by_id[case.record_id], case)


def case_of(record: Any) -> Case:
    """Return the case of a record that was found within scope; NotFound if it has none."""
    obj = registry.object_of(type(record))
    return _of_record(obj.name if obj else "", record.id)


def _of_record(object_name: str, record_id: int) -> Case:
    query = select(Case).where(Case.object == object_name, Case.record_id == record_id)
    case = session.scalars(query).first()
    if case is None:
        raise NotFound(NO_CASE)
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
    if not all(importlib.util.find_spec(part) for part in ("app.kept", module)):
        return None  # a project that never kept any has no such package either
    flow: Flow = importlib.import_module(module).FLOW
    return flow


def started(case: Case, object_name: str) -> bool:
    """Tell whether the case has already started one of another object."""
    query = select(Case.id).where(Case.parent_id == case.id, Case.object == object_name)
    return session.scalar(query.limit(1)) is not None


def case_to_act_on(object_name: str, record_id: int) -> Case:
    """Return the case of a record that was found within scope, for whoever is about to act on it.

    It is read and locked in one statement, where nothing stands above it; `lock` then finds it so.
    """
    case = _find_locked(_ALONE, object_name=object_name, record_id=record_id)
    if case is None:
        return _of_record(object_name, record_id)
    session().info[_FRESH] = case
    return case


def lock(case: Case) -> Case:
    """Return the case as it is stored now, locked until the end of the transaction.

    The cases above it are locked first, from the top down: whoever ends a case reaches for those
    below it and above it, and two of one family that end together must not wait for each other.
    """
    if session().info.pop(_FRESH, None) is case:
        return case
    _lock_above(case)
    pk: Any = inspect(case).identity  # an attribute of an expired case would read it once more
    found = _find_locked(_KNOWN, pk=pk[0] if pk else case.id)
    if found is None:
        raise NotFound(NO_CASE)
    return found


_KNOWN = (Case.id == bindparam("pk"),)
_ALONE = (
    Case.object == bindparam("object_name"),
    Case.record_id == bindparam("record_id"),
    Case.parent_id.is_(None),
)


def _find_locked(where: tuple[ColumnElement[bool], ...], **values: Any) -> Case | None:
    with elevated():
        query = _locked_with_district(where, *_organisations())
        found = session.execute(query, values).one_or_none()
        if found is None:
            return None
        case: Case = found[0]
        tasks = session.scalars(_TASKS, {"pk": case.id}).all()
    set_committed_value(case, "tasks", list(tasks))  # whoever locks a case asks whose turn it is
    if case.district != found[1]:
        case.district = found[1]
    session().info.setdefault(_HELD, {})[case.object, case.record_id] = case.archived_at
    return case


_TASKS = (
    select(Task)
    .where(Task.case_id == bindparam("pk"))
    .order_by(Task.id)
    .execution_options(populate_existing=True)
)


@cache
def _locked_with_district(
    where: tuple[ColumnElement[bool], ...], model: Any, district: str
) -> Select[Any]:
    """The case, and the district of its organisation as it is now: in one statement, not two."""
    place = _district(aliased(model), district, Case.org_id)
    query = select(Case, place).where(*where).with_for_update(of=Case)
    return query.execution_options(populate_existing=True)


_HELD = "locked cases"
_FRESH = "case locked for the step to come"


def archived_at(current: Session, object_name: str, record_id: int) -> datetime | None:
    """Return since when the case of a record is archived; nobody archives one that is locked here."""
    held = current.info.get(_HELD, {})
    if (object_name, record_id) in held:
        return held[object_name, record_id]
    query = select(Case.archived_at).where(Case.object == object_name, Case.record_id == record_id)
    with current.no_autoflush, elevated():
        return current.scalar(query)


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_soft_rollback")
def _let_go(current: Session, *more: Any) -> None:
    """Locks end with the transaction, or with the savepoint in which they were taken."""
    current.info.pop(_HELD, None)
    current.info.pop(_FRESH, None)


def _lock_above(case: Case) -> None:
    above = []
    parent = case.parent_id  # set when a case is started, and never again
    while parent is not None and parent not in above:
        above.append(parent)
        parent = session.scalar(select(Case.parent_id).where(Case.id == parent))
    for pk in reversed(above):
        session.scalars(_LOCKED, {"pk": pk}).one()


_LOCKED = (
    select(Case)
    .where(Case.id == bindparam("pk"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def record_of(case: Case) -> Any:
    """Return the record of a case as it is stored now, locked until the end of the transaction."""
    with elevated():
        return session.scalars(
            _locked_record(registry.object(case.object).model), {"pk": case.record_id}
        ).one()


@cache
def _locked_record(model: Any) -> Any:
    query = select(model).where(model.id == bindparam("pk")).with_for_update(of=model)
    return query.execution_options(populate_existing=True)


def discard(obj: Object, record: Any) -> None:
    """Remove the case of a draft that is deleted."""
    if obj.flow:
        case = case_of(record)
        if case.steps:  # it came back, and what was done stays
            raise Conflict("已提交过的申请不能删除，可以申请取消")
        session.delete(case)
        session.flush()


def _follow(obj: Object, record: Any) -> None:
    """Let the case of a record follow what the record took over from others."""
    retitle_all(obj, [record])


derived_values.followed.append(_follow)
