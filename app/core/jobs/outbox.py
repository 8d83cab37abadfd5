"""What leaves the house: written in the caller's transaction, delivered later, never lost or doubled.

A row goes pending → sending → sent. What certainly did not leave is tried again with growing
pauses, then `failed`. Where the outcome is unknown and the counterpart does not recognise a
repeated key, the row rests as `uncertain` until a person decides. A worker that dies leaves its
row `sending` with a lease that runs out, after which another one takes it up.
"""

import json
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Index,
    Integer,
    String,
    Text,
    and_,
    case,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import UtcDateTime, session, unit_of_work
from app.core.db.entity import Table
from app.core.errors import Conflict, NotFound
from app.core.plugin import NotSent, OutcomeUnknown, PluginMissing, Refused

logger = logging.getLogger(__name__)

STATES = {
    "pending": "待发送",
    "sending": "发送中",
    "sent": "已完成",
    "failed": "失败",
    "uncertain": "结果不明",
    "withdrawn": "已撤回",
}
DELAYS = (5, 30, 120, 600, 1800, 7200, 21600)  # seconds before the next attempt
LEASE = timedelta(seconds=180)
AHEAD = timedelta(minutes=1)  # clocks of several machines differ a little


class OutboxItem(Table):
    """One thing that is to leave, with how far it has got."""

    __tablename__ = "sys_outbox"
    __table_args__ = (Index(None, "state", "next_at"),)

    kind: Mapped[str] = mapped_column(String(40), index=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    title: Mapped[str | None] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(500))
    result: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # nobody wants it any more

    @property
    def values(self) -> dict[str, Any]:
        """The payload as it was put in."""
        return json.loads(self.payload)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one attempt ended: the state that the row takes, and what the counterpart gave back."""

    state: str
    result: dict[str, Any] = field(default_factory=dict)
    error: str = ""


def _nothing(payload: dict[str, Any], outcome: Outcome) -> None:
    """Most kinds need nothing more than the row itself."""


@dataclass(frozen=True, kw_only=True)
class Handler:
    """How one kind leaves. `deliver` talks to the outside and runs without a transaction;
    `settle` writes what follows, in the transaction that records the outcome."""

    kind: str
    title: str
    deliver: Callable[[dict[str, Any], str], dict[str, Any]]
    settle: Callable[[dict[str, Any], Outcome], None] = _nothing
    honours_keys: Callable[[dict[str, Any]], bool] = lambda payload: True
    delays: tuple[int, ...] = DELAYS


HANDLERS: dict[str, Handler] = {}


def register(handler: Handler) -> None:
    """Let a kind be delivered by this handler."""
    HANDLERS[handler.kind] = handler


def title_of(kind: str) -> str:
    """Return the Chinese name of a kind."""
    return HANDLERS[kind].title if kind in HANDLERS else kind


def put(
    kind: str, payload: dict[str, Any], key: str, *, title: str = "", delay: int = 0
) -> OutboxItem:
    """Write a row in the caller's transaction; the same key twice is one row."""
    found = session.scalars(select(OutboxItem).where(OutboxItem.key == key)).first()
    if found is not None:
        return found
    item = OutboxItem(**new(kind, payload, key, title=title, delay=delay))
    session.add(item)
    session.flush()
    return item


def new(
    kind: str, payload: dict[str, Any], key: str, *, title: str = "", delay: int = 0
) -> dict[str, Any]:
    """Return the values of a row under a key that nobody has used."""
    now = clock.now()
    return {
        "kind": kind,
        "key": key,
        "title": title[:200] or None,
        "payload": json.dumps(payload, ensure_ascii=False, sort_keys=True),
        "state": "pending",
        "attempts": 0,
        "next_at": now + timedelta(seconds=delay),
        "created_at": now,
    }


def put_new(rows: list[dict[str, Any]]) -> None:
    """Write `new` rows in the caller's transaction; below the ORM, as it costs a third."""
    session.connection().execute(insert(OutboxItem.__table__), rows)


def work_once(owner: str) -> bool:
    """Deliver one row that is due; False when there is none."""
    item = _claim(owner, _due(clock.now()))
    if item is None:
        return False
    _attempt(item, owner)
    return True


def work_now(item_id: int, owner: str) -> str:
    """Deliver one row at once, without waiting for a worker; return the state that it has then.

    Call it after the transaction that put the row, never inside one.
    """
    item = _claim(owner, and_(OutboxItem.id == item_id, _due(clock.now())))
    if item is not None:
        _attempt(item, owner)
    return session.scalars(select(OutboxItem.state).where(OutboxItem.id == item_id)).one()


def resend(item_id: int) -> OutboxItem:
    """Let a row that failed, or whose outcome is unknown, be delivered again."""
    with unit_of_work():
        item = session.get(OutboxItem, item_id)
        if item is None:
            raise NotFound("发送记录不存在")
        if item.state not in ("failed", "uncertain"):
            raise Conflict(f"只有失败或结果不明的记录可以重发，这一条是“{STATES[item.state]}”")
        item.state, item.attempts, item.next_at = "pending", 0, clock.now()
        item.withdrawn_at = None
        item.owner = item.lease_until = None
        return item


def withdraw(keys: Collection[str]) -> None:
    """Let nobody send what has not left yet, in the caller's transaction.

    An attempt that runs just now goes on, and is the last one.
    """
    now, attempted = clock.now(), OutboxItem.state == "sending"
    # all states at once: an attempt that ends between two statements would be met by neither
    unwanted = update(OutboxItem).where(
        OutboxItem.key.in_(sorted(keys)), OutboxItem.state.in_(("pending", "failed", "sending"))
    )
    unwanted = unwanted.values(
        withdrawn_at=now,
        state=case((attempted, "sending"), else_="withdrawn"),
        done_at=case((attempted, OutboxItem.done_at), else_=literal(now, UtcDateTime)),
    )
    session.execute(unwanted.execution_options(synchronize_session=False))


def _due(now: datetime) -> Any:
    """What is to be delivered now. A clock that was set back holds nothing up: neither what was
    written in what is now the future, nor what a worker took then and never finished, nor what
    waits for its next attempt longer than any pause after so many attempts is."""
    late = or_(
        and_(OutboxItem.attempts == 0, OutboxItem.created_at > now + AHEAD),
        and_(OutboxItem.attempts > 0, OutboxItem.next_at > _latest(now)),
    )
    return or_(
        and_(OutboxItem.state == "pending", or_(OutboxItem.next_at <= now, late)),
        and_(OutboxItem.state == "sending", clock.run_out(OutboxItem.lease_until, now, LEASE)),
    )


def _latest(now: datetime) -> Any:
    """The latest moment for which a next attempt can have been set by now, by the number of attempts."""
    known = [handler.delays for handler in HANDLERS.values() if handler.delays] or [DELAYS]
    ends = [
        now + AHEAD + timedelta(seconds=max(one[min(n, len(one) - 1)] for one in known))
        for n in range(max(map(len, known)))
    ]
    return case(
        {n: literal(end, UtcDateTime) for n, end in enumerate(ends, 1)},
        value=OutboxItem.attempts,
        else_=literal(ends[-1], UtcDateTime),
    )


def _claim(owner: str, due: Any) -> OutboxItem | None:
    """Take one row by a conditional update, so that of several workers one gets it."""
    with unit_of_work() as current:
        query = select(OutboxItem).where(due).order_by(OutboxItem.next_at, OutboxItem.id).limit(1)
        if current.get_bind().dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True)
        item = current.scalars(query.execution_options(populate_existing=True)).first()
        if item is None:
            return None
        handler = HANDLERS.get(item.kind)
        unsure = item.withdrawn_at is not None or bool(handler and not _honours(handler, item))
        if item.state == "sending" and unsure:
            _record(item, handler, Outcome(state="uncertain", error="上一次发送中断，结果不明"))
            return None
        taken = current.execute(
            update(OutboxItem)
            .where(OutboxItem.id == item.id, due)
            .values(
                state="sending",
                owner=owner,
                lease_until=clock.now() + LEASE,
                attempts=OutboxItem.attempts + 1,
            )
            .execution_options(synchronize_session=False)
        )
        if not taken.rowcount:  # type: ignore[attr-defined]
            return None
        current.refresh(item)
        return item


def _attempt(item: OutboxItem, owner: str) -> None:
    handler = HANDLERS.get(item.kind)
    if handler is None:
        outcome = Outcome(state="failed", error=f"没有处理“{item.kind}”的程序")
    else:
        session.rollback()  # nothing is locked while the counterpart takes its time
        with acting_as(SYSTEM):
            outcome = _deliver(handler, item)
    with unit_of_work() as current:
        mine = select(OutboxItem).where(
            OutboxItem.id == item.id, OutboxItem.owner == owner, OutboxItem.state == "sending"
        )
        mine = mine.with_for_update().execution_options(populate_existing=True)
        fresh = current.scalars(mine).first()
        if fresh is not None:  # else the lease ran out and somebody else has it now
            _record(fresh, handler, outcome)


def _deliver(handler: Handler, item: OutboxItem) -> Outcome:
    try:
        return Outcome(state="sent", result=handler.deliver(item.values, item.key) or {})
    except (NotSent, PluginMissing) as error:
        return _again(handler, item, str(error), "failed")
    except Refused as error:
        return Outcome(state="failed", error=str(error))
    except OutcomeUnknown as error:
        return _unknown(handler, item, str(error))
    except Exception as error:
        logger.exception("outbox %s %s failed", item.kind, item.id)
        return _unknown(handler, item, f"处理时出错（{type(error).__name__}）")


def _unknown(handler: Handler, item: OutboxItem, error: str) -> Outcome:
    if _honours(handler, item):
        return _again(handler, item, error, "uncertain")
    return Outcome(state="uncertain", error=error)


def _again(handler: Handler, item: OutboxItem, error: str, at_last: str) -> Outcome:
    more = item.attempts <= len(handler.delays)
    return Outcome(state="pending" if more else at_last, error=error)


def _record(item: OutboxItem, handler: Handler | None, outcome: Outcome) -> None:
    now = clock.now()
    if item.withdrawn_at is not None and outcome.state in ("pending", "failed"):
        outcome = replace(outcome, state="withdrawn")
    item.state = outcome.state
    item.error = outcome.error[:500] or None
    item.owner = item.lease_until = None
    if outcome.result:
        item.result = json.dumps(outcome.result, ensure_ascii=False)
    if outcome.state == "pending" and handler:
        item.next_at = now + timedelta(seconds=handler.delays[max(0, item.attempts - 1)])
    else:
        item.done_at = now
    if handler:
        handler.settle(item.values, outcome)


def _honours(handler: Handler, item: OutboxItem) -> bool:
    try:
        return handler.honours_keys(item.values)
    except PluginMissing:
        return False
