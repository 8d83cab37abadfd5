"""What one person reads: their messages, how many are new, marking them as read."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from app.core import clock
from app.core.access.actor import Actor
from app.core.db.database import session, unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.errors import NotFound
from app.messaging.models import InboxMessage

PAGE = 20


def unread(actor: Actor) -> int:
    """Return how many messages a person has not read, 99 at most."""
    mine = select(InboxMessage.id).where(
        InboxMessage.account_id == (actor.user_id or 0), InboxMessage.read_at.is_(None)
    )
    return session.scalar(select(func.count()).select_from(mine.limit(99).subquery())) or 0


def messages(
    actor: Actor, *, only_new: bool = False, search: str = "", page: int = 1
) -> tuple[Sequence[InboxMessage], int]:
    """Return one page of a person's messages, newest first, and how many there are in all."""
    mine = select(InboxMessage).where(InboxMessage.account_id == (actor.user_id or 0))
    if only_new:
        mine = mine.where(InboxMessage.read_at.is_(None))
    if search:
        mine = mine.where(InboxMessage.text.contains(search, autoescape=True))
    total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    newest = mine.order_by(InboxMessage.created_at.desc(), InboxMessage.id.desc())
    return session.scalars(newest.offset((page - 1) * PAGE).limit(PAGE)).all(), total


def read(actor: Actor, message_id: int) -> InboxMessage:
    """Return one of a person's messages and mark it as read."""
    with bookkeeping(InboxMessage), unit_of_work():
        mine = select(InboxMessage).where(
            InboxMessage.id == message_id,
            InboxMessage.account_id == (actor.user_id or 0),
        )
        row = session.scalars(mine).first()
        if row is None:
            raise NotFound("消息不存在")
        row.read_at = row.read_at or clock.now()
        return row


def read_all(actor: Actor) -> int:
    """Mark all messages of a person as read; return how many were new."""
    with unit_of_work() as current:
        return current.execute(
            update(InboxMessage)
            .where(
                InboxMessage.account_id == (actor.user_id or 0),
                InboxMessage.read_at.is_(None),
            )
            .values(read_at=clock.now())
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
