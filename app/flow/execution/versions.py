"""Versions of flows: a case finishes on the one it began on, unless an administrator moves it.

The version in force is generated; former ones stand in `app.kept`, one module each, so that their
conditions are plain code like all others. What each said is also written down in the database.
"""

import dataclasses
import json
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as, current_actor
from app.core.audit import history
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import Action, Flow, Step, registry
from app.core.errors import Conflict, Fault, Refused, Rejected
from app.core.files import attachments
from app.flow.execution import access, cases, returns, steps, transitions, worklist
from app.flow.execution.places import Place, open_tasks
from app.flow.execution.steps import Said, Turn
from app.flow.models import Case, FlowVersion, StepRecord

SCREEN, OPERATION = "runtime.flows", "move"


class NotKept(Exception):
    """Cases are under way on versions that this release does not hold; the message is Chinese."""


def record(*, adopt: bool = False) -> list[str]:
    """Write down what is in force; return what was done.

    Raises NotKept where cases run on a version that nobody kept: they finish on theirs. `adopt`, for
    those who change a flow as they look at it, moves them to the one in force instead and lets those of a
    flow that is gone rest.
    """
    known = set(session.execute(select(FlowVersion.flow, FlowVersion.version)).tuples())
    fresh = [f for f in registry.registry().flows.values() if (f.name, f.version) not in known]
    for flow in fresh:
        session.add(
            FlowVersion(
                flow=flow.name,
                version=flow.version,
                title=flow.title,
                definition=json.dumps(described(flow), ensure_ascii=False),
                since=clock.now(),
            )
        )
    session.flush()
    gone = [] if adopt else _gone()
    if gone:
        raise NotKept(_gone_refusal(gone))
    lost = _lost()
    if lost and not adopt:
        raise NotKept(_refusal(lost))
    moved, stuck = _adopt(lost)
    said = [f"登记流程版本 {len(fresh)} 个"] if fresh else []
    said += [f"在办案件改按现行流程办理 {moved} 件（原版本没有保留）"] if moved else []
    said += [f"有 {stuck} 件在办案件的流程版本没有保留，须由管理员迁移"] if stuck else []
    return said


def _lost() -> list[tuple[Flow, str, int]]:
    """Return the versions that nobody kept and how many cases are under way on them."""
    return [
        (flow, version, count)
        for flow in registry.registry().flows.values()
        for version, count in running(flow.name).items()
        if cases.find_flow(flow.name, version) is None
    ]


def _gone() -> list[tuple[str, int]]:
    """Return the flows that this release does not have at all and how many cases are under way on them.

    A flow whose object is another now counts as well: nobody would find the record of the case.
    """
    flows = registry.registry().flows
    query = (
        select(Case.flow, Case.object, func.count(Case.id))
        .where(Case.ended_at.is_(None))
        .group_by(Case.flow, Case.object)
        .order_by(Case.flow, Case.object)
    )
    return [
        (name, count)
        for name, obj, count in session.execute(query)
        if name not in flows or obj not in registry.registry().objects
    ]


def _gone_refusal(gone: list[tuple[str, int]]) -> str:
    titles = dict(
        session.execute(select(FlowVersion.flow, FlowVersion.title).order_by(FlowVersion.id))
        .tuples()
        .all()
    )
    listed = "；".join(
        f"“{titles.get(name, name)}”（{name}，在办 {count} 件）" for name, count in gone
    )
    return (
        f"新版本没有以下流程或其业务对象，而仍有案件在办：{listed}。"
        "请先在旧版本中办结或撤回这些案件，或在新版本的元数据中保留该流程后再升级。"
    )


def _refusal(lost: list[tuple[Flow, str, int]]) -> str:
    listed = "；".join(
        f"“{flow.title}”的版本 {version}（在办 {count} 件，应有 app/kept/{flow.name}_{version}.py）"
        for flow, version, count in lost
    )
    return (
        f"在办案件按开始时的流程办完，但新版本的程序没有保留：{listed}。"
        "请实施人员在旧版本的元数据上运行 python -m generator migrate，把所列文件放入新版本后再升级。"
    )


def described(value: Any) -> Any:
    """Return a declaration as plain values; conditions and formulas by name, with their words."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: described(getattr(value, f.name)) for f in dataclasses.fields(value)}
        kept = {name: one for name, one in fields.items() if one not in (None, "", [], {}, False)}
        return {"is": type(value).__name__, **kept}
    if isinstance(value, dict):
        return {str(name): described(one) for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [described(one) for one in value]
    if callable(value):
        return f"{value.__name__}: {(value.__doc__ or '').strip()}"
    return value if isinstance(value, (str, int, bool)) or value is None else str(value)


def running(flow: str) -> dict[str, int]:
    """Count the cases under way by version."""
    query = (
        select(Case.flow_version, func.count(Case.id))
        .where(Case.flow == flow, Case.ended_at.is_(None))
        .group_by(Case.flow_version)
    )
    return dict(session.execute(query).tuples().all())


def history_of(flow: str) -> list[FlowVersion]:
    """Return the versions that were ever in force, the latest first."""
    query = select(FlowVersion).where(FlowVersion.flow == flow).order_by(FlowVersion.id.desc())
    return list(session.scalars(query))


def may_move() -> bool:
    """Tell whether the person may move cases."""
    actor = current_actor()
    return actor.everything or any(
        function.screen == SCREEN and actor.may(OPERATION, function.id)
        for function in registry.registry().functions.values()
    )


def move(case: Case, *, target: str = "", reason: str, proof: int | None = None) -> StepRecord:
    """Move a case to the version in force (and to a step of it), on a paper that says so.

    `proof` is the id of a stored file. Raises a UserError and changes nothing if that cannot be.
    """
    with unit_of_work(), elevated():
        if not may_move():
            raise Refused(access.NO_RIGHT)
        case = cases.lock(case)
        flow = registry.flow(case.flow)
        faults = _faults(case, flow, target, reason, proof)
        if faults:
            raise Rejected(faults)
        return _move(case, flow, flow.step(target or case.state), reason.strip(), proof)


def _faults(case: Case, flow: Flow, target: str, reason: str, proof: int | None) -> list[Fault]:
    if case.ended_at is not None:
        raise Conflict("该件已经办结，不能迁移")
    found = []
    goal = target or case.state
    if why := hindrance(flow, goal):
        found.append(Fault("target", why))
    elif goal == case.state and case.flow_version == flow.version:
        found.append(Fault("target", "该件已按现行流程处于这一环节"))
    if not reason.strip():
        found.append(Fault("reason", "请填写迁移原因"))
    elif len(reason) > 500:
        found.append(Fault("reason", "原因不能超过 500 个字"))
    if proof is None or session.get(attachments.File, proof) is None:
        found.append(Fault("proof", "请上传同意迁移的依据"))
    return found


def hindrance(flow: Flow, goal: str) -> str:
    """Say why no case can be moved to a step of the version in force, "" where one can."""
    if goal not in {step.name for step in flow.main}:
        return "请选择现行流程中的环节"
    return "不能直接迁移到办结环节" if flow.step(goal).end else ""


def _move(case: Case, flow: Flow, target: Step, reason: str, proof: int | None) -> StepRecord:
    record = cases.record_of(case)
    before = Step(name=case.state, title=_title(case))
    action = Action(name=OPERATION, title="迁移流程", kind="other", routes=())
    turn = Turn(
        flow=flow,
        obj=registry.object(case.object),
        case=case,
        record=record,
        action=action,
        place=Place(before),
        holder=current_actor(),
    )
    versions = {"流程版本": f"{case.flow_version} → {flow.version}"}
    taken = steps.write(turn, target, Said(comment=reason, opinions=versions))
    taken.kind, taken.proof_id = OPERATION, proof
    for task in open_tasks(case):
        worklist.close(task, worklist.SUPERSEDED)
    returns.clear(case)
    case.flow_version = flow.version
    transitions.enter(flow, case, record, target)
    session.flush()
    return taken


def _title(case: Case) -> str:
    found = cases.find_flow(case.flow, case.flow_version) or registry.flow(case.flow)
    return next((step.title for step in found.steps if step.name == case.state), case.state)


def _adopt(lost: list[tuple[Flow, str, int]]) -> tuple[int, int]:
    """Move running cases of versions that were not kept to the one in force; count what remains."""
    moved = stuck = 0
    query = select(Case).where(Case.ended_at.is_(None)).order_by(Case.id)
    for flow, version, _ in lost:
        with acting_as(SYSTEM), elevated():
            for case in session.scalars(
                query.where(Case.flow == flow.name, Case.flow_version == version)
            ):
                if any(step.name == case.state for step in flow.main):
                    _note_adoption(case, flow)
                    moved += 1
                else:
                    stuck += 1
    return moved, stuck


def _note_adoption(case: Case, flow: Flow) -> None:
    """A case that stays where it is keeps its tasks; that its rules changed is written down."""
    detail = {"version": [case.flow_version, flow.version]}
    history.note(case.object, case.record_id, "move", detail)
    case.flow_version = flow.version
