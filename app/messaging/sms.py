"""Text messages: written in the caller's transaction, sent by the outbox, followed by receipts."""

import hashlib
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from app.core import clock
from app.core.db.database import session, unit_of_work
from app.core.errors import Conflict, NotFound
from app.core.jobs import outbox, scheduler
from app.core.jobs.outbox import Handler, OutboxItem, Outcome
from app.core.plugin import Delivery, PluginError, PluginMissing, SmsGateway, plugin
from app.messaging.models import SMS_STATES, SmsCursor, SmsRecord

KIND = "sms"
NO_PHONE = "没有登记手机号码"
GATEWAY = "sms_gateway"


def send(
    phone: str | None,
    text: str,
    *,
    key: str = "",
    private: bool | None = None,
    **about: Any,
) -> SmsRecord:
    """Write a text message and its outbox row; a `key` that came before is not sent again.

    Without `message` it is a code or a password, whose text nobody is shown.
    """
    digest = hashlib.sha256(key.encode()).hexdigest() if key else ""
    if digest:
        found = session.scalars(select(SmsRecord).where(SmsRecord.key == digest)).first()
        if found is not None:
            return found
    row = new(phone, text, digest, private=private, **about)
    write([row])
    return session.scalars(select(SmsRecord).where(SmsRecord.key == row["key"])).one()


def new(
    phone: str | None,
    text: str,
    digest: str = "",
    *,
    private: bool | None = None,
    **about: Any,
) -> dict[str, Any]:
    """Return the values of a text message that is about to be written."""
    return {
        "key": digest or uuid.uuid4().hex,
        "phone": phone or "",
        "text": text,
        "private": private if private is not None else "message" not in about,
        "state": "queued" if phone else "failed",
        "error": None if phone else NO_PHONE,
        "created_at": clock.now(),
        **about,
    }


def write(rows: list[dict[str, Any]]) -> None:
    """Write `new` text messages and their outbox rows in the caller's transaction.

    Below the ORM, all rows of a table at once: every step that tells people comes this way.
    """
    leaving = [row for row in rows if row["phone"]]
    for row in rows:
        row["outbox_key"] = f"sms:{row['key']}" if row["phone"] else None
    if leaving:
        outbox.put_new([_outgoing(row) for row in leaving])
    session.connection().execute(_INSERT, rows)


def _outgoing(row: dict[str, Any]) -> dict[str, Any]:
    payload = {"sms": row["key"], "to": row["phone"], "text": row["text"]}
    title = f"短信 {row.get('name') or row['phone']}"
    return outbox.new(KIND, payload, row["outbox_key"], title=title)


_INSERT = insert(SmsRecord.__table__).values(
    outbox_id=select(OutboxItem.id)
    .where(OutboxItem.key == bindparam("outbox_key"))
    .scalar_subquery()
)


def resend(sms_id: int) -> SmsRecord:
    """Send a message again: with its key where it may not have left, anew where it did not arrive."""
    with unit_of_work():
        row = session.get(SmsRecord, sms_id)
        if row is None:
            raise NotFound("短信记录不存在")
        if row.state not in ("failed", "uncertain", "undelivered"):
            raise Conflict(f"这条短信是“{SMS_STATES[row.state]}”，不需要重发")
        if not row.phone:
            raise Conflict("接收人没有登记手机号码，请先补登再重新办理通知")
        if row.state == "undelivered" or row.outbox_id is None:
            return _anew(row)
        outbox.resend(row.outbox_id)
        row.state, row.error = "queued", None
        return row


def _anew(row: SmsRecord) -> SmsRecord:
    copied = ("name", "account_id", "message", "object", "record_id", "case_id")
    about = {name: getattr(row, name) for name in copied}
    return send(row.phone, row.text, private=row.private, resent_of_id=row.id, **about)


def _gateway() -> SmsGateway:
    gateway: SmsGateway = plugin(GATEWAY)
    return gateway


def _deliver(payload: dict[str, Any], key: str) -> dict[str, Any]:
    receipt = _gateway().send(payload["to"], payload["text"], key)
    return {"id": receipt.id}


def _settle(payload: dict[str, Any], outcome: Outcome) -> None:
    named = payload["sms"]  # its key; in rows of former releases its number
    column = SmsRecord.key if isinstance(named, str) else SmsRecord.id
    row = session.scalars(select(SmsRecord).where(column == named)).first()
    if row is None or row.state in ("delivered", "undelivered"):
        return
    row.state = {"pending": "queued"}.get(outcome.state, outcome.state)
    row.error = outcome.error or None
    if outcome.state == "sent":
        row.gateway_id = outcome.result.get("id")
        row.sent_at = clock.now()


def take_receipts() -> str | None:
    """Ask the gateway what became of messages; the cursor moves with what was written."""
    try:
        gateway = _gateway()
    except PluginMissing as error:
        return str(error)
    with unit_of_work():
        known = session.scalars(select(SmsCursor).where(SmsCursor.gateway == GATEWAY)).first()
        since = known.cursor if known else ""
    try:
        deliveries = gateway.receipts(since)
    except PluginError as error:  # down, slow or strange: what it knows is read the next time
        return str(error)
    with unit_of_work():
        record(deliveries.items)
        known = session.scalars(select(SmsCursor).where(SmsCursor.gateway == GATEWAY)).first()
        if known is None:
            session.add(SmsCursor(gateway=GATEWAY, cursor=deliveries.cursor))
        else:
            known.cursor = deliveries.cursor
    return f"{len(deliveries.items)} 条回执" if deliveries.items else None


def record(deliveries: tuple[Delivery, ...]) -> int:
    """Write receipts; a repeated one changes nothing. Returns how many messages they were about."""
    count = 0
    for delivery in deliveries:
        row = session.scalars(
            select(SmsRecord).where(SmsRecord.key == delivery.key.removeprefix("sms:"))
        ).first()
        if row is None:
            continue
        count += 1
        if row.state == "delivered":
            continue
        row.gateway_id = delivery.id
        row.state = "delivered" if delivery.delivered else "undelivered"
        row.error = delivery.reason or None
        row.delivered_at = _moment(delivery.at) if delivery.delivered else None
        row.sent_at = row.sent_at or clock.now()
    return count


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return clock.now()


outbox.register(
    Handler(
        kind=KIND,
        title="短信",
        deliver=_deliver,
        settle=_settle,
        honours_keys=lambda _: _gateway().honours_keys,
    )
)
scheduler.declare(
    scheduler.Job(name="sms_receipts", title="读取短信回执", run=take_receipts, every=15)
)
