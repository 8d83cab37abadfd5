"""Answers to what was sent: held to their contract, brought to the case that waits, or refused whole.

An answer counts once, by the key of its message. What breaks the contract, or what the record does not
take, is written nowhere: the log says why, and a better answer may come under the same key.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db.database import session, unit_of_work
from app.core.declare.interfaces import Content, Interface
from app.core.errors import Fault, UserError
from app.core.plugin import Answer
from app.exchange import contract
from app.exchange.models import IN, REFUSED, TAKEN, Exchange
from app.flow.execution import external_waits

logger = logging.getLogger(__name__)


def take(interface: Interface, came: Answer) -> int:
    """Take in an answer; return 1 where a case went on by it, else 0."""
    came = replace(
        came,
        key=contract.stored(came.key),
        outcome=contract.stored(came.outcome),
        comment=contract.stored(came.comment),
    )
    sent = session.scalars(select(Exchange).where(Exchange.key == came.key)).first()
    if sent is not None and sent.interface != interface.name:
        logger.warning("%s answered %s, which was not sent to it", interface.name, came.key)
        session.rollback()
        return 0
    about = sent.id if sent is not None else None
    fields = _promised(interface, sent, came.outcome)
    if sent is None or sent.answer is not None or fields is None:
        values, faults = dict(came.values), list[str]()
    else:
        values, faults = contract.answered(fields, came.values)
    session.rollback()
    if not faults:
        try:
            moved = external_waits.receive(came.key, came.outcome, values, came.comment)
        except UserError as error:
            session.rollback()
            faults = _words(error, fields or ())
    if faults:
        # What is wrong quotes values of persons: it stands in the log of the exchange, not here.
        logger.warning("answer %s to %s not taken: %d faults", came.outcome, came.key, len(faults))
        if about is not None:
            with unit_of_work():
                _note(about, came, REFUSED, "；".join(faults), 0)
        return 0
    if about is not None:
        with unit_of_work():
            _answered(about, came, values, moved=moved)
    return int(moved)


def _promised(
    interface: Interface, sent: Exchange | None, outcome: str
) -> tuple[Content, ...] | None:
    """Return what the contract says that an answer brings, None where it says nothing of it."""
    known = {one.name: one for one in interface.messages}
    item = known.get(sent.message) if sent is not None else None
    return next((one.fields for one in item.answers if one.name == outcome), None) if item else None


def _words(error: UserError, fields: Iterable[Content]) -> list[str]:
    """Return what a record has against an answer; of rows also the number of each."""
    titles = {one.title for one in fields if one.type == "rows"}
    rows: dict[int, str] = {}
    said = []
    for fault in error.faults or (Fault("", error.message),):
        _, _, place = fault.path.partition(".")
        number = place.partition(".")[0]
        if titles and number.isdecimal():
            rows[int(number) + 1] = fault.message
        else:
            said.append(fault.message)
    return [*said, *([contract.numbered(rows)] if rows else [])]


def _answered(about: int, came: Answer, values: dict[str, Any], *, moved: bool) -> None:
    """Keep in the log how a message was answered, and how many rows that brought."""
    sent = session.get_one(Exchange, about)
    if sent.answer is None:
        sent.answer = came.outcome[:63]
    rows = sum(len(value) for value in values.values() if isinstance(value, list))
    if moved and (rows or _noted(came) is not None):
        _note(about, came, TAKEN, "", rows)


def _noted(came: Answer) -> Exchange | None:
    return session.scalars(select(Exchange).where(Exchange.key == _key(came))).first()


def _key(came: Answer) -> str:
    return f"{came.key}-answer"


def _note(about: int, came: Answer, state: str, why: str, rows: int) -> None:
    """Write what became of an answer beside its message; a better one takes its place."""
    sent = session.get_one(Exchange, about)
    row = _noted(came)
    if row is None:
        row = Exchange(direction=IN, interface=sent.interface, message=sent.message, key=_key(came))
        session.add(row)
    row.title, row.object, row.record_id = sent.title, sent.object, sent.record_id
    row.own_state, row.answer = state, came.outcome[:63]
    row.own_error = contract.stored(why)[:500] or None
    row.rows, row.created_at = rows, clock.now()
    row.fingerprint = contract.fingerprint(dict(came.values))
    session.flush()
