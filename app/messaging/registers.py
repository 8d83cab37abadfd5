"""What administrators look through: text messages and the outbox, by state, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.core.db.database import session
from app.core.db.row_ids import id_of
from app.core.jobs.outbox import OutboxItem
from app.messaging.models import SmsRecord

SIZE = 20


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see."""

    state: str = ""
    search: str = ""
    kind: str = ""
    page: int = 1

    def link(self, **changes: Any) -> str:
        """Return the address of the same list with something changed."""
        from urllib.parse import urlencode

        values = {"state": self.state, "q": self.search, "kind": self.kind, "page": self.page}
        values |= {"page": 1} | changes
        kept = {name: value for name, value in values.items() if value and value != 1}
        return "?" + urlencode(kept)


@dataclass(frozen=True)
class Found:
    """One page of rows and how many there are by state."""

    rows: Sequence[Any]
    counts: dict[str, int]
    total: int


def asked(arguments: Any) -> Asked:
    """Read what an address asks for."""
    return Asked(
        state=arguments.get("state", ""),
        search=arguments.get("q", "").strip()[:60],
        kind=arguments.get("kind", ""),
        page=min(id_of(arguments.get("page")) or 1, 10_000),
    )


def text_messages(what: Asked) -> Found:
    """Return text messages."""
    query = select(SmsRecord)
    if what.search:
        text = what.search
        query = query.where(
            or_(
                SmsRecord.phone.contains(text, autoescape=True),
                SmsRecord.name.contains(text, autoescape=True),
                SmsRecord.private.is_not(True) & SmsRecord.text.contains(text, autoescape=True),
            )
        )
    return _found(query, SmsRecord, what, (SmsRecord.created_at.desc(), SmsRecord.id.desc()))


def outbox_items(what: Asked) -> Found:
    """Return rows of the outbox."""
    query = select(OutboxItem)
    if what.kind:
        query = query.where(OutboxItem.kind == what.kind)
    if what.search:
        query = query.where(OutboxItem.title.contains(what.search, autoescape=True))
    return _found(query, OutboxItem, what, (OutboxItem.id.desc(),))


def _found(query: Select[Any], model: Any, what: Asked, newest_first: Sequence[Any]) -> Found:
    numbers = query.with_only_columns(model.state, func.count()).group_by(model.state)
    counts: dict[str, int] = dict(session.execute(numbers).tuples().all())
    total = counts.get(what.state, 0) if what.state else sum(counts.values())
    if what.state:
        query = query.where(model.state == what.state)
    newest = query.order_by(*newest_first).offset((what.page - 1) * SIZE).limit(SIZE)
    return Found(session.scalars(newest).all(), counts, total)
