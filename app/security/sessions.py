"""Sessions: a small signed cookie that names a row on the server, which can be listed and ended."""

import hashlib
import hmac
import secrets
from typing import Any

from flask import Flask, Request, Response, request
from flask import session as cookie
from flask.sessions import SecureCookieSession, SessionInterface
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update

from app.core import clock
from app.core.db.database import session
from app.security import request_identity
from app.security.models import ServerSession

LARGEST = 2000  # bytes of the cookie; browsers drop what is longer than about 4,000


class WebSession(SecureCookieSession):
    """What a browser carries: the token of its session and a few notices."""


class CookieSessions(SessionInterface):
    """Reads and writes the cookie; the forms' secret is derived from the token, not stored."""

    def open_session(self, app: Flask, request: Request) -> WebSession:
        """Read the cookie; one that was tampered with is as if there were none."""
        raw = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        try:
            content = _serializer(app).loads(raw) if raw else {}
        except BadSignature:
            content = {}
        web = WebSession(content if isinstance(content, dict) else {})
        if "t" in web:
            web["csrf_token"] = _form_secret(app, web["t"])
        web.modified = web.accessed = False
        return web

    def save_session(self, app: Flask, web: WebSession, response: Response) -> None:
        """Write the cookie where something changed."""
        if web.accessed:
            response.vary.add("Cookie")
        if not web.modified:
            return
        content = dict(web)
        if "t" in content:
            content.pop("csrf_token", None)
        if not content:
            response.delete_cookie(app.config["SESSION_COOKIE_NAME"], path="/")
            return
        response.set_cookie(
            app.config["SESSION_COOKIE_NAME"],
            _serialize(app, content),
            httponly=True,
            samesite="Lax",
            secure=bool(app.config.get("SESSION_COOKIE_SECURE")),
            path="/",
        )


def _serializer(app: Flask) -> URLSafeSerializer:
    return URLSafeSerializer(app.secret_key, salt="web-session")


def _serialize(app: Flask, content: dict[str, Any]) -> str:
    text = _serializer(app).dumps(content)
    if len(text) > LARGEST:
        text = _serializer(app).dumps(
            {k: v for k, v in content.items() if k in {"t", "csrf_token"}}
        )
    return str(text)


def _form_secret(app: Flask, token: str) -> str:
    key = str(app.secret_key).encode()
    return hmac.new(key, b"forms:" + token.encode(), hashlib.sha256).hexdigest()


def begin(user_id: int) -> None:
    """Open a session for somebody who has just proved who they are, under a new token."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    session.add(
        ServerSession(
            token_hash=request_identity.hash_of(token),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            ip=request.remote_addr,
            agent=(request.user_agent.string or "")[:300],
        )
    )
    cookie.clear()
    cookie["t"] = token
    request_identity.forget()


def end_own(why: str) -> None:
    """End the session of this request."""
    signed = request_identity.signed_in()
    if signed and signed.session:
        signed.session.ended_at, signed.session.ended_why = clock.now(), why
    cookie.clear()
    request_identity.forget()


def end_one(row: ServerSession, why: str) -> None:
    """End one session."""
    row.ended_at, row.ended_why = clock.now(), why
    session.flush()


def end_all(user_id: int, why: str, *, but: int | None = None) -> int:
    """End every session of a person (but one); return how many were ended."""
    query = update(ServerSession).where(
        ServerSession.user_id == user_id, ServerSession.ended_at.is_(None)
    )
    if but is not None:
        query = query.where(ServerSession.id != but)
    result = session.execute(
        query.values(ended_at=clock.now(), ended_why=why).execution_options(
            synchronize_session="fetch"
        )
    )
    return int(result.rowcount)


def open_sessions(user_id: int) -> list[ServerSession]:
    """Return the sessions of a person that are still good, the latest first."""
    rows = session.scalars(
        select(ServerSession)
        .where(ServerSession.user_id == user_id, ServerSession.ended_at.is_(None))
        .order_by(ServerSession.seen_at.desc())
    )
    now = clock.now()
    return [row for row in rows if request_identity.is_alive(row, now)]
