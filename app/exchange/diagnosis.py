"""Why a case still waits for a counterpart: what became of its messages and their answers, in words.

The log of the exchange is an administrator's. Whoever may do something about a case (put its record right, go on by
hand, give it up, have the message sent again) reads on the case itself what the log says of it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.core.access.actor import Actor, current_actor
from app.core.db.database import elevated, session
from app.core.declare import Flow, Object, registry
from app.core.jobs.outbox import OutboxItem
from app.exchange import outbound
from app.exchange.models import HELD, IN, REFUSED, Exchange
from app.flow import engine
from app.flow.execution import access, cases
from app.flow.execution.places import Place, places
from app.flow.models import Awaited, Case

_SAID = {
    HELD: "内容不全，没有发出",
    "failed": "没有送到",
    "uncertain": "是否送到不明",
    "pending": "还没有送到，系统会再发",
    "sending": "还没有送到，系统会再发",
}


def told(obj: Object, record: Any, case: Case | None) -> list[str]:
    """Return what stands in the way of a case's messages, for whoever may do something about it."""
    flow = registry.flow_of(obj.name)
    if case is None or flow is None or not _sends(obj, flow):
        return []
    rows = _newest(obj, record, _past(case))
    said = [words for row, item in rows if (words := _words(row, item))]
    return said if said and _concerns(current_actor(), case, record) else []


def _sends(obj: Object, flow: Flow) -> bool:
    """Tell whether anything leaves for a counterpart in the name of such a record."""
    if any(step.send is not None for step in flow.steps):
        return True
    every = (item for one in outbound.interfaces().values() for item in one.messages)
    return any(item.object == obj.name for item in every)


def _here(case: Case) -> list[Place]:
    return places(cases.flow_of(case), case)


def _past(case: Case) -> set[str]:
    """Return the keys of what the case does not wait for any more: how that went concerns nobody now."""
    steps = {place.step.name for place in _here(case)} if case.ended_at is None else set[str]()
    query = select(Awaited).where(Awaited.case_id == case.id).order_by(Awaited.id)
    rows = session.scalars(query).all()
    now = {row.step: row.key for row in rows if row.step in steps and row.received_at is None}
    return {row.key for row in rows} - set(now.values())


def _newest(
    obj: Object, record: Any, past: set[str]
) -> Iterable[tuple[Exchange, OutboxItem | None]]:
    """Return what was last sent of each message, and what last came to it."""
    query = (
        select(Exchange, OutboxItem)
        .outerjoin(OutboxItem, Exchange.outbox_id == OutboxItem.id)
        .where(Exchange.object == obj.name, Exchange.record_id == record.id)
        .order_by(Exchange.id)
    )
    found = {}
    with elevated():
        for row, item in session.execute(query).tuples():
            if row.key.removesuffix("-answer") not in past:
                found[row.direction, row.interface, row.message] = (row, item)
    return found.values()


def _words(row: Exchange, item: OutboxItem | None) -> str:
    """Say what became of a message, "" where it went well."""
    state = item.state if item is not None else row.own_state or ""
    why = (item.error if item is not None else row.own_error) or ""
    interface = outbound.interfaces().get(row.interface)
    messages = {one.name: one for one in interface.messages} if interface else {}
    counterpart = interface.title if interface else row.interface
    known = messages.get(row.message)
    title = known.title if known else row.message
    if row.direction == IN:
        return f"{counterpart}对“{title}”的答复没有收下：{why}" if state == REFUSED else ""
    if state not in _SAID or not why:
        return ""
    return f"发往{counterpart}的“{title}”{_SAID[state]}：{why}"


def _concerns(actor: Actor, case: Case, record: Any) -> bool:
    """Tell whether a person may act on the case now, would go on with it by hand, or may send again."""
    if any(actor.may_self("resend", one.id) for one in _logs()) or engine.offers(case, record):
        return True
    holders = (actor, *actor.stands_for)
    return any(
        access.is_one_of(holder, place.step.by, case, record)
        for place in _here(case)
        for holder in holders
    )


def _logs() -> list[Any]:
    return [
        one for one in registry.registry().functions.values() if one.screen == "runtime.exchange"
    ]
