"""Numbers, seals, issues and voids papers; what takes time is done by the outbox."""

import json
from io import BytesIO
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import elevated, session, unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.declare import registry
from app.core.errors import Conflict, Fault, NotFound, Rejected
from app.core.files import attachments
from app.core.jobs import outbox
from app.core.jobs.outbox import Handler, Outcome
from app.core.plugin import NotSent, Place, Refused, Seal, plugin
from app.core.records import display, numbering
from app.documents import drafting, pages, pdf_conversion, template_filling
from app.documents.log import note
from app.documents.models import IssuedDocument
from app.messaging.notices import notify

SEAL, VOID = "document.seal", "document.void"
LONGEST_REASON = 500
LARGEST = 60 * 1024 * 1024
BELOW = 26.0  # points from the top of the owner's line to the middle of the seal
SIGN_RIGHT, SIGN_DOWN = 48.0, 12.0
# What a look at a paper may write whose pages are not drawn yet.
RENDERED = (outbox.OutboxItem, attachments.File, IssuedDocument, history.Change)
QUICK = (3, 15, 60, 300, 1800, 7200)


def seal(document: IssuedDocument, revision: int | None = None) -> outbox.OutboxItem:
    """Give the paper its number and let it be sealed; the number is its own from now on.

    `revision` is the one that the person has seen; Conflict if the paper says something else now.
    """
    session.refresh(document, with_for_update=True)  # the worker that drew it may be writing too
    if document.state != "draft":
        raise Conflict(f"函件“{document.state_title}”，不能签章")
    if revision is not None and revision != document.revision:
        raise Conflict("这份函件刚刚被修改过，请看过最新内容后再签章")
    declared = drafting.declared_of(document)
    actor = current_actor()
    document.number = document.number or numbering.take(declared.number, clock.today())
    document.dated_on = clock.today()
    document.state = "sealing"
    document.sealed_by_id, document.sealed_by_name = actor.user_id, actor.name
    document.public_values = json.dumps(_public(document), ensure_ascii=False)
    session.flush()
    note(document, "numbered", document.number)
    payload = {
        "document": document.id,
        "revision": document.revision,
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "ip": actor.ip,
    }
    return outbox.put(
        SEAL,
        payload,
        f"seal:{document.token}:{document.revision}",
        title=f"签章 {document.title} {document.number}",
    )


def publish(document: IssuedDocument) -> None:
    """Hand a sealed paper to the organisation: from now on its people can fetch it."""
    if document.state != "sealed":
        raise Conflict(f"函件“{document.state_title}”，签章完成后才能发放")
    document.state = "issued"
    document.issued_at, document.issued_by_id = clock.now(), current_actor().user_id
    session.flush()
    note(document, "issued")
    _tell(document, "issued")


def _tell(document: IssuedDocument, what: str) -> None:
    """Tell the people whom the paper is for, where the product has words for it."""
    message = registry.registry().messages.get(f"issued_document.{what}")
    if message is not None:
        with elevated():
            notify(message, document)


def void(document: IssuedDocument, reason: str) -> None:
    """Declare a paper void; it stays with its number, and its PDF says so."""
    if document.state == "void":
        return
    if document.state == "sealing":
        raise Conflict("函件正在签章，请稍后再作废")
    reason = reason.strip()
    if not reason:
        raise Rejected([Fault("reason", "请填写作废原因")])
    if len(reason) > LONGEST_REASON:
        said = f"作废原因不能超过 {LONGEST_REASON} 个字，现有 {len(reason)} 个"
        raise Rejected([Fault("reason", said)])
    actor = current_actor()
    document.state = "void"
    document.void_at, document.void_reason = clock.now(), reason
    document.void_by_id, document.void_by_name = actor.user_id, actor.name
    session.flush()
    note(document, "voided", document.void_reason)
    if document.issued_at is not None:
        _tell(document, "voided")
    if document.sealed_at is not None:
        key = f"void:{document.token}"
        outbox.put(VOID, {"document": document.id}, key, title=f"作废 {document.number}")


def ready(document: IssuedDocument, owner: str = "web") -> bool:
    """Make the PDF now if it is not there yet; call it outside of a transaction."""
    with bookkeeping(*RENDERED):
        if document.state == "draft" and document.pdf_revision != document.revision:
            with unit_of_work():
                item = drafting.render_later(document)
                if item.state == "failed":
                    outbox.resend(item.id)
            outbox.work_now(item.id, owner)
        elif document.state == "void" and document.sealed_at and document.void_pdf_id is None:
            _work(f"void:{document.token}", owner)
    refresh(document)
    return document.shown_pdf is not None


def refresh(document: IssuedDocument) -> None:
    """Read a paper anew after the outbox has changed it."""
    session.expire(document)
    session.refresh(document)


def trouble(document: IssuedDocument) -> str:
    """Return why a PDF or seal is not there yet, in words; "" when nothing is wrong."""
    item = session.scalars(
        select(outbox.OutboxItem)
        .where(outbox.OutboxItem.key.in_(_keys(document)))
        .order_by(outbox.OutboxItem.id.desc())
        .limit(1)
    ).first()
    return (item.error or "") if item is not None and item.state != "sent" else ""


def _keys(document: IssuedDocument) -> list[str]:
    token, revision = document.token, document.revision
    return [f"render:{token}:{revision}", f"seal:{token}:{revision}", f"void:{token}"]


def _work(key: str, owner: str) -> None:
    item_id = session.scalar(select(outbox.OutboxItem.id).where(outbox.OutboxItem.key == key))
    if item_id:
        session.rollback()
        outbox.work_now(item_id, owner)


def _public(document: IssuedDocument) -> list[tuple[str, str]]:
    """Return what the public page shows, as texts of the day of sealing."""
    declared = drafting.declared_of(document)
    obj = registry.object(document.object)
    with elevated():
        model: Any = obj.model
        record = session.get(model, document.record_id)
    own = {"number": document.number or "", "title": document.title}
    shown = []
    for path in declared.public:
        if path == "state":
            continue  # said by the page itself, as it is then
        text = own.get(path) if path in own else display.text_of(obj, record, path, masked=True)
        shown.append((drafting.label_of(document, path), text or ""))
    return shown


def _load(document_id: int, *, to_write: bool = False) -> IssuedDocument:
    query = select(IssuedDocument).where(IssuedDocument.id == document_id)
    query = query.with_for_update() if to_write else query
    document = session.scalars(query.execution_options(populate_existing=True)).first()
    if document is None:
        raise NotFound("函件不存在")
    return document


def _pdf_of(docx: bytes) -> bytes:
    try:
        return pdf_conversion.pdf_of(docx)
    except pdf_conversion.Unfit as error:
        raise Refused(str(error)) from error
    except pdf_conversion.ConversionFailed as error:
        raise NotSent(str(error)) from error


def _keep(content: bytes, name: str, kind: str) -> int:
    with unit_of_work():
        return attachments.store(BytesIO(content), name, (kind,), LARGEST).id


def _deliver_render(payload: dict[str, Any], key: str) -> dict[str, Any]:
    document = _load(payload["document"])
    if document.revision != payload["revision"] or document.state != "draft":
        return {}  # changed since: another row makes the newer one
    try:
        docx = drafting.docx_of(document)
    except template_filling.WrongTemplate as error:
        raise Refused(str(error)) from error
    name = f"{document.title}（草稿）"
    session.rollback()
    pdf = _pdf_of(docx)
    return {"docx": _keep(docx, name, "docx"), "pdf": _keep(pdf, name, "pdf")}


def _settle_render(payload: dict[str, Any], outcome: Outcome) -> None:
    if outcome.state != "sent" or not outcome.result:
        return
    document = _load(payload["document"], to_write=True)
    if document.revision == payload["revision"] and document.state == "draft":
        _take(document, outcome)


def _take(document: IssuedDocument, outcome: Outcome) -> None:
    document.docx_id, document.pdf_id = outcome.result["docx"], outcome.result["pdf"]
    document.pdf_revision = document.revision


def _deliver_seal(payload: dict[str, Any], key: str) -> dict[str, Any]:
    document = _load(payload["document"])
    if document.state != "sealing" or document.number is None or document.dated_on is None:
        return {}
    try:
        docx = drafting.docx_of(document)
    except template_filling.WrongTemplate as error:
        raise Refused(str(error)) from error
    docx = template_filling.completed(docx, number=document.number, day=document.dated_on)
    declared, name = drafting.declared_of(document), f"{document.title} {document.number}"
    signer = str(document.content.get("signer") or document.sealed_by_name or "")
    session.rollback()
    pdf = sealed(_pdf_of(docx), declared.seal, signer, key)
    return {"docx": _keep(docx, name, "docx"), "pdf": _keep(pdf, name, "pdf")}


def sealed(pdf: bytes, name: str, signer: str, key: str) -> bytes:
    """Put signature and seal where the bookmarks are."""
    if not name:
        return pdf
    found = pages.spots(pdf)
    machine: Seal = plugin("seal")
    if template_filling.SIGN in found and signer:
        spot = found[template_filling.SIGN]
        place = Place(
            page=spot.page,
            x=spot.x + SIGN_RIGHT,
            y=spot.y - SIGN_DOWN,
            kind="signature",
            text=signer,
        )
        pdf = machine.seal(pdf, place, f"{key}:sign")
    if template_filling.SEAL not in found:
        raise Refused("文档里没有印章位置（书签 seal），请检查模板")
    spot = found[template_filling.SEAL]
    end = found.get(template_filling.SEAL_END, spot)
    middle = (spot.x + end.x) / 2 if end.page == spot.page else spot.x
    owner = registry.project().owner
    place = Place(page=spot.page, x=middle, y=spot.y - BELOW, name=name, text=owner)
    return machine.seal(pdf, place, f"{key}:seal")


def _settle_seal(payload: dict[str, Any], outcome: Outcome) -> None:
    if outcome.state != "sent" or not outcome.result:
        return
    document = _load(payload["document"], to_write=True)
    if document.state != "sealing":
        return
    _take(document, outcome)
    document.state, document.sealed_at = "sealed", clock.now()
    who = {name: payload.get(name) for name in ("actor_id", "actor_name", "ip")}
    note(document, "sealed", document.number or "", **who)


def _deliver_void(payload: dict[str, Any], key: str) -> dict[str, Any]:
    document = _load(payload["document"])
    if document.pdf is None:
        return {}
    with attachments.open_file(document.pdf) as stream:
        pdf = stream.read()
    name = f"{document.title} {document.number}（作废）"
    session.rollback()
    return {"pdf": _keep(pages.voided(pdf), name, "pdf")}


def _settle_void(payload: dict[str, Any], outcome: Outcome) -> None:
    if outcome.state == "sent" and outcome.result:
        _load(payload["document"], to_write=True).void_pdf_id = outcome.result["pdf"]


def _seal_honours_keys(payload: dict[str, Any]) -> bool:
    return bool(plugin("seal").honours_keys)


for _handler in (
    Handler(
        kind=drafting.RENDER,
        title="生成函件",
        deliver=_deliver_render,
        settle=_settle_render,
        delays=QUICK,
    ),
    Handler(
        kind=SEAL,
        title="函件签章",
        deliver=_deliver_seal,
        settle=_settle_seal,
        honours_keys=_seal_honours_keys,
        delays=QUICK,
    ),
    Handler(
        kind=VOID,
        title="函件作废标识",
        deliver=_deliver_void,
        settle=_settle_void,
        delays=QUICK,
    ),
):
    outbox.register(_handler)
