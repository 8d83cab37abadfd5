"""Headers that every answer carries: what a page may load, who may frame it, what may be kept."""

import secrets

from flask import Flask, Response, request

_SLOT = "web.request_number"
POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' data: blob:; "
    "font-src 'self'; "
    "connect-src 'self'; "
    "frame-src 'self' blob:; "
    "object-src 'none'; "
    "media-src 'self' blob:; "
    "form-action 'self'; "
    "frame-ancestors 'self'; "
    "base-uri 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}


def install(app: Flask) -> None:
    """Number every request and put the headers on every answer."""
    app.after_request(_protect)


def request_number() -> str:
    """Return the number by which a person can name this request to an administrator."""
    if _SLOT not in request.environ:
        request.environ[_SLOT] = secrets.token_hex(4).upper()
    return str(request.environ[_SLOT])


def _protect(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = request_number()
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
