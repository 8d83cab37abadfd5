"""Deputies: who stands for somebody who is away, from day to day.

A deputy decides in the name of the person, which every record says, and never on an application
of their own. Only what waits in queues is passed on, no right to administer anything.
"""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.errors import Conflict, Fault, NotFound, Rejected
from app.flow.execution import directory
from app.flow.models import Deputy
from app.flow.people import notifications

LONGEST = 366  # days


def of_person(person_id: int) -> list[Deputy]:
    """Return whom a person has named, the latest first."""
    query = select(Deputy).where(Deputy.person_id == person_id).order_by(Deputy.id.desc())
    return list(session.scalars(query.limit(20)))


def standing_for(deputy_id: int) -> list[Deputy]:
    """Return for whom a person stands now or later."""
    query = select(Deputy).where(
        Deputy.deputy_id == deputy_id,
        Deputy.ended_at.is_(None),
        Deputy.last_day >= clock.today(),
    )
    return list(session.scalars(query.order_by(Deputy.first_day)))


def deputies_of(person_ids: set[int], day: date) -> dict[int, list[int]]:
    """Return who stands for these people on a day."""
    query = select(Deputy.person_id, Deputy.deputy_id).where(
        Deputy.person_id.in_(person_ids),
        Deputy.ended_at.is_(None),
        Deputy.first_day <= day,
        Deputy.last_day >= day,
    )
    found: dict[int, list[int]] = {}
    for person, deputy in session.execute(query):
        found.setdefault(person, []).append(deputy)
    return found


def name(
    person_id: int, deputy_id: int | None, first: date | None, last: date | None, reason: str = ""
) -> Deputy:
    """Let somebody stand for a person; Rejected says beside which field why not."""
    with unit_of_work():
        faults = _faults(person_id, deputy_id, first, last, reason)
        if faults:
            raise Rejected(faults)
        assert deputy_id is not None
        assert first is not None
        assert last is not None
        row = Deputy(
            person_id=person_id,
            person_name=directory.source.name_of(person_id),
            deputy_id=deputy_id,
            deputy_name=directory.source.name_of(deputy_id),
            first_day=first,
            last_day=last,
            reason=reason.strip() or None,
            created_at=clock.now(),
            created_by_id=current_actor().user_id,
        )
        session.add(row)
        session.flush()
        period = f"{first.isoformat()} 至 {last.isoformat()}"
        history.note("account", person_id, "deputy", {row.deputy_name: [None, period]})
        text = f"{row.person_name}委托您在 {period} 期间代为办理审批事项，办理记录将注明“代{row.person_name}”。"
        notifications.send_one(deputy_id, "委托代理", text)
        return row


def end(row_id: int, person_id: int) -> Deputy:
    """End at once what a person has named."""
    with unit_of_work():
        row = session.get(Deputy, row_id)
        if row is None or row.person_id != person_id:
            raise NotFound("没有这项委托")
        if row.ended_at is not None or row.last_day < clock.today():
            raise Conflict("这项委托已经结束")
        row.ended_at = clock.now()
        period = f"{row.first_day.isoformat()} 至 {row.last_day.isoformat()}"
        history.note("account", person_id, "deputy", {row.deputy_name: [period, None]})
        notifications.send_one(
            row.deputy_id, "委托代理结束", f"{row.person_name}已结束对您的委托代理。"
        )
        return row


def _faults(
    person_id: int, deputy_id: int | None, first: date | None, last: date | None, reason: str
) -> list[Fault]:
    found = [*_faults_of_person(person_id, deputy_id), *_faults_of_period(first, last)]
    if len(reason.strip()) > 200:
        found.append(Fault("reason", "事由不能超过 200 个字"))
    if found or first is None or last is None or deputy_id is None:
        return found
    own = _overlap(Deputy.person_id == person_id, first, last)
    if own is not None:
        found.append(Fault("first", f"{_period(own)}已委托{own.deputy_name}代理"))
    away = _overlap(Deputy.person_id == deputy_id, first, last)
    if away is not None:
        found.append(
            Fault("deputy", f"{away.person_name}在{_period(away)}已委托他人代理，不能代您办理")
        )
    return found


def _faults_of_person(person_id: int, deputy_id: int | None) -> list[Fault]:
    known = {one.id for one in directory.source.colleagues(person_id)}
    if deputy_id is None or deputy_id not in known:
        return [Fault("deputy", "请从本单位账户正常的人员中选择代理人")]
    why = directory.source.conflict(person_id, deputy_id)
    return [Fault("deputy", why)] if why else []


def _faults_of_period(first: date | None, last: date | None) -> list[Fault]:
    if first is None:
        return [Fault("first", "请填写开始日期")]
    if last is None:
        return [Fault("last", "请填写结束日期")]
    if last < clock.today():
        return [Fault("last", "结束日期不能早于今天")]
    if last < first:
        return [Fault("last", "结束日期不能早于开始日期")]
    if (last - first).days >= LONGEST:
        return [Fault("last", f"一次委托不能超过 {LONGEST} 天")]
    return []


def _overlap(whose: ColumnElement[bool], first: date, last: date) -> Deputy | None:
    apart = or_(Deputy.last_day < first, Deputy.first_day > last)
    query = select(Deputy).where(and_(whose, Deputy.ended_at.is_(None), ~apart))
    return session.scalars(query.limit(1)).first()


def _period(row: Deputy) -> str:
    return f"{row.first_day.isoformat()} 至 {row.last_day.isoformat()} "
