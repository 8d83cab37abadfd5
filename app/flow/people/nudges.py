"""Urging: whoever waits for a case reminds those who have it, once a day."""

from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.access.actor import Actor, current_actor
from app.core.db.database import session, unit_of_work
from app.core.errors import Conflict, Fault, Refused, Rejected
from app.flow.execution import access, cases
from app.flow.execution.places import deciding
from app.flow.models import Case, Nudge
from app.flow.people import notifications

LONGEST = 200
OWN_TURN = "该件正由您办理"


def hindrance(case: Case, record: Any, actor: Actor | None = None) -> str:
    """Say why the person cannot urge now, "" if they can."""
    actor = actor or current_actor()
    if case.ended_at is not None or case.submitted_at is None:
        return "该件没有在办"
    if _has_it(actor, case, record):
        return OWN_TURN
    before = _today(case)
    if before is not None:
        return f"今天 {clock.local(before.at):%H:%M} 已由{before.actor_name}催办，明天可再次催办"
    return ""


def urge(case: Case, comment: str = "") -> Nudge:
    """Remind those who have the case; a UserError says why that cannot be just now."""
    actor, comment = current_actor(), comment.strip()
    if len(comment) > LONGEST:
        raise Rejected([Fault("comment", f"催办的话不能超过 {LONGEST} 个字")])
    with unit_of_work():
        if not actor.may_on("urge", case.object):
            raise Refused(access.NO_RIGHT)
        case = cases.lock(case)
        record = cases.record_of(case)
        why = hindrance(case, record, actor)
        if why:
            raise Conflict(why)
        waiting = deciding(case)
        step = cases.flow_of(case).step(waiting[0].step if waiting else case.state)
        said = {"actor": actor.name or "系统", "step": step.title, "comment": comment}
        nudge = Nudge(
            case_id=case.id,
            key=f"urge:{case.id}:{clock.today():%Y%m%d}",
            kind="urge",
            step=step.name,
            step_title=step.title,
            at=clock.now(),
            actor_id=actor.user_id,
            actor_name=actor.name or "系统",
            comment=comment or None,
            told=notifications.tell("urged", record, case, waiting, said),
        )
        session.add(nudge)
        session.flush()
        return nudge


def nudges_of(case: Case) -> list[Nudge]:
    """Return every reminder of a case, oldest first."""
    query = select(Nudge).where(Nudge.case_id == case.id).order_by(Nudge.at, Nudge.id)
    return list(session.scalars(query))


def _has_it(actor: Actor, case: Case, record: Any) -> bool:
    flow = cases.flow_of(case)
    for task in deciding(case):
        own_desk = task.role is None and task.assignee_id is None
        who = flow.step(task.step).by
        if own_desk and access.is_one_of(actor, who, case, record):
            return True
        if not own_desk and not actor.everything and access.is_for(task, actor, case):
            return True
    return False


def _today(case: Case) -> Nudge | None:
    query = select(Nudge).where(Nudge.key == f"urge:{case.id}:{clock.today():%Y%m%d}")
    return session.scalars(query).first()
