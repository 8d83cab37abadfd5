"""Compressed answers. A page hides its true length, so that nothing can be guessed from it."""

import gzip
import io
import secrets
from functools import lru_cache

from flask import Flask, Response, request

from app.web.http.assets import FOLDER, digest

SMALLEST = 1000  # bytes that are worth it
KINDS = ("text/", "application/json", "application/javascript", "image/svg+xml")
HIDING = 100  # random bytes at most that a page is longer


def install(app: Flask) -> None:
    """Compress answers for browsers that can read them."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if (
        response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
        or not response.mimetype.startswith(KINDS)
    ):
        return response
    response.vary.add("Accept-Encoding")
    if "gzip" not in request.headers.get("Accept-Encoding", "").lower():
        return response
    if request.endpoint == "static":
        return _static(response)
    if not response.is_streamed and response.content_length and response.content_length >= SMALLEST:
        _put(response, _page(response.get_data()))
    return response


def _static(response: Response) -> Response:
    name = str((request.view_args or {}).get("filename", ""))
    packed = _file(name, digest(name)) if response.status_code == 200 else b""
    if packed:
        response.close()
        response.direct_passthrough = False
        _put(response, packed)
    return response


def _put(response: Response, packed: bytes) -> None:
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    etag, weak = response.get_etag()
    if etag and not weak:
        response.set_etag(etag, weak=True)


def _page(plain: bytes) -> bytes:
    buffer = io.BytesIO()
    # A secret on the page could otherwise be guessed by watching how long answers are.
    padding = secrets.token_hex(HIDING // 2)[: secrets.randbelow(HIDING)]
    with gzip.GzipFile(
        filename=padding, mode="wb", compresslevel=5, fileobj=buffer, mtime=0
    ) as file:
        file.write(plain)
    return buffer.getvalue()


@lru_cache(maxsize=128)
def _file(name: str, version: str) -> bytes:
    path = FOLDER / name
    if not version or path.stat().st_size < SMALLEST:
        return b""
    return gzip.compress(path.read_bytes(), 9, mtime=0)
