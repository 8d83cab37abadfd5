"""The log of what was exchanged: what administrators look through, and what they have sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.core.db.database import session, unit_of_work
from app.core.errors import Conflict, NotFound
from app.core.jobs import outbox
from app.core.jobs.outbox import OutboxItem
from app.exchange import outbound
from app.exchange.models import HELD, STATES, Exchange, state_column
from app.messaging.registers import SIZE, Asked

AGAIN = ("failed", "uncertain", HELD)
AT_ONCE = 200  # what one click sends again


@dataclass(frozen=True)
class Entry:
    """One exchange with how far it has got."""

    row: Exchange
    item: OutboxItem | None

    @property
    def state(self) -> str:
        """Return a key of STATES."""
        return self.item.state if self.item else self.row.own_state or ""

    @property
    def error(self) -> str:
        """Return why it has not arrived, "" where nothing is wrong."""
        return (self.item.error if self.item else self.row.own_error) or ""

    @property
    def attempts(self) -> int:
        """Return how often it was tried since somebody last had it sent again."""
        return self.item.attempts if self.item else 0

    @property
    def done_at(self) -> Any:
        """Return when it arrived or was given up."""
        return self.item.done_at if self.item else self.row.created_at

    @property
    def may_again(self) -> bool:
        """Tell whether it can be sent again."""
        alone = self.row.place is not None  # else it goes with the next file of its message
        return self.state in AGAIN and (self.state != HELD or alone)


@dataclass(frozen=True)
class Found:
    """One page of entries and how many there are by state."""

    entries: Sequence[Entry]
    counts: dict[str, int]
    total: int


def find(what: Asked) -> Found:
    """Return a page of the log, the newest first."""
    state = state_column()
    query = _narrowed(select(Exchange, OutboxItem), what)
    numbers = query.with_only_columns(state, func.count()).group_by(state)
    counts: dict[str, int] = dict(session.execute(numbers).tuples().all())
    total = counts.get(what.state, 0) if what.state else sum(counts.values())
    if what.state:
        query = query.where(state == what.state)
    page = query.order_by(Exchange.id.desc()).offset((what.page - 1) * SIZE).limit(SIZE)
    entries = [Entry(row, item) for row, item in session.execute(page).tuples()]
    return Found(entries, counts, total)


def _narrowed(query: Select[Any], what: Asked) -> Select[Any]:
    query = query.select_from(Exchange)
    query = query.outerjoin(OutboxItem, Exchange.outbox_id == OutboxItem.id)
    if what.kind:
        query = query.where(Exchange.interface == what.kind)
    if what.search:
        columns = (Exchange.title, Exchange.key, OutboxItem.error, Exchange.own_error)
        query = query.where(or_(*(c.contains(what.search, autoescape=True) for c in columns)))
    return query


def again(exchange_id: int) -> None:
    """Have one message sent again: with the same content, or made anew where it was held back."""
    query = select(Exchange, OutboxItem).where(Exchange.id == exchange_id)
    query = query.outerjoin(OutboxItem, Exchange.outbox_id == OutboxItem.id)
    found = session.execute(query).tuples().first()
    if found is None:
        raise NotFound("交换记录不存在")
    entry = Entry(*found)
    if not entry.may_again:
        raise Conflict(f"这一条是“{STATES.get(entry.state, '')}”，不能重发")
    if entry.item is not None:
        outbox.resend(entry.item.id)
        return
    with unit_of_work():
        outbound.again(exchange_id)


def all_failed(what: Asked) -> int:
    """Have everything of a list sent again that certainly did not arrive; return how many."""
    query = _narrowed(select(OutboxItem.id), what).where(OutboxItem.state == "failed")
    ids = session.scalars(query.order_by(OutboxItem.id).limit(AT_ONCE)).all()
    done = 0
    for item_id in ids:
        try:
            outbox.resend(item_id)
        except Conflict:
            continue  # somebody else was quicker
        done += 1
    return done
