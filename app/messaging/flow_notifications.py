"""Sends what the flow engine says on its own: urged, due, late, handed on."""

from collections.abc import Sequence
from typing import Any

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import session
from app.core.declare import Actors, Message
from app.flow.models import Case, Task
from app.flow.people import notifications
from app.messaging.models import InboxMessage
from app.messaging.notices import deliver
from app.messaging.recipients import of_people, of_tasks, recipients


def send(
    message: Message,
    record: Any,
    case: Case,
    tasks: Sequence[Task],
    actors: Sequence[Actors],
    extra: dict[str, Any],
) -> int:
    """Tell everybody for whom the tasks wait, and further people; nobody tells themselves."""
    own = current_actor().user_id
    people = {one.account_id or one.phone: one for one in of_tasks(tasks, record)}
    for one in recipients(actors, record):
        people.setdefault(one.account_id or one.phone, one)
    told = [one for one in people.values() if own is None or one.account_id != own]
    return deliver(message, record, case, told, extra)


def send_people(
    message: Message, record: Any, case: Case, people: Sequence[int], extra: dict[str, Any]
) -> int:
    """Tell these people themselves."""
    return deliver(message, record, case, of_people(people), extra)


def send_one(person_id: int, title: str, text: str) -> None:
    """Put a message that is about no record into one person's inbox."""
    session.add(
        InboxMessage(
            account_id=person_id,
            message="flow.person",
            title=title,
            text=text,
            created_at=clock.now(),
        )
    )


notifications.send = send
notifications.send_people = send_people
notifications.send_one = send_one
