"""Files to and from the browser: taken in a stream, checked by content, sent to who may see the record."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, request, send_file

from app.core import settings
from app.core.declare import Object
from app.core.errors import Fault, NotFound, Rejected
from app.core.files import attachments
from app.web.form.materials import KINDS, VIEWED, attached, may_see, slot
from app.web.page.formats import size

UNREADABLE = "这种文件浏览器不能直接显示，请下载后查看。"


def take(obj: Object, name: str, base: str, pk: int | None) -> dict[str, Any]:
    """Store the file of this request and return what the page's script needs to show it."""
    sent = request.files.get("file")
    if sent is None:
        raise Rejected([Fault(name, "没有收到文件，请重新选择")])
    try:
        accept, most = slot(obj, name)
    except (KeyError, StopIteration, AssertionError):
        raise NotFound("没有这一项材料") from None
    file = attachments.store(sent.stream, sent.filename or "文件", accept, most, path=name)
    shown = attached(file, base, pk)
    return {
        "id": shown.id,
        "name": shown.name,
        "size": size(file.size),
        "kind": shown.kind,
        "href": shown.href,
        "preview": shown.preview,
    }


def send(
    obj: Object,
    record: Any,
    file_id: int,
    *,
    inline: bool = False,
    also: bool = False,
    picture: bool = False,
) -> Response:
    """Send a file that belongs to the record (or, `also`, that the page shows beside it).

    As a `picture` a PDF is its first page; what has none is not to be found.
    """
    file = attachments.get(file_id)
    if not also and not may_see(obj, record, file):
        raise NotFound(
            attachments.MISSING
        )  # whether there is such a file is nobody else's business
    if picture:
        return _first_page(file)
    if inline and KINDS.get(file.kind) == "office":
        return _as_pdf(file)
    if inline and KINDS.get(file.kind) not in VIEWED:
        raise NotFound(UNREADABLE)
    response = send_file(
        attachments.open_file(file), mimetype=file.media_type, etag=file.sha256, conditional=True
    )
    return _named(response, file.name, inline)


def _named(response: Response, name: str, inline: bool) -> Response:
    kind = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "private, no-cache"
    # The file stands in a frame of its own and may run nothing.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'"
    )
    return response


def _first_page(file: attachments.File) -> Response:
    from app.documents import preview

    if KINDS.get(file.kind) != "pdf" or not preview.available():
        raise NotFound(UNREADABLE)
    place = preview.page(file, 1)
    response = send_file(place, mimetype="image/png", etag=place.name, conditional=True)
    return _named(response, f"{Path(file.name).stem}.png", True)


def _as_pdf(file: attachments.File) -> Response:
    """Send an Office file as PDF, converted once and kept."""
    place = converted(file)
    if place is None:
        raise NotFound(UNREADABLE)
    response = send_file(place, mimetype="application/pdf", etag=place.name, conditional=True)
    return _named(response, f"{Path(file.name).stem}.pdf", True)


def converted(file: attachments.File) -> Path | None:
    """Return the PDF of an Office file, made at the first look; None where it cannot be made."""
    from app.documents import pdf_conversion

    with attachments.open_file(file) as stream:
        content = stream.read()
    name = hashlib.sha256(file.sha256.encode() + file.kind.encode()).hexdigest()
    place = settings.folder("previews") / f"{name}.pdf"
    if place.is_file():
        return place
    try:
        made = pdf_conversion.pdf_of(content) if file.kind == "docx" else None
    except pdf_conversion.ConversionFailed:
        return None
    if made is None:
        return None
    place.write_bytes(made)
    return place
