"""Messages to counterparts: put out on arrival of a case, carried by the transport of their interface.

A message is a row of the outbox in the transaction in which the case arrives; its key is the one
that the case waits for, so it leaves once however often a worker dies. What breaks the contract is
refused before it is put out: who acts is told, and where nobody acts (a receipt led here) it is
held back and shown, to be put out again when the record has been put right.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select, update

from app.core import clock, plugin
from app.core.access.actor import current_actor
from app.core.db.database import session
from app.core.declare import Object, Send, Step, registry
from app.core.declare.interfaces import Interface, Outgoing
from app.core.errors import Conflict, Fault, Rejected
from app.core.expressions.env import make_env
from app.core.files import attachments
from app.core.jobs import outbox
from app.core.plugin import Envelope
from app.core.records import materials
from app.exchange import contract
from app.exchange.models import HELD, OUT, Exchange
from app.flow.execution import cases, transitions
from app.flow.execution.places import places
from app.flow.models import Awaited, Case, StepRecord

KIND = "transport"


def transport(interface: Interface) -> Any:
    """Return the plugin that carries the messages of an interface; PluginMissing without one."""
    return plugin.serving(KIND, f"interface_{interface.name}", interface.transport)


def codec(interface: Interface) -> Any:
    """Return the plugin that writes and reads the rows of an interface."""
    return plugin.serving("codec", f"interface_{interface.name}", interface.codec)


def interfaces() -> dict[str, Interface]:
    """Return the interfaces by name."""
    return registry.registry().interfaces


def _arrived(case: Case) -> None:
    """Put out what leaves where the case has just arrived; what has not left for where it was stays."""
    flow = cases.flow_of(case)
    if any(step.send is not None for step in flow.steps):
        _withdraw(case, {place.step.name for place in places(flow, case)})
    for place in places(flow, case) if case.ended_at is None else ():
        if place.step.send is not None:
            _awaited(case, place.step, place.step.send)
    _alone(case)


def _withdraw(case: Case, here: Collection[str]) -> None:
    """Take back what the case waits for no more and what has not left: it was given up, or done by hand."""
    query = select(Awaited.key).where(
        Awaited.case_id == case.id, Awaited.received_at.is_(None), Awaited.step.notin_(here)
    )
    keys = session.scalars(query).all()
    if keys:
        outbox.withdraw(keys)
        held = update(Exchange).where(Exchange.key.in_(keys), Exchange.own_state == HELD)
        held = held.values({Exchange.own_state: "withdrawn"})
        session.execute(held.execution_options(synchronize_session=False))


def _awaited(case: Case, step: Step, send: Send) -> None:
    query = select(Awaited.key).where(
        Awaited.case_id == case.id, Awaited.step == step.name, Awaited.received_at.is_(None)
    )
    key = session.scalar(query.order_by(Awaited.id.desc()).limit(1))
    if key is not None and not _known(key):
        interface = interfaces()[send.interface]
        _put(case, interface, interface.message(send.message), key, step.name, send)


def _alone(case: Case) -> None:
    """Messages that say themselves at which steps they leave."""
    here = {place.step.name for place in places(cases.flow_of(case), case)} | {case.state}
    for interface in interfaces().values():
        for item in interface.messages:
            stands = here.intersection(item.on) if item.object == case.object else ()
            if not stands:
                continue
            record = cases.record_of(case)
            key = f"{interface.name}.{item.name}-{case.id}-{_came(case, stands)}"
            if not _known(key) and (item.when is None or item.when(record, make_env())):
                _put(case, interface, item, key, case.state)


def _came(case: Case, stands: Collection[str]) -> int:
    """Return the step by which the case came there: whatever is done there later is no arrival."""
    query = select(StepRecord.id).where(
        StepRecord.case_id == case.id,
        StepRecord.target.in_(stands),
        StepRecord.source != StepRecord.target,
    )
    return session.scalar(query.order_by(StepRecord.seq.desc()).limit(1)) or 0


def _known(key: str) -> bool:
    return session.scalar(select(Exchange.id).where(Exchange.key == key)) is not None


def _put(
    case: Case, interface: Interface, item: Outgoing, key: str, place: str, send: Send | None = None
) -> None:
    obj, record = registry.object(case.object), cases.record_of(case)
    payload, faults = content(interface, item, obj, record, send)
    if faults and current_actor().user_id is not None:
        raise Rejected([Fault("", f"不能发往{interface.title}：{'；'.join(faults)}")])
    row = entry(interface, item, key, obj, record, place)
    _hand_over(row, interface, item, payload, faults)


def entry(
    interface: Interface,
    item: Outgoing,
    key: str,
    obj: Object,
    record: Any,
    place: str | None = None,
) -> Exchange:
    """Add the line of the log for a message about one record; the caller says how far it has got."""
    row = Exchange(
        direction=OUT,
        interface=interface.name,
        message=item.name,
        key=key,
        title=f"{obj.title} {getattr(record, 'code', None) or record.id}"[:200],
        object=obj.name,
        record_id=record.id,
        place=place,
        created_at=clock.now(),
    )
    session.add(row)
    return row


def _hand_over(
    row: Exchange,
    interface: Interface,
    item: Outgoing,
    payload: dict[str, Any],
    faults: list[str],
) -> None:
    row.fingerprint = contract.fingerprint(payload["values"], files_of(payload))
    if faults:
        row.own_state, row.own_error = HELD, "；".join(faults)[:500]
    else:
        title = f"{row.title}：{item.title} → {interface.title}"
        row.outbox_id = outbox.put(KIND, payload, row.key, title=title[:200]).id
        row.own_state = row.own_error = None
    session.flush()


def content(
    interface: Interface, item: Outgoing, obj: Object, record: Any, send: Send | None = None
) -> tuple[dict[str, Any], list[str]]:
    """Return what a message about a record says, ready for the outbox, and what is wrong with it."""
    env = make_env()
    _load(obj, record, item)
    said = contract.said(item.fields, record, env)
    said |= {name: formula(record, env) for name, formula in send.fields.items()} if send else {}
    named = contract.carried(item.fields, said)
    values, faults = contract.written(item.fields, said)
    wanted = (send.materials if send else ()) or item.materials
    current = materials.current(obj, record.id) if wanted else {}
    papers = [row.file.id for name in wanted for row in current.get(name, ())]
    payload = {
        "interface": interface.name,
        "message": item.name,
        "values": values,
        "files": papers,
    }
    return payload | ({"named": named} if named else {}), faults


def _load(obj: Object, record: Any, item: Outgoing) -> None:
    """Load what rows read together: a message costs the same with one row as with fifty."""
    if any(one.path for one in item.fields):
        model: Any = obj.model
        query = select(model).where(model.id == record.id)
        session.scalars(query.options(*contract.loading(obj, item.fields))).all()


def files_of(payload: dict[str, Any]) -> list[int]:
    """Return the numbers of all files of a message."""
    return [*payload["files"], *(number for _, number in payload.get("named", ()))]


def again(exchange_id: int) -> None:
    """Put out a message that was held back, as its record is now; Conflict where it cannot be."""
    row = session.get_one(Exchange, exchange_id, with_for_update=True)
    if row.own_state != HELD or row.object is None or row.record_id is None:
        raise Conflict("只有内容不全的报文需要重新生成")
    interface = interfaces().get(row.interface)
    known = {one.name: one for one in interface.messages} if interface else {}
    if interface is None or row.message not in known:
        raise Conflict("这种报文已不再约定，不能重新生成")
    item, obj = known[row.message], registry.object(row.object)
    record: Any = session.get(obj.model, row.record_id)
    if record is None:
        raise Conflict(f"这份{obj.title}已不存在，或不在您的查看范围内，不能重新生成")
    flow = registry.flow_of(obj.name)
    step = next((one for one in flow.steps if one.name == row.place), None) if flow else None
    payload, faults = content(interface, item, obj, record, step.send if step else None)
    if faults:
        raise Rejected([Fault("", f"仍不能发往{interface.title}：{'；'.join(faults)}")])
    _hand_over(row, interface, item, payload, faults)


def _deliver(payload: dict[str, Any], key: str) -> dict[str, Any]:
    papers = [_paper(file_id) for file_id in payload["files"]]
    agreed = [(name, _paper(file_id)[1]) for name, file_id in payload.get("named", ())]
    put = select(outbox.OutboxItem.created_at).where(outbox.OutboxItem.key == key)
    at = session.scalars(put).one()
    session.rollback()  # nothing is held while the counterpart takes its time
    interface = interfaces()[payload["interface"]]
    if "rows" in payload:
        agreed.append(_file(interface, payload))
    envelope = Envelope(
        to=interface.name,
        message=payload["message"],
        key=key,
        at=at,
        values=payload["values"],
        files=(*apart(papers, [name for name, _ in agreed]), *agreed),
    )
    receipt = transport(interface).send(envelope)
    return {"id": receipt.id, "duplicate": receipt.duplicate}


def _paper(file_id: int) -> tuple[str, bytes]:
    file = attachments.get(file_id)
    with attachments.open_file(file) as opened:
        return file.name, opened.read()


def apart(papers: Sequence[tuple[str, bytes]], agreed: Collection[str]) -> list[tuple[str, bytes]]:
    """Return papers under names that differ, as `name (2).pdf`; a name that is agreed means something else.

    People name their files alike, and a counterpart knows a file by its name alone; some systems do not
    tell capitals from small letters. The order is kept, so the same message has the same names each time.
    """
    given = {name.casefold() for name in agreed}
    own = {name.casefold() for name, _ in papers}
    found = []
    for name, content in papers:
        stem, dot, suffix = name.rpartition(".")
        free, count = name, 2
        while free.casefold() in given or (free != name and free.casefold() in own):
            free = f"{stem} ({count}).{suffix}" if dot else f"{name} ({count})"
            count += 1
        given.add(free.casefold())
        found.append((free, content))
    return found


def _file(interface: Interface, payload: dict[str, Any]) -> tuple[str, bytes]:
    """Return the name and content of the file that holds the rows of a message."""
    item = interface.message(payload["message"])
    written = codec(interface)
    columns = contract.columns(item.fields)
    return f"{item.name}.{written.suffix}", written.encode(columns, payload["rows"])


def _honours(payload: dict[str, Any]) -> bool:
    return bool(transport(interfaces()[payload["interface"]]).honours_keys)


outbox.register(outbox.Handler(kind=KIND, title="接口", deliver=_deliver, honours_keys=_honours))
transitions.followers.append(_arrived)
