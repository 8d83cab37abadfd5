"""Passwords: what is asked of one, how it is kept, how it is compared."""

import secrets
import string

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete, select
from werkzeug.security import check_password_hash, generate_password_hash

from app.core import clock
from app.core.db.database import session
from app.core.errors import Fault, Rejected
from app.security import tokens
from app.security.models import Account, PastPassword

LONGEST = 128
_LETTERS = "abcdefghjkmnpqrstuvwxyz"  # without what is easily misread
_CLASSES = (
    string.ascii_lowercase,
    string.ascii_uppercase,
    string.digits,
)
_COMMON = ("password", "qwerty", "123456", "654321", "abc123", "111111", "admin", "iloveyou")
_absent: dict[str, str] = {}


def rules() -> str:
    """Return what is asked of a password, in words."""
    length = current_app.config["PASSWORD_LENGTH"]
    kept = current_app.config["PASSWORD_REMEMBERED"]
    return (
        f"至少 {length} 位，含大写字母、小写字母、数字、符号中的三类，"
        f"不含用户名和手机号，不与最近 {kept} 次用过的相同"
    )


def faults(password: str, account: Account | None, *names: str) -> list[str]:
    """Return what is wrong with a password; empty if nothing is."""
    found = []
    length = current_app.config["PASSWORD_LENGTH"]
    if len(password) < length:
        found.append(f"至少需要 {length} 位")
    if len(password) > LONGEST:
        found.append(f"不能超过 {LONGEST} 位")
    if _classes(password) < 3:
        found.append("须含大写字母、小写字母、数字、符号中的至少三类")
    lower = password.lower()
    if any(name and len(name) > 2 and name.lower() in lower for name in names):
        found.append("不能包含用户名或手机号")
    if any(word in lower for word in _COMMON) or len(set(password)) < 5:
        found.append("太容易被猜到，请换一个")
    if account is not None and not found and _was_used(account, password):
        found.append("最近用过这个密码，请换一个")
    return found


def _classes(password: str) -> int:
    known = sum(any(c in group for c in password) for group in _CLASSES)
    other = any(not any(c in group for group in _CLASSES) for c in password)
    return known + other


def _was_used(account: Account, password: str) -> bool:
    past = session.scalars(
        select(PastPassword.hash)
        .where(PastPassword.user_id == account.id)
        .order_by(PastPassword.id.desc())
        .limit(current_app.config["PASSWORD_REMEMBERED"])
    )
    hashes = [account.user.password, *past]
    return any(kept and check_password_hash(kept, password) for kept in hashes)


def make_hash(password: str) -> str:
    """Return what is stored of a password."""
    return generate_password_hash(password, method=current_app.config["FAB_PASSWORD_HASH_METHOD"])


def matches(user: User | None, password: str) -> bool:
    """Compare; takes as long for somebody who does not exist."""
    method = current_app.config["FAB_PASSWORD_HASH_METHOD"]
    if method not in _absent:
        _absent[method] = make_hash(secrets.token_urlsafe(16))
    kept = user.password if user is not None and user.password else None
    same = check_password_hash(kept or _absent[method], password[:LONGEST])
    return same and kept is not None


def set_password(account: Account, password: str, *, first: bool, path: str = "password") -> None:
    """Give a person a password; `first`: one that somebody else knows and that must be changed."""
    wrong = faults(password, account, account.user.username, account.phone or "")
    if wrong:
        raise Rejected([Fault(path, "；".join(wrong))])
    _keep(account, make_hash(password), first)


def set_initial(account: Account) -> str:
    """Give a person a random password that must be changed at the first sign-in; return it."""
    password = make_initial()
    _keep(account, make_hash(password), first=True)
    return password


def make_initial() -> str:
    """Return a random password that can be read out on the telephone."""
    letters = [secrets.choice(_LETTERS) for _ in range(6)]
    digits = [secrets.choice("23456789") for _ in range(4)]
    return "".join(letters[:3]).capitalize() + "-" + "".join(letters[3:]) + "-" + "".join(digits)


def _keep(account: Account, hashed: str, first: bool) -> None:
    now = clock.now()
    if account.user.password:
        session.add(PastPassword(user_id=account.id, hash=account.user.password, at=now))
    account.user.password = hashed
    account.must_change_password = first
    account.password_changed_at = now
    account.failures, account.locked_until = 0, None
    session.flush()
    tokens.revoke_all(account)
    _drop_oldest(account.id)


def _drop_oldest(user_id: int) -> None:
    kept = current_app.config["PASSWORD_REMEMBERED"]
    stale = session.scalars(
        select(PastPassword.id)
        .where(PastPassword.user_id == user_id)
        .order_by(PastPassword.id.desc())
        .offset(kept)
    ).all()
    if stale:
        session.execute(delete(PastPassword).where(PastPassword.id.in_(stale)))
