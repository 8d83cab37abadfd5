"""Tells people about a record: in the product and by SMS, in the transaction that is the cause."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from app.core import clock
from app.core.db.database import session
from app.core.declare import Message, registry
from app.core.records.ownership import owner_of
from app.messaging import sms
from app.messaging.models import InboxMessage
from app.messaging.recipients import Recipient, recipients
from app.messaging.wording import text_of, wording_of


def notify(
    message: Message | str,
    record: Any,
    case: Any = None,
    extra: dict[str, Any] | None = None,
) -> int:
    """Write the message to everybody whom it concerns; return how many that are."""
    declared = registry.message(message) if isinstance(message, str) else message
    return deliver(declared, record, case, recipients(declared.to, record), extra)


def deliver(
    declared: Message,
    record: Any,
    case: Any,
    people: Sequence[Recipient],
    extra: dict[str, Any] | None = None,
) -> int:
    """Write the message to these people; return how many they are."""
    wording = wording_of(declared, owner_of(record))
    values = {"today": clock.today().isoformat(), **(extra or {})}
    text = text_of(declared, wording.text, record, values)
    about = {
        "message": declared.name,
        "object": declared.object,
        "record_id": record.id,
        "case_id": getattr(case, "id", None),
    }
    with_account = [one.account_id for one in people if one.account_id]
    if wording.inbox and with_account:
        now = clock.now()
        common = {"title": declared.title, "text": text, "created_at": now, **about}
        rows = [{"account_id": pk, **common} for pk in with_account]
        session.connection().execute(insert(InboxMessage.__table__), rows)
    if wording.sms and people:
        sms.write(
            [
                sms.new(one.phone, text, name=one.name, account_id=one.account_id, **about)
                for one in people
            ]
        )
    return len(people)
