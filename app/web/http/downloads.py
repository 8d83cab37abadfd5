"""How a stored file is sent to a browser."""

from io import BytesIO
from typing import IO

from flask import Response, send_file

from app.core.errors import NotFound
from app.core.files import attachments
from app.core.files.attachments import File


def present(file: File | None) -> File:
    """Return a file that should be there by now; NotFound says that it is still being made."""
    if file is None:
        raise NotFound("PDF 还没有生成，请稍后刷新")
    return file


def sent(file: File, *, inline: bool) -> Response:
    """Send a file to be shown, or to be kept; nothing on the way stores it."""
    return _sent(attachments.open_file(file), file.media_type, file.name, inline=inline)


def kept(content: bytes, stem: str, kind: str) -> Response:
    """Send what was just made and is stored nowhere, to be kept; `kind` is pdf, docx or xlsx."""
    name = f"{stem}.{kind}"
    return _sent(BytesIO(content), attachments.MEDIA_TYPES[kind], name, inline=False)


def shown(content: bytes, stem: str, kind: str) -> Response:
    """Send what was just made and is stored nowhere, to be shown and printed."""
    return _sent(BytesIO(content), attachments.MEDIA_TYPES[kind], f"{stem}.{kind}", inline=True)


def _sent(stream: IO[bytes], media_type: str, name: str, *, inline: bool) -> Response:
    response = send_file(
        stream, mimetype=media_type, as_attachment=not inline, download_name=name, max_age=0
    )
    response.headers["Cache-Control"] = "no-store"
    return response
