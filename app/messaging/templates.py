"""Changes the wording of messages: for everybody or for one organisation, and back to what shipped."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import elevated, session
from app.core.declare import Message, registry
from app.core.errors import Fault, NotFound, Rejected, Stale
from app.core.records import display
from app.messaging import wording
from app.messaging.models import MessageTemplate

OBJECT = "message_template"
WAYS = {"sms": "发短信", "inbox": "发站内信"}
REASON = "reason"  # why a way was switched off: no message and no way is called so
LONGEST_REASON = 200


@dataclass(frozen=True)
class Line:
    """A message in the list: where it is sent, and how its words differ from what shipped."""

    message: Message
    used_in: tuple[str, ...]
    text: str
    changed: bool
    outdated: bool  # the shipped text changed after the administrator's was written
    organisations: int
    sms: bool
    inbox: bool


def lines(search: str = "") -> dict[str, list[Line]]:
    """Return all messages by business, in the order in which a case meets them."""
    with elevated():
        stored = session.scalars(select(MessageTemplate)).all()
    by_message: dict[str, list[MessageTemplate]] = {}
    for row in stored:
        by_message.setdefault(row.message, []).append(row)
    found: dict[str, list[Line]] = {}
    for message in registry.registry().messages.values():
        line = _line(message, by_message.get(message.name, []))
        title = registry.object(message.object).title
        words = f"{title}{message.title}{wording.shown(message, line.text)}{''.join(line.used_in)}"
        if search in words:
            found.setdefault(title, []).append(line)
    return found


def _line(message: Message, rows: list[MessageTemplate]) -> Line:
    own = next((row for row in rows if row.org_key == 0), None)
    return Line(
        message=message,
        used_in=tuple(dict.fromkeys(used_in(message))),
        text=own.text if own else message.text,
        changed=own is not None,
        outdated=own is not None and own.shipped != message.text,
        organisations=sum(row.org_key != 0 for row in rows),
        sms=own.sms if own else message.sms,
        inbox=own.inbox if own else message.inbox,
    )


def used_in(message: Message) -> Iterator[str]:
    """Return the steps and actions that send a message, as people know them."""
    flow = registry.flow_of(message.object)
    if flow is None:
        return
    for step in flow.steps:
        if _sends(step.effects, message):
            yield f"{step.title}通过"
    titles = {step.name: step.title for step in flow.steps}
    for action in flow.actions:
        if _sends(action.effects, message):
            places = "、".join(dict.fromkeys(titles[route.source] for route in action.routes))
            yield f"{action.title}（{places}）"


def _sends(effects: tuple[Any, ...], message: Message) -> bool:
    return any(
        effect.kind == "notify" and effect.params.get("message") == message.name
        for effect in effects
    )


def find(name: str) -> Message:
    """Return a message; NotFound if there is none."""
    try:
        return registry.message(name)
    except KeyError:
        raise NotFound("没有这个消息模板") from None


def stored(message: Message, org_id: int = 0) -> MessageTemplate | None:
    """Return the administrator's wording, None where the shipped one holds."""
    with elevated():
        return session.scalars(
            select(MessageTemplate).where(
                MessageTemplate.message == message.name, MessageTemplate.org_key == org_id
            )
        ).first()


def version_of(row: MessageTemplate | None) -> int:
    """Return the version of a wording; what was never changed has none yet."""
    return 0 if row is None else row.version


def organisations(message: Message) -> list[tuple[MessageTemplate, str]]:
    """Return the wordings for single organisations, with the organisation's name."""
    model: Any = registry.organisation().model
    with elevated():
        rows = session.execute(
            select(MessageTemplate, model)
            .join(model, model.id == MessageTemplate.org_key)
            .where(MessageTemplate.message == message.name)
            .order_by(MessageTemplate.id)
        )
        return [(row, display.title_of(organisation)) for row, organisation in rows]


def find_organisation(name: str) -> tuple[int, str]:
    """Return the organisation of that name; Rejected where there is none or several."""
    obj = registry.organisation()
    model: Any = obj.model
    name = name.strip()
    with elevated():
        rows = session.scalars(select(model).where(model.name == name).limit(2)).all()
        if len(rows) != 1:
            raise Rejected(
                [Fault("org", f"没有名为“{name}”的{obj.title}" if name else "请填写单位名称")]
            )
        return rows[0].id, display.title_of(rows[0])


def save(
    message: Message,
    text: str,
    *,
    sms: bool,
    inbox: bool,
    reason: str = "",
    org_id: int = 0,
    version: int | None = None,
) -> MessageTemplate:
    """Write the administrator's wording; Rejected where a variable does not exist.

    Whoever lets a message go one way less says why: people will miss it there. `version` is what
    the person saw (0: the shipped wording): Stale where that was changed since.
    """
    row = stored(message, org_id)
    if version is not None and version != version_of(row):
        raise Stale("这个模板刚被他人修改，您的内容没有保存。请核对当前内容后再保存。")
    text = text.replace("\r\n", "\n").strip()
    reason = " ".join(reason.split())
    held = wording.wording_of(message, org_id)
    less = [
        WAYS[way] for way, on in (("sms", sms), ("inbox", inbox)) if getattr(held, way) and not on
    ]
    wrong = [Fault("text", fault) for fault in wording.faults(message, text)]
    if not (sms or inbox):
        wrong.append(Fault("sms", "短信和站内信至少选一种"))
    elif less and not reason:
        wrong.append(Fault(REASON, f"不再{'、'.join(less)}，请填写原因"))
    if len(reason) > LONGEST_REASON:
        wrong.append(Fault(REASON, f"原因不能超过 {LONGEST_REASON} 个字，现有 {len(reason)} 个"))
    if wrong:
        raise Rejected(wrong)
    before = (row.text, row.sms, row.inbox) if row else (message.text, message.sms, message.inbox)
    actor = current_actor()
    if row is None:
        row = MessageTemplate(message=message.name, org_key=org_id)
        session.add(row)
    row.text, row.shipped, row.sms, row.inbox = text, message.text, sms, inbox
    row.shipped_sms, row.shipped_inbox = message.sms, message.inbox
    row.updated_at, row.updated_by_id, row.updated_by_name = clock.now(), actor.user_id, actor.name
    session.flush()
    pairs = zip((message.name, *WAYS), before, (text, sms, inbox), strict=True)
    changes = {name: [old, new] for name, old, new in pairs if old != new}
    if changes:
        changes |= {REASON: ["", reason]} if less else {}
        history.note(OBJECT, row.id, "update", changes)
    return row


def follow() -> str:
    """Let what an administrator left as it was shipped be what this release ships; tell how often."""
    count = 0
    for row in session.scalars(select(MessageTemplate)):
        message = registry.registry().messages.get(row.message)
        if message is None:
            continue
        now = [row.text, row.sms, row.inbox]
        text = message.text if row.text == row.shipped else row.text
        sms = message.sms if row.sms is row.shipped_sms else row.sms
        inbox = message.inbox if row.inbox is row.shipped_inbox else row.inbox
        if not (sms or inbox):  # a message goes some way
            sms, inbox = row.sms, row.inbox
        if [text, sms, inbox] == now:
            continue
        if row.text == row.shipped:
            row.shipped = text
        if row.sms is row.shipped_sms:
            row.shipped_sms = sms
        if row.inbox is row.shipped_inbox:
            row.shipped_inbox = inbox
        row.text, row.sms, row.inbox = text, sms, inbox
        count += 1
    return f"更新消息模板 {count} 个" if count else ""


def reset(message: Message, org_id: int = 0) -> str:
    """Go back to the shipped wording (or, for an organisation, to everybody's).

    Returns which ways the message goes no more, "" for none; the history tells all that changed.
    """
    row = stored(message, org_id)
    if row is None:
        return ""
    pk, before = row.id, (row.text, row.sms, row.inbox)
    session.delete(row)
    session.flush()
    now = wording.wording_of(message, org_id)
    pairs = zip((message.name, *WAYS), before, (now.text, now.sms, now.inbox), strict=True)
    changes = {name: [old, new] for name, old, new in pairs if old != new}
    history.note(OBJECT, pk, "delete", {message.name: [before[0], now.text], **changes})
    return "、".join(WAYS[way] for way in WAYS if changes.get(way) == [True, False])
