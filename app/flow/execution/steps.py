"""The record of every step: written when it is taken, read to tell what happened."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select

from app.core import clock
from app.core.access.actor import Actor, current_actor
from app.core.audit import history
from app.core.db.database import session
from app.core.declare import Action, Flow, Object, Roles, Step
from app.core.records import service as records
from app.flow.execution import access
from app.flow.execution.cases import flow_of
from app.flow.execution.places import Place
from app.flow.models import Case, StepRecord

BESIDE = frozenset(("reassign", "ask", "advise", "unask"))  # kinds of steps that no action takes
CONCERNS = ("reassign", "advise")  # move nothing, and whoever decides must know of them


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the decider wrote and ticked."""

    comment: str = ""
    checks: Sequence[str] = ()
    opinions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One action being taken: on which case, at which place, by whom and in whose right."""

    flow: Flow
    obj: Object
    case: Case
    record: Any
    action: Action
    place: Place
    holder: Actor

    @property
    def step(self) -> Step:
        """The step at which the action is taken."""
        return self.place.step


def write(turn: Turn, target: Step, said: Said, cause: StepRecord | None = None) -> StepRecord:
    """Record a step with what the decider saw and said, and the step of another case that took it."""
    actor, case = current_actor(), turn.case
    seen = records.raw_of(turn.obj, turn.record)  # first: its reads would write what has changed
    case.steps += 1
    for_other = turn.holder is not actor
    taken = StepRecord(
        case_id=case.id,
        seq=case.steps,
        round=case.round,
        action=turn.action.name,
        action_title=turn.action.title,
        kind=turn.action.kind,
        branch=turn.place.branch or None,
        source=turn.step.name,
        source_title=turn.step.title,
        target=target.name,
        target_title=target.title,
        at=clock.now(),
        actor_id=actor.user_id,
        actor_name=actor.name or "系统",
        actor_role=role_of(turn),
        behalf_id=turn.holder.user_id if for_other else None,
        behalf_name=turn.holder.name if for_other else None,
        ip=actor.ip or None,
        comment=said.comment or None,
        opinions=json.dumps(said.opinions, ensure_ascii=False) if said.opinions else None,
        checks=json.dumps(list(said.checks), ensure_ascii=False) if said.checks else None,
        seen=json.dumps(seen, ensure_ascii=False),
        cause_id=cause.id if cause is not None else None,
    )
    session.add(taken)
    detail = {
        "action": turn.action.name,
        "from": taken.source,
        "to": taken.target,
        "comment": said.comment,
    }
    if for_other:
        detail["behalf"] = turn.holder.name
    history.note(turn.obj.name, turn.record.id, "step", detail)
    return taken


def role_of(turn: Turn) -> str | None:
    """Return the role in which the action is taken."""
    who = access.deciders(turn.action, turn.step)
    if isinstance(who, Roles):
        return next((name for name in who.names if name in turn.holder.roles), None)
    return None


def history_of(case: Case) -> list[StepRecord]:
    """Return every step that was taken, oldest first."""
    query = select(StepRecord).where(StepRecord.case_id == case.id)
    return list(session.scalars(query.order_by(StepRecord.seq)))


def last_step(case: Case) -> StepRecord | None:
    """Return the last step that was taken."""
    query = select(StepRecord).where(StepRecord.case_id == case.id)
    return session.scalars(query.order_by(StepRecord.seq.desc()).limit(1)).first()


def last_move(case: Case) -> StepRecord | None:
    """Return the last step that led elsewhere; notes and partial decisions do not."""
    query = select(StepRecord).where(
        StepRecord.case_id == case.id, StepRecord.source != StepRecord.target
    )
    return session.scalars(query.order_by(StepRecord.seq.desc()).limit(1)).first()


def overtaken(case: Case, place: Place | None, expected: int | None) -> bool:
    """Tell whether a step since `expected` concerns the place.

    What happens in other branches does not, nor that others have countersigned meanwhile.
    """
    if expected is None or expected == case.steps:
        return False
    since = select(StepRecord.id).where(StepRecord.case_id == case.id, StepRecord.seq > expected)
    if place is not None:
        since = since.where(StepRecord.partial.is_not(True) | StepRecord.kind.in_(CONCERNS))
        if place.branch:
            since = since.where(or_(StepRecord.branch.is_(None), StepRecord.branch == place.branch))
    return session.scalar(since.limit(1)) is not None


def told(case: Case) -> str:
    """Say who acted last and where the case is now."""
    last = last_step(case)
    title = flow_of(case).step(case.state).title
    if last is None:
        return f"该件现处于“{title}”，不能这样办理"
    when = f"{clock.local(last.at):%m-%d %H:%M}"
    return f"该件已由{last.who}于 {when} 办理（{last.action_title}），现处于“{title}”"
