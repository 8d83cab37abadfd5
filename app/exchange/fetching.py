"""What comes from counterparts: answers while some case waits, and what they send on their own."""

import logging
from typing import Any

from sqlalchemy import delete, select, update

from app.core import jobs, plugin
from app.core.database import session, unit_of_work
from app.core.errors import UserError
from app.core.interfaces import Interface
from app.core.plugin import PluginError, PluginMissing
from app.exchange import taking
from app.exchange.models import Exchange, Mark, mark, set_mark
from app.exchange.sending import interfaces, transport
from app.flow import waiting
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
        answers = carrier.poll(since)
    except PluginMissing:
        return None  # this counterpart is not connected
    except PluginError as error:
        return f"{interface.title}：未取得回执：{error}"
    moved = sum(_take(item) for item in answers.items)
    taken = sum(taking.take(interface, one) for one in answers.arrivals)
    for one in answers.refused:
        taking.note(interface, one)
    if answers.cursor != since:
        with unit_of_work():
            set_mark(_mark(interface, carrier), answers.cursor)
            session.execute(delete(Mark).where(Mark.name == interface.name))
    said = f"{interface.title}：回执 {len(answers.items)} 件，推进 {moved} 件"
    if answers.arrivals or answers.refused:
        said += (
            f"；来件 {len(answers.arrivals)} 件，写入 {taken} 条；未接收 {len(answers.refused)} 件"
        )
    return said


def _mark(interface: Interface, carrier: Any) -> str:
    """Return under which mark a transport's cursor stands: another one's would mean nothing to it."""
    return f"{interface.name}@{type(carrier).__module__}"


def read_up_to(interface: Interface, carrier: Any) -> str:
    """Return the cursor up to which a transport was read, "" where it was not read yet."""
    return mark(_mark(interface, carrier)) or mark(interface.name)  # as it was named formerly


def _take(item: plugin.Answer) -> int:
    try:
        moved = waiting.receive(item.key, item.outcome, dict(item.values), item.comment)
    except UserError as error:
        session.rollback()
        reasons = [fault.message for fault in error.faults] or [error.message]
        logger.warning("answer %s to %s not taken: %s", item.outcome, item.key, reasons)
        return 0
    with unit_of_work() as current:
        current.execute(
            update(Exchange)
            .where(Exchange.key == item.key, Exchange.answer.is_(None))
            .values(answer=item.outcome[:63])
            .execution_options(synchronize_session=False)
        )
    return int(moved)


jobs.declare(jobs.Job(name="answers", title="取接口回执", run=fetch, every=EVERY))
