"""What comes from counterparts: answers while some case waits, and what they send on their own."""

import logging
from typing import Any

from sqlalchemy import delete, select

from app.core.db.database import session, unit_of_work
from app.core.declare.interfaces import Interface
from app.core.jobs import scheduler
from app.core.plugin import PluginError, PluginMissing
from app.exchange import answers, inbound
from app.exchange.models import Mark, mark, set_mark
from app.exchange.outbound import interfaces, transport
from app.flow.models import Awaited

logger = logging.getLogger(__name__)

EVERY = 20  # seconds


def fetch() -> str | None:
    """Take in what has come from all counterparts; return what it was, None where none was asked."""
    query = select(Awaited.id).where(Awaited.received_at.is_(None)).limit(1)
    waits = session.scalar(query) is not None
    session.rollback()
    asked = [one for one in interfaces().values() if one.takes or (waits and one.messages)]
    notes = [note for one in asked if (note := _apart(one))]
    return "；".join(notes) or None


def _apart(interface: Interface) -> str | None:
    """Take in what has come from one counterpart; what it does to us keeps no other one waiting."""
    try:
        return _from(interface)
    except Exception:
        session.rollback()
        logger.exception("what came from %s was not taken in", interface.name)
        return f"{interface.title}：来件没有处理完，原因见运行日志，下次再试"


def _from(interface: Interface) -> str | None:
    try:
        carrier = transport(interface)
        since = read_up_to(interface, carrier)
        session.rollback()
        came = carrier.poll(since)
    except PluginMissing:
        return None  # this counterpart is not connected
    except PluginError as error:
        return f"{interface.title}：未取得回执：{error}"
    moved = sum(answers.take(interface, item) for item in came.items)
    taken = sum(inbound.take(interface, one) for one in came.arrivals)
    for one in came.refused:
        inbound.note(interface, one)
    if came.cursor != since:
        with unit_of_work():
            set_mark(_mark(interface, carrier), came.cursor)
            session.execute(delete(Mark).where(Mark.name == interface.name))
    said = f"{interface.title}：回执 {len(came.items)} 件，推进 {moved} 件"
    if came.arrivals or came.refused:
        said += f"；来件 {len(came.arrivals)} 件，写入 {taken} 条；未接收 {len(came.refused)} 件"
    return said


def _mark(interface: Interface, carrier: Any) -> str:
    """Return under which mark a transport's cursor stands: another one's would mean nothing to it."""
    return f"{interface.name}@{type(carrier).__module__}"


def read_up_to(interface: Interface, carrier: Any) -> str:
    """Return the cursor up to which a transport was read, "" where it was not read yet."""
    return mark(_mark(interface, carrier)) or mark(interface.name)  # as it was named formerly


scheduler.declare(scheduler.Job(name="answers", title="取接口回执", run=fetch, every=EVERY))
