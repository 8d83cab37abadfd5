"""Bearer tokens: of a person, or of a system that acts through an account of its own."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import session
from app.core.declare import registry
from app.core.errors import Conflict, Fault, NotFound, Refused, Rejected
from app.security.models import Account, Token
from app.security.request_identity import actor_of, hash_of

PREFIX = "pt_"  # so that a leaked token is recognised
LONGEST = {"person": timedelta(days=90), "system": timedelta(days=366)}


def issue(
    account: Account, title: str, functions: Iterable[str], expires_at: datetime, *, kind: str
) -> str:
    """Make a token for named functions; return its text, which is shown once and never again."""
    wanted = sorted(set(functions))
    known = registry.registry().functions
    now = clock.now()
    found = []
    if not title.strip():
        found.append(Fault("title", "请填写用途"))
    if not wanted or any(name not in known for name in wanted):
        found.append(Fault("functions", "请选择允许调用的功能"))
    if not now < expires_at <= now + LONGEST[kind]:
        found.append(Fault("expires_at", f"有效期最长 {LONGEST[kind].days} 天"))
    if found:
        raise Rejected(found)
    if kind == "person" and account.id != current_actor().user_id:
        raise Refused("个人令牌只能由本人建立")
    if kind == "system" and not account.is_system:
        raise Refused("只能为接口账户建立令牌，不能替他人建立")
    text = PREFIX + secrets.token_urlsafe(32)
    row = Token(
        hash=hash_of(text),
        title=title.strip()[:100],
        kind=kind,
        user_id=account.id,
        functions=",".join(wanted),
        created_at=now,
        created_by_id=current_actor().user_id,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    history.note("account", account.id, "token", {row.title: [None, ",".join(wanted)]})
    return text


def expiry(text: str, kind: str) -> datetime:
    """Return when a token ends that was asked for by number of days."""
    longest = LONGEST[kind].days
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    if not 1 <= days <= longest:
        raise Rejected([Fault("days", f"有效天数为 1 至 {longest}")])
    return clock.now() + timedelta(days=days)


def allowed(account: Account) -> list[str]:
    """Return the functions that the person may use at all, and a token therefore may name."""
    return sorted(actor_of(account.user).functions)


def tokens_of(account: Account) -> list[Token]:
    """Return the tokens of an account, the latest first."""
    query = select(Token).where(Token.user_id == account.id).order_by(Token.id.desc())
    return list(session.scalars(query))


def revoke_all(account: Account) -> None:
    """End every token of an account: whoever had its password may have made them."""
    for row in tokens_of(account):
        if row.revoked_at is None and row.kind == "person":
            revoke(row.id)


def revoke(pk: int) -> Token:
    """End a token."""
    row = session.get(Token, pk)
    if row is None:
        raise NotFound("令牌不存在")
    if row.revoked_at is not None:
        raise Conflict("令牌已停用")
    row.revoked_at = clock.now()
    history.note("account", row.user_id, "token", {row.title: ["-", None]})
    session.flush()
    return row
