"""Tells people about a record: in the product and by SMS, in the transaction that is the cause."""

from collections.abc import Sequence
from typing import Any

from app.core import clock, registry
from app.core.database import session
from app.core.declare import Message
from app.core.owner import owner_of
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
    for person in people:
        if wording.inbox and person.account_id:
            _write(declared, text, person, about)
        if wording.sms:
            sms.send(
                person.phone,
                text,
                name=person.name,
                account_id=person.account_id,
                **about,
            )
    return len(people)


def _write(message: Message, text: str, person: Recipient, about: dict[str, Any]) -> None:
    row = InboxMessage(
        account_id=person.account_id,
        title=message.title,
        text=text,
        created_at=clock.now(),
        **about,
    )
    session.add(row)
