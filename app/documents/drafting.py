"""Makes papers for records and changes them until they are sealed."""

import difflib
import json
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import elevated, session, unit_of_work
from app.core.db.entity import Entity
from app.core.declare import Document, registry
from app.core.errors import Conflict, Fault, Rejected, Stale
from app.core.expressions.env import make_env
from app.core.files import attachments
from app.core.jobs import outbox
from app.core.records import display
from app.core.records.ownership import owner_of
from app.documents import template_filling
from app.documents.log import note
from app.documents.models import IssuedDocument

RENDER = "document.render"
LARGEST = 10 * 1024 * 1024
LONGEST = 4000
LABELS = {
    "addressee": "主送",
    "body": "正文",
    "validity": "有效期",
    "note": "备注",
    "signer": "签发人",
    "number": "文号",
    "title": "名称",
    "state": "状态",
    "sealed_on": "签发日期",
    "unit": "单位",
}


@dataclass(frozen=True)
class Difference:
    """A value that somebody changed: what the record gave, and what stands there now."""

    name: str
    label: str
    pieces: tuple[tuple[str, str], ...]  # ("same" | "old" | "new", text)


def issue(document: Document | str, record: Any, case: Any = None) -> IssuedDocument:
    """Make the paper of a record in the caller's transaction; the PDF follows later."""
    declared = registry.document(document) if isinstance(document, str) else document
    return _make(declared, record, getattr(case, "id", None))


def reissue(old: IssuedDocument, case: Any = None) -> IssuedDocument:
    """Make a new paper from the record as it is now, in the place of one that is void."""
    if old.state != "void":
        raise Conflict("原函件作废后才能重出")
    with elevated():
        model: Any = registry.object(old.object).model
        record = session.get(model, old.record_id)
    declared = registry.document(old.document)
    return _make(declared, record, getattr(case, "id", None) or old.case_id, replaces=old)


def _make(
    declared: Document, record: Any, case_id: int | None, replaces: IssuedDocument | None = None
) -> IssuedDocument:
    values = json.dumps(plain(declared.bind(record, make_env())), ensure_ascii=False)
    actor = current_actor()
    row = IssuedDocument(
        document=declared.name,
        title=declared.title,
        subject=display.title_of(record)[:300],
        object=declared.object,
        record_id=record.id,
        case_id=case_id,
        unit_id=owner_of(record),
        state="draft",
        values=values,
        generated_values=values,
        token=secrets.token_urlsafe(18),
        replaces_id=replaces.id if replaces else None,
        created_at=clock.now(),
        created_by_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    note(row, "created", f"重出，代替 {replaces.number or replaces.id}" if replaces else "")
    render_later(row)
    return row


def render_later(document: IssuedDocument) -> outbox.OutboxItem:
    """Let the worker make the PDF of the present content."""
    return outbox.put(
        RENDER,
        {"document": document.id, "revision": document.revision},
        f"render:{document.token}:{document.revision}",
        title=f"生成 {document.title} PDF",
    )


def plain(value: Any) -> Any:
    """Return bound values as JSON holds them."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Entity):
        return display.title_of(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value


def declared_of(document: IssuedDocument) -> Document:
    """Return the declaration of a paper."""
    return registry.document(document.document)


def label_of(document: IssuedDocument, name: str) -> str:
    """Return the label of a bound value: that of the field of the same name, or a usual one."""
    obj = registry.object(document.object)
    label = display.label_of(obj, name)
    return label if label != name and name != "state" else LABELS.get(name, name)


def edit(document: IssuedDocument, texts: dict[str, str], revision: int | None = None) -> bool:
    """Change the values that may be edited; what was uploaded gives way. False if nothing changed."""
    _changeable(document, revision)
    allowed = declared_of(document).edit
    values = document.content
    changed = []
    for name in allowed:
        text = texts.get(name)
        if text is None:
            continue
        text = text.replace("\r\n", "\n").strip()
        if len(text) > LONGEST:
            raise Rejected([Fault(name, f"不能超过 {LONGEST} 个字，现有 {len(text)} 个")])
        if text != str(values.get(name) or ""):
            values[name] = text
            changed.append(label_of(document, name))
    if not changed and document.upload_id is None:
        return False
    document.values = json.dumps(values, ensure_ascii=False)
    document.upload_id = None
    _revise(document)
    note(document, "edited", "、".join(changed) or "弃用上传的修改稿")
    return True


def upload(
    find: Callable[[], IssuedDocument], stream: IO[bytes], name: str, revision: int | None = None
) -> None:
    """Take an edited .docx in the place of the generated one, in a unit of work of its own.

    The file is looked through before that begins: a transaction never waits for it.
    """
    document = find()
    if document.state != "draft":
        raise Conflict(f"函件“{document.state_title}”，不能再修改")
    sealed = bool(declared_of(document).seal)
    with attachments.received(stream, ("docx",), LARGEST, path="docx") as place:
        template_filling.check_upload(place, sealed=sealed)
        with unit_of_work(), place.open("rb") as content:
            document = find()
            _changeable(document, revision)
            file = attachments.store(content, name, ("docx",), LARGEST, path="docx")
            document.upload_id = file.id
            _revise(document)
            note(document, "uploaded", file.name)


def discard_upload(document: IssuedDocument, revision: int | None = None) -> None:
    """Go back from an uploaded .docx to the generated text."""
    _changeable(document, revision)
    if document.upload_id is None:
        return
    document.upload_id = None
    _revise(document)
    note(document, "edited", "弃用上传的修改稿")


def _changeable(document: IssuedDocument, revision: int | None) -> None:
    session.refresh(document, with_for_update=True)  # the worker that drew it may be writing too
    if document.state != "draft":
        raise Conflict(f"函件“{document.state_title}”，不能再修改")
    if revision is not None and revision != document.revision:
        raise Stale("这份函件刚刚被他人修改，请刷新后再改")


def _revise(document: IssuedDocument) -> None:
    document.revision += 1
    document.updated_at, document.updated_by_id = clock.now(), current_actor().user_id
    session.flush()
    render_later(document)


def docx_of(document: IssuedDocument) -> bytes:
    """Return the .docx of the present content, without number and date."""
    if document.upload is not None:
        with attachments.open_file(document.upload) as stream:
            return stream.read()
    return generated_docx(document, document.content)


def draft(document: IssuedDocument) -> bytes:
    """Return the Word file of a paper to work on: what it says now, however far its PDF has got."""
    if document.state != "draft":
        raise Conflict(f"函件“{document.state_title}”，不能再修改")
    try:
        return docx_of(document)
    except template_filling.WrongTemplate as error:
        raise Conflict(str(error)) from error


def generated_docx(document: IssuedDocument, values: dict[str, Any]) -> bytes:
    """Return the template filled with values."""
    declared = declared_of(document)
    values = {"title": document.title, **values}
    return template_filling.filled(
        declared.template, values, owner=registry.project().owner, address=address_of(document)
    )


def address_of(document: IssuedDocument) -> str:
    """Return the address of the page that says whether the paper is valid."""
    from app.settings import load

    return f"{load().public_url}/verify/{document.token}"


def differences(document: IssuedDocument) -> list[Difference]:
    """Return what differs from what the record gave, value by value, or line by line of an upload."""
    if document.upload is not None:
        old = template_filling.text_lines(generated_docx(document, document.generated))
        try:
            return _lines(old, _uploaded(document.upload))
        except Rejected as error:
            return [Difference("docx", "修改稿", (("new", error.words),))]
    before, now = document.generated, document.content
    return [
        Difference(
            name,
            label_of(document, name),
            pieces(str(before.get(name) or ""), str(now.get(name) or "")),
        )
        for name in declared_of(document).edit
        if str(before.get(name) or "") != str(now.get(name) or "")
    ]


_LINES: dict[str, list[str]] = {}  # of uploads, by their content: a page asks again and again
_MOST_LINES = 50


def _uploaded(file: attachments.File) -> list[str]:
    if file.sha256 not in _LINES:
        with attachments.open_file(file) as content, tempfile.NamedTemporaryFile() as place:
            shutil.copyfileobj(content, place)
            place.flush()
            lines = template_filling.uploaded_lines(Path(place.name))
        if len(_LINES) >= _MOST_LINES:
            _LINES.clear()
        _LINES[file.sha256] = lines
    return _LINES[file.sha256]


def pieces(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Return a change as pieces that stayed, went and came."""
    found = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(("same", old[a:b]))
            continue
        found += [("old", old[a:b])] if b > a else []
        found += [("new", new[c:d])] if d > c else []
    return tuple(found)


def _lines(old: list[str], new: list[str]) -> list[Difference]:
    found = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            changed = pieces("\n".join(old[a:b]), "\n".join(new[c:d]))
            found.append(Difference(f"line{c}", f"第 {c + 1} 段", changed))
    return found


def papers_of(object_name: str, record_id: int) -> list[IssuedDocument]:
    """Return the papers of a record, newest first, that the acting person may see."""
    query = (
        select(IssuedDocument)
        .where(IssuedDocument.object == object_name, IssuedDocument.record_id == record_id)
        .order_by(IssuedDocument.id.desc())
    )
    return list(session.scalars(query))
